// Copyright 2026 The Custom Tasks Authors. SPDX-License-Identifier: Apache-2.0

// Command embedding is a program that has controllers of its own already, and hosts kinds of custom
// tasks beside them: two of this project's, and one of its own. Each has a queue, workers and a lease
// of its own, so none of them waits for another.
package main

import (
	"context"
	"log"
	"os"
	"strconv"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/reconciler/approval"
	"github.com/customtasks/customtasks/pkg/reconciler/wait"
	"knative.dev/pkg/injection"
	"knative.dev/pkg/injection/sharedmain"
	"knative.dev/pkg/signals"
)

func main() {
	cfg := injection.ParseAndGetRESTConfigOrDie()
	if cfg.QPS == 0 {
		cfg.QPS, cfg.Burst = 400, 800 // sharedmain's own limits are far too low for a busy cluster
	}
	sharedmain.MainWithConfig(serveProbes(signals.NewContext()), "platform", cfg,
		newReporter, // a plain knative controller
		wait.NewController(),
		approval.NewController(customtask.WithWorkers(4)),
		customtask.NewController(greeting, greet{}),
	)
}

// serveProbes serves /health and /readiness on PROBES_PORT, 8080 unless set. Without it sharedmain
// serves them on 8080 only.
func serveProbes(ctx context.Context) context.Context {
	port, err := strconv.Atoi(os.Getenv("PROBES_PORT"))
	if err != nil {
		port = injection.HealthCheckDefaultPort
	}
	go func() {
		if err := injection.ServeHealthProbes(ctx, port); err != nil {
			log.Fatalf("serving probes: %v", err)
		}
	}()
	return sharedmain.WithHealthProbesDisabled(ctx)
}
