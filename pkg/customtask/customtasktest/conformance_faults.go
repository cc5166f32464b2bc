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

package customtasktest

import (
	"reflect"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
)

// faults are the cases of what the world does to a controller. See [Disturb].
func (c conformance) faults() map[string]func(*testing.T) {
	cases := map[string]func(*testing.T){
		"C47 C48 C50 C61: whatever goes wrong while it succeeds": func(t *testing.T) {
			Disturb(t, c.New, c.Succeeds.Run.Name, func(h *Harness) { c.Succeeds.play(h) })
		},
		"C4: a panic at a write of the task's own uses a retry, and the next attempt succeeds": func(t *testing.T) {
			h := c.New(t)
			h.Server.panicNext()
			run := Scenario{Run: with(c.Succeeds.Run, Retries(1)), Then: c.Succeeds.Then}.play(h)
			wantEnd(t, "the run", run, "True", "", "")
			if n := len(run.Status.RetriesStatus); h.Server.panicked() && (n != 1 || reason(run.Status.RetriesStatus[0]) != customtask.ReasonPanicked) {
				t.Errorf("retriesStatus is %v; want one attempt that %s", run.Status.RetriesStatus, customtask.ReasonPanicked)
			}
		},
	}
	cases["C49: what has the name of a child already is neither adopted nor changed"] = c.squatters
	if c.Fails != nil {
		cases["C47 C48 C50 C61: whatever goes wrong while it fails"] = func(t *testing.T) {
			Disturb(t, c.New, c.Fails.Run.Name, func(h *Harness) { c.Fails.play(h) })
		}
	}
	if c.NeverEnds == nil {
		return cases
	}
	name := c.NeverEnds.Name
	cases["C34 C47 C50 C61: whatever goes wrong while it is cancelled"] = func(t *testing.T) {
		Disturb(t, c.New, name, func(h *Harness) {
			h.Create(c.NeverEnds.DeepCopy())
			h.Settle(name)
			h.Cancel(name, "stop")
			h.Finish(name, nil)
		})
	}
	cases["C37 C42 C47 C50 C61: whatever goes wrong while it times out and is tried again"] = func(t *testing.T) {
		Disturb(t, c.New, name, func(h *Harness) {
			h.Create(with(c.NeverEnds, Retries(1), minutes(1)))
			h.Finish(name, nil)
		})
	}
	cases["C47 C57: whatever goes wrong while it is deleted"] = func(t *testing.T) {
		Disturb(t, c.New, name, func(h *Harness) {
			h.Create(c.NeverEnds.DeepCopy())
			h.Settle(name)
			h.Advance(time.Second)
			h.Delete(name)
			h.Finish(name, nil)
		})
	}
	return cases
}

// squatters puts an object of somebody else where each child will be.
func (c conformance) squatters(t *testing.T) {
	undisturbed := c.New(t)
	c.Succeeds.play(undisturbed)
	for _, child := range undisturbed.Server.allChildren() {
		object, err := child.tracker.Get(child.resource, child.name.Namespace, child.name.Name)
		if err != nil {
			continue // the task itself has deleted it
		}
		squatter := reflect.New(reflect.TypeOf(object).Elem()).Interface().(runtime.Object)
		m, err := meta.Accessor(squatter)
		if err != nil {
			t.Fatal(err)
		}
		m.SetName(child.name.Name)
		m.SetNamespace(child.name.Namespace)
		m.SetUID("of-somebody-else")
		h := c.New(t)
		if err := h.Server.plant(child.resource, squatter); err != nil {
			t.Fatal(err)
		}
		h.Create(c.Succeeds.Run.DeepCopy())
		for range 10 {
			again, _ := h.Settle(c.Succeeds.Run.Name)
			if run := h.Get(c.Succeeds.Run.Name); run.IsDone() {
				break
			}
			h.Advance(min(max(again, time.Second), time.Minute))
		}
		if run := h.Get(c.Succeeds.Run.Name); run.IsSuccessful() && len(h.Server.allChildren()) == 0 {
			t.Errorf("%s %q is somebody else's, and the run has succeeded without a child of its own", child.resource.Resource, child.name.Name)
		}
		if c := condition(h.Get(c.Succeeds.Run.Name)); c.IsUnknown() && c.Reason != customtask.ReasonTryingAgain && len(h.Server.allChildren()) == 0 {
			t.Errorf("%s %q is somebody else's, and the run waits for it: %s %q", child.resource.Resource, child.name.Name, c.Reason, c.Message)
		}
		if !h.Server.untouched(child.resource, child.name) {
			t.Errorf("%s %q is somebody else's, and was changed or deleted", child.resource.Resource, child.name.Name)
		}
	}
}
