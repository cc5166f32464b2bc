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

package lifecycle

import (
	"context"
	"encoding/json"
	"time"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

// Work is what a kind does, seen without the type of its spec.
type Work interface {
	// Prepare resolves, defaults and validates the spec of a run that has not started. It reads and
	// never writes. A *Failure ends the run; any other error is tried again.
	Prepare(ctx context.Context, run *v1beta1.CustomRun) (Prepared, error)

	// Reconcile moves a live attempt on. A *Failure fails the attempt or the run; any other error is
	// tried again with backoff until the attempt's deadline.
	Reconcile(ctx context.Context, a Attempt) (Step, error)

	// Stop ends what the attempt has begun. It is called until it says Stopped (or, after a timeout,
	// that the work had ended in time).
	Stop(ctx context.Context, a Attempt, reason StopReason) (Step, error)
}

// Announcer is optional for Work. Announce is what an attempt that starts shows, with its state; a step
// without a reason says nothing.
type Announcer interface {
	Announce(a Attempt) Step
}

// Sweeper is optional for Work. Sweep stops what goes on though the run, which it belongs to, is done. It is
// called whenever such a run is looked at, and tried again after an error. The run itself stays as it is.
type Sweeper interface {
	Sweep(ctx context.Context, run *v1beta1.CustomRun) error
}

// Prepared is the outcome of Work.Prepare.
type Prepared struct {
	// Spec is the snapshot that every attempt uses.
	Spec json.RawMessage
	// Timeout is the kind's default where the run sets none; nil or 0 is no timeout.
	Timeout *time.Duration
}

// Attempt is one attempt of a run, as Work sees it. Nothing in it may be changed.
type Attempt struct {
	Run      *v1beta1.CustomRun
	Number   int
	Spec     json.RawMessage
	State    json.RawMessage
	Start    time.Time
	Deadline time.Time // zero: none
	Now      time.Time
}

// StopReason says why Work.Stop is called.
type StopReason string

const (
	// StopCancelled: somebody cancelled the run.
	StopCancelled StopReason = "Cancelled"
	// StopTimedOut: the attempt's deadline has passed.
	StopTimedOut StopReason = "TimedOut"
	// StopFailed: the attempt failed; it is stopped before a retry or the end.
	StopFailed StopReason = "Failed"
	// StopDeleted: the run is being deleted.
	StopDeleted StopReason = "Deleted"
)

// Phase is where a step leaves the attempt.
type Phase int

const (
	// PhaseRunning: not finished.
	PhaseRunning Phase = iota
	// PhaseSucceeded: finished with success.
	PhaseSucceeded
	// PhaseStopped: stopped as asked; only Work.Stop returns it.
	PhaseStopped
)

// Result is a named result of a run.
type Result struct {
	Name  string
	Value string
}

// Step is what Work did and where it stands.
type Step struct {
	Phase   Phase
	Reason  string
	Message string
	Results []Result
	// State replaces the attempt's stored state unless nil.
	State json.RawMessage
	// After asks for another look after that time; 0 is none.
	After time.Duration
}

// Failure is an error that ends the attempt or the run.
type Failure struct {
	// Run ends the run whatever retries are left; else a retry is used.
	Run     bool
	Reason  string
	Message string
	Results []Result
	Cause   error
}

// Error is the message for people.
func (f *Failure) Error() string { return f.Message }

// Unwrap is the error that caused the failure, if any.
func (f *Failure) Unwrap() error { return f.Cause }
