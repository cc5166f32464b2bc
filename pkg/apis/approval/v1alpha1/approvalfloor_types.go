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

// ApprovalFloor is the least that every gate of its namespace must ask, with a policy or without. If there
// are several, all of them hold.
//
// +genclient
// +genclient:noStatus
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type ApprovalFloor struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is the floor. A change is for the gates that open from then on.
	Spec ApprovalFloorSpec `json:"spec"`
}

// ApprovalFloorSpec is the least that a gate must ask.
type ApprovalFloorSpec struct {
	// MinRequired is the least number of different people who have to approve, over all rules of a gate.
	// +optional
	// +kubebuilder:validation:Minimum=1
	MinRequired int32 `json:"minRequired,omitempty"`

	// AllowedGroups: a gate may name no other groups, and whoever decides must be in one of these, also if
	// the gate names them in person. They are names of groups alone, as in "platform". Absent: anybody.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="!self.exists(name, name.startsWith('group:'))",message="write the names of groups alone, without group:"
	AllowedGroups []string `json:"allowedGroups,omitempty"`

	// RequirePolicy refuses gates that name their approvers themselves: only those of an ApprovalPolicy or
	// a ClusterApprovalPolicy open.
	// +optional
	RequirePolicy bool `json:"requirePolicy,omitempty"`

	// AllowContinue lets gates continue after a rejection or a timeout, by onReject or onTimeout. Default
	// false: whatever comes after a gate runs only if the gate was approved.
	// +optional
	AllowContinue bool `json:"allowContinue,omitempty"`
}

// ApprovalFloorList is a list of ApprovalFloors.
//
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type ApprovalFloorList struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []ApprovalFloor `json:"items"`
}
