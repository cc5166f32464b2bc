// Copyright 2026 The Custom Tasks Authors. SPDX-License-Identifier: Apache-2.0

// Command embedding is a program that has controllers of its own already, and hosts kinds of custom
// tasks beside them: two of this project's, and one of its own. Each has a queue, workers and a lease
// of its own, so none of them waits for another.
package main

import (
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/sharedmain"
	"github.com/customtasks/customtasks/pkg/reconciler/approval"
	"github.com/customtasks/customtasks/pkg/reconciler/wait"
)

func main() {
	sharedmain.Main("platform",
		newReporter, // a plain knative controller
		wait.NewController(),
		approval.NewController(customtask.WithWorkers(4)),
		customtask.NewController(greeting, greet{}),
	)
}
