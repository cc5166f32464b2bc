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
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

func TestC41AFailedAttemptIsArchived(t *testing.T) {
	task := &probe{reconcile: func(run *probeRun) (customtask.Outcome, error) {
		var state string
		if run.State(&state); state == "" {
			return customtask.Running("Working", "").WithState("kept within the attempt").After(time.Second), nil
		}
		return failAttempt(run)
	}}
	h := customtasktest.New(t, probeKind, task)
	h.Create(newRun(customtasktest.Retries(1)))
	h.Step("run")
	h.Settle("run")
	run := h.Get("run")
	wantCondition(t, run, corev1.ConditionUnknown, customtask.ReasonRetryPending,
		"attempt 2 of 2 starts at 2026-01-02T03:04:06Z; the one before failed with Broke: it broke")
	if run.Status.StartTime != nil || run.Status.CompletionTime != nil || run.Status.Results != nil {
		t.Errorf("not reset: %+v", run.Status.CustomRunStatusFields)
	}
	archived := run.Status.RetriesStatus[0]
	if archived.StartTime == nil || archived.CompletionTime == nil || archived.Conditions[0].Reason != "Broke" ||
		len(archived.Results) != 1 || len(archived.ExtraFields.Raw) != 0 || len(archived.RetriesStatus) != 0 {
		t.Errorf("archived: %+v", archived)
	}
	if diff := cmp.Diff([]customtask.StopReason{customtask.Failed}, task.stops); diff != "" {
		t.Errorf("stops (-want, +got):\n%s", diff)
	}

	h.Advance(2 * time.Second)
	h.Step("run")
	run = h.Get("run")
	wantCondition(t, run, corev1.ConditionUnknown, "Working", "")
	if !strings.Contains(string(run.Status.ExtraFields.Raw), `"attempt":2`) || run.Status.StartTime == nil {
		t.Errorf("the second attempt: %s", run.Status.ExtraFields.Raw)
	}
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionFalse, "Broke", "it broke")
}

func TestC22C42ExactlyAsManyAttemptsAsAsked(t *testing.T) {
	for name, disturb := range map[string]func(h *customtasktest.Harness){
		"undisturbed":   func(*customtasktest.Harness) {},
		"with restarts": func(h *customtasktest.Harness) { h.Restart() },
		"with conflicts": func(h *customtasktest.Harness) {
			h.Server.FailNext("update customruns/status", apierrors.NewConflict(probeGR, "run", errors.New("changed")))
		},
		"with lost answers": func(h *customtasktest.Harness) {
			h.Server.LoseNext("update customruns/status", errors.New("connection reset"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			const retries = 3
			task := &probe{reconcile: failAttempt}
			h := customtasktest.New(t, probeKind, task)
			h.Create(newRun(customtasktest.Retries(retries)))
			for i := 0; i < 200 && !h.Get("run").IsDone(); i++ {
				disturb(h)
				h.Step("run")
				h.Step("run")
				h.Advance(10 * time.Second)
			}
			run := h.Get("run")
			wantCondition(t, run, corev1.ConditionFalse, "Broke", "it broke")
			if len(task.attempts) != retries+1 || len(run.Status.RetriesStatus) != retries {
				t.Errorf("%d attempts, %d archived; want %d and %d", len(task.attempts), len(run.Status.RetriesStatus), retries+1, retries)
			}
		})
	}
}

func TestC43FailRunIsNotRetried(t *testing.T) {
	task := &probe{reconcile: func(*probeRun) (customtask.Outcome, error) {
		return customtask.Outcome{}, fmt.Errorf("wrapped: %w", customtask.FailRun("Refused", "somebody said no"))
	}}
	h := customtasktest.New(t, probeKind, task)
	run := settled(t, h, newRun(customtasktest.Retries(3)))
	wantCondition(t, run, corev1.ConditionFalse, "Refused", "somebody said no")
}

func TestC37ATimedOutAttemptIsRetried(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{})
	settled(t, h, newRun(customtasktest.Retries(1), timeout(time.Minute)))
	h.Advance(61 * time.Second)
	h.Settle("run")
	run := h.Get("run")
	wantCondition(t, run, corev1.ConditionUnknown, customtask.ReasonRetryPending, "")
	if got := run.Status.RetriesStatus[0].Conditions[0].Reason; got != customtask.ReasonTimedOut {
		t.Errorf("archived with reason %s", got)
	}
	// C44: the pause is no part of the attempt's time.
	h.Advance(30 * time.Second)
	h.Settle("run")
	h.Advance(59 * time.Second)
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, "Working", "")
	h.Advance(2 * time.Second)
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonTimedOut, "attempt 2 of 2 timed out after 1m0s; last: Working: at work")
}

func TestC44BackoffIsBoundedAndSurvivesARestart(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{reconcile: failAttempt})
	h.Create(newRun(customtasktest.Retries(10)))
	var pauses []time.Duration
	for range 10 {
		h.Settle("run")
		h.Restart()
		again, ok := h.Settle("run")
		if !ok {
			t.Fatal("no timer for the next attempt")
		}
		pauses = append(pauses, again.Round(time.Second))
		h.Advance(again)
	}
	want := []time.Duration{1, 2, 4, 8, 16, 32, 60, 60, 60, 60}
	for i := range want {
		want[i] *= time.Second
	}
	if diff := cmp.Diff(want, pauses); diff != "" {
		t.Errorf("pauses (-want, +got):\n%s", diff)
	}
}

func TestC45C54TheAttemptKeyAndChildNamesAreTheAttemptsOwn(t *testing.T) {
	names := map[string]int{}
	task := &probe{reconcile: func(run *probeRun) (customtask.Outcome, error) {
		for _, part := range []string{"0", "1"} {
			name := run.ChildName(part)
			names[name]++
			if len(name) > 63 || !strings.HasPrefix(name, "run-") {
				t.Errorf("C54: child name %q", name)
			}
		}
		return failAttempt(run)
	}}
	h := customtasktest.New(t, probeKind, task)
	h.Create(newRun(customtasktest.Retries(2)))
	for range 3 {
		h.Settle("run")
		h.Advance(time.Minute)
	}
	if len(names) != 6 {
		t.Errorf("3 attempts with 2 children each have the names %v", names)
	}
}

func TestC46RetriesStatusIsBounded(t *testing.T) {
	task := &probe{reconcile: func(*probeRun) (customtask.Outcome, error) {
		return customtask.Outcome{}, customtask.FailAttempt("Broke", strings.Repeat("x", 1000)).WithResult("big", strings.Repeat("y", 20_000))
	}}
	h := customtasktest.New(t, probeKind, task)
	const retries = 12
	h.Create(newRun(customtasktest.Retries(retries)))
	for i := 0; i < 100 && !h.Get("run").IsDone(); i++ {
		h.Settle("run")
		h.Advance(time.Minute)
	}
	run := h.Get("run")
	if len(task.attempts) != retries+1 {
		t.Errorf("%d attempts; want %d: a bound on the record is none on the count", len(task.attempts), retries+1)
	}
	if n := len(run.Status.RetriesStatus); n < 2 || n >= retries {
		t.Errorf("%d entries are kept", n)
	}
}

func TestAPlainErrorIsTriedAgain(t *testing.T) {
	calls := 0
	task := &probe{reconcile: func(run *probeRun) (customtask.Outcome, error) {
		if calls++; calls < 4 {
			return customtask.Outcome{}, fmt.Errorf("try %d failed", calls)
		}
		return succeed(run)
	}}
	h := customtasktest.New(t, probeKind, task)
	h.Create(newRun())
	first, _ := h.Step("run")
	writes := len(h.Server.Writes())
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, customtask.ReasonTryingAgain, "trying again: try 1 failed")
	second, _ := h.Step("run")
	if second <= first {
		t.Errorf("backoff of %v and then %v", first, second)
	}
	if got := h.Server.Writes()[writes:]; len(got) > 0 {
		t.Errorf("C21: another text of the same trouble was written: %v", got)
	}
	h.Step("run")
	h.Step("run")
	wantCondition(t, h.Get("run"), corev1.ConditionTrue, "Done", "")
}

func TestC47C50EveryWriteMayFailOrLoseItsAnswer(t *testing.T) {
	conflict := apierrors.NewConflict(probeGR, "run", errors.New("changed"))
	for name, disturb := range map[string]func(h *customtasktest.Harness){
		"conflict":    func(h *customtasktest.Harness) { h.Server.FailNext("", conflict) },
		"refused":     func(h *customtasktest.Harness) { h.Server.FailNext("", apierrors.NewInternalError(errors.New("oops"))) },
		"lost answer": func(h *customtasktest.Harness) { h.Server.LoseNext("", errors.New("connection reset")) },
	} {
		// The writes of this run: started, working, archived, started, done. Disturb each in turn.
		for nth := range 5 {
			t.Run(fmt.Sprintf("%s at write %d, then a restart", name, nth+1), func(t *testing.T) {
				task := &probe{}
				task.reconcile = func(run *probeRun) (customtask.Outcome, error) {
					var worked bool
					switch run.State(&worked); {
					case !worked:
						return customtask.Running("Working", "").WithState(true).After(time.Second), nil
					case run.Attempt() == 1:
						return failAttempt(run)
					}
					return succeed(run)
				}
				h := customtasktest.New(t, probeKind, task)
				h.Create(newRun(customtasktest.Retries(1)))
				disturbed := false
				for i := 0; i < 50 && !h.Get("run").IsDone(); i++ {
					if !disturbed && len(h.Server.Writes())-1 >= nth {
						disturb(h)
						disturbed = true
						h.Step("run")
						h.Restart()
						continue
					}
					h.Step("run")
					h.Advance(time.Second)
				}
				run := h.Get("run")
				wantCondition(t, run, corev1.ConditionTrue, "Done", "it is done")
				if len(task.attempts) != 2 || len(run.Status.RetriesStatus) != 1 {
					t.Errorf("%d attempts, %d archived; want 2 and 1", len(task.attempts), len(run.Status.RetriesStatus))
				}
			})
		}
	}
}

func TestAStaleCacheNeverReachesTheAuthor(t *testing.T) {
	task := &probe{reconcile: func(run *probeRun) (customtask.Outcome, error) {
		var n int
		run.State(&n)
		return customtask.Running("Working", fmt.Sprintf("step %d", n+1)).WithState(n + 1), nil
	}}
	h := customtasktest.New(t, probeKind, task)
	h.Create(newRun())
	release := h.HoldCache()
	h.Step("run")
	calls := task.calls
	for range 5 {
		if again, ok := h.Step("run"); !ok || again > time.Second {
			t.Errorf("a cache that is behind is looked at again %v after %v", ok, again)
		}
	}
	if task.calls != calls {
		t.Errorf("the author saw an object older than our own write %d times", task.calls-calls)
	}
	release()
	h.Step("run")
	if task.calls != calls+1 {
		t.Error("the cache has caught up and nothing goes on")
	}
}

func TestRunsOfAnEarlierControllerGoOn(t *testing.T) {
	// C53: what an older version stored is read; a field that it did not know is left open.
	task := &probe{reconcile: succeed}
	h := customtasktest.New(t, probeKind, task)
	run := h.Create(newRun())
	start := run.CreationTimestamp
	run.Status.StartTime = &start
	run.Status.ExtraFields.Raw = []byte(`{"schemaVersion":1,"attempt":1,"spec":{"text":"snapshot","default":"d"}}`)
	run.Status.Conditions = append(run.Status.Conditions, condition("Succeeded"))
	h.StoreStatus(run)
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionTrue, "Done", "")
	if diff := cmp.Diff([]probeSpec{{Text: "snapshot", Default: "d"}}, task.specs); diff != "" {
		t.Errorf("spec (-want, +got):\n%s", diff)
	}
}
