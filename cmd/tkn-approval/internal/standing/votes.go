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
	"slices"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/cluster"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
)

// Approvals are the votes on a request that approve and stand, of all that are on record in the order in
// which they were cast: the last one of each voter who has not withdrawn or rejected since.
func Approvals(request *v1alpha1.ApprovalRequest, votes []v1alpha1.ApprovalDecision) []v1alpha1.ApprovalDecision {
	var out []v1alpha1.ApprovalDecision
	for _, vote := range votes {
		if !counts(request, vote) {
			continue
		}
		out = slices.DeleteFunc(out, func(earlier v1alpha1.ApprovalDecision) bool {
			return earlier.Spec.Voter.Username == vote.Spec.Voter.Username
		})
		if vote.Spec.Decision == v1alpha1.DecisionApprove {
			out = append(out, vote)
		}
	}
	return out
}

// Stands reports whether the user has an approval of the request that stands.
func Stands(request *v1alpha1.ApprovalRequest, votes []v1alpha1.ApprovalDecision, user cluster.User) bool {
	return slices.ContainsFunc(Approvals(request, votes), func(vote v1alpha1.ApprovalDecision) bool {
		return vote.Spec.Voter.Username == user.Name
	})
}

// counts reports whether the controller counts a vote.
func counts(request *v1alpha1.ApprovalRequest, vote v1alpha1.ApprovalDecision) bool {
	spec, deadline := vote.Spec, request.Spec.Deadline
	if spec.Voter == nil || spec.RequestUID != string(request.UID) || spec.Digest != request.Spec.Digest ||
		deadline != nil && deadline.Before(&vote.CreationTimestamp) {
		return false
	}
	_, invalid := request.Spec.Answers(spec.Inputs)
	_, admitted := request.Spec.AdmitsVoter(spec.Voter.Username, spec.Voter.Groups)
	return spec.Override || admitted && (invalid == nil || spec.Decision != v1alpha1.DecisionApprove)
}

// Answer to a question of a request.
type Answer struct {
	v1alpha1.InputValue
	// By is who gave it; nobody if it is the default of the question.
	By string
}

// Answers are those that stand, in the order of the questions: those of the approval that was cast last,
// and the defaults of the questions that it leaves open. Without an approval there are none. Once a request
// is decided they are those that its run has got.
func Answers(request *v1alpha1.ApprovalRequest, votes []v1alpha1.ApprovalDecision) []Answer {
	var last v1alpha1.ApprovalDecisionSpec
	values := request.Status.Inputs
	if approvals := Approvals(request, votes); len(approvals) > 0 {
		last = approvals[len(approvals)-1].Spec
		if !State(request).Final() {
			values, _ = request.Spec.Answers(last.Inputs) //nolint:errcheck // no vote counts whose answers are not valid
		}
	}
	var out []Answer
	for _, in := range request.Spec.Inputs {
		value, ok := Value(values, in.Name)
		given, byVoter := Value(last.Inputs, in.Name)
		switch {
		case byVoter && given == value:
			out = append(out, Answer{v1alpha1.InputValue{Name: in.Name, Value: value}, last.Voter.Username})
		case ok && value != "":
			out = append(out, Answer{v1alpha1.InputValue{Name: in.Name, Value: value}, ""})
		}
	}
	return out
}

// Value is the answer to the question of the name, if there is one.
func Value(answers []v1alpha1.InputValue, name string) (string, bool) {
	i := slices.IndexFunc(answers, func(answer v1alpha1.InputValue) bool { return answer.Name == name })
	if i < 0 {
		return "", false
	}
	return answers[i].Value, true
}

// Find is the answer that stands to the question of the name; nil if there is none.
func Find(answers []Answer, name string) *Answer {
	i := slices.IndexFunc(answers, func(answer Answer) bool { return answer.Name == name })
	if i < 0 {
		return nil
	}
	return &answers[i]
}
