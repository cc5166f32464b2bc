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
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

// service is a remote system that remembers its operations by idempotency key.
type service struct {
	started   map[string]int
	cancelled []string
	lose      bool
	done      bool
}

func (s *service) Start(_ context.Context, run *probeRun) (string, error) {
	if s.started == nil {
		s.started = map[string]int{}
	}
	s.started[run.AttemptKey()]++
	if s.lose {
		s.lose = false
		return "", errors.New("connection reset")
	}
	return "handle of " + run.AttemptKey(), nil
}

func (s *service) Poll(_ context.Context, _ *probeRun, handle string) (customtask.Outcome, error) {
	if s.done {
		return customtask.Succeeded("Done", handle), nil
	}
	return customtask.Running("Working", handle).WithState("ignored").After(time.Minute), nil
}

func (s *service) Cancel(_ context.Context, _ *probeRun, handle string, _ customtask.StopReason) (customtask.Outcome, error) {
	s.cancelled = append(s.cancelled, handle)
	return customtask.Stopped(), nil
}

// finding can look an operation up.
type finding struct {
	service
	errors int // that many times, looking up fails
}

func (s *finding) Find(_ context.Context, run *probeRun) (string, bool, error) {
	if s.errors > 0 {
		s.errors--
		return "", false, errors.New("no route to host")
	}
	return "handle of " + run.AttemptKey(), s.started[run.AttemptKey()] > 0, nil
}

func TestRemoteStartsOnceAndPolls(t *testing.T) {
	s := &service{}
	h := customtasktest.New(t, probeKind, customtask.Remote[probeSpec, string](s))
	h.Create(newRun())
	for range 6 {
		h.Step("run")
		h.Restart()
	}
	wantCondition(t, h.Get("run"), corev1.ConditionUnknown, "Working", "handle of uid-1-1")
	s.done = true
	h.Settle("run")
	wantCondition(t, h.Get("run"), corev1.ConditionTrue, "Done", "handle of uid-1-1")
	if diff := cmp.Diff(map[string]int{"uid-1-1": 1}, s.started); diff != "" {
		t.Errorf("starts (-want, +got):\n%s", diff)
	}
}

func TestRemoteCancelsWhatWasStarted(t *testing.T) {
	t.Run("also when the answer to the start was lost", func(t *testing.T) {
		s := &service{lose: true}
		h := customtasktest.New(t, probeKind, customtask.Remote[probeSpec, string](s))
		h.Create(newRun())
		h.Step("run")
		h.Step("run") // the start whose answer is lost
		h.Cancel("run", "stop")
		h.Settle("run")
		wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonCancelled, "stop")
		if diff := cmp.Diff([]string{"handle of uid-1-1"}, s.cancelled); diff != "" {
			t.Errorf("cancelled (-want, +got):\n%s", diff)
		}
	})
	t.Run("and starts nothing to cancel it where operations can be found", func(t *testing.T) {
		s := &finding{}
		h := customtasktest.New(t, probeKind, customtask.Remote[probeSpec, string](s))
		h.Create(newRun())
		h.Step("run") // the intent is stored, the start is not asked for
		h.Cancel("run", "stop")
		h.Settle("run")
		wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonCancelled, "stop")
		if len(s.started) > 0 || len(s.cancelled) > 0 {
			t.Errorf("C34: started %v and cancelled %v after the cancel", s.started, s.cancelled)
		}
	})
	for name, end := range map[string]func(*customtasktest.Harness){
		"a run that is cancelled":    func(h *customtasktest.Harness) { h.Cancel("run", "stop") },
		"C57: a run that is deleted": func(h *customtasktest.Harness) { h.Delete("run") },
	} {
		t.Run("of "+name+", when it can be found again after an error", func(t *testing.T) {
			s := &finding{service: service{lose: true}, errors: 2}
			h := customtasktest.New(t, probeKind, customtask.Remote[probeSpec, string](s))
			h.Create(newRun())
			h.Step("run")
			h.Step("run") // the start whose answer is lost
			end(h)
			for range 2 {
				if _, ok := h.Step("run"); !ok || len(s.cancelled) > 0 {
					t.Errorf("looks again: %v, cancelled %v; want true and nothing", ok, s.cancelled)
				}
				if run := h.Get("run"); run == nil || run.IsDone() {
					t.Fatal("the run has ended, and nobody knows of its operation")
				}
			}
			h.Step("run")
			if run := h.Get("run"); run != nil && !run.IsDone() {
				t.Errorf("the run has not ended: %v", run.Status.Conditions)
			}
			if diff := cmp.Diff([]string{"handle of uid-1-1"}, s.cancelled); diff != "" {
				t.Errorf("cancelled (-want, +got):\n%s", diff)
			}
			if diff := cmp.Diff(map[string]int{"uid-1-1": 1}, s.started); diff != "" {
				t.Errorf("starts (-want, +got):\n%s", diff)
			}
		})
	}
	t.Run("when the run is deleted", func(t *testing.T) {
		s := &service{}
		h := customtasktest.New(t, probeKind, customtask.Remote[probeSpec, string](s))
		h.Create(newRun())
		h.Step("run")
		h.Step("run")
		h.Delete("run")
		h.Step("run")
		if run := h.Get("run"); run != nil || len(s.cancelled) != 1 {
			t.Errorf("C57: run %v, cancelled %v", run, s.cancelled)
		}
	})
}
