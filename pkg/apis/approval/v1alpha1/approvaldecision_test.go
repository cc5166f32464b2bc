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
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
)

func TestVotesThatCannotWork(t *testing.T) {
	const unseen = ", which controls a terminal or cannot be seen; leave it out: spec.comment"
	for name, row := range map[string]struct {
		change func(*v1alpha1.ApprovalDecisionSpec)
		want   string
	}{
		"that work":          {func(*v1alpha1.ApprovalDecisionSpec) {}, ""},
		"on several lines":   {func(s *v1alpha1.ApprovalDecisionSpec) { s.Comment = "first\n\tsecond" }, ""},
		"without a request":  {func(s *v1alpha1.ApprovalDecisionSpec) { s.Request = "" }, "missing field(s): spec.request"},
		"on what is no name": {func(s *v1alpha1.ApprovalDecisionSpec) { s.Request = "../a" }, `"../a" cannot be the name of an approval request; write the name alone: spec.request`},
		"on a name that is too long": {
			func(s *v1alpha1.ApprovalDecisionSpec) { s.Request = strings.Repeat("a", 254) },
			`"` + strings.Repeat("a", 100) + `…" cannot be the name of an approval request; write the name alone: spec.request`,
		},
		"that override and withdraw": {
			func(s *v1alpha1.ApprovalDecisionSpec) {
				s.Override, s.Comment, s.Decision = true, "why", v1alpha1.DecisionWithdraw
			},
			"an override goes with Approve or Reject only: spec.override",
		},
		"that override for a reason that nobody sees": {
			func(s *v1alpha1.ApprovalDecisionSpec) { s.Override, s.Comment = true, " \u3164\u00a0" },
			"an override needs a comment that says why: spec.comment",
		},
		"with a control character":              {func(s *v1alpha1.ApprovalDecisionSpec) { s.Comment = "\u001b[2J" }, "the comment has the character U+001B" + unseen},
		"with the lines of Windows":             {func(s *v1alpha1.ApprovalDecisionSpec) { s.Comment = "a\r\nb" }, "the comment has the character U+000D" + unseen},
		"with what hides the rest":              {func(s *v1alpha1.ApprovalDecisionSpec) { s.Comment = "a\u2066b" }, "the comment has the character U+2066" + unseen},
		"with as long a comment as is possible": {func(s *v1alpha1.ApprovalDecisionSpec) { s.Comment = strings.Repeat("a", 1024) }, ""},
		"with a longer comment": {
			func(s *v1alpha1.ApprovalDecisionSpec) { s.Comment = strings.Repeat("a", 1025) }, "the comment is 1025 bytes; at most 1024 are possible: spec.comment",
		},
	} {
		t.Run(name, func(t *testing.T) {
			vote := &v1alpha1.ApprovalDecision{Spec: v1alpha1.ApprovalDecisionSpec{Request: "gate-1.x", Decision: v1alpha1.DecisionApprove}}
			row.change(&vote.Spec)
			got := ""
			if err := vote.Validate(context.Background()); err != nil {
				got = err.Error()
			}
			if got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
	vote := &v1alpha1.ApprovalDecision{Spec: v1alpha1.ApprovalDecisionSpec{Request: "r", Decision: v1alpha1.DecisionApprove, Override: true, Comment: " \u200b "}}
	if err := vote.Validate(context.Background()); err == nil || !strings.Contains(err.Error(), "an override needs a comment that says why") {
		t.Errorf("an override for a reason of no width: %v", err)
	}
}
