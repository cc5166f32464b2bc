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

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	"k8s.io/apimachinery/pkg/runtime"
)

func TestConformance(t *testing.T) {
	var g *gate
	decide := func(decision v1alpha1.Decision) func(*customtasktest.Harness) {
		return func(*customtasktest.Harness) {
			for _, request := range g.requests() {
				if request.Status.State == "" {
					g.vote(request, "alice", decision, "")
				}
			}
		}
	}
	run := newRun(approvers("alice", "bob"))
	customtasktest.Conformance(t, customtasktest.Kind{
		New: func(t testing.TB) *customtasktest.Harness {
			g = newGate(t)
			return g.Harness
		},
		Succeeds:  customtasktest.Scenario{Run: run, Then: decide(v1alpha1.DecisionApprove)},
		Fails:     &customtasktest.Scenario{Run: run, Then: decide(v1alpha1.DecisionReject)},
		NeverEnds: newRun(approvers("alice"), customtasktest.Timeout(0)),
		Invalid: map[string]*v1beta1.CustomRun{
			"approvers": newRun(),
			"required":  newRun(approvers("alice"), customtasktest.Param("required", "2")),
			"colour":    newRun(approvers("alice"), customtasktest.Param("colour", "red")),
			"timeout":   newRun(approvers("alice"), customtasktest.Param("timeout", "soon")),
		},
		ChildEnded: func(request runtime.Object) bool { return request.(*v1alpha1.ApprovalRequest).Status.State.Final() },
	})
}
