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

	"github.com/customtasks/customtasks/internal/lifecycle"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

// Task is what a kind of custom task does. It is the one interface that an author must implement; the
// other interfaces of this package are optional and found by type assertion. Pin those that you mean
// to implement:
//
//	var _ customtask.Stopper[Spec] = (*MyTask)(nil)
//
// S is the type of the spec, a struct with JSON tags. What *S may implement is listed at [Validatable].
type Task[S any] interface {
	// Reconcile moves a live attempt of a run towards its end and says where it stands. It is called
	// when the attempt starts, whenever something that the task watches changes, when a time that it
	// asked for has come, after a restart of the controller, and again after any error. So it must be
	// idempotent, derive what it does from what it observes, and not wait: ctx ends after 30 seconds.
	//
	// It is never called for a run that is finished, cancelled, past its deadline or being deleted.
	//
	// A plain error is tried again with backoff until the attempt's deadline. [FailAttempt] ends the
	// attempt and uses a retry. [FailRun] ends the run. A panic counts as FailAttempt.
	Reconcile(ctx context.Context, run *Run[S]) (Outcome, error)
}

// TaskFunc is a Task that is no more than its Reconcile.
type TaskFunc[S any] func(ctx context.Context, run *Run[S]) (Outcome, error)

// Reconcile calls the function.
func (f TaskFunc[S]) Reconcile(ctx context.Context, run *Run[S]) (Outcome, error) { return f(ctx, run) }

// StopReason says why [Stopper] is called.
type StopReason string

const (
	// Cancelled: somebody cancelled the run. It ends with reason CustomRunCancelled.
	Cancelled = StopReason(lifecycle.StopCancelled)
	// TimedOut: the attempt's deadline has passed. A retry follows if one is left.
	TimedOut = StopReason(lifecycle.StopTimedOut)
	// Failed: Reconcile failed the attempt. A retry follows if one is left.
	Failed = StopReason(lifecycle.StopFailed)
	// Deleted: the run is being deleted. Only a task that is External hears of it.
	Deleted = StopReason(lifecycle.StopDeleted)
)

// Stopper is an optional interface for tasks that have begun something which must end with the
// attempt: child objects, work in an external system.
type Stopper[S any] interface {
	// Stop ends what the attempt has begun. It is called until it returns [Stopped]; [Running] and any
	// plain error ask for another call, and the run stays Unknown meanwhile, for at most 5 minutes.
	// It must be idempotent, and must try to stop everything even if one part fails.
	//
	// Results given with Stopped are kept: a cancelled or timed-out run has those that are available.
	// On TimedOut, Stop may return [Succeeded], [FailAttempt] or [FailRun] if the work had in truth
	// ended before run.Deadline() and only its observation came late.
	Stop(ctx context.Context, run *Run[S], reason StopReason) (Outcome, error)
}

// Announcer is an optional interface for tasks that know, when an attempt starts, what they will say of it
// once they have begun. It saves the status write that would only say so.
type Announcer[S any] interface {
	// Announce says, with [Running], what the run shows from the start of the attempt, in place of
	// "attempt 1 of 1 has started". It neither reads nor writes: nothing has begun.
	Announce(run *Run[S]) Outcome
}

// Sweeper is an optional interface for tasks that see what they have begun in a cache, such as that of child
// objects. A replica that has lost its lease may begin something on a view that is old, after another one has
// ended the run; nobody would stop that (C61).
type Sweeper interface {
	// Sweep stops what belongs to a run that is done and still goes on. It is called whenever such a run is
	// looked at, so it asks caches alone as long as there is nothing to stop. An error is tried again with
	// backoff, unless the API server has refused for good, which is logged. The run itself can no longer be changed.
	Sweep(ctx context.Context, run *v1beta1.CustomRun) error
}

// External is an optional marker for a Stopper whose work lives outside the cluster, where garbage
// collection cannot end it. Its runs carry a finalizer, so that Stop is called with Deleted when the
// run is deleted. The finalizer goes when Stop is done, after 5 minutes at the latest.
type External interface {
	// External does nothing; it marks the task.
	External()
}

// Referencer is an optional interface for tasks whose definition may be a named object, which a run
// selects by customRef.name.
type Referencer[S any] interface {
	// GetSpec returns the spec of the object of the task's kind with that name. It may read from a
	// cache, and should ask the API server if the cache has nothing. A NotFound error of the API
	// machinery is tried again for some seconds after the run's creation and then fails the run; other
	// errors are tried again.
	GetSpec(ctx context.Context, namespace, name string) (*S, error)
}

// NameRequired is an optional marker for a Referencer that has no meaning without a named object or
// an embedded spec. Without it, a run that gives neither has the zero spec, which params may fill.
type NameRequired interface {
	// NameRequired does nothing; it marks the task.
	NameRequired()
}

// NameOnly is an optional marker for a Referencer whose definition is always a named object: whoever may
// create runs shall not bring a definition of their own. A run with an embedded spec fails with reason
// CustomSpecNotSupported, one without a name with NameRequired.
type NameOnly interface {
	// NameOnly does nothing; it marks the task.
	NameOnly()
}

// SideEffectFree is an optional marker for tasks whose Reconcile changes nothing anywhere. A run may
// then end, or show what it waits for, in its very first status write.
type SideEffectFree interface {
	// SideEffectFree does nothing; it marks the task.
	SideEffectFree()
}

// WorkspaceUser is an optional marker for tasks that use the run's workspaces. A run of any other
// task that has workspaces fails with reason CustomRunWorkspaceNotSupported (C11).
type WorkspaceUser interface {
	// WorkspaceUser does nothing; it marks the task.
	WorkspaceUser()
}

// Initializer is an optional interface for tasks that need clients, informers or the queue.
type Initializer interface {
	// Initialize is called once, before the controller starts. ctx carries knative's injection; an
	// error ends the process.
	Initialize(ctx context.Context, env Env) error
}

// ConfigWatcher is an optional interface for tasks with a ConfigMap of their own.
type ConfigWatcher interface {
	// ConfigName is the ConfigMap's name, in the controller's namespace. It must exist. Its data as of
	// the start of a call is in that call's ctx: see [Config].
	ConfigName() string
}
