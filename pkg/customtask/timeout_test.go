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
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

func TestC37TimeoutEndsTheAttempt(t *testing.T) {
	task := &probe{}
	h := customtasktest.New(t, probeKind, task)
	h.Create(newRun(timeout(time.Minute)))
	again, ok := h.Settle("run")
	if late := h.Clock.Now().Add(again).Sub(h.Get("run").Status.StartTime.Add(time.Minute)); !ok || late <= 0 || late > time.Second {
		t.Fatalf("C39: looks again %v, %v after the deadline; want just after it", ok, late)
	}
	h.Advance(again - 2*time.Millisecond)
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, "Working", "")
	h.Advance(2 * time.Millisecond)
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonTimedOut, "attempt 1 of 1 timed out after 1m0s; last: Working: at work")
	if diff := cmp.Diff([]customtask.StopReason{customtask.TimedOut}, task.stops); diff != "" {
		t.Errorf("stops (-want, +got):\n%s", diff)
	}
}

func TestC37ATimeoutTellsWhatHeldTheAttemptUp(t *testing.T) {
	running := func(reason, message string) func(*probeRun) (customtask.Outcome, error) {
		return func(*probeRun) (customtask.Outcome, error) { return customtask.Running(reason, message), nil }
	}
	failing := func(*probeRun) (customtask.Outcome, error) { return customtask.Outcome{}, errors.New("no room") }
	saying := func(outcomes ...customtask.Outcome) func(*probeRun, customtask.StopReason) (customtask.Outcome, error) {
		return func(*probeRun, customtask.StopReason) (customtask.Outcome, error) {
			next := outcomes[0]
			if len(outcomes) > 1 {
				outcomes = outcomes[1:]
			}
			return next, nil
		}
	}
	for name, row := range map[string]struct {
		reconcile func(*probeRun) (customtask.Outcome, error)
		stop      func(*probeRun, customtask.StopReason) (customtask.Outcome, error)
		want      string
	}{
		"in its own words":                       {running("QuotaExceeded", "few of 100%"), nil, "; last: QuotaExceeded: few of 100%"},
		"by its reason, if there are no words":   {running("QuotaExceeded", ""), nil, "; last: QuotaExceeded"},
		"and not that it went on":                {running(customtask.ReasonRunning, "on and on"), nil, ""},
		"though it took a while to stop":         {running("QuotaExceeded", "few"), saying(customtask.Running("Halting", "soon"), customtask.Stopped()), "; last: QuotaExceeded: few"},
		"unless the task has chosen what to say": {running("Polling", "3 of 4"), saying(customtask.Stopped().WithMessage("3 of 4 done")), "; 3 of 4 done"},
		"and not an error of the API server, which says nothing of the run": {func(*probeRun) (customtask.Outcome, error) {
			return customtask.Outcome{}, apierrors.NewServiceUnavailable("it restarts")
		}, nil, ""},
		"an error, which the task knows not of": {failing, saying(customtask.Stopped().WithMessage("0 of 4 done")), "; 0 of 4 done; last: TryingAgain: trying again: no room"},
	} {
		t.Run(name, func(t *testing.T) {
			h := customtasktest.New(t, probeKind, &probe{reconcile: row.reconcile, stop: row.stop})
			h.Create(newRun(timeout(time.Minute)))
			h.Step("run")
			h.Advance(time.Minute + time.Second)
			h.Restart()
			h.Step("run")
			h.Settle("run")
			wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonTimedOut, "attempt 1 of 1 timed out after 1m0s"+row.want)
		})
	}
	t.Run("and a cancellation does not", func(t *testing.T) {
		h := customtasktest.New(t, probeKind, &probe{reconcile: running("QuotaExceeded", "few")})
		settled(t, h, newRun(timeout(time.Minute)))
		h.Cancel("run", "never mind")
		h.Settle("run")
		wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonCancelled, "never mind")
	})
}

func TestC38TimeoutUnsetOrZero(t *testing.T) {
	for name, run := range map[string]*v1beta1.CustomRun{"unset, for a kind without a default": newRun(), "zero": newRun(timeout(0))} {
		t.Run(name, func(t *testing.T) {
			h := customtasktest.New(t, probeKind, &probe{})
			settled(t, h, run)
			if _, ok := h.Settle("run"); ok {
				t.Error("a timer is set without need")
			}
			h.Advance(10_000 * hour)
			h.Settle("run")
			wantCondition(t, h.Get("run"), corev1.ConditionUnknown, "Working", "")
		})
	}
}

func TestC39ARestartKeepsTheRemainingTime(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{})
	settled(t, h, newRun(timeout(time.Minute)))
	h.Advance(40 * time.Second)
	h.Restart()
	again, ok := h.Settle("run")
	if !ok || again > 20*time.Second+time.Millisecond {
		t.Errorf("after a restart 40 s into a minute it looks again %v after %v", ok, again)
	}
}

func TestC39AClockThatStepsDoesNotExtendTheTimeoutForEver(t *testing.T) {
	for name, step := range map[string]time.Duration{"back": -hour, "forth": hour} {
		t.Run(name, func(t *testing.T) {
			h := customtasktest.New(t, probeKind, &probe{})
			settled(t, h, newRun(timeout(time.Minute)))
			h.Advance(step)
			h.Restart()
			h.Settle("run")
			h.Advance(-step + 2*time.Minute)
			h.Settle("run")
			wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonTimedOut, "")
		})
	}
}

func TestTimeoutDuringErrorsIsNotLate(t *testing.T) {
	task := &probe{reconcile: func(*probeRun) (customtask.Outcome, error) { return customtask.Outcome{}, errors.New("flaky") }}
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun(timeout(time.Minute)))
	for range 20 { // the backoff grows to 30 s
		h.Step("run")
	}
	h.Advance(55 * time.Second)
	if again, ok := h.Step("run"); !ok || again > 6*time.Second {
		t.Errorf("5 s before the deadline it looks again %v after %v", ok, again)
	}
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, customtask.ReasonTryingAgain, "trying again: flaky")
}

func TestWorkThatEndedBeforeTheDeadlineCounts(t *testing.T) {
	for name, row := range map[string]struct {
		stop   func(*probeRun, customtask.StopReason) (customtask.Outcome, error)
		status corev1.ConditionStatus
		reason string
	}{
		"with success": {func(*probeRun, customtask.StopReason) (customtask.Outcome, error) {
			return customtask.Succeeded("Done", "in time").WithResult("out", "1"), nil
		}, corev1.ConditionTrue, "Done"},
		"with a final failure": {func(*probeRun, customtask.StopReason) (customtask.Outcome, error) {
			return customtask.Outcome{}, customtask.FailRun("Refused", "no").WithResult("out", "1")
		}, corev1.ConditionFalse, "Refused"},
	} {
		t.Run(name, func(t *testing.T) {
			h := customtasktest.New(t, probeKind, &probe{stop: row.stop})
			settled(t, h, newRun(timeout(time.Minute), customtasktest.Retries(3)))
			h.Advance(hour)
			h.Settle("run")
			run := h.Get("run")
			wantCondition(t, run, row.status, row.reason, "")
			if len(run.Status.Results) != 1 || len(run.Status.RetriesStatus) != 0 {
				t.Errorf("results %v, %d retries", run.Status.Results, len(run.Status.RetriesStatus))
			}
		})
	}
}
