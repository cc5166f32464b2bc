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
	"testing"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// endedElsewhere has another replica end the run while the task works on it, so that what the task has
// begun is left behind.
func endedElsewhere(t *testing.T, task *probe) *customtasktest.Harness {
	t.Helper()
	h := customtasktest.New(t, probeKind, task)
	task.reconcile = func(*probeRun) (customtask.Outcome, error) {
		run := h.Get("run")
		done := condition("Succeeded")
		done.Status, done.Reason = corev1.ConditionTrue, "Elsewhere"
		now := metav1.NewTime(h.Clock.Now()).Rfc3339Copy()
		run.Status.Conditions[0], run.Status.CompletionTime = done, &now
		h.StoreStatus(run)
		return customtask.Running("Working", "began something"), nil
	}
	h.Create(newRun())
	if _, ok := h.Step("run"); !ok {
		t.Fatal("after a conflict, the run is not looked at again")
	}
	wantCondition(t, h.Get("run"), corev1.ConditionTrue, "Elsewhere", "")
	if len(task.stops) > 0 {
		t.Fatalf("stopped %v before the end is seen", task.stops)
	}
	return h
}

func TestC25WhatAnOldViewHasBegunIsStopped(t *testing.T) {
	rows := map[string]func(call int) (customtask.Outcome, error){
		"at once":                 func(int) (customtask.Outcome, error) { return customtask.Stopped(), nil },
		"when it says that it is": stoppedAt(3, customtask.Running("x", "still there"), nil),
		"after errors":            stoppedAt(3, customtask.Outcome{}, errors.New("no route to host")),
		"or failed": func(int) (customtask.Outcome, error) {
			return customtask.Outcome{}, customtask.FailRun("Gone", "it is gone")
		},
	}
	want := map[string]int{"at once": 1, "when it says that it is": 3, "after errors": 3, "or failed": 1}
	for name, stop := range rows {
		t.Run(name, func(t *testing.T) {
			task := &probe{}
			task.stop = func(*probeRun, customtask.StopReason) (customtask.Outcome, error) { return stop(len(task.stops)) }
			h := endedElsewhere(t, task)
			for i := 1; i <= want[name]; i++ {
				if _, ok := h.Step("run"); ok != (i < want[name]) || len(task.stops) != i {
					t.Errorf("look %d: %d stops, looks again: %v", i, len(task.stops), ok)
				}
			}
			for range 3 {
				h.Step("run")
			}
			if len(task.stops) != want[name] || task.calls != 1 {
				t.Errorf("%d stops, %d calls; want %d and 1", len(task.stops), task.calls, want[name])
			}
			for _, reason := range task.stops {
				if reason != customtask.Failed {
					t.Errorf("stopped because it is %s", reason)
				}
			}
		})
	}
}

// stoppedAt answers a Stop with something else until its n-th call.
func stoppedAt(n int, before customtask.Outcome, err error) func(int) (customtask.Outcome, error) {
	return func(call int) (customtask.Outcome, error) {
		if call < n {
			return before, err
		}
		return customtask.Stopped(), nil
	}
}

func TestC25WhatIsStoppedIsNotStoppedAgainForAFailedWrite(t *testing.T) {
	task := &probe{}
	h := endedElsewhere(t, task)
	h.Cancel("run", "too late") // its generation is written
	h.Server.FailNext("update customruns/status", apierrors.NewInternalError(errors.New("oops")))
	h.Step("run")
	h.Settle("run")
	if diff := cmp.Diff([]customtask.StopReason{customtask.Failed}, task.stops); diff != "" {
		t.Errorf("stops (-want, +got):\n%s", diff)
	}
}

func TestC25NothingIsStoppedOfARunThatWentOnAfterAConflict(t *testing.T) {
	task := &probe{}
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun())
	task.reconcile = func(*probeRun) (customtask.Outcome, error) { return customtask.Running("Later", ""), nil }
	h.Server.FailNext("update customruns/status", apierrors.NewConflict(probeGR, "run", errors.New("changed")))
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, "Later", "")
	task.reconcile = succeed
	h.Settle("run")
	h.Step("run")
	wantCondition(t, h.Get("run"), corev1.ConditionTrue, "Done", "")
	if len(task.stops) > 0 {
		t.Errorf("stops %v of work that has ended", task.stops)
	}
}

// sweeper is a task that sees what goes on.
type sweeper struct {
	probe
	swept []string
	how   func() error
}

func (s *sweeper) Sweep(_ context.Context, run *v1beta1.CustomRun) error {
	s.swept = append(s.swept, run.Name)
	return s.how()
}

func TestC61WhatGoesOnAfterTheEndIsSweptAway(t *testing.T) {
	rows := map[string]struct {
		how  func() error
		want int
	}{
		"in one look":           {how: func() error { return nil }, want: 1},
		"in another after this": {how: failTimes(2, errors.New("no route to host")), want: 3},
		"after a panic":         {how: panicOnce(), want: 2},
		"once, if it may not":   {how: func() error { return apierrors.NewForbidden(probeGR, "x", errors.New("no right")) }, want: 1},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			task := &sweeper{how: func() error { return nil }}
			h := customtasktest.New(t, probeKind, customtask.Task[probeSpec](task))
			h.Create(newRun())
			h.Step("run")
			if task.reconcile = succeed; len(task.swept) > 0 {
				t.Fatal("a run that goes on was swept")
			}
			h.Settle("run")
			task.swept, task.how = nil, row.how
			again := true
			for again {
				_, again = h.Step("run")
			}
			if len(task.swept) != row.want {
				t.Errorf("swept %d times; want %d", len(task.swept), row.want)
			}
			wantCondition(t, h.Get("run"), corev1.ConditionTrue, "Done", "")
		})
	}
}

func failTimes(n int, err error) func() error {
	return func() error {
		if n--; n >= 0 {
			return err
		}
		return nil
	}
}

func panicOnce() func() error {
	fail := failTimes(1, errors.New("first"))
	return func() error {
		if fail() != nil {
			panic("in a sweep")
		}
		return nil
	}
}
