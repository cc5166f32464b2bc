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
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

// patience is by when a run that cannot be started must have said so.
const patience = 2 * time.Hour

// input are the cases of what a run's creator may get wrong.
func (c conformance) input() map[string]func(*testing.T) {
	cases := map[string]func(*testing.T){
		"C6: an embedded spec that is absent, null or empty, and a name, are never met with silence": func(t *testing.T) {
			for what, opt := range map[string]RunOption{
				"an absent spec":                      Spec(""),
				"a null spec":                         Spec("null"),
				"an empty spec":                       Spec("{}"),
				"a name of an object that is missing": Named("no-such-object"),
				"neither name nor spec":               func(*v1beta1.CustomRun) {},
			} {
				h := c.New(t)
				h.Create(Run("run", h.kind, opt))
				h.Settle("run")
				h.Advance(patience) // a definition may come late, for a while
				h.Settle("run")
				if condition(h.Get("run")) == nil {
					t.Errorf("%s: the run has no condition", what)
				}
			}
		},
		"C6: a name of an object that is missing fails": func(t *testing.T) {
			h := c.New(t)
			h.Create(Run("run", h.kind, Named("no-such-object")))
			h.Settle("run")
			h.Advance(patience)
			h.Settle("run")
			wantEnd(t, "a missing object", h.Get("run"), "False", "", "")
			if m := condition(h.Get("run")).Message; !strings.Contains(m, "no-such-object") {
				t.Errorf("the message %q does not name the object", m)
			}
		},
		"C9: unknown, repeated and mistyped fields fail and are named": func(t *testing.T) {
			for spec, named := range map[string]string{
				`{"noSuchField":1}`:                 "noSuchField",
				`{"noSuchField":1,"noSuchField":2}`: "noSuchField",
				`"text"`:                            "spec",
				`[]`:                                "spec",
				`42`:                                "spec",
			} {
				h := c.New(t)
				h.Create(Run("run", h.kind, Spec(spec)))
				run := h.Finish("run", nil)
				wantEnd(t, spec, run, "False", "", "")
				c := condition(run)
				if c.Reason == customtask.ReasonCustomSpecNotSupported {
					named = "spec.customSpec" // which is refused as a whole
				}
				if !strings.Contains(c.Message, named) {
					t.Errorf("%s: the message %q does not name %s", spec, c.Message, named)
				}
			}
		},
		"C9: negative retries and a negative timeout fail": func(t *testing.T) {
			for what, opt := range map[string]RunOption{
				"retries": Retries(-1),
				"timeout": Timeout(-time.Second),
			} {
				h := c.New(t)
				h.Create(with(c.Succeeds.Run, opt))
				run := h.Finish(c.Succeeds.Run.Name, nil)
				wantEnd(t, what, run, "False", "", "")
				if m := condition(run).Message; !strings.Contains(m, what) {
					t.Errorf("the message %q does not name %s", m, what)
				}
				wantNoChildren(t, h, what)
			}
		},
		"C10: a resolver in customRef is ignored": func(t *testing.T) {
			h := c.New(t)
			run := c.Succeeds.Run.DeepCopy()
			if run.Spec.CustomRef == nil {
				t.Skip("the run that succeeds has an embedded spec")
			}
			run.Spec.CustomRef.Resolver = "cluster"
			wantEnd(t, "with a resolver", Scenario{Run: run, Then: c.Succeeds.Then}.play(h), "True", "", "")
		},
		"C11: workspaces are used, or refused with their own reason": func(t *testing.T) {
			h := c.New(t)
			run := c.Succeeds.Run.DeepCopy()
			run.Spec.Workspaces = []v1beta1.WorkspaceBinding{{Name: "unexpected"}}
			h.Create(run)
			h.Settle(run.Name)
			if run := h.Get(run.Name); condition(run).IsFalse() {
				wantEnd(t, "with a workspace", run, "False", customtask.ReasonWorkspaceNotSupported, "")
				wantNoChildren(t, h, "with a workspace")
			}
		},
	}
	if c.AnyName {
		delete(cases, "C6: a name of an object that is missing fails")
	}
	if c.FreeFields {
		delete(cases, "C9: unknown, repeated and mistyped fields fail and are named")
	}
	for named, run := range c.Invalid {
		cases["C6 C13 C43: bad input fails at once, for good, and names "+named] = func(t *testing.T) {
			h := c.New(t)
			h.Create(with(run, Retries(3)))
			h.Settle(run.Name)
			h.Advance(patience)
			h.Settle(run.Name)
			got := h.Get(run.Name)
			wantEnd(t, "bad input", got, "False", "", "")
			if m := condition(got).Message; !strings.Contains(m, named) {
				t.Errorf("the message %q does not name %s", m, named)
			}
			if n := len(got.Status.RetriesStatus); n > 0 {
				t.Errorf("C43: it was tried again %d times", n)
			}
			wantNoChildren(t, h, "bad input")
		}
	}
	return cases
}
