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
	"slices"
	"sort"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"k8s.io/apimachinery/pkg/util/resourceversion"
)

// tally counts the votes on a request, in the order in which the API server took them. It is the same
// for the same votes, in whatever order they are given. A vote counts if its voter may decide, it is
// bound to this very request, and it was cast before the deadline. The last vote of a voter counts,
// until the votes decide: enough approvals, or one rejection. Later votes change nothing.
func tally(request *v1alpha1.ApprovalRequest, votes []*v1alpha1.ApprovalDecision) v1alpha1.ApprovalRequestStatus {
	status := v1alpha1.ApprovalRequestStatus{State: v1alpha1.StatePending}
	for _, vote := range ordered(votes) {
		if !counts(request, vote) {
			continue
		}
		voter := vote.Spec.Voter.Username
		cast := vote.CreationTimestamp
		if vote.Spec.Decision == v1alpha1.DecisionReject {
			status.State = v1alpha1.StateRejected
			status.ApprovedBy = slices.DeleteFunc(status.ApprovedBy, func(name string) bool { return name == voter })
			status.RejectedBy = voter
			status.Comment = vote.Spec.Comment
			status.DecidedAt = &cast
			return status
		}
		if !slices.Contains(status.ApprovedBy, voter) {
			status.ApprovedBy = append(status.ApprovedBy, voter)
		}
		if len(status.ApprovedBy) >= int(request.Spec.Required) {
			status.State = v1alpha1.StateApproved
			status.Comment = vote.Spec.Comment
			status.DecidedAt = &cast
			return status
		}
	}
	return status
}

func counts(request *v1alpha1.ApprovalRequest, vote *v1alpha1.ApprovalDecision) bool {
	spec := vote.Spec
	if spec.Request != request.Name || spec.RequestUID != string(request.UID) || spec.Voter == nil {
		return false
	}
	if deadline := request.Spec.Deadline; deadline != nil && deadline.Before(&vote.CreationTimestamp) {
		return false
	}
	_, admitted := request.Spec.Admits(spec.Voter.Username, spec.Voter.Groups)
	return admitted
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
