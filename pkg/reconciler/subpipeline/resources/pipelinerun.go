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

// Package resources builds the PipelineRun of a sub-pipeline. It neither reads nor writes.
package resources

import (
	"github.com/customtasks/customtasks/internal/children"
	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
)

// PipelineRun builds the child of that name.
func PipelineRun(parent children.Parent, name string, spec v1alpha1.SubPipelineSpec) *pipelinev1.PipelineRun {
	return parent.PipelineRun(name, pipelinev1.PipelineRunSpec{
		PipelineRef:  spec.PipelineRef,
		PipelineSpec: spec.PipelineSpec,
		Params:       spec.Params,
		Timeouts:     spec.Timeouts,
		TaskRunTemplate: pipelinev1.PipelineTaskRunTemplate{
			ServiceAccountName: spec.ServiceAccountName, PodTemplate: spec.PodTemplate,
		},
		Workspaces:   spec.Workspaces,
		TaskRunSpecs: spec.TaskRunSpecs,
	})
}
