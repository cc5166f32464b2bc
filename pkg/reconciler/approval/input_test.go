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
	"testing"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
)

func TestBadGates(t *testing.T) {
	rows := map[string]struct {
		run             *v1beta1.CustomRun
		reason, message string
	}{
		"no approvers": {
			newRun(), customtask.ReasonInvalidSpec,
			"nobody may decide; name at least one user, group:NAME or serviceaccount:NAMESPACE/NAME: approvers",
		},
		"an empty list of approvers": {
			newRun(approvers(" , ")), customtask.ReasonInvalidSpec,
			"nobody may decide; name at least one user, group:NAME or serviceaccount:NAMESPACE/NAME: approvers",
		},
		"customSpec null": {
			newRun(customtasktest.Spec("null")), customtask.ReasonInvalidSpec,
			"nobody may decide; name at least one user, group:NAME or serviceaccount:NAMESPACE/NAME: approvers",
		},
		"more required than approvers": {
			newRun(approvers("alice", "bob", "bob"), customtasktest.Param("required", "3")), customtask.ReasonInvalidSpec,
			"3 approvals are required and the approvers named are only 2; name more or require fewer: required",
		},
		"none required": {
			newRun(approvers("alice"), customtasktest.Param("required", "0")), customtask.ReasonInvalidParams,
			`param "required" is 0; it must be at least 1 and at most the number of approvers`,
		},
		"a number that is none": {
			newRun(approvers("alice"), customtasktest.Param("required", "two")), customtask.ReasonInvalidParams,
			`param "required" is "two"; it must be a whole number`,
		},
		"an unparsable timeout": {
			newRun(approvers("alice"), customtasktest.Param("timeout", "2 hours")), customtask.ReasonInvalidParams,
			`param "timeout" is "2 hours"; it must be a duration such as "90s" or "1h30m"`,
		},
		"an unparsable timeout in customSpec": {
			newRun(customtasktest.Spec(`{"approvers":["alice"],"timeout":"2 hours"}`)), customtask.ReasonInvalidSpec,
			`"2 hours" is not a duration; write it as "90s" or "2h30m": timeout`,
		},
		"a negative timeout": {
			newRun(approvers("alice"), customtasktest.Param("timeout", "-1h")), customtask.ReasonInvalidSpec,
			`"-1h0m0s" is negative; write a positive duration, or "0" to wait without end: timeout`,
		},
		"an unknown param": {
			newRun(approvers("alice"), customtasktest.Param("approver", "bob")), customtask.ReasonInvalidParams,
			`param "approver" is unknown; the params are approvers, details, message, onReject, onTimeout, preventSelfApproval, required, timeout`,
		},
		"a param of the wrong type": {
			newRun(approvers("alice"), customtasktest.Param("message", "a", "b")), customtask.ReasonInvalidParams,
			`param "message" must be a string, not of type array`,
		},
		"an unknown field": {
			newRun(customtasktest.Spec(`{"approvers":["alice"],"quorum":2}`)), customtask.ReasonInvalidSpec,
			`spec.customSpec.spec has unknown field "quorum"`,
		},
		"a string for the approvers": {
			newRun(customtasktest.Spec(`{"approvers":"alice"}`)), customtask.ReasonInvalidSpec,
			`spec.customSpec.spec.approvers must be a list, not string`,
		},
		"a name": {
			newRun(customtasktest.Named("production")), customtask.ReasonNameNotSupported,
			`spec.customRef.name is "production", and ApprovalRequest has no named objects; remove the name and give params or a customSpec`,
		},
		"a service account by its user name": {
			newRun(approvers("system:serviceaccount:ci:bot")), customtask.ReasonInvalidSpec,
			`"system:serviceaccount:ci:bot": write a service account as serviceaccount:NAMESPACE/NAME: approvers[0]`,
		},
		"a group without a name": {
			newRun(approvers("alice", "group:")), customtask.ReasonInvalidSpec, "group: needs a name, as in group:platform: approvers[1]",
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			g := newGate(t)
			g.Create(row.run)
			g.Settle("gate")
			g.want(corev1.ConditionFalse, row.reason, row.message)
			if n := len(g.requests()); n != 0 {
				t.Errorf("%d requests were made", n)
			}
		})
	}
}
