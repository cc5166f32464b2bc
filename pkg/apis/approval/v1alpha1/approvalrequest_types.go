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
	"k8s.io/apimachinery/pkg/types"
)

// ApprovalRequest asks people to approve or reject what one CustomRun waits for. The controller
// creates it for the run and is the only one to write its status; its spec never changes. People
// answer with an ApprovalDecision.
//
// +genclient
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type ApprovalRequest struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is what is asked, of whom and until when.
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="the spec of an approval request never changes"
	Spec ApprovalRequestSpec `json:"spec"`

	// Status is written by the controller alone.
	// +optional
	// +kubebuilder:default={state: Pending}
	Status ApprovalRequestStatus `json:"status,omitempty"`
}

// Gate is what a pipeline author says of an approval gate, as params of the task or in its
// customSpec.
type Gate struct {
	// Message tells approvers what they decide about.
	// +optional
	// +kubebuilder:validation:MaxLength=4096
	Message string `json:"message,omitempty"`

	// Approvers may decide: a user's name as the API server knows it, "group:NAME" for the members
	// of a group, or "serviceaccount:NAMESPACE/NAME". A service account decides only if it is named
	// so, never through a group.
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MaxLength=512
	Approvers []string `json:"approvers"`

	// Required is how many different approvers have to approve. Default 1. A single rejection rejects.
	// +optional
	// +kubebuilder:validation:Minimum=1
	Required int32 `json:"required,omitempty"`

	// Timeout is how long an attempt waits for a decision where the CustomRun sets no timeout of its
	// own, in Go's form: "90s", "2h30m". Default "1h"; "0" waits without end.
	// +optional
	Timeout string `json:"timeout,omitempty"`
}

// ApprovalRequestSpec is what is asked, of whom and until when.
type ApprovalRequestSpec struct {
	Gate `json:",inline"`

	// Run is the CustomRun that waits for the decision.
	Run RunReference `json:"run"`

	// Deadline is when the attempt times out. A vote cast later does not count. Absent: no deadline.
	// +optional
	Deadline *metav1.Time `json:"deadline,omitempty"`
}

// RunReference names the attempt of a CustomRun that an ApprovalRequest was made for.
type RunReference struct {
	// Name of the CustomRun, in the request's namespace.
	Name string `json:"name"`
	// UID of the CustomRun.
	UID types.UID `json:"uid"`
	// Attempt counts from 1; a retry of the run asks afresh.
	Attempt int32 `json:"attempt"`
}

// State is where an ApprovalRequest stands.
//
// +kubebuilder:validation:Enum=Pending;Approved;Rejected;TimedOut;Cancelled
type State string

const (
	// StatePending: no decision yet; votes are taken.
	StatePending State = "Pending"
	// StateApproved: as many approvers as required have approved.
	StateApproved State = "Approved"
	// StateRejected: an approver has rejected.
	StateRejected State = "Rejected"
	// StateTimedOut: the deadline passed without a decision.
	StateTimedOut State = "TimedOut"
	// StateCancelled: the run was cancelled, or ended otherwise, before a decision.
	StateCancelled State = "Cancelled"
)

// ApprovalRequestStatus is where the request stands. It is final once state is not Pending.
type ApprovalRequestStatus struct {
	// State is Pending, Approved, Rejected, TimedOut or Cancelled.
	// +optional
	// +kubebuilder:default=Pending
	State State `json:"state,omitempty"`

	// ApprovedBy lists who has approved, in the order of their votes.
	// +optional
	// +listType=atomic
	ApprovedBy []string `json:"approvedBy,omitempty"`

	// RejectedBy is who rejected.
	// +optional
	RejectedBy string `json:"rejectedBy,omitempty"`

	// Comment of the vote that decided.
	// +optional
	Comment string `json:"comment,omitempty"`

	// DecidedAt is when the vote that decided was cast, or when the request timed out or was
	// cancelled.
	// +optional
	DecidedAt *metav1.Time `json:"decidedAt,omitempty"`
}

// ApprovalRequestList is a list of ApprovalRequests.
//
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type ApprovalRequestList struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []ApprovalRequest `json:"items"`
}
