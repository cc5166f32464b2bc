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
	"math/rand"
	"strconv"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

var opened = time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)

func request(required int32, approvers ...string) *v1alpha1.ApprovalRequest {
	deadline := metav1.NewTime(opened.Add(time.Hour))
	return &v1alpha1.ApprovalRequest{
		ObjectMeta: metav1.ObjectMeta{Name: "r", UID: "u"},
		Spec: v1alpha1.ApprovalRequestSpec{
			Gate: v1alpha1.Gate{Approvers: approvers, Required: required}, Deadline: &deadline,
		},
	}
}

// teams is a request with a rule for each of two groups.
func teams() *v1alpha1.ApprovalRequest {
	r := request(0)
	r.Spec.Rules = []v1alpha1.Rule{{Name: "one", Approvers: []string{"group:one"}, Required: 1}, {Name: "two", Approvers: []string{"group:two"}, Required: 1}}
	return r
}

// questioned is a request that asks for x.
func questioned(required int32, approvers ...string) *v1alpha1.ApprovalRequest {
	r := request(required, approvers...)
	r.Spec.Inputs = []v1alpha1.Input{{Name: "x", Type: v1alpha1.InputString}}
	return r
}

// box is a list of votes, in the order in which they were cast.
type box []*v1alpha1.ApprovalDecision

func (b box) cast(minute int, voter string, decision v1alpha1.Decision, change ...func(*v1alpha1.ApprovalDecision)) box {
	n := strconv.Itoa(len(b) + 1)
	vote := &v1alpha1.ApprovalDecision{
		ObjectMeta: metav1.ObjectMeta{
			Name: "vote-" + strconv.Itoa(97-len(b)), ResourceVersion: n, UID: types.UID("vote " + n),
			CreationTimestamp: metav1.NewTime(opened.Add(time.Duration(minute) * time.Minute)),
		},
		Spec: v1alpha1.ApprovalDecisionSpec{
			Request: "r", RequestUID: "u", Decision: decision, Comment: "comment " + n, Voter: &v1alpha1.Voter{Username: voter},
		},
	}
	for _, f := range change {
		f(vote)
	}
	return append(b, vote)
}

func TestTally(t *testing.T) {
	const yes, no = v1alpha1.DecisionApprove, v1alpha1.DecisionReject
	at := func(minute int) *metav1.Time {
		when := metav1.NewTime(opened.Add(time.Duration(minute) * time.Minute))
		return &when
	}
	groups := func(names ...string) func(*v1alpha1.ApprovalDecision) {
		return func(d *v1alpha1.ApprovalDecision) { d.Spec.Voter.Groups = names }
	}
	rows := map[string]struct {
		request *v1alpha1.ApprovalRequest
		votes   box
		want    v1alpha1.ApprovalRequestStatus
	}{
		"nobody has voted": {
			request(1, "a"), box{}, v1alpha1.ApprovalRequestStatus{State: v1alpha1.StatePending},
		},
		"one of one": {
			request(1, "a", "b"), box{}.cast(1, "b", yes),
			v1alpha1.ApprovalRequestStatus{State: v1alpha1.StateApproved, ApprovedBy: []string{"b"}, Comment: "comment 1", DecidedAt: at(1)},
		},
		"a person counts once": {
			request(2, "a", "b"), box{}.cast(1, "a", yes).cast(2, "a", yes),
			v1alpha1.ApprovalRequestStatus{State: v1alpha1.StatePending, ApprovedBy: []string{"a"}},
		},
		"votes after the decision change nothing": {
			request(1, "a", "b"), box{}.cast(1, "a", yes).cast(2, "b", no),
			v1alpha1.ApprovalRequestStatus{State: v1alpha1.StateApproved, ApprovedBy: []string{"a"}, Comment: "comment 1", DecidedAt: at(1)},
		},
		"one rejection rejects": {
			request(2, "a", "b"), box{}.cast(1, "a", yes).cast(2, "b", no),
			v1alpha1.ApprovalRequestStatus{State: v1alpha1.StateRejected, ApprovedBy: []string{"a"}, RejectedBy: "b", Comment: "comment 2", DecidedAt: at(2)},
		},
		"who approved and then rejects has not approved": {
			request(2, "a", "b"), box{}.cast(1, "a", yes).cast(2, "a", no),
			v1alpha1.ApprovalRequestStatus{State: v1alpha1.StateRejected, ApprovedBy: []string{}, RejectedBy: "a", Comment: "comment 2", DecidedAt: at(2)},
		},
		"within one second the order of the API server counts": {
			request(2, "a", "b"), box{}.cast(1, "a", yes).cast(1, "b", yes).cast(1, "a", no),
			v1alpha1.ApprovalRequestStatus{State: v1alpha1.StateApproved, ApprovedBy: []string{"a", "b"}, Comment: "comment 2", DecidedAt: at(1)},
		},
		"the order of the API server goes before its clocks": {
			request(1, "a", "b"), box{}.cast(2, "a", yes).cast(1, "b", no),
			v1alpha1.ApprovalRequestStatus{State: v1alpha1.StateApproved, ApprovedBy: []string{"a"}, Comment: "comment 1", DecidedAt: at(2)},
		},
		"a vote at the deadline counts, one after it does not": {
			request(2, "a", "b"), box{}.cast(60, "a", yes).cast(61, "b", yes),
			v1alpha1.ApprovalRequestStatus{State: v1alpha1.StatePending, ApprovedBy: []string{"a"}},
		},
		"a vote a second after the deadline does not count": {
			request(1, "a"), box{}.cast(60, "a", yes, func(d *v1alpha1.ApprovalDecision) {
				d.CreationTimestamp = metav1.NewTime(d.CreationTimestamp.Add(time.Second))
			}), v1alpha1.ApprovalRequestStatus{State: v1alpha1.StatePending},
		},
		"who approves again counts by the groups they are in by then": {
			teams(), box{}.cast(1, "a", yes, groups("one")).cast(2, "b", yes, groups("one")).cast(3, "a", yes, groups("two")),
			v1alpha1.ApprovalRequestStatus{
				State: v1alpha1.StateApproved, ApprovedBy: []string{"a", "b"}, Comment: "comment 3", DecidedAt: at(3), Rules: []v1alpha1.RuleStatus{
					{Name: "one", Required: 1, ApprovedBy: []string{"b"}}, {Name: "two", Required: 1, ApprovedBy: []string{"a"}},
				},
			},
		},
		"the answers of the one who decides win, whoever withdrew": {
			questioned(2, "a", "b", "c"), box{}.cast(1, "a", yes, answered("x", "1")).cast(2, "b", yes, answered("x", "2"), func(d *v1alpha1.ApprovalDecision) {
				d.Spec.Decision, d.Spec.Inputs = v1alpha1.DecisionWithdraw, nil
			}).cast(3, "a", yes, answered("x", "3")).cast(4, "c", yes, answered("x", "4")),
			v1alpha1.ApprovalRequestStatus{
				State: v1alpha1.StateApproved, ApprovedBy: []string{"a", "c"}, Comment: "comment 4", DecidedAt: at(4), Inputs: []v1alpha1.InputValue{{Name: "x", Value: "4"}},
			},
		},
		"what a terminal obeys is not carried on": {
			request(1, "a"), box{}.cast(1, "a", yes, func(d *v1alpha1.ApprovalDecision) { d.Spec.Comment = "fine\x1b[2J\nStatus: hacked" }),
			v1alpha1.ApprovalRequestStatus{State: v1alpha1.StateApproved, ApprovedBy: []string{"a"}, Comment: "fine\ufffd[2J\nStatus: hacked", DecidedAt: at(1)},
		},
		"who may not decide does not count": {
			request(1, "a"), box{}.cast(1, "mallory", yes), v1alpha1.ApprovalRequestStatus{State: v1alpha1.StatePending},
		},
		"a member of a group counts": {
			request(1, "group:g:h"), box{}.cast(1, "x", yes, groups("g:h")),
			v1alpha1.ApprovalRequestStatus{State: v1alpha1.StateApproved, ApprovedBy: []string{"x"}, Comment: "comment 1", DecidedAt: at(1)},
		},
		"a user who is called like a group is no member of it": {
			request(1, "group:g"), box{}.cast(1, "g", yes), v1alpha1.ApprovalRequestStatus{State: v1alpha1.StatePending},
		},
		"a user is no service account of that name": {
			request(1, "serviceaccount:ns/bot"), box{}.cast(1, "serviceaccount:ns/bot", yes), v1alpha1.ApprovalRequestStatus{State: v1alpha1.StatePending},
		},
		"a service account that is named counts": {
			request(1, "serviceaccount:ns/bot"), box{}.cast(1, "system:serviceaccount:ns:bot", yes),
			v1alpha1.ApprovalRequestStatus{
				State: v1alpha1.StateApproved, ApprovedBy: []string{"system:serviceaccount:ns:bot"}, Comment: "comment 1", DecidedAt: at(1),
			},
		},
		"a service account in a group does not count": {
			request(1, "group:system:serviceaccounts"),
			box{}.cast(1, "system:serviceaccount:ns:bot", yes, groups("system:serviceaccounts")),
			v1alpha1.ApprovalRequestStatus{State: v1alpha1.StatePending},
		},
		"a vote on another request of that name does not count": {
			request(1, "a"), box{}.cast(1, "a", yes, func(d *v1alpha1.ApprovalDecision) { d.Spec.RequestUID = "other" }),
			v1alpha1.ApprovalRequestStatus{State: v1alpha1.StatePending},
		},
		"a vote that admission did not stamp does not count": {
			request(1, "a"), box{}.cast(1, "a", yes, func(d *v1alpha1.ApprovalDecision) { d.Spec.Voter = nil }),
			v1alpha1.ApprovalRequestStatus{State: v1alpha1.StatePending},
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			for range 5 {
				rand.Shuffle(len(row.votes), func(i, j int) { row.votes[i], row.votes[j] = row.votes[j], row.votes[i] })
				got := tally(row.request, row.votes, newAnswers())
				got.Progress = "" // TestProgress
				if diff := cmp.Diff(row.want, got, cmpopts.EquateEmpty()); diff != "" {
					t.Fatalf("status (-want, +got):\n%s", diff)
				}
			}
		})
	}
}
