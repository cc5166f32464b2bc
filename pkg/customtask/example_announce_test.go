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

package customtask_test

import (
	"context"
	"fmt"

	"github.com/customtasks/customtasks/internal/exampletest"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var scriptKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Script"}

// Script is a text and where it runs.
type Script struct {
	Text string `json:"text"`
	On   string `json:"on"`
}

type runScript struct{}

var (
	_ customtask.Task[Script]      = runScript{}
	_ customtask.Announcer[Script] = runScript{}
)

// Announce says what Reconcile says once it has begun, so that nothing is written then.
func (runScript) Announce(run *customtask.Run[Script]) customtask.Outcome {
	return customtask.Running("Running", "running on "+run.Spec.On+": "+run.Spec.Text)
}

func (t runScript) Reconcile(_ context.Context, run *customtask.Run[Script]) (customtask.Outcome, error) {
	return t.Announce(run), nil
}

func startScript() *customtasktest.Harness {
	h := customtasktest.New(exampletest.T{}, scriptKind, runScript{})
	h.Create(customtasktest.Run("run", scriptKind,
		customtasktest.Spec(`{"text": "echo hello", "on": "$(params.host)"}`), customtasktest.Param("host", "build-1")))
	h.Settle("run")
	return h
}

func ExampleAnnouncer() {
	for _, write := range startScript().Server.Writes() {
		fmt.Println(write)
	}
	// Output:
	// create customruns
	// update customruns/status
}
