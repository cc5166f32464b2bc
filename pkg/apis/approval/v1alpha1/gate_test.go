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

package v1alpha1_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/google/go-cmp/cmp"
)

func rules(rules ...v1alpha1.Rule) v1alpha1.Gate { return v1alpha1.Gate{Rules: rules} }

func rule(name string, required int32, approvers ...string) v1alpha1.Rule {
	return v1alpha1.Rule{Name: name, Required: required, Approvers: approvers}
}

func TestGatesThatCannotWork(t *testing.T) {
	for name, row := range map[string]struct {
		gate v1alpha1.Gate
		want string
	}{
		"both forms":             {v1alpha1.Gate{Approvers: []string{"a"}, Rules: []v1alpha1.Rule{rule("r", 1, "a")}}, "rules stand in place of approvers and required; set one or the other: rules"},
		"a rule without a name":  {rules(rule("", 1, "a")), "a rule needs a name of at most 63 bytes: rules[0].name"},
		"two rules of a name":    {rules(rule("r", 1, "a"), rule("r", 1, "b")), `"r" names two rules: rules[1].name`},
		"a rule without people":  {rules(rule("r", 1)), "nobody may decide; name at least one user, group:NAME or serviceaccount:NAMESPACE/NAME: rules[0].approvers"},
		"a rule nobody can meet": {rules(rule("x", 1, "a"), rule("r", 2, "b", "b")), "2 approvals are required and the approvers named are only 1; name more or require fewer: rules[1].required"},
		"one person for two rules": {
			rules(rule("x", 1, "a"), rule("y", 1, "a")),
			"the rules need 2 different people, and no choice among the 1 named meets all of them; one person counts for one rule only: rules",
		},
		"three rules for two people": {
			rules(rule("x", 1, "a", "b"), rule("y", 1, "b", "a"), rule("z", 1, "a", "b")),
			"the rules need 3 different people, and no choice among the 2 named meets all of them; one person counts for one rule only: rules",
		},
		"a bad outcome":          {v1alpha1.Gate{Approvers: []string{"a"}, OnReject: "Ignore"}, `"Ignore" must be Fail or Continue: onReject`},
		"a group with a capital": {v1alpha1.Gate{Approvers: []string{"Group:x"}}, `"Group:x": write a group as group:NAME and a service account as serviceaccount:NAMESPACE/NAME: approvers[0]`},
		"groups in the plural":   {v1alpha1.Gate{Approvers: []string{"groups:x"}}, `"groups:x": write a group as group:NAME and a service account as serviceaccount:NAMESPACE/NAME: approvers[0]`},
		"an empty name":          {v1alpha1.Gate{Approvers: []string{""}, Required: 2}, "an approver's name is empty or has spaces around it: approvers[0]"},
		"too many details":       {v1alpha1.Gate{Approvers: []string{"a"}, Details: map[string]string{"x": strings.Repeat("y", 9000)}}, "the details are 1 with 9001 bytes; at most 32 with 8192 bytes are possible: details"},
		"a service account with a second name": {
			v1alpha1.Gate{Approvers: []string{"serviceaccount:ci/bot/x"}}, `"serviceaccount:ci/bot/x": write a service account as serviceaccount:NAMESPACE/NAME: approvers[0]`,
		},
		"a service account as its user is called": {
			v1alpha1.Gate{Approvers: []string{"serviceaccount:ci/a:b"}}, `"serviceaccount:ci/a:b": write a service account as serviceaccount:NAMESPACE/NAME: approvers[0]`,
		},
		"an approver whom nobody can tell from another": {
			v1alpha1.Gate{Approvers: []string{"ali\u200bce"}}, "an approver's name has the character U+200B, which controls a terminal or cannot be seen; leave it out: approvers[0]",
		},
		"a group with lines":                {v1alpha1.Gate{Approvers: []string{"group:a\nb"}}, "an approver's name has the character U+000A, which controls a terminal or cannot be seen; leave it out: approvers[0]"},
		"a rule that a terminal obeys":      {rules(rule("a\x1b[2J", 1, "a")), "a rule's name has the character U+001B, which controls a terminal or cannot be seen; leave it out: rules[0].name"},
		"too many approvers over all rules": {rules(rule("x", 1, crowd(128)...), rule("y", 1, crowd(129)...)), "257 approvers; at most 256 are possible, so use groups: rules"},
		"a group of no name":                {rules(rule("r", 1, "group:")), "group: needs a name, as in group:platform: rules[0].approvers[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			row.gate.SetDefaults(context.Background())
			err := row.gate.Validate(context.Background())
			if err == nil || err.Error() != row.want {
				t.Errorf("got %v\nwant %s", err, row.want)
			}
		})
	}
}

// crowd is so many people.
func crowd(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("user-%d", i))
	}
	return out
}

func TestGatesThatWork(t *testing.T) {
	for name, gate := range map[string]v1alpha1.Gate{
		"who is on both rules leaves room": rules(rule("x", 1, "a", "b"), rule("y", 1, "a")),
		"a group has any number of people": rules(rule("x", 3, "group:g"), rule("y", 1, "a")),
		"a group whose name holds colons":  rules(rule("x", 1, "group:oidc:team:a")),
		"a user and a group of one name":   rules(rule("x", 1, "sec"), rule("y", 1, "group:sec")),
		"a user whose name has a colon":    rules(rule("x", 1, "oidc:alice")),
		"bounds with one number between": {
			Approvers: []string{"a"}, Inputs: []v1alpha1.Input{
				{Name: "number", Type: "number", Minimum: "1.5", Maximum: "1.5"}, {Name: "integer", Type: "integer", Minimum: "0.5", Maximum: "1"},
			},
		},
		"as many approvers over all rules as are possible": rules(rule("x", 1, crowd(128)...), rule("y", 1, crowd(128)...)),
		"a user who is called group":                       rules(rule("x", 1, "group")),
		"a service account":                                rules(rule("x", 1, "serviceaccount:ci/bot")),
		"the short form":                                   {Approvers: []string{"a", "b"}, Required: 2},
	} {
		t.Run(name, func(t *testing.T) {
			gate.SetDefaults(context.Background())
			if err := gate.Validate(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestFeasibleWithoutWhoeverStarted(t *testing.T) {
	gate := rules(rule("x", 1, "a", "b"), rule("y", 1, "b"))
	for starter, want := range map[string]string{
		"":  "",
		"c": "",
		"a": `"a" started the PipelineRun and may not decide, and the others named cannot meet the rules, which need 2; name more or require fewer: rules`,
		"b": `"b" started the PipelineRun and may not decide, and the others named cannot meet the rules, which need 1; name more or require fewer: rules[1].required`,
	} {
		got := ""
		if err := gate.Feasible(starter); err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("started by %q (-want, +got):\n%s", starter, diff)
		}
	}
}

func TestFeasibleWithoutTheServiceAccountThatStarted(t *testing.T) {
	gate := rules(rule("x", 1, "serviceaccount:ci/bot"))
	want := `"system:serviceaccount:ci:bot" started the PipelineRun and may not decide, and the others named cannot meet the rules, which need 1; name more or require fewer: rules[0].required`
	if err := gate.Feasible("system:serviceaccount:ci:bot"); err == nil || err.Error() != want {
		t.Errorf("got %v; want %s", err, want)
	}
	if err := gate.Feasible("serviceaccount:ci/bot"); err != nil {
		t.Errorf("a user who is called like its entry is somebody else: %v", err)
	}
}

func TestPoliciesThatCannotWork(t *testing.T) {
	gate := v1alpha1.Gate{Approvers: []string{"a"}}
	for name, row := range map[string]struct {
		timeout, longest, want string
	}{
		"a default longer than the longest":  {"2h", "1h", "2h0m0s is longer than the policy's maxTimeout of 1h0m0s: timeout"},
		"no end where there must be one":     {"0", "1h", "0, which is without end, is longer than the policy's maxTimeout of 1h0m0s: timeout"},
		"a bad longest":                      {"1h", "long", `"long" is not a duration; write it as "90s" or "2h30m": maxTimeout`},
		"a short longest bounds the default": {"", "10m", ""},
		"as long as the longest":             {"1h", "60m", ""},
	} {
		t.Run(name, func(t *testing.T) {
			policy := v1alpha1.ApprovalPolicySpec{Gate: *gate.DeepCopy(), MaxTimeout: row.longest}
			policy.Timeout = row.timeout
			policy.SetDefaults(context.Background())
			got := ""
			if err := policy.Validate(context.Background()); err != nil {
				got = err.Error()
			}
			if got != row.want {
				t.Errorf("got %s; want %s", got, row.want)
			}
			if policy.PreventSelfApproval == nil || !*policy.PreventSelfApproval {
				t.Error("a policy prevents self-approval unless it says otherwise")
			}
		})
	}
}

func TestAPolicyIsCheckedAsItIsStored(t *testing.T) {
	spec := v1alpha1.ApprovalPolicySpec{Gate: v1alpha1.Gate{Approvers: []string{"alice"}, Required: 2}}
	want := "2 approvals are required and the approvers named are only 1; name more or require fewer: spec.required"
	ap, cap := &v1alpha1.ApprovalPolicy{Spec: spec}, &v1alpha1.ClusterApprovalPolicy{Spec: spec}
	for _, err := range []error{ap.Validate(context.Background()), cap.Validate(context.Background())} {
		if err == nil || err.Error() != want {
			t.Errorf("got %v; want %s", err, want)
		}
	}
	if ap.Spec.Timeout != "" || ap.Spec.PreventSelfApproval != nil {
		t.Errorf("the check has changed the policy: %+v", ap.Spec)
	}
}

func text(s string) *string { return &s }

func TestInputsThatCannotWork(t *testing.T) {
	for name, row := range map[string]struct {
		input v1alpha1.Input
		want  string
	}{
		"a bad name":                        {v1alpha1.Input{Name: "a b"}, `"a b" must be 1 to 63 letters, digits, '_', '.' and '-': inputs[0].name`},
		"a name that a gate has":            {v1alpha1.Input{Name: "decision"}, `"decision" is a result of every gate; choose another name: inputs[0].name`},
		"an unknown type":                   {v1alpha1.Input{Name: "x", Type: "date"}, `"date" must be string, text, integer, number, boolean or enum: inputs[0].type`},
		"an enum of nothing":                {v1alpha1.Input{Name: "x", Type: "enum"}, "an enum needs at least one: inputs[0].values"},
		"values of a string":                {v1alpha1.Input{Name: "x", Values: []string{"a"}}, "only an enum has values; its type is string: inputs[0].values"},
		"a pattern that is none":            {v1alpha1.Input{Name: "x", Pattern: "("}, `"(" must be a regular expression (RE2), of an input of type string or text: inputs[0].pattern`},
		"a pattern of a number":             {v1alpha1.Input{Name: "x", Type: "integer", Pattern: "1+"}, `"1+" must be a regular expression (RE2), of an input of type string or text: inputs[0].pattern`},
		"bounds that nothing is between":    {v1alpha1.Input{Name: "x", Type: "integer", Minimum: "5", Maximum: "1"}, `no integer is at least 5 and at most 1: inputs[0].minimum`},
		"bounds without a whole number":     {v1alpha1.Input{Name: "x", Type: "integer", Minimum: "1.2", Maximum: "1.8"}, `no integer is at least 1.2 and at most 1.8: inputs[0].minimum`},
		"negative ones without a whole one": {v1alpha1.Input{Name: "x", Type: "integer", Minimum: "-1.8", Maximum: "-1.2"}, `no integer is at least -1.8 and at most -1.2: inputs[0].minimum`},
		"a bound of a string":               {v1alpha1.Input{Name: "x", Minimum: "1"}, `"1" must be a number, of an input of type integer or number: inputs[0].minimum`},
		"a default that is no answer":       {v1alpha1.Input{Name: "x", Type: "boolean", Default: text("yes")}, `"yes" must be true or false: inputs[0].default`},
	} {
		t.Run(name, func(t *testing.T) {
			gate := v1alpha1.Gate{Approvers: []string{"a"}, Inputs: []v1alpha1.Input{row.input}}
			gate.SetDefaults(context.Background())
			err := gate.Validate(context.Background())
			if err == nil || err.Error() != row.want {
				t.Errorf("got %v\nwant %s", err, row.want)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	gate := v1alpha1.Gate{Approvers: []string{"a"}, Inputs: []v1alpha1.Input{
		{Name: "version", Required: true, Pattern: `v\d+`, Description: "which version?"},
		{Name: "replicas", Type: "integer", Minimum: "1", Maximum: "10", Default: text("3")},
		{Name: "share", Type: "number", Minimum: "0.5"},
		{Name: "dry", Type: "boolean"},
		{Name: "zone", Type: "enum", Values: []string{"eu", "us"}},
		{Name: "notes", Type: "text"},
	}}
	gate.SetDefaults(context.Background())
	if err := gate.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	answers := func(pairs ...string) []v1alpha1.InputValue {
		var out []v1alpha1.InputValue
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, v1alpha1.InputValue{Name: pairs[i], Value: pairs[i+1]})
		}
		return out
	}
	t.Run("that are taken, with defaults and empty ones, in the order of the questions", func(t *testing.T) {
		got, err := gate.Answers(answers("dry", "true", "version", "v12", "share", "0.75", "notes", "a\nb"))
		if err != nil {
			t.Fatal(err)
		}
		want := answers("version", "v12", "replicas", "3", "share", "0.75", "dry", "true", "zone", "", "notes", "a\nb")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("answers (-want, +got):\n%s", diff)
		}
	})
	for name, row := range map[string]struct {
		given []v1alpha1.InputValue
		want  string
	}{
		"none where one is required":   {nil, `input "version" is required: which version?`},
		"one that nobody asked for":    {answers("color", "red"), `there is no input "color"; the inputs are version, replicas, share, dry, zone, notes`},
		"one that does not match":      {answers("version", "v1x"), `input "version": "v1x" must match v\d+`},
		"two lines in a string":        {answers("version", "v1\nv2"), `input "version": "v1\nv2" must be a single line`},
		"a whole number that is none":  {answers("version", "v1", "replicas", "2.5"), `input "replicas": "2.5" must be a whole number`},
		"a number below its minimum":   {answers("version", "v1", "replicas", "0"), `input "replicas": 0 must be at least 1`},
		"a number over its maximum":    {answers("version", "v1", "replicas", "11"), `input "replicas": 11 must be at most 10`},
		"a number in words":            {answers("version", "v1", "share", "half"), `input "share": "half" must be a number, as in 1.5`},
		"a number that takes for ever": {answers("version", "v1", "share", "1e999999999"), `input "share": "1e999999999" must be a number, as in 1.5`},
		"a boolean in words":           {answers("version", "v1", "dry", "yes"), `input "dry": "yes" must be true or false`},
		"an enum's stranger":           {answers("version", "v1", "zone", "moon"), `input "zone": "moon" must be one of eu, us`},
		"a text without end":           {answers("version", "v1", "notes", strings.Repeat("x", 20_000)), `input "notes": the answer is 20000 bytes; at most 16384 are possible`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := gate.Answers(row.given); err == nil || err.Error() != row.want {
				t.Errorf("got %v\nwant %s", err, row.want)
			}
		})
	}
}
