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

// PipelineLoop runs a Pipeline for each item.
type PipelineLoop struct {
	engine
	breaks      breaks
	definitions pipelineLoops
}

var (
	_ customtask.Task[PipelineSpec]       = (*PipelineLoop)(nil)
	_ customtask.Stopper[PipelineSpec]    = (*PipelineLoop)(nil)
	_ customtask.Referencer[PipelineSpec] = (*PipelineLoop)(nil)
	_ customtask.Initializer              = (*PipelineLoop)(nil)
	_ customtask.Sweeper                  = (*PipelineLoop)(nil)
	_ customtask.ConfigWatcher            = (*PipelineLoop)(nil)
	_ customtask.WorkspaceUser            = (*PipelineLoop)(nil)
)

// ConfigName is the ConfigMap with the limit on items.
func (*PipelineLoop) ConfigName() string { return ConfigName }

// WorkspaceUser marks the task: the run's workspaces are for its iterations.
func (*PipelineLoop) WorkspaceUser() {}

// Reconcile starts the iterations that may be started, and follows the others.
func (t *PipelineLoop) Reconcile(ctx context.Context, r *customtask.Run[PipelineSpec]) (customtask.Outcome, error) {
	a, err := t.attempt(r)
	if err == nil {
		err = t.tooDeep(ctx, a)
	}
	if err != nil {
		return customtask.Outcome{}, err
	}
	return t.reconcile(ctx, a)
}

// Stop cancels the iterations under way.
func (t *PipelineLoop) Stop(ctx context.Context, r *customtask.Run[PipelineSpec], reason customtask.StopReason) (customtask.Outcome, error) {
	a, err := t.attempt(r)
	if err != nil {
		return customtask.Outcome{}, err
	}
	return t.stop(ctx, a, reason)
}

func (t *PipelineLoop) attempt(r *customtask.Run[PipelineSpec]) (attempt, error) {
	list, err := t.list(r, r.Spec.Loop, r.Spec.Given, pipelineSeparator)
	if err != nil {
		return attempt{}, err
	}
	labelled, err := withLabels(r, r.Spec.Metadata)
	if err != nil {
		return attempt{}, err
	}
	object := labelled.object
	return attempt{
		run: labelled, object: object, loop: r.Spec.Loop, list: list, given: r.Spec.Given, atOnce: atOnce(r.Spec.Parallelism), declared: r.Spec.declared(),
		broken: t.breaks.broken,
		build: func(parent children.Parent, name string, item items.Item, i int) (metav1.Object, error) {
			spec, err := resources.PipelineRun(r.Spec.PipelineLoopSpec, resources.Params(r.Spec.Given, list.Used(), item))
			if err != nil {
				return nil, err
			}
			child := parent.PipelineRun(name, *spec)
			child.Labels[resources.LabelPipelineIteration] = strconv.Itoa(i + 1)
			resources.Label(child, object)
			return child, nil
		},
	}, nil
}
