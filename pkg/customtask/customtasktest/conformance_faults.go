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
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
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
