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
	"errors"
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
	"k8s.io/apimachinery/pkg/runtime"
)

func TestC16UnknownIsStoredBeforeTheAuthorIsCalled(t *testing.T) {
	task := &probe{}
	h := customtasktest.New(t, probeKind, task)
	task.reconcile = func(*probeRun) (customtask.Outcome, error) {
		run := h.Get("run")
		wantCondition(t, run, corev1.ConditionUnknown, customtask.ReasonStarted, "attempt 1 of 1 has started")
		if !run.HasStarted() {
			t.Error("no startTime when the work begins")
		}
		return succeed(nil)
	}
	settled(t, h, newRun())
	if task.calls != 1 {
		t.Errorf("the author was called %d times; want once", task.calls)
	}
	if diff := cmp.Diff([]string{"create customruns", "update customruns/status", "update customruns/status"}, h.Server.Writes()); diff != "" {
		t.Errorf("writes (-want, +got):\n%s", diff)
	}
}

func TestC16AFailedFirstWriteCallsNobody(t *testing.T) {
	task := &probe{}
	h := customtasktest.New(t, probeKind, task)
	h.Create(newRun())
	h.Server.FailNext("update customruns/status", apierrors.NewInternalError(errors.New("oops")))
	if _, again := h.Step("run"); !again || task.calls != 0 {
		t.Errorf("looks again: %v, %d calls after a failed write", again, task.calls)
	}
}

func TestSideEffectFreeTasksEndInOneWrite(t *testing.T) {
	h := customtasktest.New(t, probeKind, &sideEffectFreeProbe{probe{reconcile: succeed}})
	run := settled(t, h, newRun())
	wantCondition(t, run, corev1.ConditionTrue, "Done", "it is done")
	if diff := cmp.Diff([]string{"create customruns", "update customruns/status"}, h.Server.Writes()); diff != "" {
		t.Errorf("writes (-want, +got):\n%s", diff)
	}
}

func TestC17StartTimeIsNotBeforeTheCreation(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{})
	created := metav1.NewTime(customtasktest.Start.Add(hour)).Rfc3339Copy()
	run := settled(t, h, newRun(func(run *v1beta1.CustomRun) { run.CreationTimestamp = created }))
	if !run.Status.StartTime.Equal(&created) {
		t.Errorf("a clock that is behind gave startTime %v; created at %v", run.Status.StartTime, created)
	}
}

func TestTheStartOfAnAttemptIsExactAndStays(t *testing.T) {
	var starts []time.Time
	task := &probe{reconcile: func(run *probeRun) (customtask.Outcome, error) {
		starts = append(starts, run.StartTime())
		return customtask.Running("Working", ""), nil
	}}
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun()) // the clock begins in the middle of a second
	h.Advance(hour)
	h.Restart()
	h.Settle("run")
	for _, start := range starts {
		if !start.Equal(customtasktest.Start) {
			t.Errorf("the attempt started at %v; want %v", start, customtasktest.Start)
		}
	}
	if len(starts) < 2 {
		t.Errorf("%d looks; want some after the restart", len(starts))
	}
}

func TestC18SucceededIsTheFirstCondition(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{})
	run := newRun()
	run.Status.Conditions = append(run.Status.Conditions, condition("Ready"))
	run = settled(t, h, run)
	if len(run.Status.Conditions) != 2 || run.Status.Conditions[0].Type != "Succeeded" || run.Status.Conditions[1].Type != "Ready" {
		t.Errorf("conditions are %v; want Succeeded, Ready", run.Status.Conditions)
	}
}

func TestC19ObservedGenerationFollows(t *testing.T) {
	for name, reconcile := range map[string]func(*probeRun) (customtask.Outcome, error){"running": nil, "done": succeed} {
		t.Run(name, func(t *testing.T) {
			h := customtasktest.New(t, probeKind, &probe{reconcile: reconcile})
			settled(t, h, newRun())
			h.Edit("run", func(run *v1beta1.CustomRun) { run.Spec.ServiceAccountName = "other" })
			h.Settle("run")
			if run := h.Get("run"); run.Generation != 2 || run.Status.ObservedGeneration != 2 {
				t.Errorf("generation %d, observed %d; want 2, 2", run.Generation, run.Status.ObservedGeneration)
			}
		})
	}
}

func TestC20ReasonsAndMessagesAreBounded(t *testing.T) {
	task := &probe{reconcile: func(*probeRun) (customtask.Outcome, error) {
		return customtask.Running("not a reason", strings.Repeat("ä", 3000)), nil
	}}
	h := customtasktest.New(t, probeKind, task)
	c := settled(t, h, newRun()).Status.Conditions[0]
	if c.Reason != customtask.ReasonRunning || len(c.Message) > 1024 || len(c.Message) < 1000 || !strings.HasSuffix(c.Message, "ä…") {
		t.Errorf("reason %q, message of %d bytes ending in %q", c.Reason, len(c.Message), c.Message[len(c.Message)-6:])
	}
}

func TestC21NothingIsWrittenWhenNothingChanged(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{})
	before := settled(t, h, newRun())
	h.RecordedEvents()
	writes := len(h.Server.Writes())
	for range 5 {
		h.Advance(time.Minute)
		h.Step("run")
	}
	h.Restart()
	h.Step("run")
	if got := h.Server.Writes()[writes:]; len(got) > 0 {
		t.Errorf("wrote %v", got)
	}
	if events := h.RecordedEvents(); len(events) > 0 {
		t.Errorf("recorded %v", events)
	}
	if diff := cmp.Diff(before, h.Get("run")); diff != "" {
		t.Errorf("the run changed (-before, +after):\n%s", diff)
	}
}

func TestC21AnUnchangedStatusKeepsItsTransitionTime(t *testing.T) {
	message := "one"
	h := customtasktest.New(t, probeKind, &probe{reconcile: func(*probeRun) (customtask.Outcome, error) {
		return customtask.Running("Working", message), nil
	}})
	first := settled(t, h, newRun()).Status.Conditions[0]
	message = "two"
	h.Advance(time.Minute)
	h.Settle("run")
	second := h.Get("run").Status.Conditions[0]
	if second.Message != "two" || !second.LastTransitionTime.Inner.Equal(&first.LastTransitionTime.Inner) {
		t.Errorf("message %q, transition time moved from %v to %v", second.Message, first.LastTransitionTime, second.LastTransitionTime)
	}
}

func TestC63EventsTellOfChangesOnly(t *testing.T) {
	reason := "First"
	h := customtasktest.New(t, probeKind, &probe{reconcile: func(run *probeRun) (customtask.Outcome, error) {
		if reason == "Third" {
			return succeed(run)
		}
		return customtask.Running(reason, "100% of "+reason), nil
	}})
	settled(t, h, newRun())
	h.Settle("run")
	reason = "Second"
	h.Settle("run")
	reason = "Third"
	h.Settle("run")
	want := []string{
		"Normal Started attempt 1 of 1 has started", "Normal First 100% of First",
		"Normal Second 100% of Second", "Normal Done it is done",
	}
	if diff := cmp.Diff(want, h.RecordedEvents()); diff != "" {
		t.Errorf("events (-want, +got):\n%s", diff)
	}
}

func TestThePipelineRunIsToldWhyARunFailed(t *testing.T) {
	part := func(run *v1beta1.CustomRun) *v1beta1.CustomRun {
		yes := true
		run.OwnerReferences = []metav1.OwnerReference{{APIVersion: "tekton.dev/v1", Kind: "PipelineRun", Name: "deploy-7", UID: "p", Controller: &yes}}
		return run
	}
	const told = "Warning Broken run: 100% broken"
	for name, row := range map[string]struct {
		run  *v1beta1.CustomRun
		want int
	}{
		"a run of a PipelineRun":         {part(newRun()), 1},
		"once, when no retries are left": {part(newRun(customtasktest.Retries(2))), 1},
		"a run of its own":               {newRun(), 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := customtasktest.New(t, probeKind, &probe{reconcile: func(*probeRun) (customtask.Outcome, error) {
				return customtask.Outcome{}, customtask.FailAttempt("Broken", "100% broken")
			}})
			h.Create(row.run)
			h.Finish("run", nil)
			events := h.RecordedEvents()
			n := 0
			for _, event := range events {
				if strings.Contains(event, " run: ") {
					n++
				}
				if strings.Contains(event, " run: ") && event != told {
					t.Errorf("the PipelineRun is told %q; want %q", event, told)
				}
			}
			if n != row.want {
				t.Errorf("the PipelineRun is told %d times; want %d: %q", n, row.want, events)
			}
		})
	}
}

func TestThePipelineRunIsNotToldThatItCancelled(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{})
	run := newRun()
	yes := true
	run.OwnerReferences = []metav1.OwnerReference{{APIVersion: "tekton.dev/v1", Kind: "PipelineRun", Name: "deploy-7", UID: "p", Controller: &yes}}
	settled(t, h, run)
	h.Cancel("run", "the PipelineRun was cancelled")
	h.Settle("run")
	for _, event := range h.RecordedEvents() {
		if strings.Contains(event, " run: ") {
			t.Errorf("the PipelineRun is told %q", event)
		}
	}
}

func TestC23C24C36AFinishedRunIsFinal(t *testing.T) {
	for name, reconcile := range map[string]func(*probeRun) (customtask.Outcome, error){"succeeded": succeed, "failed": failAttempt} {
		t.Run(name, func(t *testing.T) {
			task := &probe{reconcile: reconcile}
			h := customtasktest.New(t, probeKind, task)
			before := settled(t, h, newRun())
			calls, stops := task.calls, len(task.stops)
			task.reconcile = func(*probeRun) (customtask.Outcome, error) { return customtask.Running("Back", "to life"), nil }
			for _, event := range []func(){
				func() { h.Cancel("run", "too late") },
				func() { h.Advance(100 * hour) },
				func() { h.Restart() },
				func() { h.Edit("run", func(run *v1beta1.CustomRun) { run.Spec.Status = "" }) },
			} {
				event()
				h.Settle("run") // the harness checks that the run stays as it is
			}
			if task.calls != calls || len(task.stops) != stops {
				t.Errorf("C25: called after the end: %d reconciles, %d stops", task.calls-calls, len(task.stops)-stops)
			}
			if diff := cmp.Diff(before.Status.Conditions, h.Get("run").Status.Conditions); diff != "" {
				t.Errorf("conditions (-before, +after):\n%s", diff)
			}
		})
	}
}

func TestC25ARunThatArrivesFinishedIsLeftAlone(t *testing.T) {
	task := &externalProbe{}
	h := customtasktest.New(t, probeKind, task)
	run := newRun()
	now := metav1.NewTime(h.Clock.Now()).Rfc3339Copy()
	run.Status.StartTime, run.Status.CompletionTime = &now, &now
	done := condition("Succeeded")
	done.Status = corev1.ConditionTrue
	run.Status.Conditions = append(run.Status.Conditions, done)
	h.Create(run)
	h.Step("run")
	if writes := h.Server.Writes(); len(writes) != 1 || task.calls != 0 {
		t.Errorf("writes %v, %d calls; want none but the creation", writes, task.calls)
	}
}

func TestC30DamagedExtraFieldsRecover(t *testing.T) {
	for name, raw := range map[string]string{
		"not ours": `{"someone":"else"}`, "a list": `[1,2]`, "wrong types": `{"schemaVersion":"x","spec":7}`, "null": `null`,
	} {
		t.Run(name, func(t *testing.T) {
			task := &probe{}
			h := customtasktest.New(t, probeKind, task)
			run := settled(t, h, newRun(customtasktest.Param("text", "hello"), customtasktest.Retries(1)))
			run.Status.ExtraFields = runtime.RawExtension{Raw: []byte(raw)}
			h.StoreStatus(run)
			task.reconcile = succeed
			h.Settle("run")
			wantCondition(t, h.Get("run"), corev1.ConditionTrue, "Done", "")
			if got := task.specs[len(task.specs)-1].Text; got != "hello" {
				t.Errorf("the spec was not resolved again: text %q", got)
			}
		})
	}
}

func TestC30StateSurvives(t *testing.T) {
	type progress struct{ Done int }
	h := customtasktest.New(t, probeKind, &probe{reconcile: func(run *probeRun) (customtask.Outcome, error) {
		var p progress
		run.State(&p)
		if p.Done++; p.Done == 3 {
			return succeed(run)
		}
		return customtask.Running("Working", "").WithState(p).After(time.Second), nil
	}})
	h.Create(newRun())
	for range 3 {
		h.Step("run")
		h.Restart()
	}
	wantCondition(t, h.Get("run"), corev1.ConditionTrue, "Done", "")
}

func TestC29AStatusThatCanNeverBeStoredFailsTheRun(t *testing.T) {
	task := &probe{reconcile: func(*probeRun) (customtask.Outcome, error) {
		return customtask.Running("Working", "").WithState("more than the API server takes"), nil
	}}
	h := customtasktest.New(t, probeKind, task)
	h.Create(newRun(customtasktest.Retries(3)))
	task.stop = func(*probeRun, customtask.StopReason) (customtask.Outcome, error) { return customtask.Stopped(), nil }
	inner := task.reconcile
	task.reconcile = func(run *probeRun) (customtask.Outcome, error) {
		h.Server.FailNext("update customruns/status", apierrors.NewRequestEntityTooLargeError("limit is 3145728"))
		return inner(run)
	}
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonInvalidStatus,
		"the API server does not take the status of this run: Request entity too large: limit is 3145728")
	if diff := cmp.Diff([]customtask.StopReason{customtask.Failed}, task.stops); diff != "" {
		t.Errorf("stops (-want, +got):\n%s", diff)
	}
}

func TestC52AuthorsCannotReachTheCache(t *testing.T) {
	// The harness compares the cache before and after every step.
	h := customtasktest.New(t, probeKind, &probe{reconcile: func(run *probeRun) (customtask.Outcome, error) {
		object := run.Object()
		object.Labels = map[string]string{"changed": "yes"}
		object.Spec.Params[0].Value.StringVal = "changed"
		object.Status.Conditions[0].Reason = "Changed"
		run.Spec.Text = "changed"
		return customtask.Running("Working", "at work"), nil
	}})
	run := settled(t, h, newRun(customtasktest.Param("text", "as it was")))
	if run.Labels != nil || run.Spec.Params[0].Value.StringVal != "as it was" || !strings.Contains(string(run.Status.ExtraFields.Raw), "as it was") {
		t.Errorf("stored: %+v", run)
	}
}
