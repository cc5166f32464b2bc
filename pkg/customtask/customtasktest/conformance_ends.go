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
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

func minutes(n int) RunOption {
	return Timeout(time.Duration(n) * time.Minute)
}

// until drives a run, as time passes, to where done says so.
func (conformance) until(t *testing.T, h *Harness, name string, done func(*v1beta1.CustomRun) bool) {
	t.Helper()
	const enough = 100
	for range enough {
		again, ok := h.Settle(name)
		if done(h.Get(name)) {
			return
		}
		if !ok {
			break
		}
		h.Advance(max(again, time.Millisecond))
	}
	t.Fatalf("the run stays %+v", condition(h.Get(name)))
}

// ends are the cases of how a run ends other than by success.
func (c conformance) ends() map[string]func(*testing.T) {
	cases := map[string]func(*testing.T){
		"C32: cancelled before it started, it ends with nothing begun": func(t *testing.T) {
			h := c.New(t)
			run := with(c.Succeeds.Run, Retries(2))
			run.Spec.Status = v1beta1.CustomRunSpecStatusCancelled
			run.Spec.StatusMessage = "never mind, 100%"
			h.Create(run)
			wantEnd(t, "the run", h.Finish(run.Name, nil), "False", customtask.ReasonCancelled, "never mind, 100%")
			wantNoChildren(t, h, "cancelled before it started")
		},
	}
	if c.Fails != nil {
		cases["C22 C42: a run that fails, with and without retries"] = func(t *testing.T) {
			for _, retries := range []int{0, 2} {
				failed := Scenario{Run: with(c.Fails.Run, Retries(retries)), Then: c.Fails.Then}.play(c.New(t))
				wantEnd(t, "the run", failed, "False", "", "")
				// A failure for good uses none of them; any other uses all.
				if n := len(failed.Status.RetriesStatus); n != 0 && n != retries {
					t.Errorf("%d of %d retries were used", n, retries)
				}
			}
		}
	}
	if c.NeverEnds == nil {
		return cases
	}
	name := c.NeverEnds.Name
	cases["C31 C15: cancelled, it ends with that reason and the message as it was given"] = func(t *testing.T) {
		for _, message := range []string{"100% %s %d", "the PipelineRun it belongs to has timed out", "stop"} {
			h := c.New(t)
			h.Create(with(c.NeverEnds, Retries(2)))
			h.Settle(name)
			h.Cancel(name, message)
			run := h.Finish(name, nil)
			wantEnd(t, "the run", run, "False", customtask.ReasonCancelled, message)
			if n := len(run.Status.RetriesStatus); n > 0 {
				t.Errorf("C33: it was tried again %d times", n)
			}
		}
	}
	cases["C33: cancelled between attempts, it ends at once and keeps its record"] = func(t *testing.T) {
		h := c.New(t)
		h.Create(with(c.NeverEnds, Retries(2), minutes(1)))
		h.Settle(name)
		h.Advance(time.Minute + time.Second)
		c.until(t, h, name, func(run *v1beta1.CustomRun) bool { return condition(run).Reason == customtask.ReasonRetryPending })
		h.Cancel(name, "enough")
		h.Step(name)
		run := h.Get(name)
		wantEnd(t, "the run", run, "False", customtask.ReasonCancelled, "enough")
		if n := len(run.Status.RetriesStatus); n != 1 {
			t.Errorf("%d attempts in retriesStatus; want 1", n)
		}
	}
	cases["C37 C39: it times out, not before its time and less than 1 s after it, also after a restart"] = func(t *testing.T) {
		h := c.New(t)
		h.Create(with(c.NeverEnds, minutes(10)))
		h.Settle(name)
		h.Advance(9 * time.Minute)
		h.Restart()
		h.Settle(name)
		wantEnd(t, "before its time, the run", h.Get(name), "Unknown", "", "")
		// Stopping may then take its time.
		c.until(t, h, name, func(run *v1beta1.CustomRun) bool {
			return run.IsDone() || condition(run).Reason == customtask.ReasonStopping
		})
		if took := h.Clock.Since(Start); took < 10*time.Minute || took > 10*time.Minute+time.Second {
			t.Errorf("it was ended after %v; its timeout is 10m", took)
		}
		wantEnd(t, "the run", h.Finish(name, nil), "False", customtask.ReasonTimedOut, "")
	}
	cases["C38: a timeout of 0 is none"] = func(t *testing.T) {
		h := c.New(t)
		h.Create(with(c.NeverEnds, minutes(0)))
		h.Settle(name)
		h.Advance(1000 * time.Hour)
		h.Restart()
		h.Settle(name)
		wantEnd(t, "after 1000 h, the run", h.Get(name), "Unknown", "", "")
	}
	cases["C41 C42 C44 C45: exactly as many attempts as asked, each with children of its own"] = func(t *testing.T) {
		h := c.New(t)
		h.Create(with(c.NeverEnds, Retries(2), minutes(1)))
		run := h.Finish(name, nil)
		wantEnd(t, "the run", run, "False", customtask.ReasonTimedOut, "")
		if n := len(run.Status.RetriesStatus); n != 2 {
			t.Errorf("%d attempts in retriesStatus; want 2", n)
		}
		once := c.New(t)
		once.Create(with(c.NeverEnds, minutes(1)))
		once.Finish(name, nil)
		if n, one := len(h.Server.allChildren()), len(once.Server.allChildren()); n != 3*one {
			t.Errorf("%d children of 3 attempts, and %d of one", n, one)
		}
		if took := h.Clock.Now().Sub(run.CreationTimestamp.Time); took < 3*time.Minute {
			t.Errorf("3 attempts of 1m took %v", took)
		}
	}
	cases["C57: deleted, it goes"] = func(t *testing.T) {
		h := c.New(t)
		h.Create(c.NeverEnds.DeepCopy())
		h.Settle(name)
		h.Delete(name)
		if run := h.Finish(name, nil); run != nil {
			t.Errorf("the run is still there with finalizers %v", run.Finalizers)
		}
	}
	return cases
}
