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

// Command controller hosts every kind of the suite, each with a queue, workers and a lease of its own.
package main

import (
	"flag"
	"log"
	"strings"

	"github.com/customtasks/customtasks/internal/probes"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/reconciler/approval"
	"github.com/customtasks/customtasks/pkg/reconciler/wait"
	"knative.dev/pkg/injection"
	"knative.dev/pkg/injection/sharedmain"
	"knative.dev/pkg/signals"
)

// Client limits that a busy cluster needs, per client; -kube-api-qps and -kube-api-burst change them.
const (
	qps   = 400
	burst = 800
)

func main() {
	kinds := map[string]injection.ControllerConstructor{
		customtask.ControllerName(approval.Kind): approval.NewController(),
		customtask.ControllerName(wait.Kind):     wait.NewController(),
	}
	disabled := flag.String("disable-controllers", "",
		"Comma-separated kinds whose runs are left alone, as in \"wait.custom.tekton.dev\".")
	cfg := injection.ParseAndGetRESTConfigOrDie()
	if cfg.QPS == 0 {
		cfg.QPS = qps
	}
	if cfg.Burst == 0 {
		cfg.Burst = burst
	}
	for name := range strings.SplitSeq(*disabled, ",") {
		if _, ok := kinds[name]; !ok && name != "" {
			log.Fatalf("-disable-controllers: there is no kind %q", name)
		}
		delete(kinds, name)
	}
	var constructors []injection.ControllerConstructor
	for _, constructor := range kinds {
		constructors = append(constructors, constructor)
	}
	sharedmain.MainWithConfig(probes.Serve(signals.NewContext()), "controller", cfg, constructors...)
}
