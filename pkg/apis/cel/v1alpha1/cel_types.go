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
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// CEL is a named set of expressions that CustomRuns refer to by `customRef: {apiVersion:
// cel.tekton.dev/v1alpha1, kind: CEL, name: NAME}`. It does nothing by itself.
//
// +genclient
// +genclient:noStatus
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type CEL struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec has the expressions.
	Spec CELSpec `json:"spec"`
}

// CELSpec has expressions in CEL, which are evaluated in the order in which they stand here: variables,
// expressions, cond. All of them may use the run's params as params.NAME, as data: a string, a list of
// strings, or a map of strings; and context.customRun.name, .namespace and .uid, context.pipelineRun.name,
// context.pipeline.name and context.pipelineTask.name. At least one of expressions and cond is set.
type CELSpec struct {
	// Variables are values that what comes later uses as variables.NAME. They give no results. At most 100
	// variables and expressions together.
	// +optional
	// +listType=atomic
	Variables []Variable `json:"variables,omitempty"`

	// Expressions each give the result of their name, which what comes later uses as results.NAME, or as
	// results["NAME"] if the name has a dash or a dot. A string, bool or number is a result as it is; a list
	// or a map is JSON.
	// +optional
	// +listType=atomic
	Expressions []Expression `json:"expressions,omitempty"`

	// Cond must hold, or the run fails with reason ConditionFalse. It has its results nevertheless.
	// +optional
	Cond *Condition `json:"cond,omitempty"`
}

// Variable is a value that other expressions use.
type Variable struct {
	// Name of letters, digits and underscores that does not begin with a digit; unique among the variables.
	// +kubebuilder:validation:Pattern=`^[A-Za-z_][A-Za-z0-9_]*$`
	Name string `json:"name"`

	// Expression in CEL, of at most 16384 bytes. $(params.NAME) is refused in it: use params.NAME.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=16384
	Expression string `json:"expression"`
}

// Expression gives a result.
type Expression struct {
	// Name of the result: letters, digits, underscores, dashes and dots; unique among the expressions.
	// +kubebuilder:validation:Pattern=`^[A-Za-z0-9_.-]+$`
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`

	// Expression in CEL, of at most 16384 bytes. $(params.NAME) is refused in it: use params.NAME.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=16384
	Expression string `json:"expression"`
}

// Condition is what must hold. At most one of message and messageExpression is set.
type Condition struct {
	// Expression in CEL that is true or false. $(params.NAME) is refused in it: use params.NAME.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=16384
	Expression string `json:"expression"`

	// Message of the run if the condition is false. $(params.NAME) is replaced in it. Default: a sentence
	// with the expression.
	// +optional
	Message string `json:"message,omitempty"`

	// MessageExpression is an expression in CEL for the message, evaluated if the condition is false.
	// +optional
	// +kubebuilder:validation:MaxLength=16384
	MessageExpression string `json:"messageExpression,omitempty"`
}

// CELList is a list of CELs.
//
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type CELList struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []CEL `json:"items"`
}
