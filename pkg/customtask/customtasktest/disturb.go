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
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Disturb tells a story again and again, each time with one thing going wrong at one write of the
// controller, and fails the test wherever it ends in another way than undisturbed: another condition,
// other results, other attempts, a child too many or too few (C42, C47, C48, C50, C61).
//
// A write fails; takes effect and loses its answer; meets a write of somebody else; is the last that the
// process did, or was about to do; arrives after another process has looked; or stays unseen in the
// caches. Two more runs restart the controller after every step, and show it everything late.
//
// start makes a fresh harness. The story creates a run of the given name and ends when nothing is left to
// do; [Harness.Finish] tells most stories.
func Disturb(t *testing.T, start func(testing.TB) *Harness, name string, story func(h *Harness)) {
	t.Helper()
	h := start(t)
	story(h)
	undisturbed, took := h.ending(name), h.Clock.Since(Start)
	tell := func(title string, prepare func(*Harness)) {
		t.Run(title, func(t *testing.T) {
			h := start(t)
			prepare(h)
			story(h)
			if diff := cmp.Diff(undisturbed, h.ending(name)); diff != "" {
				t.Errorf("C47: the end differs from the undisturbed one (-undisturbed, +disturbed):\n%s", diff)
			}
			// Errors are waited for, and what was asked for is not.
			if now := h.Clock.Since(Start); now < took-won || now > took+lost {
				t.Errorf("C39: it took %s of the clock, and %s undisturbed", now, took)
			}
		})
	}
	writes := h.Server.controllerWriteNames()
	for n, write := range writes {
		for _, what := range troubles {
			if what.meets(write) {
				tell(fmt.Sprintf("write %d of %d, %s, %s", n+1, len(writes), write, what), func(h *Harness) { h.Server.disturb(n, what) })
			}
		}
	}
	tell("the controller restarts after every step", func(h *Harness) { h.restarts = true })
	tell("every write is seen late", func(h *Harness) { h.Server.disturb(everyWrite, staysUnseen) })
	tell("every write is seen late in the caches of children", func(h *Harness) { h.Server.disturb(everyWrite, childrenUnseen) })
}

// lost is how much time a disturbance may cost, and won how much it may save: a backoff starts anew.
const (
	lost = 30 * time.Second
	won  = 5 * time.Second
)

// ending is what a story leaves behind, without what may differ from telling to telling.
type ending struct {
	Run      *runEnding
	Children []string
	Outside  any
}

type runEnding struct {
	Status, Reason, Message string
	Results                 map[string]string
	Attempts                []string
	Finalizers              []string
}

// times in messages and results shift with every error that was waited for.
var times = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`)

func timeless(s string) string { return times.ReplaceAllString(s, "TIME") }

func (h *Harness) ending(name string) ending {
	h.t.Helper()
	var out ending
	if run := h.Get(name); run != nil {
		out.Run = &runEnding{Results: map[string]string{}, Finalizers: run.Finalizers}
		if c := condition(run); c != nil {
			out.Run.Status, out.Run.Reason, out.Run.Message = string(c.Status), c.Reason, timeless(c.Message)
		}
		for _, r := range run.Status.Results {
			out.Run.Results[r.Name] = timeless(r.Value)
		}
		for _, attempt := range run.Status.RetriesStatus {
			c := attempt.GetCondition("Succeeded")
			out.Run.Attempts = append(out.Run.Attempts, c.Reason+": "+timeless(c.Message))
		}
	}
	for _, c := range h.Server.allChildren() {
		object, err := c.tracker.Get(c.resource, c.name.Namespace, c.name.Name)
		if err != nil {
			continue // deleted
		}
		raw, err := json.Marshal(object)
		if err != nil {
			h.t.Fatalf("encoding %s: %v", c.name, err)
		}
		var fields struct {
			Spec   json.RawMessage `json:"spec"`
			Status json.RawMessage `json:"status"`
		}
		if err := json.Unmarshal(raw, &fields); err != nil {
			h.t.Fatalf("decoding %s: %v", c.name, err)
		}
		out.Children = append(out.Children, timeless(fmt.Sprintf("%s %s spec %s status %s", c.resource.Resource, c.name, fields.Spec, fields.Status)))
	}
	slices.Sort(out.Children)
	if h.outside != nil {
		out.Outside = h.outside(h)
	}
	return out
}
