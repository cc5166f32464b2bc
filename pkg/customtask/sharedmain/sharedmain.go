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

// Package sharedmain runs controllers in one process. It is knative's package of that name with what a
// busy cluster and a shared host need: client limits that are not 5 requests a second, and a port for
// probes that can be chosen.
//
//	func main() {
//		sharedmain.Main("greeter", customtask.NewController(gvk, greet{}))
//	}
//
// Any knative controllers may be listed beside those of custom tasks.
package sharedmain

import (
	"context"
	"os"
	"strconv"

	"go.uber.org/zap"
	"k8s.io/client-go/rest"
	"knative.dev/pkg/injection"
	"knative.dev/pkg/injection/sharedmain"
	"knative.dev/pkg/logging"
	"knative.dev/pkg/signals"
)

// Limits of each client of the API server where neither the flags -kube-api-qps and -kube-api-burst nor
// the environment's KUBE_API_QPS and KUBE_API_BURST say otherwise.
const (
	// QPS is how many requests a client makes a second.
	QPS = 400
	// Burst is how many it makes at once.
	Burst = 800
)

// Main runs the controllers until the process is told to end. component names the process: its logs, its
// leases and its metrics. It parses the flags, and ends the process if it cannot start.
func Main(component string, controllers ...injection.ControllerConstructor) {
	MainWithConfig(signals.NewContext(), component, Config(), controllers...)
}

// Config parses the flags and finds the cluster as knative's programs do: by -kubeconfig, by KUBECONFIG,
// or from inside it. It ends the process if there is none.
func Config() *rest.Config {
	cfg := injection.ParseAndGetRESTConfigOrDie()
	unlimit(cfg)
	return cfg
}

func unlimit(cfg *rest.Config) {
	if cfg.QPS == 0 {
		cfg.QPS = QPS
	}
	if cfg.Burst == 0 {
		cfg.Burst = Burst
	}
}

// MainWithConfig is Main for a process that has parsed its flags. It ends when ctx does.
func MainWithConfig(ctx context.Context, component string, cfg *rest.Config, controllers ...injection.ControllerConstructor) {
	sharedmain.MainWithConfig(serveProbes(ctx), component, cfg, controllers...)
}

// serveProbes serves /health and /readiness on PROBES_PORT, 8080 unless set, until ctx ends. The returned
// context keeps knative from serving them as well, on a port that cannot be chosen: several processes on
// one host would take it from each other.
func serveProbes(ctx context.Context) context.Context {
	port, err := strconv.Atoi(os.Getenv("PROBES_PORT"))
	if err != nil {
		port = injection.HealthCheckDefaultPort
	}
	go func() {
		if err := injection.ServeHealthProbes(ctx, port); err != nil {
			logging.FromContext(ctx).Fatalw("serving probes", zap.Error(err))
		}
	}()
	return sharedmain.WithHealthProbesDisabled(ctx)
}
