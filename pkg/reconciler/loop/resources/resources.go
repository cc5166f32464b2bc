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

// Package resources builds what the iterations of a loop run.
package resources

import (
	"slices"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/items"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// Labels of the iterations, as task-loops and pipeline-loops have them.
const (
	// LabelTaskIteration is the number of an iteration of a TaskLoop, from 1.
	LabelTaskIteration = "custom.tekton.dev/taskLoopIteration"
	// LabelPipelineIteration is the number of an iteration of a PipelineLoop, from 1.
	LabelPipelineIteration = "custom.tekton.dev/pipelineLoopIteration"
	// LabelTaskLoop and LabelPipelineLoop are the named object that the loop comes from, if it has one.
	LabelTaskLoop     = "custom.tekton.dev/taskLoop"
	LabelPipelineLoop = "custom.tekton.dev/pipelineLoop"
	// LabelRun is the CustomRun of the loop, if its name can be a label.
	LabelRun = "tekton.dev/customRun"
)

// Params of an iteration: the run's, without those that say what to iterate over, and the item's. No name is in
// both: items.Of refuses it.
func Params(given v1.Params, used []string, item items.Item) v1.Params {
	out := make(v1.Params, 0, len(given)+len(item.Params))
	for _, p := range given {
		if !slices.Contains(used, p.Name) {
			out = append(out, p)
		}
	}
	return append(out, item.Params...)
}

// TaskRun is the spec of an iteration of a TaskLoop.
func TaskRun(spec v1alpha1.TaskLoopSpec, params v1.Params) (*v1.TaskRunSpec, error) {
	task, err := spec.Task()
	if err != nil {
		return nil, err
	}
	return &v1.TaskRunSpec{
		TaskRef:            spec.TaskRef,
		TaskSpec:           task,
		Params:             params,
		Timeout:            spec.Timeout,
		ServiceAccountName: spec.ServiceAccountName,
		PodTemplate:        spec.PodTemplate,
		Workspaces:         spec.Workspaces,
	}, nil
}

// PipelineRun is the spec of an iteration of a PipelineLoop.
func PipelineRun(spec v1alpha1.PipelineLoopSpec, params v1.Params) (*v1.PipelineRunSpec, error) {
	pipeline, err := spec.Pipeline()
	if err != nil {
		return nil, err
	}
	out := &v1.PipelineRunSpec{
		PipelineRef:  spec.PipelineRef,
		PipelineSpec: pipeline,
		Params:       params,
		TaskRunTemplate: v1.PipelineTaskRunTemplate{
			ServiceAccountName: spec.ServiceAccountName,
			PodTemplate:        spec.PodTemplate,
		},
		Workspaces:   spec.Workspaces,
		TaskRunSpecs: spec.TaskRunSpecs,
	}
	if spec.Timeout != nil {
		out.Timeouts = &v1.TimeoutFields{Pipeline: spec.Timeout}
	}
	return out, nil
}

// Label adds where a child comes from.
func Label(child metav1.Object, run *v1beta1.CustomRun) {
	labels := child.GetLabels()
	add := func(key, value string) {
		if value != "" && len(validation.IsValidLabelValue(value)) == 0 {
			labels[key] = value
		}
	}
	add(LabelRun, run.Name)
	if ref := run.Spec.CustomRef; ref != nil && ref.Kind == "TaskLoop" {
		add(LabelTaskLoop, ref.Name)
	} else if ref != nil {
		add(LabelPipelineLoop, ref.Name)
	}
	child.SetLabels(labels)
}
