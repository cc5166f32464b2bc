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

package decision

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	authenticationv1 "k8s.io/api/authentication/v1"
)

// ruled is a request with all that may keep somebody from deciding.
func ruled() *v1alpha1.ApprovalRequest {
	yes := true
	request := pending()
	request.Spec.Rules = []v1alpha1.Rule{
		{Name: "security", Approvers: []string{"alice", "group:sec"}, Required: 1},
		{Name: "owners", Approvers: []string{"bob", "carol"}, Required: 1},
	}
	request.Spec.Approvers, request.Spec.Required = nil, 0
	request.Spec.PreventSelfApproval, request.Spec.StartedBy = &yes, &v1alpha1.Identity{Username: "carol"}
	request.Spec.MemberOf = []string{"staff"}
	request.Spec.Policy = &v1alpha1.PolicyReference{Kind: "ClusterApprovalPolicy", Name: "production", RequireRBAC: true}
	request.Spec.Inputs = []v1alpha1.Input{{Name: "version", Type: v1alpha1.InputString, Required: true, Description: "which one?"}}
	request.Spec.Digest = "sha256:abc"
	request.Spec.Asks = request.Spec.Summary()
	return request
}

// rights are "user verb resource namespace/name".
type rights map[string]bool

func (r rights) allowed(_ context.Context, user authenticationv1.UserInfo, verb, resource, namespace, name string) (bool, error) {
	return r[strings.Join([]string{user.Username, verb, resource, namespace + "/" + name}, " ")], nil
}

func person(name string, groups ...string) authenticationv1.UserInfo {
	return authenticationv1.UserInfo{Username: name, Groups: groups}
}

func TestWhoMayDecide(t *testing.T) {
	decide := func(name string) rights { return rights{name + " decide clusterapprovalpolicies /production": true} }
	answered := func(s *v1alpha1.ApprovalDecisionSpec) {
		s.Inputs = []v1alpha1.InputValue{{Name: "version", Value: "v1"}}
	}
	and := func(more func(*v1alpha1.ApprovalDecisionSpec)) func(*v1alpha1.ApprovalDecisionSpec) {
		return func(s *v1alpha1.ApprovalDecisionSpec) { answered(s); more(s) }
	}
	for name, row := range map[string]struct {
		user   authenticationv1.UserInfo
		rights rights
		vote   func(*v1alpha1.ApprovalDecisionSpec)
		want   string
	}{
		"somebody whom a rule names, with the right and an answer": {person("bob", "staff"), decide("bob"), answered, ""},
		"a member of a group that a rule names":                    {person("sue", "sec", "staff"), decide("sue"), answered, ""},
		"a rejection needs no answer":                              {person("bob", "staff"), decide("bob"), func(s *v1alpha1.ApprovalDecisionSpec) { s.Decision = "Reject" }, ""},
		"nor does taking a vote back":                              {person("bob", "staff"), decide("bob"), func(s *v1alpha1.ApprovalDecisionSpec) { s.Decision = "Withdraw" }, ""},
		"whoever started the PipelineRun": {
			person("carol", "staff"), decide("carol"), answered,
			`"carol" started the PipelineRun, and approval request "gate-1" prevents self-approval`,
		},
		"somebody in no group of the namespace's": {
			person("bob"), decide("bob"), answered, `"bob" is in none of the groups that decide in this namespace: staff`,
		},
		"somebody without the right to the policy": {
			person("bob", "staff"), nil, answered, `"bob" may not decide by ClusterApprovalPolicy "production": that needs the right to the verb decide on it`,
		},
		"an approval without the answer": {
			person("bob", "staff"), decide("bob"), nil, `spec.inputs: input "version" is required: which one?`,
		},
		"answers with a rejection": {
			person("bob", "staff"), decide("bob"), and(func(s *v1alpha1.ApprovalDecisionSpec) { s.Decision = "Reject" }), "answers go with Approve only: spec.inputs",
		},
		"a vote on what was asked before": {
			person("bob", "staff"), decide("bob"), and(func(s *v1alpha1.ApprovalDecisionSpec) { s.Digest = "sha256:old" }),
			`approval request "gate-1" asks something else than the vote was meant for; look at it again`,
		},
		"an override by somebody without the right": {
			person("bob", "staff"), decide("bob"), and(func(s *v1alpha1.ApprovalDecisionSpec) { s.Override, s.Comment = true, "why" }),
			`"bob" may not override: that needs the right to the verb override on approvalrequests`,
		},
		"an override without a comment": {
			person("root"), rights{"root override approvalrequests ns/gate-1": true}, and(func(s *v1alpha1.ApprovalDecisionSpec) { s.Override = true }),
			"an override needs a comment that says why: spec.comment",
		},
		"an override by somebody with the right, whom no rule names": {
			person("root"), rights{"root override approvalrequests ns/gate-1": true},
			and(func(s *v1alpha1.ApprovalDecisionSpec) { s.Override, s.Comment = true, "the site is down" }), "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			j := judgeOf(ruled(), nil)
			j.allowed = row.rights.allowed
			stamped, err := j.stamp(context.Background(), row.user, vote(row.vote))
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != row.want {
				t.Fatalf("got  %s\nwant %s", got, row.want)
			}
			if row.want != "" {
				return
			}
			if stamped.Spec.Digest != "sha256:abc" {
				t.Errorf("the vote is bound to %q", stamped.Spec.Digest)
			}
			if err := j.check(context.Background(), row.user, stamped); err != nil {
				t.Errorf("the stamped vote is refused afterwards: %v", err)
			}
			stamped.Spec.Digest = ""
			if err := j.check(context.Background(), row.user, stamped); err == nil {
				t.Error("a vote that lost its digest is taken")
			}
		})
	}
}

func TestRightsThatCannotBeAskedForRefuseTheVoteForNow(t *testing.T) {
	j := judgeOf(ruled(), nil)
	j.allowed = func(context.Context, authenticationv1.UserInfo, string, string, string, string) (bool, error) {
		return true, errors.New("no answer")
	}
	answered := vote(func(s *v1alpha1.ApprovalDecisionSpec) {
		s.Inputs = []v1alpha1.InputValue{{Name: "version", Value: "v1"}}
	})
	_, err := j.stamp(context.Background(), person("bob", "staff"), answered)
	var refused *refusal
	if err == nil || errors.As(err, &refused) {
		t.Errorf("got %v; want an error that is no refusal", err)
	}
}
