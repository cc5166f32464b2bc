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

// Package wait drives runs of kind Wait: a wait for a duration or until a time, without a pod.
package wait

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
)

const (
	// ReasonWaiting: the time has not come (Unknown).
	ReasonWaiting = "Waiting"
	// ReasonElapsed: the time has come (True).
	ReasonElapsed = "DurationElapsed"
)

// Spec is how long to wait, from a Wait object, an embedded spec or params.
type Spec struct {
	v1alpha1.WaitSpec
}

// FromParams takes duration and until.
func (s *Spec) FromParams(p customtask.Params) error {
	duration, hasDuration, errDuration := p.String("duration")
	until, hasUntil, errUntil := p.String("until")
	if err := errors.Join(p.Only("duration", "until"), errDuration, errUntil); err != nil {
		return err
	}
	if hasDuration {
		s.Duration = duration
	}
	if hasUntil {
		s.Until = until
	}
	return nil
}

// state keeps the end of the wait across restarts, to the nanosecond.
type state struct {
	End time.Time `json:"end"`
}

// Task waits. It writes twice: what it waits for, and that it is over.
type Task struct {
	definitions definitions
}

var (
	_ customtask.Task[Spec]       = (*Task)(nil)
	_ customtask.Referencer[Spec] = (*Task)(nil)
	_ customtask.Stopper[Spec]    = (*Task)(nil)
	_ customtask.Initializer      = (*Task)(nil)
	_ customtask.SideEffectFree   = (*Task)(nil)
)

// SideEffectFree marks the task: waiting changes nothing.
func (*Task) SideEffectFree() {}

// Reconcile ends the run when its time has come.
func (*Task) Reconcile(_ context.Context, run *customtask.Run[Spec]) (customtask.Outcome, error) {
	s := stateOf(run)
	if left := s.End.Sub(run.Now()); left > 0 {
		message := fmt.Sprintf("waiting until %s", s.End.UTC().Format(time.RFC3339))
		return customtask.Running(ReasonWaiting, message).WithState(s).After(left), nil
	}
	return over(run), nil
}

// Stop has nothing to end. A wait that was over before the deadline succeeds though nobody looked in
// time.
func (*Task) Stop(_ context.Context, run *customtask.Run[Spec], reason customtask.StopReason) (customtask.Outcome, error) {
	if deadline, ok := run.Deadline(); ok && reason == customtask.TimedOut && !stateOf(run).End.After(deadline) {
		return over(run), nil
	}
	return customtask.Stopped(), nil
}

func stateOf(run *customtask.Run[Spec]) state {
	var s state
	if !run.State(&s) {
		s.End = run.Spec.End(run.StartTime())
	}
	// A clock that was ahead when the wait began does not make it longer than asked from now on.
	if latest := run.Spec.End(run.Now()); s.End.After(latest) {
		s.End = latest
	}
	return s
}

func over(run *customtask.Run[Spec]) customtask.Outcome {
	message := "the wait of " + run.Spec.Duration + " is over"
	if run.Spec.Until != "" {
		message = run.Spec.Until + " has come"
	}
	return customtask.Succeeded(ReasonElapsed, message)
}
