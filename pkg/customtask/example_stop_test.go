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
	"time"

	"github.com/customtasks/customtasks/internal/exampletest"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"knative.dev/pkg/apis"
)

var previewKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Preview"}

// Preview has no fields.
type Preview struct{}

// preview keeps an environment open as long as the attempt goes on.
type preview struct {
	open map[string]bool
}

var _ customtask.Stopper[Preview] = preview{}

func (p preview) Reconcile(_ context.Context, run *customtask.Run[Preview]) (customtask.Outcome, error) {
	p.open[run.AttemptKey()] = true
	return customtask.Running("Open", "the environment is open"), nil
}

func (p preview) Stop(_ context.Context, run *customtask.Run[Preview], _ customtask.StopReason) (customtask.Outcome, error) {
	delete(p.open, run.AttemptKey())
	return customtask.Stopped(), nil
}

// What an attempt has begun ends with it.
func ExampleStopper() {
	task := preview{open: map[string]bool{}}
	h := customtasktest.New(exampletest.T{}, previewKind, task)
	h.Create(customtasktest.Run("preview", previewKind))
	h.Settle("preview")
	fmt.Println("open:", len(task.open))

	h.Cancel("preview", "the branch was merged")
	h.Settle("preview")
	c := h.Get("preview").Status.GetCondition(apis.ConditionSucceeded)
	fmt.Printf("%s %s: %s\n", c.Status, c.Reason, c.Message)
	fmt.Println("open:", len(task.open))
	// Output:
	// open: 1
	// False CustomRunCancelled: the branch was merged
	// open: 0
}

// hosted is a preview outside of the cluster, which nothing else would end.
type hosted struct{ preview }

var _ customtask.External = hosted{}

func (hosted) External() {}

// A run of an External task stays until the task is stopped, if somebody deletes it.
func ExampleExternal() {
	task := hosted{preview{open: map[string]bool{}}}
	h := customtasktest.New(exampletest.T{}, previewKind, task)
	h.Create(customtasktest.Run("preview", previewKind))
	h.Settle("preview")
	fmt.Println(h.Get("preview").Finalizers, "open:", len(task.open))

	h.Delete("preview")
	h.Step("preview")
	fmt.Println("deleted:", h.Get("preview") == nil, "open:", len(task.open))
	// Output:
	// [preview.example.dev/stop] open: 1
	// deleted: true open: 0
}

// telling is a task that prints why it is stopped.
type telling struct{}

func (telling) Reconcile(_ context.Context, run *customtask.Run[Preview]) (customtask.Outcome, error) {
	if run.Name() == "broken" {
		return customtask.Outcome{}, customtask.FailAttempt("NoImage", "the image cannot be pulled")
	}
	return customtask.Running("Open", "the environment is open"), nil
}

func (telling) Stop(_ context.Context, run *customtask.Run[Preview], reason customtask.StopReason) (customtask.Outcome, error) {
	fmt.Println(run.Name(), "is stopped:", reason)
	return customtask.Stopped(), nil
}

func ExampleStopReason() {
	h := customtasktest.New(exampletest.T{}, previewKind, telling{})
	h.Create(customtasktest.Run("broken", previewKind))
	h.Settle("broken")

	h.Create(customtasktest.Run("slow", previewKind, customtasktest.Timeout(time.Hour)))
	h.Settle("slow")
	h.Advance(2 * time.Hour)
	h.Settle("slow")

	h.Create(customtasktest.Run("unwanted", previewKind))
	h.Settle("unwanted")
	h.Cancel("unwanted", "")
	h.Settle("unwanted")
	// Output:
	// broken is stopped: Failed
	// slow is stopped: TimedOut
	// unwanted is stopped: Cancelled
}

// logged is a task that has results even if it is stopped.
type logged struct{ preview }

func (logged) Stop(context.Context, *customtask.Run[Preview], customtask.StopReason) (customtask.Outcome, error) {
	return customtask.Stopped().WithResult("log", "s3://logs/preview").WithMessage("the log is kept"), nil
}

// A run that timed out or was cancelled keeps the results that are given with Stopped.
func ExampleStopped() {
	h := customtasktest.New(exampletest.T{}, previewKind, logged{preview{open: map[string]bool{}}})
	h.Create(customtasktest.Run("preview", previewKind, customtasktest.Timeout(time.Hour)))
	h.Finish("preview", nil)

	status := h.Get("preview").Status
	fmt.Println(status.GetCondition(apis.ConditionSucceeded).Message)
	fmt.Println(status.Results[0].Name, "=", status.Results[0].Value)
	// Output:
	// attempt 1 of 1 timed out after 1h0m0s; the log is kept
	// log = s3://logs/preview
}
