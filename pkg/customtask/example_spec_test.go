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

var loadTestKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "LoadTest"}

// LoadTest is a spec with all that a spec may have.
type LoadTest struct {
	Users   int64 `json:"users"`
	Minutes int   `json:"minutes"`
}

var (
	_ customtask.Defaultable = (*LoadTest)(nil)
	_ customtask.ParamReader = (*LoadTest)(nil)
	_ customtask.Validatable = (*LoadTest)(nil)
	_ customtask.Timeouter   = (*LoadTest)(nil)
)

// SetDefaults fills in what the spec leaves open.
func (l *LoadTest) SetDefaults(context.Context) {
	if l.Users == 0 {
		l.Users = 10
	}
}

// FromParams takes users, and refuses all other params.
func (l *LoadTest) FromParams(p customtask.Params) error {
	if err := p.Only("users"); err != nil {
		return err
	}
	users, ok, err := p.Int("users")
	if ok {
		l.Users = users
	}
	return err
}

// Validate names the field that cannot work.
func (l *LoadTest) Validate(context.Context) *apis.FieldError {
	if l.Users < 1 || l.Users > 1000 {
		return apis.ErrOutOfBoundsValue(l.Users, 1, 1000, "users")
	}
	return nil
}

// DefaultTimeout is for runs that set no timeout.
func (l *LoadTest) DefaultTimeout() *time.Duration {
	timeout := time.Duration(l.Minutes) * time.Minute
	return &timeout
}

type loadTest struct{}

func (loadTest) Reconcile(_ context.Context, run *customtask.Run[LoadTest]) (customtask.Outcome, error) {
	return customtask.Running("Testing", fmt.Sprintf("testing with %d users", run.Spec.Users)), nil
}

// showLoadTest prints the condition that a run has after some time.
func showLoadTest(after time.Duration, opts ...customtasktest.RunOption) {
	h := customtasktest.New(exampletest.T{}, loadTestKind, loadTest{})
	h.Create(customtasktest.Run("run", loadTestKind, opts...))
	h.Settle("run")
	h.Advance(after)
	h.Settle("run")
	c := h.Get("run").Status.GetCondition(apis.ConditionSucceeded)
	fmt.Printf("%s %s: %s\n", c.Status, c.Reason, c.Message)
}

func ExampleDefaultable() {
	showLoadTest(0)
	// Output: Unknown Testing: testing with 10 users
}

func ExampleParamReader() {
	showLoadTest(0, customtasktest.Param("users", "25"))
	showLoadTest(0, customtasktest.Param("users", "many"))
	// Output:
	// Unknown Testing: testing with 25 users
	// False InvalidParams: param "users" is "many"; it must be a whole number
}

func ExampleValidatable() {
	showLoadTest(0, customtasktest.Spec(`{"users": 5000}`))
	// Output: False InvalidSpec: expected 1 <= 5000 <= 1000: users
}

func ExampleTimeouter() {
	showLoadTest(30*time.Minute, customtasktest.Spec(`{"minutes": 20}`))
	// Output: False CustomRunTimedOut: attempt 1 of 1 timed out after 20m0s; last: Testing: testing with 10 users
}

// Report has a format, which is a template: a value inside it would be a template as well.
type Report struct {
	Title  string `json:"title"`
	Format string `json:"format"`
}

// Verbatim keeps references in the format.
func (*Report) Verbatim(field string) bool { return field == "format" }

func ExampleVerbatim() {
	kind := schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Report"}
	h := customtasktest.New(exampletest.T{}, kind, customtask.TaskFunc[Report](
		func(_ context.Context, run *customtask.Run[Report]) (customtask.Outcome, error) {
			return customtask.Succeeded("Reported", run.Spec.Title+" by "+run.Spec.Format), nil
		}))
	h.Create(customtasktest.Run("run", kind, customtasktest.Param("name", "June"),
		customtasktest.Spec(`{"title": "$(params.name)", "format": "$(params.name)"}`)))
	h.Settle("run")
	fmt.Println(h.Get("run").Status.GetCondition(apis.ConditionSucceeded).Message)
	// Output: June by $(params.name)
}
