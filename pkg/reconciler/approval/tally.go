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

package approval

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/customtasks/customtasks/internal/quorum"
	"github.com/customtasks/customtasks/internal/sentence"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/resourceversion"
)

// tally counts the votes on a request, in the order in which the API server took them. It is the same
// for the same votes, in whatever order they are given. A vote counts if its voter may decide, it is
// bound to this very request and what it asks, its answers are valid, and it was cast before the deadline.
// The last vote of a voter counts, until the votes decide: all rules are met, or one rejects. Later votes
// change nothing.
func tally(request *v1alpha1.ApprovalRequest, votes []*v1alpha1.ApprovalDecision, answers answers) v1alpha1.ApprovalRequestStatus {
	b := ballot{request: request}
	for _, vote := range ordered(votes) {
		if !counts(request, vote, answers) {
			continue
		}
		b.cast(vote)
		if b.state != "" {
			return b.decided(vote)
		}
	}
	return b.status(v1alpha1.StatePending)
}

// ballot is where the votes stand.
type ballot struct {
	request *v1alpha1.ApprovalRequest
	// approvals are the votes that stand, in the order in which their voters first approved.
	approvals []*v1alpha1.ApprovalDecision
	state     v1alpha1.State
}

func (b *ballot) cast(vote *v1alpha1.ApprovalDecision) {
	same := func(other *v1alpha1.ApprovalDecision) bool {
		return other.Spec.Voter.Username == vote.Spec.Voter.Username
	}
	switch vote.Spec.Decision {
	case v1alpha1.DecisionApprove:
		if i := slices.IndexFunc(b.approvals, same); i >= 0 {
			b.approvals[i] = vote
		} else {
			b.approvals = append(b.approvals, vote)
		}
		if vote.Spec.Override || quorum.Full(b.required(), b.seats()) {
			b.state = v1alpha1.StateApproved
		}
	case v1alpha1.DecisionReject:
		b.approvals = slices.DeleteFunc(b.approvals, same)
		b.state = v1alpha1.StateRejected
	case v1alpha1.DecisionWithdraw:
		b.approvals = slices.DeleteFunc(b.approvals, same)
	}
}

func (b *ballot) required() []int {
	var out []int
	for _, rule := range b.request.Spec.AllRules() {
		out = append(out, int(rule.Required))
	}
	return out
}

// seats says which rule each approval counts for; -1 is none.
func (b *ballot) seats() []int {
	return quorum.Seats(b.required(), len(b.approvals), b.couldCount)
}

// couldCount reports whether an approval may count for a rule.
func (b *ballot) couldCount(approval, rule int) bool {
	voter := b.approvals[approval].Spec.Voter
	_, ok := b.request.Spec.AllRules()[rule].Admits(voter.Username, voter.Groups)
	return ok
}

// decided is the status that the vote has made final.
func (b *ballot) decided(vote *v1alpha1.ApprovalDecision) v1alpha1.ApprovalRequestStatus {
	status := b.status(b.state)
	status.Comment = sentence.Plain(vote.Spec.Comment) // admission may not have looked at it
	cast := vote.CreationTimestamp
	status.DecidedAt = &cast
	voter := vote.Spec.Voter.Username
	if b.state == v1alpha1.StateRejected {
		status.RejectedBy = voter
	}
	if vote.Spec.Override {
		status.OverriddenBy = voter
	}
	if b.state == v1alpha1.StateApproved { // by the approval that was cast last: its answers win
		status.Inputs, _ = b.request.Spec.Answers(vote.Spec.Inputs) //nolint:errcheck // counts let none through that are not valid
	}
	status.Progress = progress(b.request, status)
	return status
}

// status is that of the votes so far. Without an approval it says nothing but the state, which is what a
// request is created with.
func (b *ballot) status(state v1alpha1.State) v1alpha1.ApprovalRequestStatus {
	status := v1alpha1.ApprovalRequestStatus{State: state}
	if len(b.approvals) == 0 {
		return status
	}
	for _, vote := range b.approvals {
		status.ApprovedBy = append(status.ApprovedBy, vote.Spec.Voter.Username)
	}
	if len(b.request.Spec.Rules) > 0 {
		seats := b.seats()
		for r, rule := range b.request.Spec.Rules {
			by := v1alpha1.RuleStatus{Name: rule.Name, Required: rule.Required}
			for p, seat := range seats {
				switch {
				case seat == r:
					by.ApprovedBy = append(by.ApprovedBy, status.ApprovedBy[p])
				case b.couldCount(p, r):
					by.CouldCount = append(by.CouldCount, status.ApprovedBy[p])
				}
			}
			status.Rules = append(status.Rules, by)
		}
	}
	status.Progress = progress(b.request, status)
	return status
}

// progress sums a status up for people: "1 of 2 (alice); awaiting bob".
func progress(request *v1alpha1.ApprovalRequest, status v1alpha1.ApprovalRequestStatus) string {
	by := strings.Join(status.ApprovedBy, ", ")
	switch {
	case status.OverriddenBy != "":
		return "OVERRIDDEN by " + status.OverriddenBy
	case status.State == v1alpha1.StateApproved:
		return "approved by " + by
	case status.State == v1alpha1.StateRejected:
		return "rejected by " + status.RejectedBy
	}
	count := tallied(request, status)
	if by != "" {
		count += " (" + by + ")"
	}
	switch status.State {
	case v1alpha1.StateTimedOut:
		return "timed out with " + count
	case v1alpha1.StateCancelled:
		return "cancelled with " + count
	default:
		return count + "; awaiting " + awaited(request, status)
	}
}

// tallied is how many of the approvals that are required there are: "1 of 2".
func tallied(request *v1alpha1.ApprovalRequest, status v1alpha1.ApprovalRequestStatus) string {
	have, want := (&v1alpha1.ApprovalRequest{Spec: request.Spec, Status: status}).Tally()
	return fmt.Sprintf("%d of %d", have, want)
}

// awaited names who may still decide, the first few of them.
func awaited(request *v1alpha1.ApprovalRequest, status v1alpha1.ApprovalRequestStatus) string {
	return v1alpha1.ListApprovers((&v1alpha1.ApprovalRequest{Spec: request.Spec, Status: status}).Awaited())
}

func counts(request *v1alpha1.ApprovalRequest, vote *v1alpha1.ApprovalDecision, answers answers) bool {
	spec := vote.Spec
	if spec.Request != request.Name || spec.RequestUID != string(request.UID) || spec.Digest != request.Spec.Digest || spec.Voter == nil {
		return false
	}
	if late(request.Spec.Deadline, vote.CreationTimestamp) {
		return false
	}
	if !spec.Override { // the API server itself checks the right to it when the vote is cast
		if _, admitted := request.Spec.AdmitsVoter(spec.Voter.Username, spec.Voter.Groups); !admitted {
			return false
		}
	}
	return spec.Decision != v1alpha1.DecisionApprove || answers.valid(request, vote)
}

func late(deadline *metav1.Time, cast metav1.Time) bool {
	return deadline != nil && deadline.Before(&cast)
}

// ordered sorts votes by resourceVersion, which is the order in which the API server took objects that
// never change, and in which a cache learns of them: what decides among the first of them decides among
// all. Time and name break ties that do not arise there.
func ordered(votes []*v1alpha1.ApprovalDecision) []*v1alpha1.ApprovalDecision {
	votes = slices.Clone(votes)
	sort.SliceStable(votes, func(i, j int) bool {
		a, b := votes[i], votes[j]
		if cmp, err := resourceversion.CompareResourceVersion(a.ResourceVersion, b.ResourceVersion); err == nil && cmp != 0 {
			return cmp < 0
		}
		if !a.CreationTimestamp.Equal(&b.CreationTimestamp) {
			return a.CreationTimestamp.Before(&b.CreationTimestamp)
		}
		return a.Name < b.Name
	})
	return votes
}
