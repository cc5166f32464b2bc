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
	"errors"

	"github.com/customtasks/customtasks/internal/lifecycle"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/utils/clock"
)

// work is a task as the lifecycle sees it.
type work[S any] struct {
	kind   schema.GroupVersionKind
	task   Task[S]
	clock  clock.PassiveClock
	config *configMap
}

func (w *work[S]) Prepare(ctx context.Context, run *v1beta1.CustomRun) (lifecycle.Prepared, error) {
	prepared, err := w.prepare(w.config.with(ctx), run)
	return prepared, lifecycleError(err)
}

func (w *work[S]) Reconcile(ctx context.Context, a lifecycle.Attempt) (lifecycle.Step, error) {
	run, err := newRun[S](a)
	if err != nil {
		return lifecycle.Step{}, lifecycleError(FailRun(ReasonInvalidSpec, err.Error()))
	}
	return step(w.task.Reconcile(w.config.with(ctx), run))
}

// Announce is what the task says of an attempt that starts; an empty step if it says nothing.
func (w *work[S]) Announce(a lifecycle.Attempt) lifecycle.Step {
	announcer, ok := w.task.(Announcer[S])
	if !ok {
		return lifecycle.Step{}
	}
	run, err := newRun[S](a)
	if err != nil {
		return lifecycle.Step{}
	}
	return announcer.Announce(run).step
}

func (w *work[S]) Stop(ctx context.Context, a lifecycle.Attempt, reason lifecycle.StopReason) (lifecycle.Step, error) {
	stopper, ok := w.task.(Stopper[S])
	if !ok {
		return lifecycle.Step{Phase: lifecycle.PhaseStopped}, nil
	}
	run, err := newRun[S](a)
	if err != nil {
		return lifecycle.Step{}, lifecycleError(FailRun(ReasonInvalidSpec, err.Error()))
	}
	return step(stopper.Stop(w.config.with(ctx), run, StopReason(reason)))
}

// Sweep lets a task stop what goes on after the end of a run.
func (w *work[S]) Sweep(ctx context.Context, run *v1beta1.CustomRun) error {
	if sweeper, ok := w.task.(Sweeper); ok {
		return sweeper.Sweep(w.config.with(ctx), run)
	}
	return nil
}

func step(o Outcome, err error) (lifecycle.Step, error) {
	if err == nil && o.err != nil {
		err = FailRun(ReasonStateTooLarge, "the state of this run cannot be stored: "+o.err.Error())
	}
	return o.step, lifecycleError(err)
}

// lifecycleError hands an author's Failure, wrapped or not, to the lifecycle.
func lifecycleError(err error) error {
	var failure *Failure
	if errors.As(err, &failure) {
		f := failure.failure
		return &f
	}
	return err
}
