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

// TaskLoop is a named loop over a Task that CustomRuns refer to by `customRef: {apiVersion:
// custom.tekton.dev/v1alpha1, kind: TaskLoop, name: NAME}`. It does nothing by itself.
//
// +genclient
// +genclient:noStatus
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type TaskLoop struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec says which Task to run, and over what.
	Spec TaskLoopSpec `json:"spec"`

	// Unreadable says why the object cannot be decoded, if it cannot; then it has no spec.
	Unreadable string `json:"-"`
}

// TaskLoopSpec runs a Task for each item. Exactly one of taskRef and taskSpec is set.
type TaskLoopSpec struct {
	Loop `json:",inline"`

	// TaskRef is the Task that each iteration runs: by name, or by a resolver and its params.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	TaskRef *v1.TaskRef `json:"taskRef,omitempty"`

	// TaskSpec is the Task itself, as tekton.dev/v1 or v1beta1 has it. Its references are the Task's own.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	TaskSpec *runtime.RawExtension `json:"taskSpec,omitempty"`

	// Concurrency is how many iterations run at once; 0 or less is all of them. Default: 1.
	// +optional
	Concurrency *int `json:"concurrency,omitempty"`
}

// TaskLoopList is a list of TaskLoops.
//
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type TaskLoopList struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []TaskLoop `json:"items"`
}
