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

// Package subpipeline drives runs of kind SubPipeline, and runs that name a Pipeline: a pipeline as one task of
// another one.
package subpipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/customtasks/customtasks/internal/children"
	"github.com/customtasks/customtasks/internal/refusal"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/reconciler/subpipeline/resources"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	tekton "github.com/tektoncd/pipeline/pkg/client/clientset/versioned"
	"knative.dev/pkg/apis"
)

const (
	// ReasonSucceeded: the PipelineRun has succeeded (True).
	ReasonSucceeded = "Succeeded"
	// ReasonQuotaExceeded: a quota of the namespace has no room for the PipelineRun (Unknown).
	ReasonQuotaExceeded = refusal.ReasonQuotaExceeded
	// ReasonPipelineNotFound: the pipeline could not be read (False, when no retries are left).
	ReasonPipelineNotFound = "PipelineNotFound"
	// ReasonPipelineFailed: the PipelineRun has failed (False, when no retries are left).
	ReasonPipelineFailed = "PipelineRunFailed"
	// ReasonPipelineTimedOut: the PipelineRun ran into a timeout of its own (False, when no retries are left).
	ReasonPipelineTimedOut = "PipelineRunTimedOut"
	// ReasonPipelineCancelled: somebody has cancelled the PipelineRun, and not the run (False, when no retries are
	// left).
	ReasonPipelineCancelled = "PipelineRunCancelled"
	// ReasonCycle: the pipeline would run inside of itself (False).
	ReasonCycle = "PipelineInsideItself"
	// ReasonTooDeep: too many pipelines are inside of each other (False).
	ReasonTooDeep = "NestedTooDeep"
)

const (
	// cacheLag is for how long the cache may lack a child that was just made, and how often one is read that the
	// cache goes on to lack, as when somebody has taken its label away.
	cacheLag = 5 * time.Second
)

// engine runs one PipelineRun for each attempt. It writes one request for it, and nothing while it runs.
type engine struct {
	children *children.Set
	tekton   tekton.Interface
	seen     seen
}

// WorkspaceUser marks the tasks: workspaces are the pipeline's.
func (*engine) WorkspaceUser() {}

// Announce says what the attempt is about to do, as Reconcile does once it has.
func (*engine) Announce(run *customtask.Run[Spec]) customtask.Outcome { return running(run) }

func running(run *customtask.Run[Spec]) customtask.Outcome {
	return customtask.Running(customtask.ReasonRunning, fmt.Sprintf("PipelineRun %q runs %s", run.ChildName(), run.Spec.pipeline()))
}

// Reconcile makes sure that the PipelineRun exists, and says how it has ended.
func (e *engine) Reconcile(ctx context.Context, run *customtask.Run[Spec]) (customtask.Outcome, error) {
	child, err := e.ensure(ctx, run)
	switch {
	case refusal.OverQuota(err):
		return overQuota(run, err).After(refusal.QuotaPause), nil
	case err != nil:
		return customtask.Outcome{}, err
	case child == nil, !child.Done && e.children.Cached(run.Namespace(), child.Name) == nil:
		return running(run).After(cacheLag), nil // nothing tells of a child that no cache has
	case !child.Done:
		return running(run), nil
	}
	if deadline, _ := run.Deadline(); child.RanOut(deadline) {
		return running(run), nil // until the attempt times out
	}
	return e.outcome(ctx, child, run.Now())
}

// overQuota says what a quota has said first: a text that differs each time would cause a write each time (C21).
func overQuota(run *customtask.Run[Spec], err error) customtask.Outcome {
	status := run.Object().Status
	if shown := status.GetCondition(apis.ConditionSucceeded); shown != nil && shown.Reason == ReasonQuotaExceeded {
		return customtask.Running(ReasonQuotaExceeded, shown.Message)
	}
	return customtask.Running(ReasonQuotaExceeded, fmt.Sprintf("trying again: %v", err))
}

// ensure returns the attempt's child and makes it if the attempt has not done so. Nil if it was just made, and is
// not in the cache yet.
func (e *engine) ensure(ctx context.Context, run *customtask.Run[Spec]) (*children.Child, error) {
	name, owner := run.ChildName(), run.OwnerReference().UID
	child := e.children.Cached(run.Namespace(), name)
	if child != nil && child.Owner.UID != owner {
		return nil, children.Foreign(children.PipelineRun, name)
	}
	since, made := e.seen.has(owner, run.Attempt())
	var err error
	switch {
	case child != nil:
	case made && run.Now().Sub(since) < cacheLag:
		return nil, nil
	case made:
		if child, err = e.children.Get(ctx, owner, run.Namespace(), name); err == nil && child == nil {
			err = children.Deleted(children.PipelineRun, name)
		}
	default:
		if err = e.checkLine(ctx, run.Object(), &run.Spec); err == nil {
			child, err = e.children.Create(ctx, resources.PipelineRun(children.ParentOf(run), name, run.Spec.SubPipelineSpec))
		}
	}
	if err != nil {
		return nil, err
	}
	e.seen.mark(owner, run.Attempt(), run.Now())
	return child, nil
}

// outcome is how a child has ended.
func (e *engine) outcome(ctx context.Context, child *children.Child, now time.Time) (customtask.Outcome, error) {
	if child.Succeeded {
		message := fmt.Sprintf("PipelineRun %q has succeeded: %s", child.Name, child.Message)
		return withResults(customtask.Succeeded(ReasonSucceeded, message), child), nil
	}
	reason := ReasonPipelineFailed
	switch pipelinev1.PipelineRunReason(child.Reason) {
	case pipelinev1.PipelineRunReasonCouldntGetPipeline:
		reason = ReasonPipelineNotFound
	case pipelinev1.PipelineRunReasonTimedOut:
		reason = ReasonPipelineTimedOut
	case pipelinev1.PipelineRunReasonCancelled, pipelinev1.PipelineRunReasonCancelledRunningFinally, pipelinev1.PipelineRunReasonStoppedRunningFinally:
		reason = ReasonPipelineCancelled
	}
	message := fmt.Sprintf("PipelineRun %q: %s: %s", child.Name, child.Reason, child.Message)
	why, err := e.children.Why(ctx, child, now)
	switch {
	case err != nil:
		return customtask.Outcome{}, err
	case why != "":
		message += "; " + why
	}
	failure := customtask.FailAttempt(reason, message)
	for _, r := range child.Results {
		failure = failure.WithResult(r.Name, r.Text())
	}
	return customtask.Outcome{}, failure
}

func withResults(o customtask.Outcome, child *children.Child) customtask.Outcome {
	for _, r := range child.Results {
		o = o.WithResult(r.Name, r.Text())
	}
	return o
}

// Stop cancels the PipelineRun and waits for its end. One that has ended before the deadline, and was seen late,
// decides the attempt.
func (e *engine) Stop(ctx context.Context, run *customtask.Run[Spec], reason customtask.StopReason) (customtask.Outcome, error) {
	child, err := e.children.Get(ctx, run.OwnerReference().UID, run.Namespace(), run.ChildName())
	if err != nil {
		return customtask.Outcome{}, err
	}
	deadline, _ := run.Deadline()
	if reason == customtask.TimedOut && child != nil && child.Done {
		switch {
		case child.RanOut(deadline):
			return withResults(customtask.Stopped().WithMessage(child.Message), child), nil
		case !child.Stopping && !child.Completion.After(deadline):
			return e.outcome(ctx, child, run.Now())
		}
	}
	stopped, err := e.children.Cancel(ctx, child)
	switch {
	case err != nil:
		return customtask.Outcome{}, err
	case !stopped:
		return customtask.Running(customtask.ReasonStopping, fmt.Sprintf("waiting for PipelineRun %q to stop", child.Name)), nil
	case child == nil:
		return customtask.Stopped(), nil
	}
	return withResults(customtask.Stopped(), child), nil
}

// Sweep stops PipelineRuns that go on though the run is done.
func (e *engine) Sweep(ctx context.Context, object *v1beta1.CustomRun) error {
	return e.children.Sweep(ctx, object)
}
