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

// Package ballot casts a vote on a request that somebody has looked at, and says what came of it.
//
//	vote := ballot.Vote{Decision: v1alpha1.DecisionApprove, Comment: "looks good"}
//	if err := vote.Check(request, user); err != nil { … }
//	result, err := ballot.Cast(ctx, client, clock, request, vote, 3*time.Second)
package ballot

import (
	"errors"
	"fmt"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/cluster"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/standing"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Vote is what somebody says to a request.
type Vote struct {
	Decision v1alpha1.Decision
	Comment  string
	// Override decides alone.
	Override bool
	// Inputs answer the request's questions.
	Inputs []v1alpha1.InputValue
}

// Done is what was done, for a sentence: "approved".
func (v Vote) Done() string {
	switch v.Decision {
	case v1alpha1.DecisionReject:
		return "rejected"
	case v1alpha1.DecisionWithdraw:
		return "withdrawn"
	}
	return "approved"
}

// Check refuses what the API server would refuse too, and what nobody would ever count, before anybody is
// asked anything. It is no judgement: what it lets through the API server judges.
func (v Vote) Check(request *v1alpha1.ApprovalRequest, user cluster.User) error {
	if state := standing.State(request); state.Final() {
		return fmt.Errorf("the request is %s already; it takes no votes", state)
	}
	if request.DeletionTimestamp != nil {
		return errors.New("the request is being deleted")
	}
	if standing.Orphan(request) {
		return errors.New("no CustomRun waits for the request, so that no vote on it counts")
	}
	if v.Override {
		return nil // who may override is known to the API server alone
	}
	if why := standing.Refusal(request, user); why != "" && user.Name != "" {
		return errors.New(why)
	}
	return nil
}

// decision is the object that casts the vote. It is bound to the request that was looked at.
func (v Vote) decision(request *v1alpha1.ApprovalRequest) *v1alpha1.ApprovalDecision {
	return &v1alpha1.ApprovalDecision{
		ObjectMeta: metav1.ObjectMeta{Namespace: request.Namespace, GenerateName: request.Name + "-"},
		Spec: v1alpha1.ApprovalDecisionSpec{
			Request:    request.Name,
			RequestUID: string(request.UID),
			Decision:   v.Decision,
			Override:   v.Override,
			Inputs:     v.Inputs,
			Digest:     request.Spec.Digest,
			Comment:    v.Comment,
		},
	}
}
