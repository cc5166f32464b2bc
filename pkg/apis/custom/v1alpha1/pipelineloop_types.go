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
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// PipelineLoop is a named loop over a Pipeline that CustomRuns refer to by `customRef: {apiVersion:
// custom.tekton.dev/v1alpha1, kind: PipelineLoop, name: NAME}`. It does nothing by itself.
//
// +genclient
// +genclient:noStatus
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type PipelineLoop struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec says which Pipeline to run, and over what.
	Spec PipelineLoopSpec `json:"spec"`

	// Unreadable says why the object cannot be decoded, if it cannot; then it has no spec.
	Unreadable string `json:"-"`
}

// PipelineLoopSpec runs a Pipeline for each item. Exactly one of pipelineRef and pipelineSpec is set.
type PipelineLoopSpec struct {
	Loop `json:",inline"`

	// PipelineRef is the Pipeline that each iteration runs: by name, or by a resolver and its params.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	PipelineRef *v1.PipelineRef `json:"pipelineRef,omitempty"`

	// PipelineSpec is the Pipeline itself, as tekton.dev/v1 or v1beta1 has it. Its references are the
	// Pipeline's own.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	PipelineSpec *runtime.RawExtension `json:"pipelineSpec,omitempty"`

	// Parallelism is how many iterations run at once; 0 or less is all of them. Default: 1.
	// +optional
	Parallelism *int `json:"parallelism,omitempty"`

	// TaskRunSpecs are settings for single tasks of the Pipeline, as a PipelineRun has them.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	TaskRunSpecs []v1.PipelineTaskRunSpec `json:"taskRunSpecs,omitempty"`
}

// PipelineLoopList is a list of PipelineLoops.
//
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type PipelineLoopList struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []PipelineLoop `json:"items"`
}
