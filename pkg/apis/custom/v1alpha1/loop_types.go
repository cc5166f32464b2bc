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
	"k8s.io/apimachinery/pkg/runtime"
)

// FailurePolicy says what an iteration that failed means for the others.
//
// +kubebuilder:validation:Enum=Stop;CancelRunning;Continue
type FailurePolicy string

const (
	// FailurePolicyStop starts no more iterations and lets the running ones end.
	FailurePolicyStop FailurePolicy = "Stop"
	// FailurePolicyCancelRunning starts no more iterations and cancels the running ones.
	FailurePolicyCancelRunning FailurePolicy = "CancelRunning"
	// FailurePolicyContinue runs all iterations; the loop fails at its end.
	FailurePolicyContinue FailurePolicy = "Continue"
)

// Loop is what TaskLoop and PipelineLoop have in common: what to iterate over, when to end, and what every
// iteration gets. At most one of items, matrix, iterateNumeric and an iterateParam without items says what
// to iterate over; a loop that has until may do without.
type Loop struct {
	// IterateParam is the param that is different in each iteration. The run gives it as an array, or as a
	// string: a JSON list, or values between separators. With items, it is the param that gets the item. An
	// object gives one param for each of its keys, called NAME-subvar-KEY.
	// +optional
	IterateParam string `json:"iterateParam,omitempty"`

	// IterateParamStringSeparator is the name of the param that holds what stands between the values of a
	// string, taken as it is; where that is empty, the default counts. Default: a newline in a TaskLoop, a comma
	// in a PipelineLoop, and a JSON list is one.
	// +optional
	IterateParamStringSeparator string `json:"iterateParamStringSeparator,omitempty"`

	// IterateNumeric is the param that gets a number in each iteration: from, from+step, and so on up to
	// and including to, or down to it if step is negative. The run gives the params from, to and step.
	// Default of step: 1.
	// +optional
	IterateNumeric string `json:"iterateNumeric,omitempty"`

	// IterationNumberParam is a param that gets the number of the iteration, from 1. Neither the run nor an item
	// gives a param of that name.
	// +optional
	IterationNumberParam string `json:"iterationNumberParam,omitempty"`

	// Items is what to iterate over, as a list of strings, numbers or objects; an empty list is no items. An
	// iteration that gets a list gets it as JSON. Booleans and null are refused.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	Items []runtime.RawExtension `json:"items,omitzero"`

	// Matrix runs an iteration for every combination of the values of its params, and for those that include
	// adds, as the matrix of a pipeline task does.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	Matrix *v1.Matrix `json:"matrix,omitempty"`

	// Until is a CEL expression over the iteration that ended last: results (its results by name), status
	// ("Succeeded" or "Failed") and index (its number, from 1). The loop ends with success when it is true,
	// and fails if it never was. Iterations run one after another then.
	// +optional
	Until string `json:"until,omitempty"`

	// MaxIterations bounds a loop that has until, and is required then.
	// +optional
	MaxIterations int `json:"maxIterations,omitempty"`

	// FailurePolicy says what a failed iteration means for the others. Default: Stop.
	// +optional
	FailurePolicy FailurePolicy `json:"failurePolicy,omitempty"`

	// Retries is how many times an iteration that failed runs again before it counts as failed. Default: 0.
	// +optional
	Retries int `json:"retries,omitempty"`

	// Timeout of each try of an iteration, in Go's form: "90s", "1h30m". Default: none. No iteration outlives
	// the attempt of the loop.
	// +optional
	Timeout *metav1.Duration `json:"timeout,omitempty"`

	// ServiceAccountName of the iterations. Default: the run's.
	// +optional
	ServiceAccountName string `json:"serviceAccountName,omitempty"`

	// PodTemplate of the iterations' pods.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	PodTemplate *pod.Template `json:"podTemplate,omitempty"`

	// Workspaces of each iteration. A workspace of the run replaces the one of its name.
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	Workspaces []v1.WorkspaceBinding `json:"workspaces,omitempty"`
}
