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

// Package loop drives loops: runs of kind TaskLoop and PipelineLoop, which run a Task or a Pipeline for
// each of many items.
//
// One engine serves both. Iterations have numbers and their children have names that depend on nothing but
// the run, the attempt, the number and the try. Iteration i, from 0, is started only when i is less than
// the number of iterations that are known to have ended plus the concurrency. What has ended stays so,
// therefore no view of the cluster, however old, starts more than there may be at once: neither after a
// restart nor in two replicas at a time.
//
// What has ended is stored when half as many iterations have ended as may run at once, so that a status
// write is rare and small. Until then it is remembered in this process alone. A process that starts anew
// finds it in the children.
package loop

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/customtasks/customtasks/internal/children"
	"github.com/customtasks/customtasks/internal/refusal"
	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/items"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/progress"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Reasons beside those of every kind and of children.
const (
	// ReasonRunning: iterations are under way (Unknown).
	ReasonRunning = "Running"
	// ReasonSucceeded: all iterations succeeded, or there were none (True).
	ReasonSucceeded = "LoopSucceeded"
	// ReasonQuotaExceeded: a quota of the namespace has no room for more iterations (Unknown).
	ReasonQuotaExceeded = refusal.ReasonQuotaExceeded
	// ReasonBroken: an iteration broke out of the loop (True).
	ReasonBroken = "LoopBroken"
	// ReasonUntilMet: the condition of until holds (True).
	ReasonUntilMet = "UntilMet"
	// ReasonUntilNotMet: all iterations have ended, and until was never true (False).
	ReasonUntilNotMet = "UntilNotMet"
	// ReasonUntilInvalid: until cannot be evaluated for what an iteration gave (False).
	ReasonUntilInvalid = "UntilInvalid"
	// ReasonIterationFailed: an iteration failed (False).
	ReasonIterationFailed = "IterationFailed"
	// ReasonReservedResult: a child has a result that is named as one of the loop's own (False).
	ReasonReservedResult = "ReservedResult"
	// ReasonNestedTooDeep: loops are nested deeper than MaxDepth (False).
	ReasonNestedTooDeep = "NestedTooDeep"
)

// MaxDepth is how many loops over pipelines and sub-pipelines may be inside of each other.
const MaxDepth = children.MaxDepth

// run is what a loop needs of a customtask.Run, whatever its spec.
type run interface {
	children.Run
	Name() string
	ChildName(parts ...string) string
	Attempt() int
	StartTime() time.Time
	State(v any) bool
}

// attempt is one attempt of a run, and what it does.
type attempt struct {
	run
	object *v1beta1.CustomRun
	loop   v1alpha1.Loop
	list   items.List
	// given are the run's params.
	given v1.Params
	// atOnce is how many iterations run at once.
	atOnce int
	// declared are the results that the children are known to have.
	declared []string
	// build makes the child of an iteration, from 0.
	build func(parent children.Parent, name string, item items.Item, i int) (metav1.Object, error)
	// broken says how a child has broken out of the loop, if it has; nil if none can. It reads from the API server
	// only if the child has changed since it was asked before.
	broken func(ctx context.Context, object *v1beta1.CustomRun, child *children.Child, changed bool) (progress.Verdict, error)
}

// uid of the run.
func (a attempt) uid() types.UID { return a.OwnerReference().UID }

// engine starts iterations, follows them and says where they stand.
type engine struct {
	set    *children.Set
	memory memories
	// makers of children at the same time; 0 is the default.
	makers int
}

// reconcile takes one look at the iterations and starts what may be started.
func (e *engine) reconcile(ctx context.Context, a attempt) (customtask.Outcome, error) {
	l, err := e.observe(ctx, a, false)
	if err != nil {
		return customtask.Outcome{}, err
	}
	if l.unstored() && l.verdict == "" {
		// It is stored first: a process that starts anew would make that child again.
		return l.running(true).After(time.Millisecond), nil
	}
	if l.verdict == "" {
		if err := e.start(ctx, l); err != nil {
			var failure *customtask.Failure
			if errors.As(err, &failure) || !l.due() {
				return customtask.Outcome{}, err
			}
			// What has ended is stored first; the next look tries again.
			return l.running(true).After(retryDelay), nil
		}
	}
	switch {
	case l.cancels() && l.verdict != l.was.Verdict && len(l.open) > 0:
		// It is stored first: from then on, a child that was cancelled was so by the loop.
		return l.running(true).After(time.Millisecond), nil
	case l.verdict == progress.Failure && l.cancels() && len(l.open) > 0:
		return l.conclude(ctx) // which stops the others
	case l.verdict == progress.Break, l.verdict == progress.Last && len(l.open) == 0:
		return e.breakOut(ctx, l)
	case l.over():
		return l.conclude(ctx)
	}
	return l.running(l.due()), nil
}

// stop cancels what is under way. What had all ended before the deadline counts.
func (e *engine) stop(ctx context.Context, a attempt, reason customtask.StopReason) (customtask.Outcome, error) {
	l, err := e.observe(ctx, a, true)
	if err != nil {
		return customtask.Outcome{}, err
	}
	stopped, err := e.set.Cancel(ctx, l.children()...)
	switch {
	case err != nil:
		return customtask.Outcome{}, err
	case !stopped:
		return customtask.Running(customtask.ReasonStopping, "waiting for the iterations under way to stop").After(l.after(true)), nil
	}
	if err := l.gone(ctx); err != nil {
		return customtask.Outcome{}, err
	}
	s := l.state()
	if deadline, ok := a.Deadline(); ok && reason == customtask.TimedOut && l.over() && s.Cancelled == 0 && !l.endedAfter(deadline) {
		return l.conclude(ctx)
	}
	_, message := l.stands(s)
	// What does not fit may be what has ended the loop, and must not keep the rest from being stored.
	return l.ending(customtask.Stopped(), s, fitting(l.results(s, conditionFailed))).WithMessage(message), nil
}

// Sweep stops iterations that go on though the run is done.
func (e *engine) Sweep(ctx context.Context, object *v1beta1.CustomRun) error {
	return e.set.Sweep(ctx, object)
}

// list is what the attempt iterates over. The spec was found good when the run started.
func (e *engine) list(r run, loop v1alpha1.Loop, given v1.Params, separator string) (items.List, error) {
	m := e.memory.of(r.OwnerReference().UID, r.Attempt())
	if m.list == nil {
		list, err := items.Of(loop, given, separator, math.MaxInt)
		if err != nil {
			return items.List{}, customtask.FailRun(customtask.ReasonInvalidSpec, err.Error())
		}
		m.list = &list
	}
	return *m.list, nil
}

// tooDeep fails a run that is nested deeper than loops may be. It is asked once, when the attempt starts.
func (e *engine) tooDeep(ctx context.Context, a attempt) error {
	var s progress.State
	if a.State(&s) {
		return nil
	}
	line, err := e.set.Ancestors(ctx, a.object)
	if err == nil && len(line) >= MaxDepth {
		return customtask.FailRun(ReasonNestedTooDeep, fmt.Sprintf(
			"the loop is inside of %d other loops and sub-pipelines, and no more are allowed; does its pipeline run itself?", len(line)))
	}
	return err
}
