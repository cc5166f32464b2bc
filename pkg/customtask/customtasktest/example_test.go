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

package customtasktest_test

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

var bakeKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Bake"}

// Bake lets a release prove itself for some minutes.
type Bake struct {
	Minutes int `json:"minutes"`
}

type bake struct{}

func (bake) Reconcile(ctx context.Context, run *customtask.Run[Bake]) (customtask.Outcome, error) {
	end := run.StartTime().Add(time.Duration(run.Spec.Minutes) * time.Minute)
	if left := end.Sub(run.Now()); left > 0 {
		return customtask.Running("Baking", "baking until "+end.UTC().Format(time.Kitchen)).After(left), nil
	}
	return customtask.Succeeded("Baked", "the release is "+quality(ctx)), nil
}

func (bake) ConfigName() string { return "config-bake" }

// quality is what the task's ConfigMap says.
func quality(ctx context.Context) string {
	if q := customtask.Config(ctx)["quality"]; q != "" {
		return q
	}
	return "good"
}

// printBake prints the condition of the run.
func printBake(h *customtasktest.Harness) {
	c := h.Condition("bake")
	fmt.Printf("%s %s: %s\n", c.Status, c.Reason, c.Message)
}

// In a test, t is its *testing.T; exampletest.T stands for it in these examples.
func ExampleNew() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	h.Create(customtasktest.Run("bake", bakeKind, customtasktest.Spec(`{"minutes": 30}`)))
	h.Settle("bake")
	printBake(h)

	h.Advance(30 * time.Minute)
	h.Settle("bake")
	printBake(h)
	// Output:
	// Unknown Baking: baking until 3:34AM
	// True Baked: the release is good
}

// Nothing happens between calls: without a step the run stays as it is.
func ExampleHarness() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	h.Create(customtasktest.Run("bake", bakeKind))
	fmt.Println("conditions:", len(h.Get("bake").Status.Conditions))

	h.Settle("bake")
	fmt.Println("conditions:", len(h.Get("bake").Status.Conditions))
	// Output:
	// conditions: 0
	// conditions: 1
}

// A run gets a UID and a creation time, as from an API server.
func ExampleHarness_Create() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	run := h.Create(customtasktest.Run("bake", bakeKind))
	fmt.Println(run.Namespace, run.UID, run.CreationTimestamp.UTC().Format(time.RFC3339))
	// Output: test uid-1 2026-01-02T03:04:05Z
}

func ExampleHarness_Get() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	h.Create(customtasktest.Run("bake", bakeKind))
	h.Settle("bake")
	fmt.Println(h.Get("bake").IsSuccessful())
	fmt.Println(h.Get("no-such-run") == nil)
	// Output:
	// true
	// true
}

// Step is one look of the controller. It says when the next one is due.
func ExampleHarness_Step() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	h.Create(customtasktest.Run("bake", bakeKind, customtasktest.Spec(`{"minutes": 30}`)))
	h.Step("bake")
	h.Advance(10 * time.Minute)
	again, ok := h.Step("bake")
	fmt.Println(again.Round(time.Minute), ok)
	// Output: 20m0s true
}

// Settle takes steps until nothing is written any more.
func ExampleHarness_Settle() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	h.Create(customtasktest.Run("bake", bakeKind))
	_, ok := h.Settle("bake")
	printBake(h)
	fmt.Println("another look is due:", ok)
	// Output:
	// True Baked: the release is good
	// another look is due: false
}

// Finish takes a run to its end, whatever it waits for meanwhile.
func ExampleHarness_Finish() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	h.Create(customtasktest.Run("bake", bakeKind, customtasktest.Spec(`{"minutes": 30}`)))
	run := h.Finish("bake", nil)
	fmt.Println(run.IsSuccessful(), h.Clock.Now().Sub(customtasktest.Start).Round(time.Minute))
	// Output: true 30m0s
}

func ExampleHarness_Condition() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	h.Create(customtasktest.Run("bake", bakeKind))
	h.Settle("bake")
	fmt.Println(h.Condition("bake").Reason)
	// Output: Baked
}

// A process that is on standby leaves runs to the one that leads.
func ExampleHarness_StandBy() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	h.StandBy()
	h.Create(customtasktest.Run("bake", bakeKind))
	h.Settle("bake")
	fmt.Printf("%q\n", h.Condition("bake").Reason)
	// Output: ""
}

// The other process is gone, and this one takes over.
func ExampleHarness_Lead() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	h.StandBy()
	h.Create(customtasktest.Run("bake", bakeKind))
	h.Lead()
	h.Settle("bake")
	printBake(h)
	// Output: True Baked: the release is good
}

// A task made afresh for every controller has nothing in its memory after a restart.
func ExampleNewFrom() {
	newTask := func() customtask.Task[Bake] {
		fmt.Println("a new task")
		return bake{}
	}
	h := customtasktest.NewFrom(exampletest.T{}, bakeKind, newTask)
	h.Restart()
	// Output:
	// a new task
	// a new task
}

func ExampleHarness_Advance() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	h.Advance(time.Hour)
	fmt.Println(h.Clock.Now().Sub(customtasktest.Start))
	// Output: 1h0m0s
}

func ExampleHarness_Cancel() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	h.Create(customtasktest.Run("bake", bakeKind, customtasktest.Spec(`{"minutes": 30}`)))
	h.Settle("bake")
	h.Cancel("bake", "the release was withdrawn")
	h.Settle("bake")
	printBake(h)
	// Output: False CustomRunCancelled: the release was withdrawn
}

func ExampleHarness_Delete() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	h.Create(customtasktest.Run("bake", bakeKind))
	h.Delete("bake")
	h.Settle("bake")
	fmt.Println(h.Get("bake") == nil)
	// Output: true
}

// An edit changes the spec of the run and not what it was started with.
func ExampleHarness_Edit() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	h.Create(customtasktest.Run("bake", bakeKind, customtasktest.Spec(`{"minutes": 30}`)))
	h.Settle("bake")
	h.Edit("bake", func(run *v1beta1.CustomRun) { run.Spec.CustomSpec.Spec.Raw = []byte(`{"minutes": 0}`) })
	h.Settle("bake")
	printBake(h)
	// Output: Unknown Baking: baking until 3:34AM
}

// A run in the midst of its work, as an earlier version of the controller has left it.
func ExampleHarness_StoreStatus() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	run := h.Create(customtasktest.Run("bake", bakeKind))
	start := run.CreationTimestamp
	run.Status.StartTime = &start
	run.Status.Conditions = append(run.Status.Conditions, apis.Condition{Type: apis.ConditionSucceeded, Status: "Unknown"})
	run.Status.ExtraFields.Raw = []byte(`{"schemaVersion": 1, "attempt": 1, "spec": {"minutes": 30}}`)
	h.StoreStatus(run)
	h.Settle("bake")
	printBake(h)
	// Output: Unknown Baking: baking until 3:34AM
}

// After a restart the time that is left counts, not the whole.
func ExampleHarness_Restart() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	h.Create(customtasktest.Run("bake", bakeKind, customtasktest.Spec(`{"minutes": 30}`)))
	h.Settle("bake")
	h.Advance(20 * time.Minute)
	h.Restart()
	again, _ := h.Settle("bake")
	fmt.Println(again.Round(time.Minute))
	// Output: 10m0s
}

// A cache that is behind: the controller hears of the cancellation late.
func ExampleHarness_HoldCache() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	h.Create(customtasktest.Run("bake", bakeKind, customtasktest.Spec(`{"minutes": 30}`)))
	h.Settle("bake")

	release := h.HoldCache()
	h.Cancel("bake", "the release was withdrawn")
	h.Settle("bake")
	printBake(h)

	release()
	h.Settle("bake")
	printBake(h)
	// Output:
	// Unknown Baking: baking until 3:34AM
	// False CustomRunCancelled: the release was withdrawn
}

// What OnSync is given is done before each step.
func ExampleHarness_OnSync() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	h.OnSync(func() { fmt.Println("up to date") })
	h.Create(customtasktest.Run("bake", bakeKind))
	h.Step("bake")
	// Output: up to date
}

func ExampleHarness_RecordedEvents() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{})
	h.Create(customtasktest.Run("bake", bakeKind))
	h.Settle("bake")
	for _, event := range h.RecordedEvents() {
		fmt.Println(event)
	}
	// Output:
	// Normal Started attempt 1 of 1 has started
	// Normal Baked the release is good
}

// WithConfig is the data of the task's own ConfigMap.
func ExampleWithConfig() {
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{},
		customtasktest.WithConfig(map[string]string{"quality": "excellent"}))
	h.Create(customtasktest.Run("bake", bakeKind))
	h.Settle("bake")
	printBake(h)
	// Output: True Baked: the release is excellent
}

// Options come last.
func ExampleOption() {
	quality := func(q string) customtasktest.Option {
		return customtasktest.WithConfig(map[string]string{"quality": q})
	}
	h := customtasktest.New(exampletest.T{}, bakeKind, bake{}, quality("poor"))
	h.Create(customtasktest.Run("bake", bakeKind))
	h.Settle("bake")
	printBake(h)
	// Output: True Baked: the release is poor
}
