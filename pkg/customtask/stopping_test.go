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
	"fmt"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
)

// slowToStop is a probe whose work stops when the test says so.
func slowToStop(stopped *bool) *probe {
	return &probe{stop: func(*probeRun, customtask.StopReason) (customtask.Outcome, error) {
		if *stopped {
			return customtask.Stopped(), nil
		}
		return customtask.Running("x", "still there").After(20 * time.Second), nil
	}}
}

func TestC31C33CancelWhileAFailedAttemptIsStopping(t *testing.T) {
	for _, retries := range []int{0, 2} {
		t.Run(fmt.Sprintf("with %d retries", retries), func(t *testing.T) {
			stopped := false
			task := slowToStop(&stopped)
			task.reconcile = failAttempt
			h := customtasktest.New(t, probeKind, task)
			run := settled(t, h, newRun(customtasktest.Retries(retries)))
			wantCondition(t, run, corev1.ConditionUnknown, customtask.ReasonStopping, "still there")
			h.Cancel("run", "enough")
			h.Step("run")
			if got := task.stops[len(task.stops)-1]; got != customtask.Cancelled {
				t.Errorf("after the cancel, the work is asked to stop because it is %s", got)
			}
			stopped = true
			h.Settle("run")
			run = h.Get("run")
			wantCondition(t, run, corev1.ConditionFalse, customtask.ReasonCancelled, "enough")
			if n := len(run.Status.RetriesStatus); n > 0 {
				t.Errorf("C33: %d attempts were archived; a cancelled one is not", n)
			}
		})
	}
}

func TestC34ACancelledStopCountsFromItsOwnBegin(t *testing.T) {
	stopped := false
	task := slowToStop(&stopped)
	task.reconcile = failAttempt
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun())
	h.Advance(4 * time.Minute)
	h.Cancel("run", "enough")
	h.Settle("run")
	h.Advance(4 * time.Minute)
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, customtask.ReasonStopping, "")
	h.Advance(time.Minute)
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonCancelled,
		"enough (its work was not seen to stop within 5m0s)")
}

func TestC1AnotherKindWhileATimedOutAttemptIsStopping(t *testing.T) {
	for _, retries := range []int{0, 2} {
		t.Run(fmt.Sprintf("with %d retries", retries), func(t *testing.T) {
			stopped := false
			task := slowToStop(&stopped)
			h := customtasktest.New(t, probeKind, task)
			settled(t, h, newRun(timeout(time.Minute), customtasktest.Retries(retries)))
			h.Advance(2 * time.Minute)
			h.Settle("run")
			h.Edit("run", func(run *v1beta1.CustomRun) { run.Spec.CustomRef.Kind = "Other" })
			h.Step("run")
			stopped = true
			h.Settle("run")
			run := h.Get("run")
			wantCondition(t, run, corev1.ConditionFalse, customtask.ReasonInvalidSpec, "")
			if n := len(run.Status.RetriesStatus); n > 0 {
				t.Errorf("%d attempts were archived of a run that cannot go on", n)
			}
		})
	}
}

func TestC39AStopAfterTheDeadlineIsNotAskedAllTheTime(t *testing.T) {
	stopped := false
	h := customtasktest.New(t, probeKind, slowToStop(&stopped))
	settled(t, h, newRun(timeout(time.Minute)))
	h.Advance(2 * time.Minute)
	for range 3 {
		if again, ok := h.Settle("run"); !ok || again != 20*time.Second {
			t.Errorf("looks again: %v after %v; want after the 20s that Stop asked for", ok, again)
		}
		h.Advance(20 * time.Second)
		h.Restart()
	}
}

func TestC21AnotherTextOfTheSameTroubleWithStoppingIsNotWritten(t *testing.T) {
	task := &probe{}
	task.stop = func(*probeRun, customtask.StopReason) (customtask.Outcome, error) {
		return customtask.Outcome{}, fmt.Errorf("try %d failed", len(task.stops))
	}
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun())
	h.Cancel("run", "stop")
	h.Step("run")
	writes := len(h.Server.Writes())
	for range 5 {
		h.Step("run")
	}
	if got := h.Server.Writes()[writes:]; len(got) > 0 {
		t.Errorf("wrote %v", got)
	}
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, customtask.ReasonStopping, "stopping: try 1 failed")
	if len(task.stops) != 6 {
		t.Errorf("%d stops; want one in each of 6 looks", len(task.stops))
	}
}

func TestC57DeletingWhatHoldsNothingStopsNothing(t *testing.T) {
	t.Run("before the start", func(t *testing.T) {
		task := &externalProbe{}
		h := customtasktest.New(t, probeKind, task)
		h.Create(newRun())
		h.Server.FailNext("update customruns/status", errors.New("away"))
		h.Step("run")
		if run := h.Get("run"); len(run.Finalizers) != 1 || run.HasStarted() {
			t.Fatalf("finalizers %v, started %v; want one, false", run.Finalizers, run.HasStarted())
		}
		h.Delete("run")
		h.Step("run")
		if run := h.Get("run"); run != nil || len(task.stops) > 0 {
			t.Errorf("run %v, stops %v; want neither", run, task.stops)
		}
	})
	t.Run("between attempts", func(t *testing.T) {
		task := &externalProbe{probe{reconcile: failAttempt}}
		h := customtasktest.New(t, probeKind, task)
		wantCondition(t, settled(t, h, newRun(customtasktest.Retries(1))), corev1.ConditionUnknown, customtask.ReasonRetryPending, "")
		h.Delete("run")
		h.Step("run")
		if run := h.Get("run"); run != nil {
			t.Errorf("the run is still there with %v", run.Finalizers)
		}
		if diff := cmp.Diff([]customtask.StopReason{customtask.Failed}, task.stops); diff != "" {
			t.Errorf("stops (-want, +got):\n%s", diff)
		}
	})
}

func TestC57AForeignFinalizerKeepsNoDeletedRunAtWork(t *testing.T) {
	for name, start := range map[string]bool{"before the start": false, "under way": true} {
		t.Run(name, func(t *testing.T) {
			task := &probe{}
			h := customtasktest.New(t, probeKind, task)
			h.Create(newRun(func(run *v1beta1.CustomRun) { run.Finalizers = []string{"somebody.else/finalizer"} }))
			if start {
				h.Settle("run")
			}
			h.Delete("run")
			calls, writes := task.calls, len(h.Server.Writes())
			h.Advance(time.Minute)
			if _, ok := h.Step("run"); ok {
				t.Error("it is looked at again")
			}
			if got := h.Server.Writes()[writes:]; len(got) > 0 || task.calls != calls {
				t.Errorf("writes %v, %d calls; want none", got, task.calls-calls)
			}
		})
	}
}

func TestAFinalizerThatCannotBeRemovedIsTriedAgainSoon(t *testing.T) {
	down := true
	task := &externalProbe{}
	task.stop = func(*probeRun, customtask.StopReason) (customtask.Outcome, error) {
		if down {
			return customtask.Outcome{}, errors.New("down")
		}
		return customtask.Stopped(), nil
	}
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun())
	h.Delete("run")
	first, _ := h.Step("run")
	for range 5 {
		h.Step("run")
	}
	down = false
	h.Server.FailNext("patch customruns", errors.New("away"))
	if again, ok := h.Step("run"); !ok || again != first {
		t.Errorf("looks again: %v after %v; want %v: the errors of Stop are over", ok, again, first)
	}
	h.Step("run")
	if run := h.Get("run"); run != nil {
		t.Errorf("the run is still there with %v", run.Finalizers)
	}
}
