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
	"fmt"

	"github.com/customtasks/customtasks/internal/children"
	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	typed "github.com/customtasks/customtasks/pkg/client/clientset/versioned/typed/custom/v1alpha1"
	client "github.com/customtasks/customtasks/pkg/client/injection/client"
	pipelineloopinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/custom/v1alpha1/pipelineloop"
	taskloopinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/custom/v1alpha1/taskloop"
	listers "github.com/customtasks/customtasks/pkg/client/listers/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline"
	tektonclient "github.com/tektoncd/pipeline/pkg/client/injection/client"
	customruninformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1beta1/customrun"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/apis"
	"knative.dev/pkg/injection"
)

// What a CustomRun names to be a loop, or to break one.
var (
	// TaskLoopKind is a loop over a Task.
	TaskLoopKind = v1alpha1.SchemeGroupVersion.WithKind("TaskLoop")
	// PipelineLoopKind is a loop over a Pipeline.
	PipelineLoopKind = v1alpha1.SchemeGroupVersion.WithKind("PipelineLoop")
	// BreakTaskKind is a task that does nothing, for breaking out of a PipelineLoop.
	BreakTaskKind = v1alpha1.SchemeGroupVersion.WithKind("BreakTask")
)

// NewTaskLoopController drives the runs of kind TaskLoop.
func NewTaskLoopController(opts ...customtask.Option) injection.ControllerConstructor {
	return customtask.NewController(TaskLoopKind, &TaskLoop{}, opts...)
}

// NewPipelineLoopController drives the runs of kind PipelineLoop.
func NewPipelineLoopController(opts ...customtask.Option) injection.ControllerConstructor {
	return customtask.NewController(PipelineLoopKind, &PipelineLoop{}, opts...)
}

// NewBreakTaskController drives the runs of kind BreakTask.
func NewBreakTaskController(opts ...customtask.Option) injection.ControllerConstructor {
	return customtask.NewController(BreakTaskKind, BreakTask{}, opts...)
}

type taskLoops struct {
	lister listers.TaskLoopLister
	client typed.TaskLoopsGetter
}

type pipelineLoops struct {
	lister listers.PipelineLoopLister
	client typed.PipelineLoopsGetter
}

// Initialize watches TaskRuns of loops, and TaskLoops.
func (t *TaskLoop) Initialize(ctx context.Context, env customtask.Env) (err error) {
	t.definitions = taskLoops{lister: taskloopinformer.Get(ctx).Lister(), client: client.Get(ctx).CustomV1alpha1()}
	if t.set, err = children.TaskRuns(ctx, env); err != nil {
		return err
	}
	return t.memory.follow(customruninformer.Get(ctx).Informer())
}

// GetSpec reads a TaskLoop from the cache, and from the API server if the cache has none.
func (t *TaskLoop) GetSpec(ctx context.Context, namespace, name string) (*TaskSpec, error) {
	object, err := t.definitions.lister.TaskLoops(namespace).Get(name)
	if apierrors.IsNotFound(err) {
		object, err = t.definitions.client.TaskLoops(namespace).Get(ctx, name, metav1.GetOptions{})
	}
	if err != nil {
		return nil, err
	}
	if object.Unreadable != "" {
		return nil, customtask.FailRun(customtask.ReasonInvalidSpec, fmt.Sprintf("TaskLoop %q cannot be read: %s; correct it", name, object.Unreadable))
	}
	return &TaskSpec{TaskLoopSpec: object.Spec, Metadata: metadataOf(object)}, nil
}

// Initialize watches PipelineRuns of loops, and PipelineLoops.
func (t *PipelineLoop) Initialize(ctx context.Context, env customtask.Env) (err error) {
	t.definitions = pipelineLoops{lister: pipelineloopinformer.Get(ctx).Lister(), client: client.Get(ctx).CustomV1alpha1()}
	runs, tekton := customruninformer.Get(ctx).Lister(), tektonclient.Get(ctx)
	t.breaks.ended = func(ctx context.Context, namespace string, ref children.Ref) (bool, error) {
		var status interface {
			GetCondition(apis.ConditionType) *apis.Condition
		}
		if ref.Kind == pipeline.CustomRunControllerName {
			run, err := runs.CustomRuns(namespace).Get(ref.Name)
			if err != nil {
				return false, nil //nolint:nilerr // not seen yet; the PipelineRun ends later
			}
			status = &run.Status
		} else {
			run, err := tekton.TektonV1().TaskRuns(namespace).Get(ctx, ref.Name, metav1.GetOptions{})
			if apierrors.IsNotFound(err) {
				return false, nil
			}
			if err != nil {
				return false, fmt.Errorf("reading TaskRun %q, which breaks the loop when it ends: %w", ref.Name, err)
			}
			status = &run.Status
		}
		c := status.GetCondition(apis.ConditionSucceeded)
		return c != nil && !c.IsUnknown(), nil
	}
	if t.set, err = children.PipelineRuns(ctx, env); err != nil {
		return err
	}
	return t.memory.follow(customruninformer.Get(ctx).Informer())
}

// GetSpec reads a PipelineLoop from the cache, and from the API server if the cache has none.
func (t *PipelineLoop) GetSpec(ctx context.Context, namespace, name string) (*PipelineSpec, error) {
	object, err := t.definitions.lister.PipelineLoops(namespace).Get(name)
	if apierrors.IsNotFound(err) {
		object, err = t.definitions.client.PipelineLoops(namespace).Get(ctx, name, metav1.GetOptions{})
	}
	if err != nil {
		return nil, err
	}
	if object.Unreadable != "" {
		return nil, customtask.FailRun(customtask.ReasonInvalidSpec, fmt.Sprintf("PipelineLoop %q cannot be read: %s; correct it", name, object.Unreadable))
	}
	return &PipelineSpec{PipelineLoopSpec: object.Spec, Metadata: metadataOf(object)}, nil
}
