//go:build e2e

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

package e2e

import (
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/test/cluster"
	corev1 "k8s.io/api/core/v1"
	"knative.dev/pkg/apis"
)

// The examples of gates end as their pages say when the right people vote.
func TestTheExamplesOfGates(t *testing.T) {
	type voter struct {
		name     string
		decision v1alpha1.Decision
		change   func(*v1alpha1.ApprovalDecision)
	}
	yes := func(name string) voter {
		return voter{name, v1alpha1.DecisionApprove, func(*v1alpha1.ApprovalDecision) {}}
	}
	no := func(name string) voter {
		return voter{name, v1alpha1.DecisionReject, func(*v1alpha1.ApprovalDecision) {}}
	}
	for name, row := range map[string]struct {
		files  []string
		voters []voter
		// reason of the gate, and the task that ran after it; none if it is empty.
		reason, after string
	}{
		"rules, met by two people":             {[]string{"rules.yaml"}, []voter{yes(cluster.Dave), yes(cluster.PlatformTeamLead)}, "Approved", "release"},
		"a policy, met by two people":          {[]string{"policy.yaml", "policy-run.yaml"}, []voter{yes(cluster.PlatformTeamLead), yes(cluster.Dave)}, "Approved", "deploy"},
		"a policy under a floor":               {[]string{"floor.yaml", "policy.yaml", "policy-run.yaml"}, []voter{yes(cluster.SecurityLead), yes(cluster.Alice)}, "Approved", "deploy"},
		"a gate of one's own under that floor": {[]string{"floor.yaml", "branch.yaml"}, nil, "ApprovalBelowFloor", ""},
		"answers": {[]string{"inputs.yaml"}, []voter{{cluster.SecurityLead, v1alpha1.DecisionApprove, func(d *v1alpha1.ApprovalDecision) {
			d.Spec.Inputs = []v1alpha1.InputValue{{Name: "version", Value: "v1.4.2"}}
		}}}, "Approved", "release"},
		"a branch, approved": {[]string{"branch.yaml"}, []voter{yes(cluster.PlatformTeamLead)}, "Approved", "roll-out"},
		"a branch, rejected": {[]string{"branch.yaml"}, []voter{no(cluster.PlatformTeamLead)}, "ApprovalRejected", "keep-testing"},
		"an override": {[]string{"override-role.yaml", "rules.yaml"}, []voter{{cluster.PlatformTeamLead, v1alpha1.DecisionApprove, func(d *v1alpha1.ApprovalDecision) {
			d.Spec.Override = true
		}}}, "ApprovalOverridden", "release"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ns := newNamespace(t)
			var run string
			for _, file := range row.files {
				for _, object := range apply(t, ns, example(t, "approval/gates/"+file)) {
					if object.GetKind() == "PipelineRun" {
						run = object.GetName()
					}
				}
			}
			if len(row.voters) > 0 {
				request := pendingRequests(t, ns, 1)[0]
				for _, v := range row.voters {
					if _, err := vote(t, v.name, request, v.decision, v.change); err != nil {
						t.Fatalf("%s votes: %v", v.name, err)
					}
				}
			}
			gate := ended(t, ns, run+"-approval-gate")
			if c := gate.Status.GetCondition(apis.ConditionSucceeded); c.Reason != row.reason {
				t.Fatalf("the gate ended with %s %s", c.Reason, c.Message)
			}
			done := pipelineEnded(t, ns, run)
			want := corev1.ConditionTrue
			if row.after == "" {
				want = corev1.ConditionFalse
			}
			if c := done.Status.GetCondition(apis.ConditionSucceeded); c.Status != want {
				t.Fatalf("the PipelineRun ended with %s %s", c.Reason, c.Message)
			}
			if row.after != "" && taskRun(t, ns, row.after) == nil {
				t.Errorf("%s did not run", row.after)
			}
		})
	}
}
