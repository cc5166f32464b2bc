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
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"knative.dev/pkg/apis"
)

var freezeKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Freeze"}

// Freeze holds a pipeline up until a time.
type Freeze struct {
	Until time.Time `json:"until"`
}

type freeze struct{}

var _ customtask.Task[Freeze] = freeze{}

func (freeze) Reconcile(_ context.Context, run *customtask.Run[Freeze]) (customtask.Outcome, error) {
	if left := run.Spec.Until.Sub(run.Now()); left > 0 {
		return customtask.Running("Frozen", "no deployment before "+run.Spec.Until.Format(time.Kitchen)).After(left), nil
	}
	return customtask.Succeeded("Thawed", "deployments may go on"), nil
}

// A task is looked at when it starts and when a time that it asked for has come.
func ExampleTask() {
	h := customtasktest.New(exampletest.T{}, freezeKind, freeze{})
	h.Create(customtasktest.Run("freeze", freezeKind, customtasktest.Spec(`{"until": "2026-01-02T04:00:00Z"}`)))

	for range 2 {
		h.Settle("freeze")
		c := h.Get("freeze").Status.GetCondition(apis.ConditionSucceeded)
		fmt.Printf("%s %s: %s\n", c.Status, c.Reason, c.Message)
		h.Advance(time.Hour)
	}
	// Output:
	// Unknown Frozen: no deployment before 4:00AM
	// True Thawed: deployments may go on
}

// A task that needs nothing else is a function.
func ExampleTaskFunc() {
	hello := customtask.TaskFunc[struct{}](func(context.Context, *customtask.Run[struct{}]) (customtask.Outcome, error) {
		return customtask.Succeeded("Greeted", "said hello"), nil
	})
	h := customtasktest.New(exampletest.T{}, freezeKind, hello)
	h.Create(customtasktest.Run("hello", freezeKind))
	h.Settle("hello")
	fmt.Println(h.Condition("hello").Message)
	// Output: said hello
}

func ExampleTaskFunc_Reconcile() {
	var task customtask.Task[struct{}] = customtask.TaskFunc[struct{}](
		func(context.Context, *customtask.Run[struct{}]) (customtask.Outcome, error) {
			return customtask.Outcome{}, customtask.FailRun("Refused", "not today")
		})
	_, err := task.Reconcile(context.Background(), nil)
	fmt.Println(err)
	// Output: not today
}

// peek is a freeze that says of itself that it changes nothing anywhere.
type peek struct{ freeze }

var _ customtask.SideEffectFree = peek{}

func (peek) SideEffectFree() {}

// A task that changes nothing may end in the first write. Any other task has its start stored before it
// is called.
func ExampleSideEffectFree() {
	for _, task := range []customtask.Task[Freeze]{freeze{}, peek{}} {
		h := customtasktest.New(exampletest.T{}, freezeKind, task)
		h.Create(customtasktest.Run("over", freezeKind))
		h.Settle("over")
		fmt.Println(h.Server.Writes()[1:])
	}
	// Output:
	// [update customruns/status update customruns/status]
	// [update customruns/status]
}

// volume is a task that uses the run's workspaces.
type volume struct{}

var _ customtask.WorkspaceUser = volume{}

func (volume) WorkspaceUser() {}

func (volume) Reconcile(_ context.Context, run *customtask.Run[Freeze]) (customtask.Outcome, error) {
	return customtask.Succeeded("Used", "used workspace "+run.Object().Spec.Workspaces[0].Name), nil
}

func withWorkspace(run *v1beta1.CustomRun) {
	run.Spec.Workspaces = []v1beta1.WorkspaceBinding{{Name: "source"}}
}

// A run that has workspaces fails if its task is no WorkspaceUser.
func ExampleWorkspaceUser() {
	for _, task := range []customtask.Task[Freeze]{freeze{}, volume{}} {
		h := customtasktest.New(exampletest.T{}, freezeKind, task)
		h.Create(customtasktest.Run("run", freezeKind, withWorkspace))
		h.Settle("run")
		c := h.Get("run").Status.GetCondition(apis.ConditionSucceeded)
		fmt.Println(c.Status, c.Reason)
	}
	// Output:
	// False CustomRunWorkspaceNotSupported
	// True Used
}
