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

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/cluster"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func pending(rules []v1alpha1.Rule, approvedBy ...[]string) *v1alpha1.ApprovalRequest {
	r := &v1alpha1.ApprovalRequest{}
	waits(r)
	r.Spec.Rules = rules
	for i, names := range approvedBy {
		r.Status.ApprovedBy = append(r.Status.ApprovedBy, names...)
		r.Status.Rules = append(r.Status.Rules, v1alpha1.RuleStatus{Name: rules[i].Name, ApprovedBy: names})
	}
	return r
}

// waits has a CustomRun wait for the request.
func waits(r *v1alpha1.ApprovalRequest) {
	yes := true
	r.Spec.Run.UID = "run"
	r.OwnerReferences = []metav1.OwnerReference{{APIVersion: "tekton.dev/v1beta1", Kind: "CustomRun", UID: "run", Controller: &yes}}
}

func rule(name string, required int32, approvers ...string) v1alpha1.Rule {
	return v1alpha1.Rule{Name: name, Required: required, Approvers: approvers}
}

func TestQuorum(t *testing.T) {
	two := []v1alpha1.Rule{rule("security", 1, "group:security"), rule("owner", 1, "alice", "carol")}
	short := &v1alpha1.ApprovalRequest{}
	short.Spec.Approvers, short.Spec.Required, short.Status.ApprovedBy = []string{"alice", "bob", "serviceaccount:ci/bot"}, 2, []string{"system:serviceaccount:ci:bot"}
	unset := &v1alpha1.ApprovalRequest{}
	unset.Spec.Approvers = []string{"alice"}
	self := pending(two)
	yes := true
	self.Spec.PreventSelfApproval, self.Spec.StartedBy = &yes, &v1alpha1.Identity{Username: "carol"}
	for name, row := range map[string]struct {
		request *v1alpha1.ApprovalRequest
		want    string
	}{
		"nobody has approved":                    {pending(two), "0 of 2 approvals, still awaiting group:security, alice, carol"},
		"a rule is met":                          {pending(two, nil, []string{"carol"}), "1 of 2 approvals, still awaiting group:security"},
		"a group that needs one more":            {pending([]v1alpha1.Rule{rule("security", 2, "group:security")}, []string{"bob"}), "1 of 2 approvals, still awaiting group:security"},
		"the short form":                         {short, "1 of 2 approvals, still awaiting alice, bob"},
		"a gate that does not say how many":      {unset, "0 of 1 approvals, still awaiting alice"},
		"whoever started it is not awaited":      {self, "0 of 2 approvals, still awaiting group:security, alice"},
		"one who can move over makes room":       {pending([]v1alpha1.Rule{rule("a", 1, "alice", "bob"), rule("b", 1, "bob")}, []string{"bob"}), "1 of 2 approvals, still awaiting alice"},
		"two rules that name the same":           {pending([]v1alpha1.Rule{rule("a", 1, "alice", "bob"), rule("b", 1, "alice", "bob")}), "0 of 2 approvals, still awaiting alice, bob"},
		"nobody who is named can bring it on":    {pending([]v1alpha1.Rule{rule("a", 1, "alice")}, []string{"alice"}), "1 of 1 approvals"},
		"all who are needed of a rule are there": {pending([]v1alpha1.Rule{rule("a", 1, "alice", "bob"), rule("b", 1, "carol")}, []string{"alice"}), "1 of 2 approvals, still awaiting carol"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Quorum(row.request); got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}

func TestAwaits(t *testing.T) {
	rules := []v1alpha1.Rule{rule("a", 1, "alice", "bob"), rule("b", 1, "bob", "group:ops")}
	final := pending(rules)
	final.Status.State = v1alpha1.StateApproved
	orphan := pending(rules)
	orphan.OwnerReferences = nil
	members := pending(rules)
	members.Spec.MemberOf = []string{"staff"}
	for name, row := range map[string]struct {
		request *v1alpha1.ApprovalRequest
		user    cluster.User
		want    bool
	}{
		"somebody who is named":               {pending(rules), cluster.User{Name: "alice"}, true},
		"somebody of a group":                 {pending(rules), cluster.User{Name: "dora", Groups: []string{"ops"}}, true},
		"somebody else":                       {pending(rules), cluster.User{Name: "mallory"}, false},
		"somebody who has approved":           {pending(rules, []string{"alice"}), cluster.User{Name: "alice"}, false},
		"somebody whose rule is met":          {pending(rules, nil, []string{"dora"}), cluster.User{Name: "emil", Groups: []string{"ops"}}, false},
		"somebody for whom another moves":     {pending(rules, []string{"bob"}), cluster.User{Name: "alice"}, true},
		"nobody, once it is decided":          {final, cluster.User{Name: "alice"}, false},
		"a service account through a group":   {pending(rules), cluster.User{Name: "system:serviceaccount:ci:bot", Groups: []string{"ops"}}, false},
		"somebody in no group of the floor":   {members, cluster.User{Name: "alice"}, false},
		"somebody in a group of the floor":    {members, cluster.User{Name: "alice", Groups: []string{"staff"}}, true},
		"nobody, if no run waits":             {orphan, cluster.User{Name: "alice"}, false},
		"nobody, if it is not known who asks": {pending(rules), cluster.User{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Awaits(row.request, row.user); got != row.want {
				t.Errorf("awaits %v: %v, want %v", row.user, got, row.want)
			}
		})
	}
}

func TestProgress(t *testing.T) {
	half := func(state v1alpha1.State, progress string) *v1alpha1.ApprovalRequest {
		r := pending([]v1alpha1.Rule{rule("a", 1, "alice"), rule("b", 1, "bob")}, []string{"alice"})
		r.Status.State, r.Status.Progress = state, progress
		return r
	}
	const awaiting = "1 of 2 (alice); awaiting bob"
	other := half("", awaiting)
	other.OwnerReferences[0].UID = "another"
	object := half("", awaiting)
	object.OwnerReferences[0].Kind = "ConfigMap"
	observer := half("", awaiting)
	observer.OwnerReferences[0].Controller = nil
	const orphan = "no CustomRun waits for it, and no vote counts"
	for name, row := range map[string]struct {
		request *v1alpha1.ApprovalRequest
		want    string
	}{
		"pending, in the controller's words":      {half(v1alpha1.StatePending, awaiting), awaiting},
		"pending, before the controller saw it":   {half("", ""), "1 of 2 (alice)"},
		"decided":                                 {half(v1alpha1.StateRejected, "rejected by bob"), "rejected by bob"},
		"timed out, so that nobody is awaited":    {half(v1alpha1.StateTimedOut, awaiting), "1 of 2 (alice)"},
		"cancelled, so that nobody is awaited":    {half(v1alpha1.StateCancelled, awaiting), "1 of 2 (alice)"},
		"of another run than the one that it was": {other, orphan},
		"of something that is no run":             {object, orphan},
		"of a run that does not control it":       {observer, orphan},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Progress(row.request); got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}
