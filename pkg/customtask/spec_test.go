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
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestBadInputFailsWithOneSentence(t *testing.T) {
	rows := map[string]struct {
		run     *v1beta1.CustomRun
		reason  string
		message string
	}{
		"C6: a name where none is supported": {
			newRun(customtasktest.Named("x")), customtask.ReasonNameNotSupported,
			`spec.customRef.name is "x", and Probe has no named objects; remove the name and give params or a customSpec`,
		},
		"C8: an invalid field fails at reconcile time": {
			newRun(customtasktest.Spec(`{"text":"invalid"}`)), customtask.ReasonInvalidSpec, "invalid value: invalid: text",
		},
		"C9: an unknown field": {
			newRun(customtasktest.Spec(`{"txet":"a"}`)), customtask.ReasonInvalidSpec, `spec.customSpec.spec has unknown field "txet"`,
		},
		"C9: an unknown nested field": {
			newRun(customtasktest.Spec(`{"nested":{"flga":true}}`)), customtask.ReasonInvalidSpec, `spec.customSpec.spec has unknown field "nested.flga"`,
		},
		"C9: a repeated field": {
			newRun(customtasktest.Spec(`{"text":"a","text":"b"}`)), customtask.ReasonInvalidSpec, `spec.customSpec.spec has duplicate field "text"`,
		},
		"C9: a field of another case": {
			newRun(customtasktest.Spec(`{"Text":"a"}`)), customtask.ReasonInvalidSpec, `spec.customSpec.spec has unknown field "Text"`,
		},
		"C9: a mistyped field": {
			newRun(customtasktest.Spec(`{"count":"many"}`)), customtask.ReasonInvalidSpec, `spec.customSpec.spec.count must be a whole number, not string`,
		},
		"C9: a mistyped nested field": {
			newRun(customtasktest.Spec(`{"nested":{"flag":1}}`)), customtask.ReasonInvalidSpec, `spec.customSpec.spec.nested.flag must be true or false, not number`,
		},
		"C9: a list for a spec": {
			newRun(customtasktest.Spec(`[]`)), customtask.ReasonInvalidSpec, `spec.customSpec.spec must be an object with fields`,
		},
		"C9: a negative timeout": {
			newRun(customtasktest.Timeout(-time.Second)), customtask.ReasonInvalidSpec, "spec.timeout is -1s; it must not be negative",
		},
		"C9: negative retries": {
			newRun(customtasktest.Retries(-1)), customtask.ReasonInvalidSpec, "spec.retries is -1; it must not be negative",
		},
		"C9: an oversize spec": {
			newRun(customtasktest.Spec(`{"text":"` + strings.Repeat("x", 200<<10) + `"}`)), customtask.ReasonInvalidSpec,
			"spec.customSpec.spec is 204811 bytes; at most 131072 can be used",
		},
		"C11: workspaces": {
			newRun(func(run *v1beta1.CustomRun) { run.Spec.Workspaces = []v1beta1.WorkspaceBinding{{Name: "w"}} }),
			customtask.ReasonWorkspaceNotSupported, `spec.workspaces has "w", and Probe takes no workspaces; remove it`,
		},
		"C13: an unknown param": {
			newRun(customtasktest.Param("texxt", "a")), customtask.ReasonInvalidParams, `param "texxt" is unknown; the params are list, text`,
		},
		"C13: a param of the wrong type": {
			newRun(customtasktest.Param("text", "a", "b")), customtask.ReasonInvalidParams, `param "text" must be a string, not of type array`,
		},
		"C13: a param given twice": {
			newRun(customtasktest.Param("text", "a"), customtasktest.Param("text", "b")), customtask.ReasonInvalidParams, `param "text" is given twice`,
		},
		"C14: an undefined reference": {
			newRun(customtasktest.Spec(`{"text":"$(params.nope)"}`)), customtask.ReasonInvalidSpec,
			`spec.customSpec.spec.text: $(params.nope) refers to a param that the run does not have`,
		},
		"C15: a percent sign survives": {
			newRun(customtasktest.Param("100%s", "a")), customtask.ReasonInvalidParams, `param "100%s" is unknown; the params are list, text`,
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			task := &probe{}
			h := customtasktest.New(t, probeKind, task)
			run := settled(t, h, row.run)
			wantCondition(t, run, corev1.ConditionFalse, row.reason, row.message)
			if task.calls > 0 {
				t.Errorf("the task was called %d times", task.calls)
			}
		})
	}
}

func TestC43ValidationFailuresAreNotRetried(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{})
	run := settled(t, h, newRun(customtasktest.Spec(`{"text":"invalid"}`), customtasktest.Retries(3)))
	wantCondition(t, run, corev1.ConditionFalse, customtask.ReasonInvalidSpec, "")
	if n := len(run.Status.RetriesStatus); n != 0 {
		t.Errorf("%d retries of a run that cannot work", n)
	}
}

func TestC6EmptySpecsAreTheDefault(t *testing.T) {
	rows := map[string]*v1beta1.CustomRun{
		"an unnamed ref":           newRun(),
		"C10: a ref with resolver": newRun(func(run *v1beta1.CustomRun) { run.Spec.CustomRef.Resolver = "cluster" }),
		"an absent embedded spec":  newRun(customtasktest.Spec(``)),
		"an embedded spec of null": newRun(customtasktest.Spec(`null`)),
		"an empty embedded spec":   newRun(customtasktest.Spec(`{}`)),
	}
	for name, run := range rows {
		t.Run(name, func(t *testing.T) {
			task := &probe{reconcile: succeed}
			h := customtasktest.New(t, probeKind, task)
			wantCondition(t, settled(t, h, run), corev1.ConditionTrue, "Done", "")
			if diff := cmp.Diff([]probeSpec{{Default: "defaulted"}}, task.specs); diff != "" {
				t.Errorf("spec (-want, +got):\n%s", diff)
			}
		})
	}
}

func TestC6NamesOfDefinitions(t *testing.T) {
	t.Run("a missing name where one is needed", func(t *testing.T) {
		h := customtasktest.New(t, probeKind, &nameRequiredProbe{})
		wantCondition(t, settled(t, h, newRun()), corev1.ConditionFalse, customtask.ReasonNameRequired,
			"the run gives no spec; set spec.customRef.name to a Probe or give a customSpec with a spec")
	})
	t.Run("C7: an object that appears just after the run is found", func(t *testing.T) {
		task := &namedProbe{probe: probe{reconcile: succeed}}
		h := customtasktest.New(t, probeKind, task)
		h.Create(newRun(customtasktest.Named("late")))
		if _, again := h.Step("run"); !again || h.Get("run").IsDone() {
			t.Fatalf("the run does not wait for its definition: %+v", h.Get("run").Status)
		}
		task.objects = map[string]probeSpec{"late": {Text: "hello"}}
		h.Advance(time.Second)
		h.Settle("run")
		wantCondition(t, h.Get("run"), corev1.ConditionTrue, "Done", "")
	})
	t.Run("a name that is not found", func(t *testing.T) {
		h := customtasktest.New(t, probeKind, &namedProbe{})
		h.Create(newRun(customtasktest.Named("nope")))
		h.Settle("run")
		h.Advance(6 * time.Second)
		h.Settle("run")
		wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonDefinitionNotFound,
			`spec.customRef.name: there is no Probe "nope" in namespace "test"`)
	})
	t.Run("a definition that may not be read", func(t *testing.T) {
		h := customtasktest.New(t, probeKind, &namedProbe{err: apierrors.NewForbidden(probeGR, "x", errors.New("no"))})
		wantCondition(t, settled(t, h, newRun(customtasktest.Named("x"))), corev1.ConditionFalse, customtask.ReasonForbidden, "")
	})
	for _, passing := range []error{
		apierrors.NewInternalError(errors.New("oops")), apierrors.NewTooManyRequests("slow down", 1),
		apierrors.NewServerTimeout(probeGR, "get", 1), apierrors.NewConflict(probeGR, "x", errors.New("changed")),
		apierrors.NewServiceUnavailable("away"),
	} {
		t.Run(fmt.Sprintf("C7: %T %v never fails a run and writes nothing", passing, passing), func(t *testing.T) {
			task := &namedProbe{err: passing}
			h := customtasktest.New(t, probeKind, task)
			h.Create(newRun(customtasktest.Named("x")))
			h.Advance(hour)
			writes := len(h.Server.Writes())
			if _, again := h.Step("run"); !again || len(h.Server.Writes()) != writes {
				t.Errorf("looks again: %v, writes %v", again, h.Server.Writes()[writes:])
			}
			task.err = nil
			task.objects = map[string]probeSpec{"x": {}}
			task.reconcile = succeed
			h.Settle("run")
			wantCondition(t, h.Get("run"), corev1.ConditionTrue, "Done", "")
		})
	}
}

func TestC12TheSpecIsASnapshot(t *testing.T) {
	task := &namedProbe{objects: map[string]probeSpec{"x": {Text: "first"}}}
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun(customtasktest.Named("x"), customtasktest.Retries(1), customtasktest.Timeout(hour)))
	task.objects["x"] = probeSpec{Text: "second"}
	h.Edit("run", func(run *v1beta1.CustomRun) {
		run.Spec.Timeout = &metav1.Duration{Duration: time.Second}
	})
	h.Restart()
	h.Advance(time.Minute)
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, "Working", "")
	h.Advance(2 * hour)
	h.Settle("run")
	h.Advance(time.Minute)
	h.Settle("run")
	if run := h.Get("run"); len(run.Status.RetriesStatus) != 1 {
		t.Fatalf("no second attempt: %+v", run.Status)
	}
	for i, spec := range task.specs {
		if spec.Text != "first" {
			t.Errorf("call %d had the spec %+v; want the one of the start", i, spec)
		}
	}
}

func TestC14ReferencesAreReplacedOnce(t *testing.T) {
	rows := map[string]struct {
		spec   string
		params []customtasktest.RunOption
		want   probeSpec
	}{
		"a param":                 {`{"text":"$(params.a)"}`, []customtasktest.RunOption{customtasktest.Param("a", "1")}, probeSpec{Text: "1"}},
		"a param in a text":       {`{"text":"<$(params.a)-$(params.a)>"}`, []customtasktest.RunOption{customtasktest.Param("a", "1")}, probeSpec{Text: "<1-1>"}},
		"a param in brackets":     {`{"text":"$(params[\"a.b\"])$(params['a.b'])"}`, []customtasktest.RunOption{customtasktest.Param("a.b", "1")}, probeSpec{Text: "11"}},
		"a dotted name":           {`{"text":"$(params.a.b)"}`, []customtasktest.RunOption{customtasktest.Param("a.b", "1")}, probeSpec{Text: "1"}},
		"a whole array":           {`{"list":"$(params.l[*])"}`, []customtasktest.RunOption{customtasktest.Param("l", "x", "y")}, probeSpec{List: []string{"x", "y"}}},
		"an array among elements": {`{"list":["a","$(params.l[*])","b"]}`, []customtasktest.RunOption{customtasktest.Param("l", "x", "y")}, probeSpec{List: []string{"a", "x", "y", "b"}}},
		"an element":              {`{"text":"$(params.l[1])"}`, []customtasktest.RunOption{customtasktest.Param("l", "x", "y")}, probeSpec{Text: "y"}},
		"the run itself":          {`{"text":"$(context.customRun.namespace)/$(context.customRun.name)"}`, nil, probeSpec{Text: "test/run"}},
		"a value that looks like a reference is not expanded again": {
			`{"text":"$(params.a)","list":["<$(params.a)>","$(params.b)"]}`,
			[]customtasktest.RunOption{customtasktest.Param("a", "$(params.b)"), customtasktest.Param("b", "2")},
			probeSpec{Text: "$(params.b)", List: []string{"<$(params.b)>", "2"}},
		},
		"C15: a value is data":   {`{"text":"$(params.a)"}`, []customtasktest.RunOption{customtasktest.Param("a", `"}, %d {{.}} \`)}, probeSpec{Text: `"}, %d {{.}} \`}},
		"other dollars are kept": {`{"text":"$HOME $(tasks.a) $$"}`, nil, probeSpec{Text: "$HOME $(tasks.a) $$"}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			task := &namedProbe{probe: probe{reconcile: succeed}}
			h := customtasktest.New(t, probeKind, task)
			run := newRun(append(row.params, customtasktest.Spec(row.spec))...)
			wantCondition(t, settled(t, h, run), corev1.ConditionTrue, "Done", "")
			row.want.Default = "defaulted"
			if diff := cmp.Diff([]probeSpec{row.want}, task.specs); diff != "" {
				t.Errorf("spec (-want, +got):\n%s", diff)
			}
		})
	}
}

func TestC14BadReferencesFail(t *testing.T) {
	for spec, message := range map[string]string{
		`{"text":"$(params.l[7])"}`:            `spec.customSpec.spec.text: $(params.l[7]): param "l" has no element 7`,
		`{"text":"a$(params.l[*])"}`:           `spec.customSpec.spec.text: $(params.l[*]) is not a string and cannot stand inside a longer text`,
		`{"text":"$(params.s[*])"}`:            `spec.customSpec.spec.text: $(params.s[*]): param "s" is a string, not an array`,
		`{"text":"$(params.s.key)"}`:           `spec.customSpec.spec.text: $(params.s.key): param "s" has no key "key"`,
		`{"text":"$(context.customRun.zone)"}`: `spec.customSpec.spec.text: $(context.customRun.zone) is unknown; use name, namespace or uid of context.customRun`,
	} {
		t.Run(spec, func(t *testing.T) {
			h := customtasktest.New(t, probeKind, &probe{})
			run := settled(t, h, newRun(customtasktest.Spec(spec), customtasktest.Param("l", "x", "y"), customtasktest.Param("s", "z")))
			wantCondition(t, run, corev1.ConditionFalse, customtask.ReasonInvalidSpec, message)
		})
	}
}

func TestC6ADefinitionThatCanNeverBeReadIsNotAwaitedForEver(t *testing.T) {
	task := &namedProbe{err: errors.New("malformed")}
	h := customtasktest.New(t, probeKind, task)
	run := settled(t, h, newRun(customtasktest.Named("x"), customtasktest.Timeout(time.Minute)))
	wantCondition(t, run, corev1.ConditionUnknown, customtask.ReasonTryingAgain, `trying again: reading Probe "x": malformed`)
	if run.Status.ObservedGeneration != run.Generation {
		t.Errorf("C19: observedGeneration %d of %d", run.Status.ObservedGeneration, run.Generation)
	}
	h.Advance(2 * time.Minute)
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonTimedOut, `not started within 1m0s: reading Probe "x": malformed`)
}

// configured is a task with a ConfigMap of its own.
type configured struct{ probe }

func (*configured) ConfigName() string { return "config-probe" }

func (c *configured) Reconcile(ctx context.Context, _ *probeRun) (customtask.Outcome, error) {
	return customtask.Succeeded("Done", customtask.Config(ctx)["greeting"]), nil
}

func TestConfigIsThereInEveryCall(t *testing.T) {
	h := customtasktest.New(t, probeKind, &configured{}, customtasktest.WithConfig(map[string]string{"greeting": "hello"}))
	wantCondition(t, settled(t, h, newRun()), corev1.ConditionTrue, "Done", "hello")
}
