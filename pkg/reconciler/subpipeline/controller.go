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

package subpipeline

import (
	"context"
	"fmt"

	"github.com/customtasks/customtasks/internal/children"
	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/client/clientset/versioned"
	client "github.com/customtasks/customtasks/pkg/client/injection/client"
	subpipelineinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/custom/v1alpha1/subpipeline"
	listers "github.com/customtasks/customtasks/pkg/client/listers/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	tektonclient "github.com/tektoncd/pipeline/pkg/client/injection/client"
	pipelineinformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1/pipeline"
	customruninformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1beta1/customrun"
	tektonlisters "github.com/tektoncd/pipeline/pkg/client/listers/pipeline/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/injection"
)

// What a CustomRun names to be a sub-pipeline.
var (
	// Kind is a sub-pipeline by an object of the kind, or by an embedded spec.
	Kind = v1alpha1.SchemeGroupVersion.WithKind("SubPipeline")
	// PipelineKind is a sub-pipeline by the Pipeline itself, and PipelineV1Kind the same in another version.
	PipelineKind   = v1beta1.SchemeGroupVersion.WithKind("Pipeline")
	PipelineV1Kind = pipelinev1.SchemeGroupVersion.WithKind("Pipeline")
)

// PipelineV1Name tells the controller of PipelineV1Kind from that of PipelineKind.
const PipelineV1Name = "v1.pipeline.tekton.dev"

// NewController drives the runs of kind SubPipeline.
func NewController(opts ...customtask.Option) injection.ControllerConstructor {
	return customtask.NewController(Kind, &Task{}, opts...)
}

// NewPipelineController drives the runs that name a Pipeline.
func NewPipelineController(opts ...customtask.Option) injection.ControllerConstructor {
	return customtask.NewController(PipelineKind, &PipelineTask{}, opts...)
}

// NewPipelineV1Controller drives the runs that name a Pipeline by tekton.dev/v1.
func NewPipelineV1Controller(opts ...customtask.Option) injection.ControllerConstructor {
	return customtask.NewController(PipelineV1Kind, &PipelineTask{}, append([]customtask.Option{customtask.WithName(PipelineV1Name)}, opts...)...)
}

// Task is a sub-pipeline by an object of kind SubPipeline, or by an embedded spec.
type Task struct {
	engine
	definitions definitions
}

// PipelineTask is a sub-pipeline by the name of the Pipeline.
type PipelineTask struct {
	engine
	pipelines tektonlisters.PipelineLister
}

var (
	_ customtask.Task[Spec]       = (*Task)(nil)
	_ customtask.Stopper[Spec]    = (*Task)(nil)
	_ customtask.Announcer[Spec]  = (*Task)(nil)
	_ customtask.Sweeper          = (*Task)(nil)
	_ customtask.Referencer[Spec] = (*Task)(nil)
	_ customtask.NameRequired     = (*Task)(nil)
	_ customtask.WorkspaceUser    = (*Task)(nil)
	_ customtask.Initializer      = (*Task)(nil)
	_ customtask.Task[Spec]       = (*PipelineTask)(nil)
	_ customtask.Stopper[Spec]    = (*PipelineTask)(nil)
	_ customtask.Announcer[Spec]  = (*PipelineTask)(nil)
	_ customtask.Sweeper          = (*PipelineTask)(nil)
	_ customtask.Referencer[Spec] = (*PipelineTask)(nil)
	_ customtask.NameOnly         = (*PipelineTask)(nil)
	_ customtask.WorkspaceUser    = (*PipelineTask)(nil)
	_ customtask.Initializer      = (*PipelineTask)(nil)
)

// Initialize watches the PipelineRuns that runs have made.
func (e *engine) Initialize(ctx context.Context, env customtask.Env) error {
	e.tekton = tektonclient.Get(ctx)
	if err := e.seen.follow(customruninformer.Get(ctx).Informer()); err != nil {
		return err
	}
	var err error
	e.children, err = children.PipelineRuns(ctx, env)
	return err
}

// definitions finds SubPipeline objects.
type definitions struct {
	lister listers.SubPipelineLister
	client versioned.Interface
}

// Initialize takes the SubPipeline informer too.
func (t *Task) Initialize(ctx context.Context, env customtask.Env) error {
	t.definitions = definitions{lister: subpipelineinformer.Get(ctx).Lister(), client: client.Get(ctx)}
	return t.engine.Initialize(ctx, env)
}

// NameRequired marks the task: without a spec there is nothing to run.
func (*Task) NameRequired() {}

// GetSpec reads a SubPipeline from the cache, and from the API server if the cache has none.
func (t *Task) GetSpec(ctx context.Context, namespace, name string) (*Spec, error) {
	object, err := t.definitions.lister.SubPipelines(namespace).Get(name)
	if apierrors.IsNotFound(err) {
		object, err = t.definitions.client.CustomV1alpha1().SubPipelines(namespace).Get(ctx, name, metav1.GetOptions{})
	}
	if err != nil {
		return nil, err
	}
	if object.Unreadable != "" {
		return nil, customtask.FailRun(customtask.ReasonInvalidSpec, fmt.Sprintf("SubPipeline %q cannot be read: %s; correct it", name, object.Unreadable))
	}
	return &Spec{SubPipelineSpec: object.Spec}, nil
}

// NameOnly refuses embedded specs: the form is for the name of a Pipeline.
func (*PipelineTask) NameOnly() {}

// Initialize watches Pipelines too, of which only the names are kept.
func (t *PipelineTask) Initialize(ctx context.Context, env customtask.Env) error {
	informer := pipelineinformer.Get(ctx)
	if err := informer.Informer().SetTransform(nameOnly); err != nil {
		return fmt.Errorf("preparing the cache of Pipelines: %w", err)
	}
	t.pipelines = informer.Lister()
	return t.engine.Initialize(ctx, env)
}

// nameOnly is what the cache keeps of a Pipeline.
func nameOnly(obj any) (any, error) {
	pipeline, ok := obj.(*pipelinev1.Pipeline)
	if !ok {
		return obj, nil
	}
	return &pipelinev1.Pipeline{ObjectMeta: metav1.ObjectMeta{
		Namespace: pipeline.Namespace, Name: pipeline.Name, UID: pipeline.UID, ResourceVersion: pipeline.ResourceVersion,
	}}, nil
}

// GetSpec names the Pipeline, if there is one: in the cache, or else live.
func (t *PipelineTask) GetSpec(ctx context.Context, namespace, name string) (*Spec, error) {
	_, err := t.pipelines.Pipelines(namespace).Get(name)
	if apierrors.IsNotFound(err) {
		_, err = t.tekton.TektonV1().Pipelines(namespace).Get(ctx, name, metav1.GetOptions{})
	}
	if err != nil {
		return nil, err
	}
	return &Spec{SubPipelineSpec: v1alpha1.SubPipelineSpec{PipelineRef: &pipelinev1.PipelineRef{Name: name}}}, nil
}
