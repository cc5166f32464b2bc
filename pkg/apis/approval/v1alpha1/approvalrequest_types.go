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

// ApprovalRequestSpec is what is asked, of whom and until when.
type ApprovalRequestSpec struct {
	Gate `json:",inline"`

	// Run is the CustomRun that waits for the decision.
	Run RunReference `json:"run"`

	// Pipeline is what the run is part of, as its labels say.
	// +optional
	Pipeline *PipelineReference `json:"pipeline,omitempty"`

	// Policy is where the rules come from. Absent: the pipeline itself gives them.
	// +optional
	Policy *PolicyReference `json:"policy,omitempty"`

	// StartedBy is who created the PipelineRun, as the API server authenticated them. It is known where the
	// gate prevents self-approval.
	// +optional
	StartedBy *Identity `json:"startedBy,omitempty"`

	// MemberOf lists groups, at least one of which a person must be in to decide, beside what the rules ask.
	// It comes from the ApprovalFloors of the namespace. Absent: anybody whom the rules name.
	// +optional
	// +listType=atomic
	MemberOf []string `json:"memberOf,omitempty"`

	// Asks sums up who has to decide, as in "2 of alice, bob, group:security".
	// +optional
	Asks string `json:"asks,omitempty"`

	// Digest is that of this whole spec, all that an approver decides on. Votes are bound to it.
	// +optional
	Digest string `json:"digest,omitempty"`

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

// PipelineReference says what a CustomRun is part of.
type PipelineReference struct {
	// Name of the Pipeline; for one that is embedded in its run, Tekton puts a name made of the run's.
	// +optional
	Name string `json:"name,omitempty"`
	// Run is the name of the PipelineRun.
	// +optional
	Run string `json:"run,omitempty"`
	// Task is the name of the gate in the Pipeline.
	// +optional
	Task string `json:"task,omitempty"`
}

// PolicyReference is the policy that gave a request its rules, as it was then.
type PolicyReference struct {
	// Kind is ApprovalPolicy or ClusterApprovalPolicy.
	Kind string `json:"kind"`
	// Name of the policy.
	Name string `json:"name"`
	// RequireRBAC: a voter needs the verb "decide" on the policy as well.
	// +optional
	RequireRBAC bool `json:"requireRBAC,omitempty"`
}

// Identity is who somebody is to the API server.
type Identity struct {
	// Username of the user or service account.
	Username string `json:"username"`
}

// State is where an ApprovalRequest stands.
//
// +kubebuilder:validation:Enum=Pending;Approved;Rejected;TimedOut;Cancelled
type State string

const (
	// StatePending: no decision yet; votes are taken.
	StatePending State = "Pending"
	// StateApproved: all rules are met, or somebody has overridden them.
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

	// Progress sums up where the request stands, as in "1 of 2 (alice); awaiting bob".
	// +optional
	Progress string `json:"progress,omitempty"`

	// ApprovedBy lists who has approved, in the order of their votes.
	// +optional
	// +listType=atomic
	ApprovedBy []string `json:"approvedBy,omitempty"`

	// Rules says who counts for which rule, in the order of the rules. Absent before the first approval and
	// for a gate without rules.
	// +optional
	// +listType=atomic
	Rules []RuleStatus `json:"rules,omitempty"`

	// RejectedBy is who rejected.
	// +optional
	RejectedBy string `json:"rejectedBy,omitempty"`

	// OverriddenBy is who decided alone, by the right to override.
	// +optional
	OverriddenBy string `json:"overriddenBy,omitempty"`

	// Comment of the vote that decided.
	// +optional
	Comment string `json:"comment,omitempty"`

	// Inputs are the answers to the gate's questions, of the last one who approved.
	// +optional
	// +listType=map
	// +listMapKey=name
	Inputs []InputValue `json:"inputs,omitempty"`

	// DecidedAt is when the vote that decided was cast, or when the request timed out or was
	// cancelled.
	// +optional
	DecidedAt *metav1.Time `json:"decidedAt,omitempty"`
}

// RuleStatus says who counts for one rule.
type RuleStatus struct {
	// Name of the rule.
	Name string `json:"name"`
	// Required is how many approvals the rule asks for.
	Required int32 `json:"required"`
	// ApprovedBy lists whose approval counts for the rule. One person counts for one rule only.
	// +optional
	// +listType=atomic
	ApprovedBy []string `json:"approvedBy,omitempty"`
	// CouldCount lists who has approved and counts for another rule, or for none, but could count for this
	// one: they make room when somebody comes who can count for the other.
	// +optional
	// +listType=atomic
	CouldCount []string `json:"couldCount,omitempty"`
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
