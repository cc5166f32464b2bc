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
	"math"
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

func TestC1ARunCannotBeHandedToAnotherKind(t *testing.T) {
	t.Run("the kind that started it ends it, and stops its work", func(t *testing.T) {
		task := &externalProbe{}
		h := customtasktest.New(t, probeKind, task)
		settled(t, h, newRun(customtasktest.Retries(3)))
		h.Edit("run", func(run *v1beta1.CustomRun) { run.Spec.CustomRef.Kind = "Other" })
		h.Settle("run")
		run := h.Get("run")
		wantCondition(t, run, corev1.ConditionFalse, customtask.ReasonInvalidSpec,
			"the run was started as example.dev/v1/Probe and its spec names another kind now; create another run instead")
		if diff := cmp.Diff([]customtask.StopReason{customtask.Failed}, task.stops); diff != "" {
			t.Errorf("stops (-want, +got):\n%s", diff)
		}
		h.Step("run")
		if run := h.Get("run"); len(run.Finalizers) > 0 {
			t.Errorf("C57: finalizers %v are left", run.Finalizers)
		}
	})
	t.Run("also between attempts", func(t *testing.T) {
		task := &probe{reconcile: failAttempt}
		h := customtasktest.New(t, probeKind, task)
		settled(t, h, newRun(customtasktest.Retries(3)))
		h.Edit("run", func(run *v1beta1.CustomRun) { run.Spec.CustomRef.Kind = "Other" })
		h.Advance(time.Hour)
		h.Settle("run")
		wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonInvalidSpec, "")
		if len(task.attempts) != 1 {
			t.Errorf("%d attempts; want 1", len(task.attempts))
		}
	})
	t.Run("C31: a cancellation goes before it", func(t *testing.T) {
		h := customtasktest.New(t, probeKind, &probe{})
		settled(t, h, newRun())
		h.Edit("run", func(run *v1beta1.CustomRun) { run.Spec.CustomRef.Kind = "Other" })
		h.Cancel("run", "stop")
		h.Settle("run")
		wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonCancelled, "stop")
	})
	t.Run("the kind that it names now does not touch it", func(t *testing.T) {
		task := &probe{}
		h := customtasktest.New(t, probeKind, task)
		run := h.Create(newRun())
		start := run.CreationTimestamp
		run.Status.StartTime = &start
		run.Status.ExtraFields.Raw = []byte(`{"schemaVersion":1,"kind":"example.dev/v1/Other","attempt":1,"spec":{},"state":{}}`)
		h.StoreStatus(run)
		writes := len(h.Server.Writes())
		h.Step("run")
		if got := h.Server.Writes()[writes:]; len(got) > 0 || task.calls > 0 {
			t.Errorf("writes %v, %d calls", got, task.calls)
		}
	})
}

func TestC9AShortSpecCannotNameALongParamOftenEnoughToHurt(t *testing.T) {
	task := &probe{}
	h := customtasktest.New(t, probeKind, task)
	run := settled(t, h, newRun(customtasktest.Spec(`{"text":"`+strings.Repeat("$(params.a)", 5000)+`"}`),
		customtasktest.Param("a", strings.Repeat("x", 50_000))))
	wantCondition(t, run, corev1.ConditionFalse, customtask.ReasonInvalidSpec, "spec.customSpec.spec.text: $(params.a) makes the spec larger than a run can have")
}

func TestC9OversizeParams(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{})
	run := settled(t, h, newRun(customtasktest.Param("text", strings.Repeat("x", 200_000))))
	wantCondition(t, run, corev1.ConditionFalse, customtask.ReasonInvalidParams,
		"the values of spec.params are 200004 bytes; at most 131072 can be used")
}

func TestC39ANegativeAfterKeepsTheDeadline(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{reconcile: func(*probeRun) (customtask.Outcome, error) {
		return customtask.Running("Working", "").After(-time.Hour), nil
	}})
	h.Create(newRun(timeout(time.Minute)))
	if again, ok := h.Settle("run"); !ok || again > time.Second {
		t.Errorf("looks again: %v after %v", ok, again)
	}
}

func TestC39AClockThatWasAheadExtendsNothing(t *testing.T) {
	const day = 24 * time.Hour
	t.Run("the timeout", func(t *testing.T) {
		h := customtasktest.New(t, probeKind, &probe{})
		h.Advance(day)
		settled(t, h, newRun(timeout(time.Minute)))
		h.Advance(-day)
		h.Restart()
		h.Settle("run")
		h.Advance(2 * time.Minute)
		h.Settle("run")
		wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonTimedOut, "")
	})
	t.Run("the pause between attempts", func(t *testing.T) {
		task := &probe{reconcile: failAttempt}
		h := customtasktest.New(t, probeKind, task)
		h.Advance(day)
		settled(t, h, newRun(customtasktest.Retries(1)))
		h.Advance(-day)
		task.reconcile = succeed
		h.Settle("run")
		wantCondition(t, h.Get("run"), corev1.ConditionTrue, "Done", "")
	})
	t.Run("stopping", func(t *testing.T) {
		h := customtasktest.New(t, probeKind, &probe{stop: func(*probeRun, customtask.StopReason) (customtask.Outcome, error) {
			return customtask.Running("x", "still there"), nil
		}})
		h.Advance(day)
		settled(t, h, newRun())
		h.Cancel("run", "stop")
		h.Settle("run")
		h.Advance(-day)
		h.Settle("run")
		h.Advance(6 * time.Minute)
		h.Settle("run")
		wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonCancelled, "")
	})
}

func TestStoppedFromReconcileDoesNotHang(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{reconcile: func(*probeRun) (customtask.Outcome, error) { return customtask.Stopped(), nil }})
	wantCondition(t, settled(t, h, newRun()), corev1.ConditionFalse, customtask.ReasonStoppedItself, "")
}

func TestC4APanicWhileResolvingUsesARetry(t *testing.T) {
	task := &panickingOnce{}
	h := customtasktest.New(t, probeKind, task)
	run := settled(t, h, newRun(customtasktest.Named("x"), customtasktest.Retries(1)))
	wantCondition(t, run, corev1.ConditionUnknown, customtask.ReasonRetryPending, "")
	h.Advance(time.Minute)
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionTrue, "Done", "")
}

func TestC7AControllerThatWasAwayGivesTheStartItsTime(t *testing.T) {
	task := &namedProbe{err: errors.New("connection refused"), probe: probe{reconcile: succeed}}
	h := customtasktest.New(t, probeKind, task)
	h.Create(newRun(customtasktest.Named("x"), timeout(time.Minute)))
	h.Advance(10 * time.Minute)
	h.Step("run")
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, customtask.ReasonTryingAgain, "")
	task.err, task.objects = nil, map[string]probeSpec{"x": {}}
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionTrue, "Done", "")
}

func TestC29AStatusOverEtcdsLimitFailsTheRun(t *testing.T) {
	task := &probe{}
	h := customtasktest.New(t, probeKind, task)
	task.reconcile = func(*probeRun) (customtask.Outcome, error) {
		h.Server.FailNext("update customruns/status", apierrors.NewInternalError(errors.New("etcdserver: request is too large")))
		return customtask.Running("Working", "").WithState("large"), nil
	}
	wantCondition(t, settled(t, h, newRun()), corev1.ConditionFalse, customtask.ReasonInvalidStatus, "")
}

func TestC31BadResultsOfACancelledAttemptAreLeftOut(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{stop: func(*probeRun, customtask.StopReason) (customtask.Outcome, error) {
		return customtask.Stopped().WithResult("a b", "1"), nil
	}})
	settled(t, h, newRun())
	h.Cancel("run", "stop")
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonCancelled, "stop")
}

func TestC42RetriesThatAreTakenAwayAreNotUsed(t *testing.T) {
	task := &probe{reconcile: failAttempt}
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun(customtasktest.Retries(3)))
	h.Edit("run", func(run *v1beta1.CustomRun) { run.Spec.Retries = 0 })
	h.Advance(time.Minute)
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionFalse, "Broke", "it broke")
	if len(task.attempts) != 1 {
		t.Errorf("%d attempts; want 1", len(task.attempts))
	}
}

func TestC33CancelGoesBeforeAStopThatIsUnderWay(t *testing.T) {
	stopped := false
	task := &probe{reconcile: failAttempt}
	task.stop = func(*probeRun, customtask.StopReason) (customtask.Outcome, error) {
		if !stopped {
			return customtask.Running("x", "stopping"), nil
		}
		return customtask.Stopped(), nil
	}
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun(customtasktest.Retries(3)))
	calls := task.calls
	h.Restart()
	h.Settle("run")
	if task.calls != calls {
		t.Error("the author was called while the attempt was being stopped")
	}
	h.Cancel("run", "enough")
	stopped = true
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonCancelled, "enough")
}

func TestC39AHugeTimeoutDoesNotSpin(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{})
	h.Advance(-678 * time.Millisecond) // now is startTime, so that what is left is the whole timeout
	h.Create(newRun(timeout(math.MaxInt64)))
	if again, ok := h.Settle("run"); ok && again < time.Hour {
		t.Errorf("looks again after %v", again)
	}
}

func TestC30C37ADamagedRunIsNotWorkedOnPastItsDeadline(t *testing.T) {
	task := &probe{}
	h := customtasktest.New(t, probeKind, task)
	run := settled(t, h, newRun(timeout(time.Minute)))
	run.Status.ExtraFields.Raw = nil
	h.StoreStatus(run)
	calls := task.calls
	h.Advance(2 * time.Minute)
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonTimedOut, "attempt 1 of 1 timed out after 1m0s; last: Working: at work")
	if task.calls != calls {
		t.Error("the author was called after the deadline")
	}
}
