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
)

func timeout(d time.Duration) customtasktest.RunOption {
	return customtasktest.Timeout(d)
}

func TestC31CancelEndsWithItsReasonAndMessage(t *testing.T) {
	for message, want := range map[string]string{
		"stop it, 100% sure": "stop it, 100% sure",
		"CustomRun cancelled as the PipelineRun it belongs to has timed out.": "CustomRun cancelled as the PipelineRun it belongs to has timed out.",
		"": `CustomRun "run" was cancelled`,
	} {
		t.Run(message, func(t *testing.T) {
			task := &probe{}
			h := customtasktest.New(t, probeKind, task)
			settled(t, h, newRun(customtasktest.Retries(3)))
			h.Cancel("run", message)
			h.Settle("run")
			run := h.Get("run")
			wantCondition(t, run, corev1.ConditionFalse, customtask.ReasonCancelled, want)
			if len(run.Status.RetriesStatus) > 0 {
				t.Error("C33: a cancelled attempt was retried")
			}
			if diff := cmp.Diff([]customtask.StopReason{customtask.Cancelled}, task.stops); diff != "" {
				t.Errorf("stops (-want, +got):\n%s", diff)
			}
		})
	}
}

func TestC31OtherValuesOfSpecStatusAreIgnored(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{})
	settled(t, h, newRun())
	h.Edit("run", func(run *v1beta1.CustomRun) { run.Spec.Status = "RunPaused" })
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, "Working", "at work")
}

func TestC32CancelledBeforeItStarted(t *testing.T) {
	task := &probe{}
	h := customtasktest.New(t, probeKind, task)
	run := newRun()
	run.Spec.Status = v1beta1.CustomRunSpecStatusCancelled
	wantCondition(t, settled(t, h, run), corev1.ConditionFalse, customtask.ReasonCancelled, "")
	if task.calls+len(task.stops) > 0 {
		t.Errorf("%d calls and %d stops of a run that never started", task.calls, len(task.stops))
	}
}

func TestC33CancelledInBackoff(t *testing.T) {
	task := &probe{reconcile: failAttempt}
	h := customtasktest.New(t, probeKind, task)
	run := settled(t, h, newRun(customtasktest.Retries(5)))
	wantCondition(t, run, corev1.ConditionUnknown, customtask.ReasonRetryPending, "")
	stops := len(task.stops)
	h.Cancel("run", "enough")
	h.Step("run")
	run = h.Get("run")
	wantCondition(t, run, corev1.ConditionFalse, customtask.ReasonCancelled, "enough")
	if len(run.Status.RetriesStatus) != 1 || len(task.stops) != stops {
		t.Errorf("%d entries in retriesStatus, %d more stops; want 1 and 0", len(run.Status.RetriesStatus), len(task.stops)-stops)
	}
}

func TestC34TheRunWaitsForItsWorkToStop(t *testing.T) {
	stopped := false
	task := &probe{}
	task.stop = func(*probeRun, customtask.StopReason) (customtask.Outcome, error) {
		if !stopped {
			return customtask.Running("x", "2 children are stopping").After(3 * time.Second), nil
		}
		return customtask.Stopped().WithResult("late", "1"), nil
	}
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun())
	h.Cancel("run", "stop")
	again, ok := h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, customtask.ReasonStopping, "2 children are stopping")
	if !ok || again != 3*time.Second {
		t.Errorf("looks again: %v after %v; want after 3s", ok, again)
	}
	calls := task.calls
	h.Restart()
	stopped = true
	h.Settle("run")
	run := h.Get("run")
	wantCondition(t, run, corev1.ConditionFalse, customtask.ReasonCancelled, "stop")
	if diff := cmp.Diff([]v1beta1.CustomRunResult{{Name: "late", Value: "1"}}, run.Status.Results); diff != "" {
		t.Errorf("C26: results (-want, +got):\n%s", diff)
	}
	if task.calls != calls {
		t.Error("the author was called after the cancel")
	}
}

func TestC34StoppingIsBounded(t *testing.T) {
	for name, stop := range map[string]func(*probeRun, customtask.StopReason) (customtask.Outcome, error){
		"work that never stops": func(*probeRun, customtask.StopReason) (customtask.Outcome, error) {
			return customtask.Running("x", "still there"), nil
		},
		"a stop that always fails": func(*probeRun, customtask.StopReason) (customtask.Outcome, error) {
			return customtask.Outcome{}, errors.New("no route to host")
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := customtasktest.New(t, probeKind, &probe{stop: stop})
			settled(t, h, newRun())
			h.Cancel("run", "stop")
			for range 3 {
				again, ok := h.Settle("run")
				if !ok || again > 5*time.Minute {
					t.Fatalf("looks again: %v after %v", ok, again)
				}
				h.Restart()
			}
			if h.Get("run").IsDone() {
				t.Fatal("the run ended before its work was seen to stop")
			}
			h.Advance(5*time.Minute + time.Second)
			h.Settle("run")
			wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonCancelled,
				"stop (its work was not seen to stop within 5m0s)")
		})
	}
}

func TestC35WhatIsStoredFirstWins(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{reconcile: succeed})
	h.Create(newRun())
	release := h.HoldCache()
	h.Cancel("run", "first") // the controller's cache has not seen it
	h.Step("run")
	wantNothing := h.Get("run")
	if len(wantNothing.Status.Conditions) > 0 {
		t.Errorf("C50: a status computed from an old run was stored: %v", wantNothing.Status.Conditions)
	}
	release()
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonCancelled, "first")
}

func TestC57DeletionStopsExternalWork(t *testing.T) {
	const finalizer = "probe.example.dev/stop"
	start := func(t *testing.T, task *externalProbe) *customtasktest.Harness {
		t.Helper()
		h := customtasktest.New(t, probeKind, task)
		run := settled(t, h, newRun())
		if diff := cmp.Diff([]string{finalizer}, run.Finalizers); diff != "" {
			t.Fatalf("finalizers (-want, +got):\n%s", diff)
		}
		return h
	}
	t.Run("and then the finalizer goes", func(t *testing.T) {
		task := &externalProbe{}
		h := start(t, task)
		h.Delete("run")
		h.Step("run")
		if run := h.Get("run"); run != nil {
			t.Errorf("the run is still there with %v", run.Finalizers)
		}
		if diff := cmp.Diff([]customtask.StopReason{customtask.Deleted}, task.stops); diff != "" {
			t.Errorf("stops (-want, +got):\n%s", diff)
		}
	})
	t.Run("for a bounded time if the remote is down", func(t *testing.T) {
		task := &externalProbe{}
		task.stop = func(*probeRun, customtask.StopReason) (customtask.Outcome, error) {
			return customtask.Outcome{}, errors.New("down")
		}
		h := start(t, task)
		h.Delete("run")
		h.Step("run")
		if h.Get("run") == nil {
			t.Fatal("the run went before its work was stopped")
		}
		h.Advance(5*time.Minute + time.Second)
		h.Step("run")
		if run := h.Get("run"); run != nil {
			t.Errorf("the run is still there with %v", run.Finalizers)
		}
	})
	t.Run("a finished run holds no finalizer", func(t *testing.T) {
		task := &externalProbe{}
		h := start(t, task)
		task.reconcile = succeed
		h.Settle("run")
		if run := h.Get("run"); !run.IsDone() || len(run.Finalizers) > 0 {
			t.Errorf("done %v, finalizers %v", run.IsDone(), run.Finalizers)
		}
	})
}

func TestC58DeletedAndCreatedAgainItStartsClean(t *testing.T) {
	task := &probe{reconcile: func(run *probeRun) (customtask.Outcome, error) {
		var n int
		run.State(&n)
		return customtask.Running("Working", "").WithState(n + 1), nil
	}}
	h := customtasktest.New(t, probeKind, task)
	h.Create(newRun(customtasktest.Param("text", "old")))
	h.Step("run")
	h.Delete("run")
	h.Create(newRun(customtasktest.Param("text", "new")))
	h.Step("run")
	if got := task.specs[len(task.specs)-1].Text; got != "new" || len(task.attempts) != 2 {
		t.Errorf("text %q, attempt keys %v; want new ones", got, task.attempts)
	}
}

func TestC4APanicWhileStoppingIsTriedAgain(t *testing.T) {
	task := &probe{}
	task.stop = func(*probeRun, customtask.StopReason) (customtask.Outcome, error) {
		if len(task.stops) == 1 {
			panic("half way")
		}
		return customtask.Stopped(), nil
	}
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun())
	h.Cancel("run", "stop")
	h.Step("run")
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, customtask.ReasonStopping, "stopping: the controller of Probe panicked: half way")
	h.Step("run")
	wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonCancelled, "stop")
	if len(task.stops) != 2 {
		t.Errorf("%d stops; want 2", len(task.stops))
	}
}
