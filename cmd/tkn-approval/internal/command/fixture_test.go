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

package command

import (
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
)

// request is one that two people have to approve; changes make it another one.
func request(name string, changes ...func(*v1alpha1.ApprovalRequest)) *v1alpha1.ApprovalRequest {
	deadline, yes := metav1.NewTime(now.Add(55*time.Minute)), true
	run := metav1.OwnerReference{APIVersion: "tekton.dev/v1beta1", Kind: "CustomRun", Name: name + "-run", UID: "u", Controller: &yes}
	r := &v1alpha1.ApprovalRequest{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "team", Name: name, UID: types.UID("uid-" + name), ResourceVersion: "7",
			CreationTimestamp: metav1.NewTime(now.Add(-5 * time.Minute)), OwnerReferences: []metav1.OwnerReference{run},
		},
		Spec: v1alpha1.ApprovalRequestSpec{
			Gate:     v1alpha1.Gate{Message: "Deploy to production?", Approvers: []string{"alice", "bob"}, Required: 2},
			Run:      v1alpha1.RunReference{Name: name + "-run", UID: "u", Attempt: 1},
			Pipeline: &v1alpha1.PipelineReference{Name: "deploy", Run: "deploy-x7k2p", Task: "gate"},
			Asks:     "2 of alice, bob",
			Digest:   "sha256:0cda616ce23ddf5278107488a5ef8b422d476f383cd9297847d71f0e3b13ad3a",
			Deadline: &deadline,
		},
		Status: v1alpha1.ApprovalRequestStatus{State: v1alpha1.StatePending},
	}
	for _, change := range changes {
		change(r)
	}
	return r
}

func oneOf(approvers ...string) func(*v1alpha1.ApprovalRequest) {
	return func(r *v1alpha1.ApprovalRequest) {
		r.Spec.Approvers, r.Spec.Required = approvers, 1
		r.Spec.Asks = r.Spec.Summary()
	}
}

func due(in time.Duration) func(*v1alpha1.ApprovalRequest) {
	return func(r *v1alpha1.ApprovalRequest) { *r.Spec.Deadline = metav1.NewTime(now.Add(in)) }
}

// byHand makes a request that no run waits for.
func byHand(r *v1alpha1.ApprovalRequest) { r.OwnerReferences = nil }

func in(namespace string) func(*v1alpha1.ApprovalRequest) {
	return func(r *v1alpha1.ApprovalRequest) { r.Namespace = namespace }
}

func approvedBy(names ...string) func(*v1alpha1.ApprovalRequest) {
	return func(r *v1alpha1.ApprovalRequest) {
		r.Status.ApprovedBy, r.Status.Progress = names, "1 of 2 (alice); awaiting bob"
	}
}

func decided(state v1alpha1.State, progress, comment string) func(*v1alpha1.ApprovalRequest) {
	return func(r *v1alpha1.ApprovalRequest) {
		when := metav1.NewTime(now.Add(-time.Minute))
		r.Status.State, r.Status.Progress, r.Status.Comment, r.Status.DecidedAt = state, progress, comment, &when
	}
}

// withRules asks somebody of security and an owner, by a policy, and tells who started the PipelineRun.
func withRules(r *v1alpha1.ApprovalRequest) {
	yes := true
	r.Spec.Approvers, r.Spec.Required = nil, 0
	r.Spec.Rules = []v1alpha1.Rule{
		{Name: "security", Approvers: []string{"group:security"}, Required: 1},
		{Name: "owner", Approvers: []string{"alice", "carol"}, Required: 1},
	}
	r.Spec.Asks = r.Spec.Summary()
	r.Spec.Details = map[string]string{"image": "registry.example/app@sha256:1f2e", "commit": "a1b2c3d"}
	r.Spec.Policy = &v1alpha1.PolicyReference{Kind: "ClusterApprovalPolicy", Name: "production", RequireRBAC: true}
	r.Spec.PreventSelfApproval, r.Spec.StartedBy = &yes, &v1alpha1.Identity{Username: "carol"}
	r.Spec.MemberOf = []string{"developers", "security"}
	r.Status.ApprovedBy, r.Status.Progress = []string{"alice"}, "1 of 2 (alice); awaiting group:security"
	r.Status.Rules = []v1alpha1.RuleStatus{
		{Name: "security", Required: 1}, {Name: "owner", Required: 1, ApprovedBy: []string{"alice"}},
	}
}

// withInputs asks two questions, one of which needs an answer.
func withInputs(r *v1alpha1.ApprovalRequest) {
	oneOf("alice")(r)
	blue := "blue"
	r.Spec.Inputs = []v1alpha1.Input{
		{Name: "ticket", Type: v1alpha1.InputString, Description: "The ticket of the change", Required: true, Pattern: "OPS-[0-9]+"},
		{Name: "colour", Type: v1alpha1.InputEnum, Values: []string{"blue", "green"}, Default: &blue},
		{Name: "notes", Type: v1alpha1.InputText, Description: "What users should know"},
	}
}

// answering gives answers with a vote: NAME, VALUE and so on.
func answering(vote *v1alpha1.ApprovalDecision, pairs ...string) *v1alpha1.ApprovalDecision {
	for i := 0; i < len(pairs); i += 2 {
		vote.Spec.Inputs = append(vote.Spec.Inputs, v1alpha1.InputValue{Name: pairs[i], Value: pairs[i+1]})
	}
	return vote
}

// answered is a request that alice has approved, with answers, and that bob has to approve, too.
func answered() []runtime.Object {
	r := request("answered", withInputs, approvedBy("alice"), func(r *v1alpha1.ApprovalRequest) {
		r.Spec.Approvers, r.Spec.Required = []string{"alice", "bob", "carol"}, 2
		r.Spec.Asks = r.Spec.Summary()
	})
	return []runtime.Object{
		r,
		answering(vote(r, "1", "alice", v1alpha1.DecisionApprove, "first thoughts"), "ticket", "OPS-1", "colour", "green"),
		answering(vote(r, "2", "carol", v1alpha1.DecisionApprove, ""), "ticket", "OPS-2", "notes", "Carol's."),
		answering(vote(r, "3", "alice", v1alpha1.DecisionApprove, "fine"), "ticket", "OPS-3", "notes", "One.\nTwo lines."),
		answering(vote(r, "4", "carol", v1alpha1.DecisionApprove, ""), "ticket", "OPS-4", "colour", "green"),
		vote(r, "5", "carol", v1alpha1.DecisionWithdraw, "I take that back"),
	}
}

// hostile says things that a terminal must not obey.
func hostile(r *v1alpha1.ApprovalRequest) {
	r.Spec.Message = "Deploy \x1b[8mnot\x1b[0m this?\x1b]0;title\x07\x1b[2J\r\nApprove? [y/N] \u202eY"
	r.Spec.Details = map[string]string{"im\x1b[1Aage": "a\u009b31mb\nState: Approved"}
}

// vote is one on record.
func vote(on *v1alpha1.ApprovalRequest, number string, who string, decision v1alpha1.Decision, comment string) *v1alpha1.ApprovalDecision {
	return &v1alpha1.ApprovalDecision{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: on.Namespace, Name: on.Name + "-" + number, ResourceVersion: number,
			Labels:            map[string]string{v1alpha1.LabelRequestUID: string(on.UID)},
			CreationTimestamp: metav1.NewTime(now.Add(-2 * time.Minute)),
		},
		Spec: v1alpha1.ApprovalDecisionSpec{
			Request: on.Name, RequestUID: string(on.UID), Decision: decision, Comment: comment, Digest: on.Spec.Digest,
			Voter: &v1alpha1.Voter{Username: who, Groups: people[who]},
		},
	}
}

// world is several requests in two namespaces, with votes.
func world() []runtime.Object {
	half := request("half", approvedBy("alice"))
	return []runtime.Object{
		half, vote(half, "1", "alice", v1alpha1.DecisionApprove, "fine"),
		request("fresh"), request("ruled", withRules), request("asking", withInputs),
		request("done", decided(v1alpha1.StateApproved, "approved by alice, bob", "ship it")),
		request("expired", approvedBy("alice"), decided(v1alpha1.StateTimedOut, "1 of 2 (alice); awaiting bob", "")),
		request("elsewhere", in("other"), oneOf("group:security"), func(r *v1alpha1.ApprovalRequest) { r.Spec.Deadline = nil }),
	}
}
