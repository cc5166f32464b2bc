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
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"
)

// finished is the condition of a run that somebody else has ended.
var finished = duckv1.Conditions{{Type: apis.ConditionSucceeded, Status: corev1.ConditionTrue, Reason: "Elsewhere"}}

// status are the cases of a run that is under way, and of one that is done.
func (c conformance) status() map[string]func(*testing.T) {
	cases := map[string]func(*testing.T){
		"C16 C22 C26: a run that succeeds": func(t *testing.T) {
			wantEnd(t, "the run", c.Succeeds.play(c.New(t)), "True", "", "")
		},
		"C24 C36: a finished run is final": func(t *testing.T) {
			h := c.New(t)
			before := c.Succeeds.play(h)
			wantEnd(t, "the run", before, "True", "", "")
			name := before.Name
			for _, row := range []struct {
				what    string
				disturb func()
			}{
				{"a late cancellation", func() { h.Cancel(name, "too late") }},
				{"the same once more", func() { h.Cancel(name, "too late") }},
				{"a cancellation taken back", func() { h.Edit(name, func(r *v1beta1.CustomRun) { r.Spec.Status, r.Spec.StatusMessage = "", "" }) }},
				{"an edit of the params", func() { h.Edit(name, func(r *v1beta1.CustomRun) { r.Spec.Params = nil }) }},
				{"more retries", func() { h.Edit(name, func(r *v1beta1.CustomRun) { r.Spec.Retries = 5 }) }},
				{"a restart", h.Restart},
				{"a day", func() { h.Advance(24 * time.Hour) }},
			} {
				row.disturb()
				h.Settle(name)
				after := h.Get(name).DeepCopy()
				after.Status.ObservedGeneration = before.Status.ObservedGeneration
				if diff := cmp.Diff(before.Status, after.Status); diff != "" {
					t.Errorf("%s changed it (-before, +after):\n%s", row.what, diff)
				}
			}
		},
		"C58: deleted and created again, it starts clean": func(t *testing.T) {
			h := c.New(t)
			c.Succeeds.play(h)
			children := len(h.Server.allChildren())
			h.Delete(c.Succeeds.Run.Name)
			h.Settle(c.Succeeds.Run.Name)
			h.Advance(time.Minute)
			again := c.Succeeds.play(h)
			wantEnd(t, "the second run", again, "True", "", "")
			if again.Status.StartTime.Before(&again.CreationTimestamp) {
				t.Errorf("it started at %v and was created at %v", again.Status.StartTime, again.CreationTimestamp)
			}
			if n := len(h.Server.allChildren()); n != 2*children {
				t.Errorf("%d children of two runs, and %d of the first one; the second must have children of its own", n, children)
			}
		},
	}
	if c.NeverEnds == nil {
		return cases
	}
	name := c.NeverEnds.Name
	cases["C16 C19: a run under way is Unknown, and its generation is observed"] = func(t *testing.T) {
		h := c.New(t)
		h.Create(c.NeverEnds.DeepCopy())
		h.Settle(name)
		wantEnd(t, "the run", h.Get(name), "Unknown", "", "")
		h.Edit(name, func(r *v1beta1.CustomRun) { r.Spec.Status = "SomethingElse" })
		h.Settle(name)
		wantEnd(t, "C31: with an unknown spec.status, the run", h.Get(name), "Unknown", "", "")
	}
	cases["C39: an attempt that has half a second is worked on, and has all of it"] = func(t *testing.T) {
		h := c.New(t) // its clock begins late in a second
		h.Create(with(c.NeverEnds, Timeout(500*time.Millisecond)))
		h.Settle(name)
		h.Advance(499 * time.Millisecond)
		h.Settle(name)
		wantEnd(t, "before its time, the run", h.Get(name), "Unknown", "", "")
		wantEnd(t, "the run", h.Finish(name, nil), "False", customtask.ReasonTimedOut, "")
	}
	cases["C21 C62 C63: looks that change nothing cost no write, no read and no Event"] = func(t *testing.T) {
		h := c.New(t)
		h.Create(c.NeverEnds.DeepCopy())
		h.Settle(name)
		h.RecordedEvents()
		writes, reads := h.Server.controllerWrites(), len(h.Server.Reads())
		const looks = 20
		for range looks { // also when time passes
			again, ok := h.Step(name)
			if !ok || again > 24*time.Hour {
				again = time.Hour
			}
			h.Advance(again)
			h.Restart()
		}
		if n := h.Server.controllerWrites() - writes; n > 0 {
			t.Errorf("%d writes in %d looks", n, looks)
		}
		if read := h.Server.Reads()[reads:]; len(read) > 0 && !c.ReadsLive {
			t.Errorf("reads %q; see Kind.ReadsLive", read)
		}
		if events := h.RecordedEvents(); len(events) > 0 {
			t.Errorf("Events %q", events)
		}
	}
	cases["C30: damaged extraFields recover, or the run fails cleanly"] = func(t *testing.T) {
		for _, raw := range []string{`{"x":1}`, `{"schemaVersion":99}`, `"text"`, `[]`, `{"schemaVersion":1,"attempt":"x","spec":7}`} {
			h := c.New(t)
			h.Create(with(c.NeverEnds, Timeout(time.Minute)))
			h.Settle(name)
			run := h.Get(name)
			run.Status.ExtraFields.Raw = []byte(raw)
			h.StoreStatus(run)
			h.Restart()
			wantEnd(t, raw, h.Finish(name, nil), "False", "", "")
		}
	}
	return cases
}
