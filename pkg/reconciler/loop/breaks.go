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

package loop

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/customtasks/customtasks/internal/children"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/progress"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

const (
	// LabelLastTask on a run names a task of the loop's Pipeline: once an iteration has skipped that task, none is
	// started any more, and the loop ends with success when those under way have ended.
	LabelLastTask = "last-loop-task"
	// BreakTaskPrefix begins the names of tasks in the loop's Pipeline which end the loop with success once
	// they have ended.
	BreakTaskPrefix = children.BreakTaskPrefix
)

// breakTimeout is how long a loop that was broken out of waits for its iterations to stop.
const breakTimeout = 5 * time.Minute

// breaks finds out whether an iteration of a PipelineLoop has broken out of it.
type breaks struct {
	// ended reports whether a task of a Pipeline has ended.
	ended func(ctx context.Context, namespace string, ref children.Ref) (bool, error)
}

func (b breaks) broken(ctx context.Context, object *v1beta1.CustomRun, child *children.Child, changed bool) (progress.Verdict, error) {
	for _, ref := range child.Breaks {
		if !strings.HasPrefix(ref.Task, BreakTaskPrefix) {
			continue
		}
		// One that timed out has ended the task itself.
		if child.Reason == string(v1.PipelineRunReasonTimedOut) {
			break
		}
		// A PipelineRun that was not asked to stop ends after all of its tasks.
		if child.Done && !child.Ending {
			return progress.Break, nil
		}
		// The end of a TaskRun changes the PipelineRun that it is part of.
		if ref.Kind != pipeline.CustomRunControllerName && !changed {
			continue
		}
		ended, err := b.ended(ctx, child.Namespace, ref)
		switch {
		case err != nil:
			return "", err
		case ended:
			return progress.Break, nil
		}
	}
	if last := object.Labels[LabelLastTask]; last != "" && slices.Contains(child.Skipped, last) {
		return progress.Last, nil
	}
	return "", nil
}

// breakOut ends a loop that was broken out of when what is under way has ended, or after a break task has not stopped
// for long.
func (e *engine) breakOut(ctx context.Context, l *look) (customtask.Outcome, error) {
	if len(l.open) == 0 {
		// What was made and is in no cache yet must not go on after the end.
		live, err := e.observe(ctx, l.attempt, true)
		if err != nil {
			return customtask.Outcome{}, err
		}
		l = live
	}
	if len(l.open) == 0 {
		return l.conclude(ctx)
	}
	if l.verdict != l.was.Verdict {
		return l.running(true).After(time.Millisecond), nil // stored first, as in reconcile
	}
	left := breakTimeout
	if l.verdict == progress.Break {
		if since := l.was.VerdictTime; since != nil {
			left = min(left, since.Add(breakTimeout).Sub(l.Now()))
		}
		asked := !slices.ContainsFunc(l.open, func(t try) bool { return !t.child.Stopping })
		_, err := e.set.Cancel(ctx, l.children()...)
		switch {
		case left <= 0 && (asked || err != nil):
			return l.conclude(ctx)
		case err != nil:
			return customtask.Outcome{}, err
		}
		left = max(left, time.Second)
	}
	out := l.running(l.due())
	if after := l.after(true); after > 0 {
		left = min(left, after)
	}
	return out.After(left), nil
}
