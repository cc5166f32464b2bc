/*
Copyright 2026 The Custom Tasks Authors

Licensed under the Apache License, Version 2.0 (the "License");
you may not use this file except in compliance with the License.
You may obtain a copy of the License at

    http://www.apache.org/licenses/LICENSE-2.0

Unless required by applicable law or agreed to in writing, software
distributed under the License is distributed on an "AS IS" BASIS,
WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
See the License for the specific language governing permissions and
limitations under the License.
*/

// Command webhook admits votes on approval requests, and policies, and, where an administrator wants it, records who
// creates a PipelineRun. It serves no other kind, and never CustomRuns.
package main

import (
	"os"

	"github.com/customtasks/customtasks/pkg/admission/decision"
	"github.com/customtasks/customtasks/pkg/admission/policy"
	"github.com/customtasks/customtasks/pkg/admission/starter"
	"github.com/customtasks/customtasks/pkg/customtask/sharedmain"
	"knative.dev/pkg/signals"
	"knative.dev/pkg/webhook"
	"knative.dev/pkg/webhook/certificates"
)

func main() {
	ctx := webhook.WithOptions(signals.NewContext(), webhook.Options{
		ServiceName: or(os.Getenv("WEBHOOK_SERVICE_NAME"), "tekton-custom-tasks-webhook"),
		SecretName:  or(os.Getenv("WEBHOOK_SECRET_NAME"), "tekton-custom-tasks-webhook-certs"),
		Port:        webhook.PortFromEnv(8443),
		// Owning the configurations by the namespace would need rights on namespaces.
		DisableNamespaceOwnership: true,
	})
	sharedmain.MainWithConfig(ctx, "webhook", sharedmain.Config(),
		certificates.NewController,
		decision.NewMutating,
		decision.NewValidating,
		policy.NewValidating,
		starter.NewMutating,
	)
}

func or(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
