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
	"strconv"

	"github.com/customtasks/customtasks/internal/children"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/items"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/resources"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TaskLoop runs a Task for each item.
type TaskLoop struct {
	engine
	definitions taskLoops
}

var (
	_ customtask.Task[TaskSpec]       = (*TaskLoop)(nil)
	_ customtask.Stopper[TaskSpec]    = (*TaskLoop)(nil)
	_ customtask.Referencer[TaskSpec] = (*TaskLoop)(nil)
	_ customtask.Initializer          = (*TaskLoop)(nil)
	_ customtask.Sweeper              = (*TaskLoop)(nil)
	_ customtask.ConfigWatcher        = (*TaskLoop)(nil)
	_ customtask.WorkspaceUser        = (*TaskLoop)(nil)
)

// ConfigName is the ConfigMap with the limit on items.
func (*TaskLoop) ConfigName() string { return ConfigName }

// WorkspaceUser marks the task: the run's workspaces are for its iterations.
func (*TaskLoop) WorkspaceUser() {}

// Reconcile starts the iterations that may be started, and follows the others.
func (t *TaskLoop) Reconcile(ctx context.Context, r *customtask.Run[TaskSpec]) (customtask.Outcome, error) {
	a, err := t.attempt(r)
	if err != nil {
		return customtask.Outcome{}, err
	}
	return t.reconcile(ctx, a)
}

// Stop cancels the iterations under way.
func (t *TaskLoop) Stop(ctx context.Context, r *customtask.Run[TaskSpec], reason customtask.StopReason) (customtask.Outcome, error) {
	a, err := t.attempt(r)
	if err != nil {
		return customtask.Outcome{}, err
	}
	return t.stop(ctx, a, reason)
}

func (t *TaskLoop) attempt(r *customtask.Run[TaskSpec]) (attempt, error) {
	list, err := t.list(r, r.Spec.Loop, r.Spec.Given, taskSeparator)
	if err != nil {
		return attempt{}, err
	}
	labelled, err := withLabels(r, r.Spec.Metadata)
	if err != nil {
		return attempt{}, err
	}
	object := labelled.object
	return attempt{
		run: labelled, object: object, loop: r.Spec.Loop, list: list, given: r.Spec.Given, atOnce: atOnce(r.Spec.Concurrency), declared: r.Spec.declared(),
		build: func(parent children.Parent, name string, item items.Item, i int) (metav1.Object, error) {
			spec, err := resources.TaskRun(r.Spec.TaskLoopSpec, resources.Params(r.Spec.Given, list.Used(), item))
			if err != nil {
				return nil, err
			}
			child := parent.TaskRun(name, *spec)
			child.Labels[resources.LabelTaskIteration] = strconv.Itoa(i + 1)
			resources.Label(child, object)
			return child, nil
		},
	}, nil
}
