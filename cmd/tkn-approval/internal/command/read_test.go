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
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"k8s.io/apimachinery/pkg/runtime"
)

func TestList(t *testing.T) {
	for name, row := range map[string]struct {
		who  string
		args []string
	}{
		"list":                    {"alice", []string{"list"}},
		"list-wide":               {"alice", []string{"list", "-o", "wide"}},
		"list-all-namespaces":     {"alice", []string{"list", "-A"}},
		"list-decided-too":        {"alice", []string{"list", "--all", "--no-headers"}},
		"list-json":               {"alice", []string{"list", "-n", "other", "-o", "json"}},
		"list-yaml":               {"alice", []string{"list", "-n", "other", "-o", "yaml"}},
		"list-jsonpath":           {"alice", []string{"list", "-o", "jsonpath={.items[*].spec.asks}"}},
		"list-name":               {"alice", []string{"list", "-o", "name", "-A"}},
		"list-mine-of-alice":      {"alice", []string{"list", "--mine", "-A"}},
		"list-mine-of-bob":        {"bob", []string{"list", "--mine", "-A"}},
		"list-mine-without-right": {"lead", []string{"list", "--mine"}},
		"list-mine-of-nobody":     {"mallory", []string{"list", "--mine", "-A"}},
		"list-nothing":            {"alice", []string{"list", "-n", "empty"}},
		"list-nothing-as-json":    {"alice", []string{"list", "-n", "empty", "-o", "json"}},
		"list-unknown-form":       {"alice", []string{"list", "-o", "xml"}},
		"list-mine-and-decided":   {"alice", []string{"list", "--mine", "--all"}},
		"list-with-a-name":        {"alice", []string{"list", "half"}},
		"list-with-unknown-flag":  {"alice", []string{"list", "--colour"}},
		"command-that-is-unknown": {"alice", []string{"aprove", "half"}},
		"help-on-nothing-known":   {"alice", []string{"help", "nothing"}},
		"version":                 {"alice", []string{"version"}},
		"version-by-flag":         {"alice", []string{"--version"}},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, newSession(row.who, world()...).transcript(row.args...))
		})
	}
}

func TestListIsSortedByUrgency(t *testing.T) {
	never := func(r *v1alpha1.ApprovalRequest) { r.Spec.Deadline = nil }
	objects := []runtime.Object{
		request("a-done", due(time.Minute), decided(v1alpha1.StateApproved, "approved by alice, bob", "")),
		request("b-never", never), request("c-late", due(time.Hour)), request("d-soon", due(time.Minute)),
		request("e-soon", in("other"), due(time.Minute)), request("f-by-hand", byHand), request("g-never", in("other"), never),
	}
	golden(t, "list-sorted", newSession("alice", objects...).transcript("list", "--all", "-A"))
	golden(t, "list-sorted-mine", newSession("alice", objects...).transcript("list", "--mine", "-o", "name"))
}

func TestDescribe(t *testing.T) {
	ruled := request("ruled", withRules)
	overridden := request("overridden", withRules, decided(v1alpha1.StateApproved, "OVERRIDDEN by lead", "the site is down"),
		func(r *v1alpha1.ApprovalRequest) { r.Status.OverriddenBy = "lead" })
	forced := vote(overridden, "2", "lead", v1alpha1.DecisionApprove, "the site is down")
	forced.Spec.Override = true
	short := request("forced", approvedBy("alice", "lead"), decided(v1alpha1.StateApproved, "OVERRIDDEN by lead", "the site is down"),
		func(r *v1alpha1.ApprovalRequest) { r.Status.OverriddenBy = "lead" })
	alone := vote(short, "2", "lead", v1alpha1.DecisionApprove, "the site is down")
	alone.Spec.Override = true
	approved := request("approved", withInputs, decided(v1alpha1.StateApproved, "approved by alice", "ship it"),
		func(r *v1alpha1.ApprovalRequest) {
			r.Status.ApprovedBy = []string{"alice"}
			r.Status.Inputs = []v1alpha1.InputValue{{Name: "ticket", Value: "OPS-7"}, {Name: "colour", Value: "blue"}}
		})
	rejected := request("rejected", decided(v1alpha1.StateRejected, "rejected by bob", "no\nsignature"),
		func(r *v1alpha1.ApprovalRequest) { r.Status.RejectedBy = "bob" })
	for name, row := range map[string]struct {
		who     string
		args    []string
		objects []runtime.Object
	}{
		"describe-pending-with-rules": {"bob", []string{"ruled"}, []runtime.Object{
			ruled, vote(ruled, "10", "alice", v1alpha1.DecisionApprove, "fine now"), vote(ruled, "9", "alice", v1alpha1.DecisionWithdraw, ""),
			vote(ruled, "8", "alice", v1alpha1.DecisionApprove, ""),
		}},
		"describe-without-the-right":  {"lead", []string{"ruled"}, []runtime.Object{ruled}},
		"describe-to-the-starter":     {"carol", []string{"ruled"}, []runtime.Object{ruled}},
		"describe-to-an-approver":     {"alice", []string{"half"}, world()},
		"describe-inputs":             {"alice", []string{"asking"}, world()},
		"describe-approved":           {"alice", []string{"approved"}, []runtime.Object{approved, answering(vote(approved, "1", "alice", v1alpha1.DecisionApprove, "ship it"), "ticket", "OPS-7")}},
		"describe-overridden":         {"alice", []string{"overridden"}, []runtime.Object{overridden, forced}},
		"describe-overridden-short":   {"lead", []string{"forced"}, []runtime.Object{short, alone}},
		"describe-by-hand":            {"alice", []string{"made"}, []runtime.Object{request("made", byHand)}},
		"describe-answers-that-stand": {"bob", []string{"answered"}, answered()},
		"describe-rejected":           {"bob", []string{"rejected"}, []runtime.Object{rejected, vote(rejected, "1", "bob", v1alpha1.DecisionReject, "no\nsignature")}},
		"describe-timed-out":          {"alice", []string{"expired"}, world()},
		"describe-several":            {"alice", []string{"fresh", "nope", "approvalrequest.approval.tekton.dev/half"}, world()},
		"describe-hostile-texts":      {"alice", []string{"trap"}, []runtime.Object{request("trap", hostile)}},
		"describe-without-a-name":     {"alice", nil, nil},
		"describe-by-short-name":      {"alice", []string{"ar/half"}, world()},
		"describe-another-kind":       {"alice", []string{"half", "pod/half"}, world()},
		"describe-without-deadline":   {"bob", []string{"elsewhere", "-n", "other"}, world()},
		"describe-another-namespace":  {"bob", []string{"half", "--namespace", "other"}, world()},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, newSession(row.who, row.objects...).transcript(append([]string{"describe"}, row.args...)...))
		})
	}
}

func TestHelp(t *testing.T) {
	s := newSession("alice")
	if code := s.Run([]string{"help", "withdraw"}); code != ExitDone || !strings.HasPrefix(s.out.String(), "Take your approval") {
		t.Errorf("exit %d, and it prints\n%s%s", code, s.out, s.err)
	}
}
