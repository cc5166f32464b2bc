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

// badResults are what no run can store, by what is wrong, with the message that says so.
var badResults = map[string]struct {
	with    func(*customtask.Failure) *customtask.Failure
	message string
}{
	"a bad name": {
		func(f *customtask.Failure) *customtask.Failure { return f.WithResult("a b", "1") },
		`result name "a b" must be letters, digits, '_', '.' and '-' only`,
	},
	"a repeated name": {
		func(f *customtask.Failure) *customtask.Failure { return f.WithResult("a", "1").WithResult("a", "2") },
		`result "a" is given twice`,
	},
	"a large value": {
		func(f *customtask.Failure) *customtask.Failure { return f.WithResult("a", strings.Repeat("x", 70_000)) },
		`result "a" is 70002 bytes as JSON; at most 65536 can be stored; make it shorter`,
	},
	"too much together": {
		func(f *customtask.Failure) *customtask.Failure {
			for _, name := range []string{"a", "b", "c", "d", "e"} {
				f = f.WithResult(name, strings.Repeat("x", 60_000))
			}
			return f
		},
		"the results are 300010 bytes together as JSON; at most 262144 can be stored; give fewer or shorter ones",
	},
}

func TestC27C29ResultsOfAFailureAreChecked(t *testing.T) {
	for name, row := range badResults {
		t.Run(name, func(t *testing.T) {
			h := customtasktest.New(t, probeKind, &probe{reconcile: func(*probeRun) (customtask.Outcome, error) {
				return customtask.Outcome{}, row.with(customtask.FailAttempt("Broke", "it broke"))
			}})
			run := settled(t, h, newRun(customtasktest.Retries(2)))
			wantCondition(t, run, corev1.ConditionFalse, customtask.ReasonInvalidResult, row.message)
			if len(run.Status.Results) > 0 {
				t.Errorf("%d results are stored", len(run.Status.Results))
			}
		})
		t.Run(name+", of work that ended before its deadline", func(t *testing.T) {
			h := customtasktest.New(t, probeKind, &probe{stop: func(*probeRun, customtask.StopReason) (customtask.Outcome, error) {
				return customtask.Outcome{}, row.with(customtask.FailAttempt("Broke", "it broke"))
			}})
			settled(t, h, newRun(timeout(time.Minute), customtasktest.Retries(2)))
			h.Advance(2 * time.Minute)
			h.Settle("run")
			run := h.Get("run")
			wantCondition(t, run, corev1.ConditionFalse, customtask.ReasonInvalidResult, row.message)
			if len(run.Status.Results) > 0 {
				t.Errorf("%d results are stored", len(run.Status.Results))
			}
		})
	}
}

func TestC7TroubleOfTheAPIServerIsNotShownInARunAtWork(t *testing.T) {
	for name, err := range map[string]error{
		"a conflict":        apierrors.NewConflict(probeGR, "x", errors.New("changed")),
		"a server error":    apierrors.NewInternalError(errors.New("oops")),
		"a busy server":     fmt.Errorf("creating a child: %w", apierrors.NewTooManyRequests("slow down", 1)),
		"a server timeout":  apierrors.NewServerTimeout(probeGR, "get", 1),
		"an absent service": apierrors.NewServiceUnavailable("away"),
	} {
		t.Run(name, func(t *testing.T) {
			task := &probe{}
			h := customtasktest.New(t, probeKind, task)
			settled(t, h, newRun())
			writes := len(h.Server.Writes())
			task.reconcile = func(*probeRun) (customtask.Outcome, error) { return customtask.Outcome{}, err }
			for range 3 {
				if _, ok := h.Step("run"); !ok {
					t.Error("it is not tried again")
				}
			}
			if got := h.Server.Writes()[writes:]; len(got) > 0 {
				t.Errorf("wrote %v", got)
			}
			wantCondition(t, h.Get("run"), corev1.ConditionUnknown, "Working", "at work")
		})
	}
}

func TestTheBackoffOfErrorsBeginsAnewAfterALookWithoutOne(t *testing.T) {
	fail := true
	h := customtasktest.New(t, probeKind, &probe{reconcile: func(*probeRun) (customtask.Outcome, error) {
		if fail {
			return customtask.Outcome{}, errors.New("flaky")
		}
		return customtask.Running("Working", ""), nil
	}})
	h.Create(newRun())
	first, _ := h.Step("run")
	var last time.Duration
	for range 5 {
		last, _ = h.Step("run")
	}
	if last <= first {
		t.Fatalf("backoff of %v, and then of %v", first, last)
	}
	fail = false
	h.Step("run")
	fail = true
	if again, ok := h.Step("run"); !ok || again != first {
		t.Errorf("looks again: %v after %v; want %v", ok, again, first)
	}
}

func TestC57ARunThatIsDeletedWhileItIsWrittenIsLeft(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{})
	h.Create(newRun())
	h.Server.FailNext("update customruns/status", apierrors.NewNotFound(probeGR, "run"))
	if again, ok := h.Step("run"); ok {
		t.Errorf("a run that is gone is looked at again after %v", again)
	}
}

func TestC63AnotherMessageOfTheSameReasonIsNoEvent(t *testing.T) {
	step := 0
	h := customtasktest.New(t, probeKind, &probe{reconcile: func(run *probeRun) (customtask.Outcome, error) {
		if step++; step > 5 {
			return succeed(run)
		}
		return customtask.Running("Working", fmt.Sprintf("step %d of 5", step)), nil
	}})
	h.Create(newRun())
	for !h.Get("run").IsDone() {
		h.Step("run")
	}
	want := []string{"Normal Started attempt 1 of 1 has started", "Normal Working step 1 of 5", "Normal Done it is done"}
	if diff := cmp.Diff(want, h.RecordedEvents()); diff != "" {
		t.Errorf("events (-want, +got):\n%s", diff)
	}
}
