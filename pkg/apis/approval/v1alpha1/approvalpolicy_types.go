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

// ApprovalPolicy says who decides, for the gates of its namespace that name it. An administrator owns it:
// a pipeline may name it, and add a message, details and a shorter timeout, and never change who decides.
//
// +genclient
// +genclient:noStatus
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type ApprovalPolicy struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is the policy. A change is for the gates that open from then on.
	Spec ApprovalPolicySpec `json:"spec"`
}

// ClusterApprovalPolicy is an ApprovalPolicy for the gates of all namespaces.
//
// +genclient
// +genclient:nonNamespaced
// +genclient:noStatus
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type ClusterApprovalPolicy struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is the policy. A change is for the gates that open from then on.
	Spec ApprovalPolicySpec `json:"spec"`
}

// ApprovalPolicySpec is a gate that its users cannot weaken.
type ApprovalPolicySpec struct {
	Gate `json:",inline"`

	// MaxTimeout is the longest time that a gate of this policy may wait, whoever sets it. Absent: any.
	// +optional
	MaxTimeout string `json:"maxTimeout,omitempty"`

	// RequireRBAC asks of every voter the right to the verb "decide" on this policy as well.
	// +optional
	RequireRBAC bool `json:"requireRBAC,omitempty"`
}

// ApprovalPolicyList is a list of ApprovalPolicies.
//
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type ApprovalPolicyList struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []ApprovalPolicy `json:"items"`
}

// ClusterApprovalPolicyList is a list of ClusterApprovalPolicies.
//
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type ClusterApprovalPolicyList struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []ClusterApprovalPolicy `json:"items"`
}
