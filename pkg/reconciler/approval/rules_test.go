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

package approval_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/approval"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

// embedded is a run with a gate as its embedded spec.
func embedded(t *testing.T, gate v1alpha1.Gate, opts ...customtasktest.RunOption) customtasktest.RunOption {
	t.Helper()
	raw, err := json.Marshal(gate)
	if err != nil {
		t.Fatal(err)
	}
	return customtasktest.Spec(string(raw))
}

var twoRules = v1alpha1.Gate{Rules: []v1alpha1.Rule{
	{Name: "security", Approvers: []string{"group:sec", "alice"}, Required: 1},
	{Name: "owners", Approvers: []string{"alice", "bob"}, Required: 1},
}}

func TestEveryRuleIsMetBySomebodyElse(t *testing.T) {
	for name, row := range map[string]struct {
		voters []string
		groups map[string][]string
		done   bool
		rules  map[string][]string
	}{
		"one person counts for one rule only":           {voters: []string{"alice"}, rules: map[string][]string{"security": {"alice"}}},
		"who could count for both makes room":           {voters: []string{"alice", "sue"}, groups: map[string][]string{"sue": {"sec"}}, done: true, rules: map[string][]string{"security": {"sue"}, "owners": {"alice"}}},
		"in whatever order":                             {voters: []string{"bob", "alice"}, done: true, rules: map[string][]string{"security": {"alice"}, "owners": {"bob"}}},
		"two people for one rule do not meet the other": {voters: []string{"sue", "sam"}, groups: map[string][]string{"sue": {"sec"}, "sam": {"sec"}}, rules: map[string][]string{"security": {"sue"}}},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGate(t)
			request := g.open(newRun(embedded(t, twoRules)))
			if request.Spec.Asks != "security: 1 of group:sec, alice; owners: 1 of alice, bob" {
				t.Errorf("it asks %s", request.Spec.Asks)
			}
			for _, voter := range row.voters {
				g.vote(request, voter, v1alpha1.DecisionApprove, "", row.groups[voter]...)
				g.Settle("gate")
			}
			if done := g.Get("gate").IsDone(); done != row.done {
				t.Errorf("done: %v; want %v: %s", done, row.done, g.Condition("gate").Message)
			}
			got := map[string][]string{}
			for _, rule := range g.requests()[0].Status.Rules {
				if len(rule.ApprovedBy) > 0 {
					got[rule.Name] = rule.ApprovedBy
				}
			}
			if diff := cmp.Diff(row.rules, got); diff != "" {
				t.Errorf("who counts where (-want, +got):\n%s", diff)
			}
		})
	}
}

func TestAVoteCanBeWithdrawnAndChanged(t *testing.T) {
	g := newGate(t)
	request := g.open(newRun(approvers("alice", "bob"), customtasktest.Param("required", "2")))
	g.vote(request, "alice", v1alpha1.DecisionApprove, "")
	g.Settle("gate")
	g.want(corev1.ConditionUnknown, approval.ReasonPending, "1 of 2; awaiting bob")
	g.vote(request, "alice", v1alpha1.DecisionWithdraw, "")
	g.Settle("gate")
	g.want(corev1.ConditionUnknown, approval.ReasonPending, "0 of 2; awaiting alice, bob")
	if got := g.requests()[0].Status; len(got.ApprovedBy) > 0 || got.Progress != "" {
		t.Errorf("the request still says %+v", got)
	}
	g.vote(request, "bob", v1alpha1.DecisionApprove, "")
	g.vote(request, "alice", v1alpha1.DecisionApprove, "after all")
	g.Settle("gate")
	g.want(corev1.ConditionTrue, "Approved", "approved by bob, alice: after all")
}

func TestOutcomesThatContinue(t *testing.T) {
	gate := func(opts ...customtasktest.RunOption) []customtasktest.RunOption {
		return append(opts, approvers("alice"), customtasktest.Param("timeout", "10m"),
			customtasktest.Param("onReject", "Continue"), customtasktest.Param("onTimeout", "Continue"), customtasktest.Retries(2))
	}
	t.Run("after a rejection", func(t *testing.T) {
		g := newGate(t)
		request := g.open(newRun(gate()...))
		g.vote(request, "alice", v1alpha1.DecisionReject, "no")
		g.Settle("gate")
		g.want(corev1.ConditionTrue, approval.ReasonRejected, "rejected by alice: no")
		g.wantResults("decision", "Rejected", "rejectedBy", "alice", "comment", "no")
	})
	t.Run("after a timeout", func(t *testing.T) {
		g := newGate(t)
		g.Create(newRun(gate()...))
		if run := g.Finish("gate", nil); len(run.Status.RetriesStatus) > 0 {
			t.Errorf("it used %d retries", len(run.Status.RetriesStatus))
		}
		g.want(corev1.ConditionTrue, approval.ReasonTimedOut, "nobody decided in time; still awaited: alice")
		g.wantResults("decision", "TimedOut")
	})
	t.Run("after a rejection, and not after a timeout", func(t *testing.T) {
		g := newGate(t)
		request := g.open(newRun(approvers("alice"), customtasktest.Param("onTimeout", "Continue")))
		g.vote(request, "alice", v1alpha1.DecisionReject, "no")
		g.Settle("gate")
		g.want(corev1.ConditionFalse, approval.ReasonRejected, "rejected by alice: no")
		g = newGate(t)
		request = g.open(newRun(approvers("alice"), customtasktest.Param("onReject", "Continue")))
		g.vote(request, "alice", v1alpha1.DecisionReject, "no")
		g.Settle("gate")
		g.want(corev1.ConditionTrue, approval.ReasonRejected, "rejected by alice: no")
	})
	t.Run("after a timeout, and not after a rejection", func(t *testing.T) {
		g := newGate(t)
		g.Create(newRun(approvers("alice"), customtasktest.Param("onReject", "Continue")))
		g.Finish("gate", nil)
		g.want(corev1.ConditionFalse, customtask.ReasonTimedOut, "attempt 1 of 1 timed out after 1h0m0s; still awaited: alice")
		g = newGate(t)
		g.Create(newRun(approvers("alice"), customtasktest.Param("onTimeout", "Continue")))
		g.Finish("gate", nil)
		g.want(corev1.ConditionTrue, approval.ReasonTimedOut, "nobody decided in time; still awaited: alice")
	})
	t.Run("and a cancellation ends it as ever", func(t *testing.T) {
		g := newGate(t)
		g.open(newRun(gate()...))
		g.Cancel("gate", "stop")
		g.Settle("gate")
		g.want(corev1.ConditionFalse, customtask.ReasonCancelled, "stop")
	})
}

func TestAnswersAreResults(t *testing.T) {
	two := "2"
	g := newGate(t)
	request := g.open(newRun(embedded(t, v1alpha1.Gate{
		Approvers: []string{"alice", "bob"}, Required: 2,
		Inputs: []v1alpha1.Input{{Name: "version", Required: true}, {Name: "replicas", Type: "integer", Default: &two}},
	})))
	g.voteWith(request, "alice", func(d *v1alpha1.ApprovalDecisionSpec) {
		d.Inputs = []v1alpha1.InputValue{{Name: "version", Value: "v1"}, {Name: "replicas", Value: "7"}}
	})
	g.voteWith(request, "bob", func(d *v1alpha1.ApprovalDecisionSpec) {
		d.Inputs = []v1alpha1.InputValue{{Name: "version", Value: "v2"}}
	})
	g.Settle("gate")
	g.wantResults("decision", "Approved", "approvedBy", `["alice","bob"]`, "approvedAt", "2026-01-02T03:04:05Z", "comment", "",
		"version", "v2", "replicas", "2")
}

func TestAnOverrideDecidesAlone(t *testing.T) {
	for decision, row := range map[v1alpha1.Decision]struct {
		status          corev1.ConditionStatus
		reason, message string
	}{
		v1alpha1.DecisionApprove: {corev1.ConditionTrue, approval.ReasonOverridden, "OVERRIDDEN: approved by root alone: the site is down"},
		v1alpha1.DecisionReject:  {corev1.ConditionFalse, approval.ReasonRejected, "OVERRIDDEN: rejected by root alone: the site is down"},
	} {
		t.Run(string(decision), func(t *testing.T) {
			g := newGate(t)
			request := g.open(newRun(approvers("alice", "bob"), customtasktest.Param("required", "2")))
			g.RecordedEvents()
			g.voteWith(request, "root", func(d *v1alpha1.ApprovalDecisionSpec) {
				d.Override, d.Decision, d.Comment = true, decision, "the site is down"
			})
			g.Settle("gate")
			g.want(row.status, row.reason, row.message)
			if got := g.requests()[0].Status; got.OverriddenBy != "root" || got.Progress != "OVERRIDDEN by root" {
				t.Errorf("the request says %+v", got)
			}
			results := map[string]string{}
			for _, r := range g.Get("gate").Status.Results {
				results[r.Name] = r.Value
			}
			if results["overriddenBy"] != "root" {
				t.Errorf("results %v", results)
			}
			if events := strings.Join(g.RecordedEvents(), "\n"); !strings.Contains(events, "Warning Overridden OVERRIDDEN: ") {
				t.Errorf("events:\n%s", events)
			}
		})
	}
}

func TestDetailsAreShownAndVotesAreBoundToThem(t *testing.T) {
	g := newGate(t)
	run := newRun(approvers("alice"), customtasktest.ObjectParam("details", map[string]string{"image": "app:1.2"}))
	run.Labels = map[string]string{"tekton.dev/pipeline": "deploy", "tekton.dev/pipelineRun": "deploy-7", "tekton.dev/pipelineTask": "gate"}
	request := g.open(run)
	if diff := cmp.Diff(map[string]string{"image": "app:1.2"}, request.Spec.Details); diff != "" {
		t.Errorf("details (-want, +got):\n%s", diff)
	}
	if diff := cmp.Diff(&v1alpha1.PipelineReference{Name: "deploy", Run: "deploy-7", Task: "gate"}, request.Spec.Pipeline); diff != "" {
		t.Errorf("pipeline (-want, +got):\n%s", diff)
	}
	g.voteWith(request, "alice", func(d *v1alpha1.ApprovalDecisionSpec) { d.Digest = "sha256:of-something-else" })
	g.Settle("gate")
	if g.Get("gate").IsDone() {
		t.Fatal("a vote on something else has decided")
	}
	other := newGate(t)
	run = newRun(approvers("alice"), customtasktest.ObjectParam("details", map[string]string{"image": "app:1.3"}))
	if got := other.open(run).Spec.Digest; got == request.Spec.Digest {
		t.Error("other details have the same digest")
	}
	g.vote(request, "alice", v1alpha1.DecisionApprove, "")
	g.Settle("gate")
	g.want(corev1.ConditionTrue, "Approved", "approved by alice")
}

func TestC47WhateverGoesWrongWhileVotesArrive(t *testing.T) {
	var g *gate
	start := func(t testing.TB) *customtasktest.Harness {
		g = newGate(t)
		return g.Harness
	}
	// ask returns the request, as somebody who votes has read it.
	ask := func() v1alpha1.ApprovalRequest {
		if n := len(g.requests()); n != 1 {
			t.Fatalf("C48: %d requests; want 1", n)
		}
		return g.requests()[0]
	}
	for name, votes := range map[string][]func(v1alpha1.ApprovalRequest){
		"two approvals for two rules": {
			func(r v1alpha1.ApprovalRequest) { g.vote(r, "alice", v1alpha1.DecisionApprove, "") },
			func(r v1alpha1.ApprovalRequest) { g.vote(r, "sue", v1alpha1.DecisionApprove, "", "sec") },
		},
		"an approval that is withdrawn, and a rejection": {
			func(r v1alpha1.ApprovalRequest) { g.vote(r, "alice", v1alpha1.DecisionApprove, "") },
			func(r v1alpha1.ApprovalRequest) { g.vote(r, "alice", v1alpha1.DecisionWithdraw, "") },
			func(r v1alpha1.ApprovalRequest) { g.vote(r, "bob", v1alpha1.DecisionReject, "no") },
		},
		"votes that arrive all at once": {
			func(r v1alpha1.ApprovalRequest) {
				g.vote(r, "bob", v1alpha1.DecisionApprove, "")
				g.vote(r, "alice", v1alpha1.DecisionApprove, "")
				g.vote(r, "bob", v1alpha1.DecisionReject, "too late")
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			customtasktest.Disturb(t, start, "gate", func(h *customtasktest.Harness) {
				h.Create(newRun(embedded(t, twoRules)))
				h.Settle("gate")
				for _, vote := range votes {
					vote(ask())
					h.Step("gate") // the next vote may come before this one has settled
				}
				h.Finish("gate", nil)
			})
		})
	}
}
