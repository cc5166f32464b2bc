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

package children

import (
	"context"
	"fmt"

	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	typed "github.com/tektoncd/pipeline/pkg/client/clientset/versioned/typed/pipeline/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
)

// server reads and writes one kind of children at the API server.
type server interface {
	get(ctx context.Context, namespace, name string) (metav1.Object, error)
	create(ctx context.Context, object metav1.Object) (metav1.Object, error)
	// list is a page of those that are there.
	list(ctx context.Context, namespace string, options metav1.ListOptions) (runtime.Object, error)
	patch(ctx context.Context, namespace, name string, patch []byte) error
	// stopped is the spec.status that asks for an end.
	stopped() string
}

type taskRuns struct{ client typed.TaskRunsGetter }

func (t taskRuns) get(ctx context.Context, namespace, name string) (metav1.Object, error) {
	return t.client.TaskRuns(namespace).Get(ctx, name, metav1.GetOptions{})
}

func (t taskRuns) create(ctx context.Context, object metav1.Object) (metav1.Object, error) {
	run, ok := object.(*pipelinev1.TaskRun)
	if !ok {
		return nil, fmt.Errorf("a %T is no TaskRun", object)
	}
	return t.client.TaskRuns(run.Namespace).Create(ctx, run, metav1.CreateOptions{})
}

func (t taskRuns) list(ctx context.Context, namespace string, options metav1.ListOptions) (runtime.Object, error) {
	return t.client.TaskRuns(namespace).List(ctx, options)
}

func (t taskRuns) patch(ctx context.Context, namespace, name string, patch []byte) error {
	_, err := t.client.TaskRuns(namespace).Patch(ctx, name, types.JSONPatchType, patch, metav1.PatchOptions{})
	return err
}

func (taskRuns) stopped() string { return pipelinev1.TaskRunSpecStatusCancelled }

type pipelineRuns struct{ client typed.PipelineRunsGetter }

func (p pipelineRuns) get(ctx context.Context, namespace, name string) (metav1.Object, error) {
	return p.client.PipelineRuns(namespace).Get(ctx, name, metav1.GetOptions{})
}

func (p pipelineRuns) create(ctx context.Context, object metav1.Object) (metav1.Object, error) {
	run, ok := object.(*pipelinev1.PipelineRun)
	if !ok {
		return nil, fmt.Errorf("a %T is no PipelineRun", object)
	}
	return p.client.PipelineRuns(run.Namespace).Create(ctx, run, metav1.CreateOptions{})
}

func (p pipelineRuns) list(ctx context.Context, namespace string, options metav1.ListOptions) (runtime.Object, error) {
	return p.client.PipelineRuns(namespace).List(ctx, options)
}

func (p pipelineRuns) patch(ctx context.Context, namespace, name string, patch []byte) error {
	_, err := p.client.PipelineRuns(namespace).Patch(ctx, name, types.JSONPatchType, patch, metav1.PatchOptions{})
	return err
}

func (pipelineRuns) stopped() string { return pipelinev1.PipelineRunSpecStatusCancelled }
