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
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/google/go-cmp/cmp"
)

func TestWhoIsAwaited(t *testing.T) {
	yes := true
	for name, row := range map[string]struct {
		gate       v1alpha1.Gate
		startedBy  string
		approvedBy []string
		want       []string
	}{
		"everybody at first":                        {v1alpha1.Gate{Approvers: []string{"a", "group:g", "a"}, Required: 1}, "", nil, []string{"a", "group:g"}},
		"who has approved no longer":                {v1alpha1.Gate{Approvers: []string{"a", "b"}, Required: 2}, "", []string{"a"}, []string{"b"}},
		"a service account no longer":               {v1alpha1.Gate{Approvers: []string{"serviceaccount:ci/bot", "b"}, Required: 2}, "", []string{"system:serviceaccount:ci:bot"}, []string{"b"}},
		"whoever started it never":                  {v1alpha1.Gate{Approvers: []string{"a", "b"}, Required: 1, PreventSelfApproval: &yes}, "a", nil, []string{"b"}},
		"a service account that started it neither": {v1alpha1.Gate{Approvers: []string{"serviceaccount:ci/bot", "b"}, Required: 1, PreventSelfApproval: &yes}, "system:serviceaccount:ci:bot", nil, []string{"b"}},
		"whoever started it, if that is no matter":  {v1alpha1.Gate{Approvers: []string{"a", "b"}, Required: 1}, "a", nil, []string{"a", "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			request := &v1alpha1.ApprovalRequest{
				Spec:   v1alpha1.ApprovalRequestSpec{Gate: row.gate, StartedBy: &v1alpha1.Identity{Username: row.startedBy}},
				Status: v1alpha1.ApprovalRequestStatus{ApprovedBy: row.approvedBy},
			}
			if diff := cmp.Diff(row.want, request.Awaited()); diff != "" {
				t.Errorf("awaited (-want, +got):\n%s", diff)
			}
		})
	}
}
