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
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestC39TheNextAttemptHasItsOwnTimeAfterAClockThatWasAhead(t *testing.T) {
	const day = 24 * time.Hour
	h := customtasktest.New(t, probeKind, &probe{})
	created := metav1.NewTime(customtasktest.Start).Rfc3339Copy()
	h.Advance(day)
	settled(t, h, newRun(timeout(time.Minute), customtasktest.Retries(1), func(run *v1beta1.CustomRun) { run.CreationTimestamp = created }))
	h.Advance(-day)
	h.Settle("run")
	h.Advance(61 * time.Second)
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, customtask.ReasonRetryPending, "")
	h.Advance(30 * time.Second)
	h.Settle("run")
	h.Advance(50 * time.Second)
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, "Working", "")
	h.Advance(11 * time.Second)
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonTimedOut, "attempt 2 of 2 timed out after 1m0s; last: Working: at work")
}

func TestTheStartOfALaterAttemptIsItsOwn(t *testing.T) {
	var starts []time.Time
	task := &probe{reconcile: func(run *probeRun) (customtask.Outcome, error) {
		starts = append(starts, run.StartTime())
		return failAttempt(run)
	}}
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun(customtasktest.Retries(1)))
	h.Advance(1500 * time.Millisecond)
	h.Settle("run")
	if diff := cmp.Diff([]time.Time{customtasktest.Start, customtasktest.Start.Add(1500 * time.Millisecond)}, starts); diff != "" {
		t.Errorf("starts (-want, +got):\n%s", diff)
	}
}

func TestC39ATaskIsNotToldOfAStartInTheFuture(t *testing.T) {
	const day = 24 * time.Hour
	var last time.Time
	h := customtasktest.New(t, probeKind, &probe{reconcile: func(run *probeRun) (customtask.Outcome, error) {
		last = run.StartTime()
		return customtask.Running("Working", ""), nil
	}})
	h.Advance(day)
	settled(t, h, newRun())
	h.Advance(-day)
	h.Settle("run")
	if now := h.Clock.Now(); !last.Equal(now) {
		t.Errorf("a clock that was ahead tells of a start at %v; want %v, when that was found out", last, now)
	}
}

func TestC44TheNextAttemptIsAwaitedFromTheEndOfTheOneBefore(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{reconcile: failAttempt})
	h.Create(newRun(customtasktest.Retries(1)))
	if again, ok := h.Step("run"); !ok || again < time.Second || again > time.Second+time.Millisecond {
		t.Errorf("looks again: %v after %v; want just after 1s", ok, again)
	}
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, customtask.ReasonRetryPending, "")
}

func TestC42C45DamageKeepsTheNumberOfTheAttempt(t *testing.T) {
	task := &probe{}
	var numbers []int
	task.reconcile = func(run *probeRun) (customtask.Outcome, error) {
		numbers = append(numbers, run.Attempt())
		if run.Attempt() == 1 {
			return failAttempt(run)
		}
		return customtask.Running("Working", ""), nil
	}
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun(customtasktest.Retries(1)))
	h.Advance(time.Minute)
	h.Settle("run")
	run := h.Get("run")
	run.Status.ExtraFields.Raw = []byte(`{"someone":"else"}`)
	h.StoreStatus(run)
	h.Settle("run")
	if got := numbers[len(numbers)-1]; got != 2 {
		t.Errorf("the second attempt is number %d after the damage", got)
	}
	if diff := cmp.Diff(map[string]bool{"uid-1-1": true, "uid-1-2": true}, task.attempts); diff != "" {
		t.Errorf("attempt keys (-want, +got):\n%s", diff)
	}
	task.reconcile = failAttempt
	h.Settle("run")
	run = h.Get("run")
	wantCondition(t, run, corev1.ConditionFalse, "Broke", "it broke")
	if len(run.Status.RetriesStatus) != 1 {
		t.Errorf("%d attempts are archived; want 1", len(run.Status.RetriesStatus))
	}
}

func TestC42TheLastAttemptEndsTheRunHoweverFewAreArchived(t *testing.T) {
	const retries = 12
	task := &probe{reconcile: func(*probeRun) (customtask.Outcome, error) {
		return customtask.Outcome{}, customtask.FailAttempt("Broke", "it broke").WithResult("big", strings.Repeat("y", 20_000))
	}}
	h := customtasktest.New(t, probeKind, task)
	h.Create(newRun(customtasktest.Retries(retries)))
	for range retries + 1 {
		h.Settle("run")
		h.Advance(time.Minute)
	}
	run := h.Get("run")
	wantCondition(t, run, corev1.ConditionFalse, "Broke", "it broke")
	if len(task.attempts) != retries+1 || len(run.Status.RetriesStatus) >= retries || len(run.Status.Results) != 1 {
		t.Errorf("%d attempts, %d archived, %d results; want %d, fewer than %d, and the result of the last",
			len(task.attempts), len(run.Status.RetriesStatus), len(run.Status.Results), retries+1, retries)
	}
}

func TestC46TheNewestAttemptIsArchivedHoweverLarge(t *testing.T) {
	task := &probe{}
	task.reconcile = func(run *probeRun) (customtask.Outcome, error) {
		failure := customtask.FailAttempt("Broke", "it broke")
		for _, name := range []string{"a", "b", "c"} {
			failure = failure.WithResult(name, strings.Repeat("x", 60_000))
		}
		return customtask.Outcome{}, failure.WithResult("attempt", run.AttemptKey())
	}
	h := customtasktest.New(t, probeKind, task)
	h.Create(newRun(customtasktest.Retries(2)))
	for _, attempt := range []string{"uid-1-1", "uid-1-2"} {
		h.Settle("run")
		run := h.Get("run")
		wantCondition(t, run, corev1.ConditionUnknown, customtask.ReasonRetryPending, "")
		if n := len(run.Status.RetriesStatus); n != 1 {
			t.Fatalf("%d attempts are archived; want the newest", n)
		}
		results := run.Status.RetriesStatus[0].Results
		if diff := cmp.Diff(v1beta1.CustomRunResult{Name: "attempt", Value: attempt}, results[len(results)-1]); diff != "" {
			t.Errorf("the archived attempt (-want, +got):\n%s", diff)
		}
		h.Advance(time.Minute)
	}
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionFalse, "Broke", "it broke")
	if len(task.attempts) != 3 {
		t.Errorf("%d attempts; want 3", len(task.attempts))
	}
}

func TestC6ARunThatCannotBeStartedInTimeIsNotRetried(t *testing.T) {
	task := &namedProbe{err: errors.New("malformed")}
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun(customtasktest.Named("x"), timeout(time.Minute), customtasktest.Retries(2)))
	h.Advance(2 * time.Minute)
	h.Settle("run")
	run := h.Get("run")
	wantCondition(t, run, corev1.ConditionFalse, customtask.ReasonTimedOut, `not started within 1m0s: reading Probe "x": malformed`)
	if n := len(run.Status.RetriesStatus); n > 0 {
		t.Errorf("%d attempts are archived of a run that never started", n)
	}
}

func TestC37ATimeoutOfLessThanASecondIsOne(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{})
	h.Advance(322 * time.Millisecond) // a full second
	settled(t, h, newRun(timeout(500*time.Millisecond)))
	h.Advance(400 * time.Millisecond)
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, "Working", "")
	h.Advance(200 * time.Millisecond)
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonTimedOut, "attempt 1 of 1 timed out after 500ms; last: Working: at work")
}

// damage changes what is stored in a run's extraFields.
func damage(t *testing.T, h *customtasktest.Harness, change func(map[string]any)) {
	t.Helper()
	run := h.Get("run")
	fields := map[string]any{}
	if err := json.Unmarshal(run.Status.ExtraFields.Raw, &fields); err != nil {
		t.Fatalf("reading extraFields: %v", err)
	}
	change(fields)
	raw, err := json.Marshal(fields)
	if err != nil {
		t.Fatalf("writing extraFields: %v", err)
	}
	run.Status.ExtraFields.Raw = raw
	h.StoreStatus(run)
}

func TestC30TroubleBeforeTheStartIsOverOnceItHasStarted(t *testing.T) {
	task := &namedProbe{err: errors.New("malformed"), objects: map[string]probeSpec{"x": {}}}
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun(customtasktest.Named("x"), timeout(time.Minute)))
	h.Advance(50 * time.Second)
	task.err = nil
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, "Working", "")
	// A spec that is lost is resolved again, with a time of its own for errors.
	damage(t, h, func(fields map[string]any) { delete(fields, "spec") })
	h.Advance(20 * time.Second)
	task.err = errors.New("malformed again")
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, customtask.ReasonTryingAgain, "")
	task.err = nil
	task.reconcile = succeed
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionTrue, "Done", "")
}

func TestC1ARunIsItsKindsAlsoAfterDamage(t *testing.T) {
	task := &probe{}
	h := customtasktest.New(t, probeKind, task)
	run := settled(t, h, newRun())
	run.Status.ExtraFields.Raw = nil
	h.StoreStatus(run)
	h.Settle("run")
	h.Edit("run", func(run *v1beta1.CustomRun) { run.Spec.CustomRef.Kind = "Other" })
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonInvalidSpec,
		"the run was started as example.dev/v1/Probe and its spec names another kind now; create another run instead")
}

func TestC33ARunCancelledBetweenAttemptsAwaitsNone(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{reconcile: failAttempt})
	if raw := settled(t, h, newRun(customtasktest.Retries(5))).Status.ExtraFields.Raw; !strings.Contains(string(raw), `"retryAt"`) {
		t.Fatalf("between attempts, extraFields has no retryAt: %s", raw)
	}
	h.Cancel("run", "enough")
	if again, ok := h.Settle("run"); ok {
		t.Errorf("a finished run is looked at again after %v", again)
	}
	if raw := h.Get("run").Status.ExtraFields.Raw; strings.Contains(string(raw), `"retryAt"`) {
		t.Errorf("a finished run says when it is tried again: %s", raw)
	}
}

func TestC30HalfOfADamagedRecordIsNotBelieved(t *testing.T) {
	for name, change := range map[string]func(map[string]any){
		"a number that is none": func(fields map[string]any) { fields["attempt"] = "x" },
		"no version":            func(fields map[string]any) { delete(fields, "schemaVersion") },
		"version 0":             func(fields map[string]any) { fields["schemaVersion"] = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			task := &probe{}
			h := customtasktest.New(t, probeKind, task)
			settled(t, h, newRun(customtasktest.Param("text", "hello")))
			damage(t, h, func(fields map[string]any) {
				fields["spec"] = map[string]string{"text": "half"}
				change(fields)
			})
			h.Settle("run")
			if got := task.specs[len(task.specs)-1].Text; got != "hello" {
				t.Errorf("the task works with text %q of a damaged record; want it resolved again", got)
			}
		})
	}
}

func TestC53ARunOfALaterControllerGoesOn(t *testing.T) {
	task := &namedProbe{objects: map[string]probeSpec{"x": {Text: "snapshot"}}}
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun(customtasktest.Named("x")))
	damage(t, h, func(fields map[string]any) { fields["schemaVersion"] = 2 })
	task.objects["x"] = probeSpec{Text: "changed since"}
	h.Settle("run")
	if got := task.specs[len(task.specs)-1].Text; got != "snapshot" {
		t.Errorf("the task works with text %q; want the snapshot", got)
	}
}

// growing is a spec whose defaults are larger than what the run says.
type growing struct {
	Text string `json:"text,omitempty"`
}

func (g *growing) SetDefaults(context.Context) { g.Text = strings.Repeat("x", 200_000) }

type growingTask struct{}

func (growingTask) Reconcile(context.Context, *customtask.Run[growing]) (customtask.Outcome, error) {
	return customtask.Succeeded("Done", ""), nil
}

func TestC9DefaultsThatMakeTheSpecTooLargeFailTheRun(t *testing.T) {
	h := customtasktest.New(t, probeKind, growingTask{})
	wantCondition(t, settled(t, h, newRun(customtasktest.Retries(1))), corev1.ConditionFalse, customtask.ReasonInvalidSpec,
		"the spec is 200011 bytes with its params; at most 131072 can be stored")
}

// moody panics when it is asked for a definition, for as long as it is told to.
type moody struct {
	namedProbe
	panics bool
}

func (m *moody) GetSpec(ctx context.Context, namespace, name string) (*probeSpec, error) {
	if m.panics {
		panic("out of cheese")
	}
	return m.namedProbe.GetSpec(ctx, namespace, name)
}

func TestC34APanicBeforeStopIsNoStop(t *testing.T) {
	task := &moody{namedProbe: namedProbe{objects: map[string]probeSpec{"x": {}}}}
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun(customtasktest.Named("x")))
	damage(t, h, func(fields map[string]any) { clear(fields) })
	h.Cancel("run", "stop")
	task.panics = true
	h.Step("run")
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, customtask.ReasonStopping, "")
	task.panics = false
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonCancelled, "stop")
	if diff := cmp.Diff([]customtask.StopReason{customtask.Cancelled}, task.stops); diff != "" {
		t.Errorf("stops (-want, +got):\n%s", diff)
	}
}

func TestC41ErrorsOfOneAttemptAreNotCountedInTheNext(t *testing.T) {
	task := &moody{namedProbe: namedProbe{err: errors.New("malformed"), objects: map[string]probeSpec{"x": {}}}}
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun(customtasktest.Named("x"), timeout(time.Minute), customtasktest.Retries(2)))
	h.Advance(50 * time.Second)
	task.panics = true
	h.Step("run") // ends the first attempt
	task.panics = false
	h.Advance(11 * time.Second)
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, customtask.ReasonTryingAgain, "")
}
