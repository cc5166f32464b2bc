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

var rolloutKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Rollout"}

// Rollout has no fields.
type Rollout struct{}

// rollout is a task that is one function.
type rollout func(run *customtask.Run[Rollout]) (customtask.Outcome, error)

func (f rollout) Reconcile(_ context.Context, run *customtask.Run[Rollout]) (customtask.Outcome, error) {
	return f(run)
}

// showRollout runs a task and prints the run's condition and results.
func showRollout(task rollout) {
	h := customtasktest.New(exampletest.T{}, rolloutKind, task)
	h.Create(customtasktest.Run("run", rolloutKind))
	h.Settle("run")
	status := h.Get("run").Status
	c := status.GetCondition(apis.ConditionSucceeded)
	fmt.Printf("%s %s: %s\n", c.Status, c.Reason, c.Message)
	for _, r := range status.Results {
		fmt.Printf("%s = %s\n", r.Name, r.Value)
	}
}

// An outcome says where the attempt stands.
func ExampleOutcome() {
	showRollout(func(*customtask.Run[Rollout]) (customtask.Outcome, error) {
		done, all := 2, 3
		if done == all {
			return customtask.Succeeded("RolledOut", "all replicas are new"), nil
		}
		message := fmt.Sprintf("%d of %d replicas are new", done, all)
		return customtask.Running("RollingOut", message).After(10 * time.Second), nil
	})
	// Output: Unknown RollingOut: 2 of 3 replicas are new
}

func ExampleRunning() {
	showRollout(func(*customtask.Run[Rollout]) (customtask.Outcome, error) {
		return customtask.Running("RollingOut", "2 of 3 replicas are new"), nil
	})
	// Output: Unknown RollingOut: 2 of 3 replicas are new
}

func ExampleSucceeded() {
	showRollout(func(*customtask.Run[Rollout]) (customtask.Outcome, error) {
		return customtask.Succeeded("RolledOut", "all replicas are new"), nil
	})
	// Output: True RolledOut: all replicas are new
}

// The results replace those given before, so give all of them each time. A list is a JSON array.
func ExampleOutcome_WithResult() {
	showRollout(func(*customtask.Run[Rollout]) (customtask.Outcome, error) {
		return customtask.Succeeded("RolledOut", "all replicas are new").
			WithResult("version", "1.2.0").
			WithResult("zones", `["a","b"]`), nil
	})
	// Output:
	// True RolledOut: all replicas are new
	// version = 1.2.0
	// zones = ["a","b"]
}

// The controller comes back by itself, whether or not something happens before.
func ExampleOutcome_After() {
	h := customtasktest.New(exampletest.T{}, rolloutKind, rollout(func(*customtask.Run[Rollout]) (customtask.Outcome, error) {
		return customtask.Running("RollingOut", "2 of 3 replicas are new").After(10 * time.Second), nil
	}))
	h.Create(customtasktest.Run("run", rolloutKind))
	again, _ := h.Settle("run")
	fmt.Println("the next look is in", again)
	// Output: the next look is in 10s
}

// What a task must remember is stored with the attempt, and is there after a restart.
func ExampleOutcome_WithState() {
	type batches struct {
		Done int `json:"done"`
	}
	h := customtasktest.New(exampletest.T{}, rolloutKind, rollout(func(run *customtask.Run[Rollout]) (customtask.Outcome, error) {
		var b batches
		run.State(&b)
		b.Done++
		return customtask.Running("RollingOut", fmt.Sprintf("batch %d", b.Done)).WithState(b).After(time.Minute), nil
	}))
	h.Create(customtasktest.Run("run", rolloutKind))
	for range 2 {
		h.Step("run")
		fmt.Println(h.Get("run").Status.GetCondition(apis.ConditionSucceeded).Message)
		h.Restart()
	}
	// Output:
	// batch 1
	// batch 2
}

func ExampleOutcome_WithMessage() {
	showRollout(func(*customtask.Run[Rollout]) (customtask.Outcome, error) {
		outcome := customtask.Succeeded("RolledOut", "all replicas are new")
		if slow := true; slow {
			outcome = outcome.WithMessage("all replicas are new, at last")
		}
		return outcome, nil
	})
	// Output: True RolledOut: all replicas are new, at last
}
