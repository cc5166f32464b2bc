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

package v1alpha1

import (
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/pod"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// SubPipeline is a named call of a Pipeline that CustomRuns refer to by `customRef: {apiVersion:
// custom.tekton.dev/v1alpha1, kind: SubPipeline, name: NAME}`. It does nothing by itself.
//
// +genclient
// +genclient:noStatus
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type SubPipeline struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec says which Pipeline to run, and with what.
	Spec SubPipelineSpec `json:"spec"`

	// Unreadable says why the object cannot be decoded, if it cannot; then it has no spec.
	Unreadable string `json:"-"`
}

// SubPipelineSpec says which Pipeline to run, and with what. Exactly one of pipelineRef and pipelineSpec is set.
type SubPipelineSpec struct {
	// PipelineRef is the Pipeline to run: its name in the namespace of the run, or a resolver with its params.
	// It has the form that a PipelineRun has.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	PipelineRef *v1.PipelineRef `json:"pipelineRef,omitempty"`

	// PipelineSpec is the pipeline itself, in the form that a PipelineRun has. References in it are those of the
	// pipeline: nothing in it is replaced before Tekton has it.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	PipelineSpec *v1.PipelineSpec `json:"pipelineSpec,omitempty"`

	// Params of the pipeline. A param of the run replaces the one of its name; all params of the run are the
	// pipeline's too.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	Params v1.Params `json:"params,omitempty"`

	// Workspaces of the pipeline. A workspace of the run replaces the one of its name.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	Workspaces []v1.WorkspaceBinding `json:"workspaces,omitempty"`

	// ServiceAccountName that the pipeline's tasks run as. Default: the run's.
	// +optional
	ServiceAccountName string `json:"serviceAccountName,omitempty"`

	// PodTemplate of the pipeline's pods.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	PodTemplate *pod.Template `json:"podTemplate,omitempty"`

	// TaskRunSpecs are settings of single tasks of the pipeline, in the form that a PipelineRun has.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	TaskRunSpecs []v1.PipelineTaskRunSpec `json:"taskRunSpecs,omitempty"`

	// Timeouts of the pipeline, in the form that a PipelineRun has. Pipeline is also the timeout of the attempt,
	// if the run sets none. Default: an hour. The pipeline never outlives the attempt.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	Timeouts *v1.TimeoutFields `json:"timeouts,omitempty"`
}

// SubPipelineList is a list of SubPipelines.
//
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type SubPipelineList struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []SubPipeline `json:"items"`
}
