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

package demo

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func run(conditions ...any) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"kind": "CustomRun", "status": map[string]any{"conditions": conditions},
	}}
}

func request(status map[string]any) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{"kind": "ApprovalRequest", "status": status}}
}

func TestDescribe(t *testing.T) {
	for name, row := range map[string]struct {
		object *unstructured.Unstructured
		want   string
	}{
		"a run that nobody has looked at": {run(), "created"},
		"a run under way": {
			run(map[string]any{"type": "Succeeded", "status": "Unknown", "reason": "Running", "message": "waiting\nfor bob"}),
			"Running: waiting",
		},
		"a run that has succeeded": {
			run(map[string]any{"type": "Ready", "status": "False"}, map[string]any{"type": "Succeeded", "status": "True", "reason": "Approved"}),
			"✓ Approved",
		},
		"a run that has failed": {
			run(map[string]any{"type": "Succeeded", "status": "False", "reason": "ApprovalRejected", "message": "bob said no"}),
			"✗ ApprovalRejected: bob said no",
		},
		"a request without a status": {request(nil), "created"},
		"an approved request": {
			request(map[string]any{"state": "Approved", "approvedBy": []any{"alice", "bob"}}),
			"Approved, approved by alice, bob",
		},
		"a rejected request": {
			request(map[string]any{"state": "Rejected", "rejectedBy": "bob"}),
			"Rejected, rejected by bob",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := describe(row.object); got != row.want {
				t.Errorf("describe = %q, want %q", got, row.want)
			}
		})
	}
}
