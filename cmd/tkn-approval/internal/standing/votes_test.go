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

package standing

import (
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// asking has two questions, of which one has a default.
func asking(approvers ...string) *v1alpha1.ApprovalRequest {
	blue, deadline := "blue", metav1.NewTime(time.Unix(100, 0))
	r := pending([]v1alpha1.Rule{rule("all", int32(len(approvers)), approvers...)})
	r.UID, r.Spec.Digest, r.Spec.Deadline = "uid", "sha256:1", &deadline
	r.Spec.Inputs = []v1alpha1.Input{
		{Name: "ticket", Type: v1alpha1.InputString, Required: true},
		{Name: "colour", Type: v1alpha1.InputString, Default: &blue},
		{Name: "notes", Type: v1alpha1.InputText},
	}
	return r
}

func vote(who string, decision v1alpha1.Decision, answers ...v1alpha1.InputValue) v1alpha1.ApprovalDecision {
	return v1alpha1.ApprovalDecision{
		ObjectMeta: metav1.ObjectMeta{CreationTimestamp: metav1.NewTime(time.Unix(50, 0))},
		Spec: v1alpha1.ApprovalDecisionSpec{
			RequestUID: "uid", Digest: "sha256:1", Decision: decision, Voter: &v1alpha1.Voter{Username: who}, Inputs: answers,
		},
	}
}

func approval(who, ticket string) v1alpha1.ApprovalDecision {
	return vote(who, v1alpha1.DecisionApprove, v1alpha1.InputValue{Name: "ticket", Value: ticket})
}

func TestAnswersOfTheLastApprovalStand(t *testing.T) {
	change := func(vote v1alpha1.ApprovalDecision, change func(*v1alpha1.ApprovalDecision)) v1alpha1.ApprovalDecision {
		change(&vote)
		return vote
	}
	alice := approval("alice", "1")
	for name, row := range map[string]struct {
		votes []v1alpha1.ApprovalDecision
		want  string // who answered the ticket, and what
	}{
		"nobody":                              {nil, ""},
		"one":                                 {[]v1alpha1.ApprovalDecision{alice}, "alice 1"},
		"the later of two":                    {[]v1alpha1.ApprovalDecision{alice, approval("bob", "2")}, "bob 2"},
		"one who approves again":              {[]v1alpha1.ApprovalDecision{alice, approval("bob", "2"), approval("alice", "3")}, "alice 3"},
		"the other, if the last withdraws":    {[]v1alpha1.ApprovalDecision{alice, approval("bob", "2"), vote("bob", v1alpha1.DecisionWithdraw)}, "alice 1"},
		"nobody, if all withdraw":             {[]v1alpha1.ApprovalDecision{alice, vote("alice", v1alpha1.DecisionWithdraw)}, ""},
		"the last, if an earlier withdraws":   {[]v1alpha1.ApprovalDecision{alice, approval("bob", "2"), vote("alice", v1alpha1.DecisionWithdraw)}, "bob 2"},
		"one who comes back":                  {[]v1alpha1.ApprovalDecision{alice, vote("alice", v1alpha1.DecisionWithdraw), approval("alice", "4")}, "alice 4"},
		"nobody who may not decide":           {[]v1alpha1.ApprovalDecision{alice, approval("mallory", "2")}, "alice 1"},
		"nobody without the answers":          {[]v1alpha1.ApprovalDecision{alice, vote("bob", v1alpha1.DecisionApprove)}, "alice 1"},
		"nobody on another request":           {[]v1alpha1.ApprovalDecision{alice, change(approval("bob", "2"), func(v *v1alpha1.ApprovalDecision) { v.Spec.RequestUID = "x" })}, "alice 1"},
		"nobody on something else":            {[]v1alpha1.ApprovalDecision{alice, change(approval("bob", "2"), func(v *v1alpha1.ApprovalDecision) { v.Spec.Digest = "x" })}, "alice 1"},
		"nobody without a name":               {[]v1alpha1.ApprovalDecision{alice, change(approval("bob", "2"), func(v *v1alpha1.ApprovalDecision) { v.Spec.Voter = nil })}, "alice 1"},
		"nobody after the deadline":           {[]v1alpha1.ApprovalDecision{alice, change(approval("bob", "2"), func(v *v1alpha1.ApprovalDecision) { v.CreationTimestamp = metav1.NewTime(time.Unix(101, 0)) })}, "alice 1"},
		"whoever overrides, also an outsider": {[]v1alpha1.ApprovalDecision{alice, change(approval("lead", "2"), func(v *v1alpha1.ApprovalDecision) { v.Spec.Override = true })}, "lead 2"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if answer := Find(Answers(asking("alice", "bob"), row.votes), "ticket"); answer != nil {
				got = answer.By + " " + answer.Value
			}
			if got != row.want {
				t.Errorf("the answer of %q stands, want %q", got, row.want)
			}
		})
	}
}

func TestAnswersWithDefaults(t *testing.T) {
	votes := []v1alpha1.ApprovalDecision{approval("alice", "1")}
	decided := asking("alice")
	decided.Status.State = v1alpha1.StateApproved
	decided.Status.Inputs = []v1alpha1.InputValue{{Name: "ticket", Value: "1"}, {Name: "colour", Value: "blue"}, {Name: "notes"}}
	closed := asking("alice")
	closed.Status.State = v1alpha1.StateTimedOut
	want := []Answer{{v1alpha1.InputValue{Name: "ticket", Value: "1"}, "alice"}, {v1alpha1.InputValue{Name: "colour", Value: "blue"}, ""}}
	for name, row := range map[string]struct {
		request *v1alpha1.ApprovalRequest
		votes   []v1alpha1.ApprovalDecision
		want    []Answer
	}{
		"while it is pending":             {asking("alice"), votes, want},
		"once it is decided":              {decided, votes, want},
		"decided, and the votes are gone": {decided, nil, []Answer{{want[0].InputValue, ""}, want[1]}},
		"closed, so that none is used":    {closed, votes, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, Answers(row.request, row.votes)); diff != "" {
				t.Errorf("other answers stand (-want, +got):\n%s", diff)
			}
		})
	}
}
