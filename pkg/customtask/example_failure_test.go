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
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/customtasks/customtasks/internal/exampletest"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"knative.dev/pkg/apis"
)

var suiteKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "TestSuite"}

// Suite has no fields.
type Suite struct{}

// suite is a task that is one function.
type suite func(run *customtask.Run[Suite]) (customtask.Outcome, error)

func (f suite) Reconcile(_ context.Context, run *customtask.Run[Suite]) (customtask.Outcome, error) {
	return f(run)
}

// showSuite runs a task with one retry, and prints how it ends.
func showSuite(task suite) {
	h := customtasktest.New(exampletest.T{}, suiteKind, task)
	h.Create(customtasktest.Run("run", suiteKind, customtasktest.Retries(1)))
	h.Settle("run")
	h.Advance(time.Minute) // the pause between attempts
	h.Settle("run")
	status := h.Get("run").Status
	c := status.GetCondition(apis.ConditionSucceeded)
	fmt.Printf("%s %s: %s\n", c.Status, c.Reason, c.Message)
	fmt.Println("retries:", len(status.RetriesStatus))
	for _, r := range status.Results {
		fmt.Printf("%s = %s\n", r.Name, r.Value)
	}
}

// The work was done and failed: the next attempt may fare better.
func ExampleFailAttempt() {
	showSuite(func(run *customtask.Run[Suite]) (customtask.Outcome, error) {
		if run.Attempt() == 1 {
			return customtask.Outcome{}, customtask.FailAttempt("TestsFailed", "3 of 120 tests failed")
		}
		return customtask.Succeeded("TestsPassed", "120 tests passed"), nil
	})
	// Output:
	// True TestsPassed: 120 tests passed
	// retries: 1
}

// Trying again cannot help: no retry is used.
func ExampleFailRun() {
	showSuite(func(*customtask.Run[Suite]) (customtask.Outcome, error) {
		return customtask.Outcome{}, customtask.FailRun("NoTests", "spec.path has no tests; name a folder that has some")
	})
	// Output:
	// False NoTests: spec.path has no tests; name a folder that has some
	// retries: 0
}

// A failure is an error. One that wraps it counts as it.
func ExampleFailure() {
	readConfig := func() error {
		return customtask.FailRun("InvalidConfig", "tests.yaml: line 3 has a tab").WithCause(errors.New("yaml: line 3"))
	}
	showSuite(func(*customtask.Run[Suite]) (customtask.Outcome, error) {
		if err := readConfig(); err != nil {
			return customtask.Outcome{}, fmt.Errorf("reading the configuration: %w", err)
		}
		return customtask.Succeeded("TestsPassed", "120 tests passed"), nil
	})
	// Output:
	// False InvalidConfig: tests.yaml: line 3 has a tab
	// retries: 0
}

// A finally task of the pipeline can use the results of a run that failed.
func ExampleFailure_WithResult() {
	showSuite(func(*customtask.Run[Suite]) (customtask.Outcome, error) {
		return customtask.Outcome{}, customtask.FailRun("TestsFailed", "3 of 120 tests failed").WithResult("failed", "3")
	})
	// Output:
	// False TestsFailed: 3 of 120 tests failed
	// retries: 0
	// failed = 3
}

// The cause is for errors.Is and errors.As. Users do not see it.
func ExampleFailure_WithCause() {
	err := customtask.FailRun("NoTests", "spec.path does not exist").WithCause(fs.ErrNotExist)
	fmt.Println(err)
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	// Output:
	// spec.path does not exist
	// true
}

func ExampleFailure_Unwrap() {
	err := customtask.FailRun("NoTests", "spec.path does not exist").WithCause(fs.ErrNotExist)
	fmt.Println(err.Unwrap())
	// Output: file does not exist
}

// A test of a function that makes failures tells them apart by their reasons.
func ExampleFailure_Reason() {
	err := fmt.Errorf("reading the configuration: %w", customtask.FailRun("InvalidConfig", "tests.yaml: line 3 has a tab"))
	var failure *customtask.Failure
	if errors.As(err, &failure) {
		fmt.Println(failure.Reason())
	}
	// Output: InvalidConfig
}

func ExampleFailure_EndsRun() {
	fmt.Println(customtask.FailAttempt("TestsFailed", "3 of 120 tests failed").EndsRun())
	fmt.Println(customtask.FailRun("NoTests", "spec.path has no tests").EndsRun())
	// Output:
	// false
	// true
}

func ExampleFailure_Error() {
	fmt.Println(customtask.FailAttempt("TestsFailed", "3 of 120 tests failed").Error())
	// Output: 3 of 120 tests failed
}
