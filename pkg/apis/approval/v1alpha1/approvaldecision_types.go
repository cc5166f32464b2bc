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

// ApprovalDecision is one person's vote on an ApprovalRequest. It is created and never changed.
// Admission stamps who cast it from the authenticated request, and refuses it from anyone who may
// not decide and on a request that is not pending.
//
// +genclient
// +genclient:noStatus
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type ApprovalDecision struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is the vote.
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="a decision never changes; create another one while the request is pending"
	Spec ApprovalDecisionSpec `json:"spec"`
}

// Decision is what a voter says.
//
// +kubebuilder:validation:Enum=Approve;Reject;Withdraw
type Decision string

const (
	// DecisionApprove says yes.
	DecisionApprove Decision = "Approve"
	// DecisionReject says no, which rejects the request at once.
	DecisionReject Decision = "Reject"
	// DecisionWithdraw takes one's earlier vote back.
	DecisionWithdraw Decision = "Withdraw"
)

// ApprovalDecisionSpec is a vote. The last vote of a voter counts, until the request is decided.
type ApprovalDecisionSpec struct {
	// Request is the name of the ApprovalRequest, in the decision's namespace.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`
	Request string `json:"request"`

	// RequestUID is the UID of the ApprovalRequest. Admission fills it in; a vote that sets it is
	// refused if another request has taken the name meanwhile.
	// +optional
	RequestUID string `json:"requestUID,omitempty"`

	// Decision is Approve, Reject or Withdraw, which takes one's earlier vote back.
	Decision Decision `json:"decision"`

	// Override decides alone, whatever the rules say. It needs the right to the verb "override" on
	// approvalrequests, and a comment.
	// +optional
	Override bool `json:"override,omitempty"`

	// Inputs answer the request's questions. Admission refuses answers that are not valid, and more than
	// 32,768 bytes of them together, as JSON and with the defaults of those that are not given.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=32
	Inputs []InputValue `json:"inputs,omitempty"`

	// Digest is that of what was decided on. Admission fills it in; a vote that sets it is refused if the
	// request has another.
	// +optional
	Digest string `json:"digest,omitempty"`

	// Comment says why, on any number of lines, without control characters and characters that nobody sees.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Comment string `json:"comment,omitempty"`

	// Voter is who cast the vote. Admission fills it in from the authenticated request and refuses
	// a vote that names somebody else.
	// +optional
	Voter *Voter `json:"voter,omitempty"`
}

// Voter is an identity as the API server authenticated it.
type Voter struct {
	// Username of the voter.
	Username string `json:"username"`
	// UID of the voter, where the cluster's authentication gives one.
	// +optional
	UID string `json:"uid,omitempty"`
	// Groups of the voter that the request names among its approvers.
	// +optional
	// +listType=atomic
	Groups []string `json:"groups,omitempty"`
}

// ApprovalDecisionList is a list of ApprovalDecisions.
//
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type ApprovalDecisionList struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []ApprovalDecision `json:"items"`
}
