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

package customtask

import (
	"context"
	"time"
)

// remoteFirstPoll is when a started operation is first looked at.
const remoteFirstPoll = time.Second

// RemoteTask is what the author of a remote operation writes: start it, look at it, cancel it. H is the
// handle that finds it again, stored as JSON with the attempt.
type RemoteTask[S, H any] interface {
	// Start begins the operation. It may be called again for the same attempt if its answer was lost,
	// and must then return the handle of the one operation: send run.AttemptKey() as idempotency key.
	Start(ctx context.Context, run *Run[S]) (H, error)
	// Poll looks once and does not wait. Running(…).After(d) sets when to look again. The handle is all
	// that is stored: WithState is ignored. It gives the same answer for an operation that has ended,
	// however often it is asked: what it said before may not have been stored.
	Poll(ctx context.Context, run *Run[S], handle H) (Outcome, error)
	// Cancel asks the operation to stop, and returns Stopped when it has. It is called for one that has
	// ended, too: after Poll has failed the attempt. It must leave what Poll needs to answer again. It is
	// not called for an operation that cannot have started.
	Cancel(ctx context.Context, run *Run[S], handle H, reason StopReason) (Outcome, error)
}

// RemoteFinder is an optional interface for a RemoteTask that can look an operation up by its idempotency
// key. Without it, an attempt that ends just when its operation may have been started has to call Start,
// which is idempotent, to learn the handle that Cancel needs.
type RemoteFinder[S, H any] interface {
	// Find returns the handle of the attempt's operation; found is false if it was never started.
	Find(ctx context.Context, run *Run[S]) (handle H, found bool, err error)
}

// Remote makes a Task of a RemoteTask. It is a Stopper and External: the operation is cancelled when
// the attempt ends early or the run is deleted.
func Remote[S, H any](task RemoteTask[S, H]) Task[S] {
	return &remote[S, H]{task: task}
}

type remote[S, H any] struct {
	task RemoteTask[S, H]
}

// remoteState is what is stored of an operation. An attempt with a state and no handle may have
// started: the intent is stored before the first call.
type remoteState[H any] struct {
	Handle *H `json:"handle,omitempty"`
}

// Reconcile stores the intent, then starts the operation and stores its handle, then polls.
func (r *remote[S, H]) Reconcile(ctx context.Context, run *Run[S]) (Outcome, error) {
	var state remoteState[H]
	if !run.State(&state) {
		return Running(ReasonStarting, "the operation is about to start").WithState(state).After(time.Millisecond), nil
	}
	if state.Handle == nil {
		handle, err := r.task.Start(ctx, run)
		if err != nil {
			return Outcome{}, err
		}
		return Running(ReasonRunning, "the operation has started").WithState(remoteState[H]{Handle: &handle}).After(remoteFirstPoll), nil
	}
	outcome, err := r.task.Poll(ctx, run, *state.Handle)
	outcome.step.State, outcome.err = nil, nil // the handle is the state
	return outcome, err
}

// find gives the handle of an operation whose start may have been asked for and whose answer was not
// stored.
func (r *remote[S, H]) find(ctx context.Context, run *Run[S]) (handle H, found bool, err error) {
	if finder, ok := r.task.(RemoteFinder[S, H]); ok {
		return finder.Find(ctx, run)
	}
	handle, err = r.task.Start(ctx, run)
	return handle, err == nil, err
}

// Stop cancels the operation if it may have been started.
func (r *remote[S, H]) Stop(ctx context.Context, run *Run[S], reason StopReason) (Outcome, error) {
	var state remoteState[H]
	if !run.State(&state) {
		return Stopped(), nil
	}
	if state.Handle == nil {
		handle, found, err := r.find(ctx, run)
		if err != nil {
			return Outcome{}, err
		}
		if !found {
			return Stopped(), nil
		}
		state.Handle = &handle
	}
	return r.task.Cancel(ctx, run, *state.Handle, reason)
}

// External marks the task: the operation lives outside the cluster.
func (r *remote[S, H]) External() {}
