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

// Package probes serves a process' health on a port that its environment chooses.
package probes

import (
	"context"
	"os"
	"strconv"

	"go.uber.org/zap"
	"knative.dev/pkg/injection"
	"knative.dev/pkg/injection/sharedmain"
	"knative.dev/pkg/logging"
)

// defaultPort is what config/ names in the Deployments.
const defaultPort = 8080

// Serve serves /health and /readiness on PROBES_PORT, 8080 unless set, until ctx ends. The returned
// context keeps sharedmain from serving them as well, on a port that cannot be chosen: several
// processes on one host would take it from each other.
func Serve(ctx context.Context) context.Context {
	port, err := strconv.Atoi(os.Getenv("PROBES_PORT"))
	if err != nil {
		port = defaultPort
	}
	go func() {
		if err := injection.ServeHealthProbes(ctx, port); err != nil {
			logging.FromContext(ctx).Fatalw("serving probes", zap.Error(err))
		}
	}()
	return sharedmain.WithHealthProbesDisabled(ctx)
}
