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

package resources

import (
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestC54C55RequestIsOwnedByItsRunAndTakesNothingElseOver(t *testing.T) {
	yes := true
	owner := metav1.OwnerReference{APIVersion: "tekton.dev/v1beta1", Kind: "CustomRun", Name: "run", UID: "u", Controller: &yes}
	gate := v1alpha1.Gate{Message: "go?", Approvers: []string{"alice"}, Required: 1, Timeout: "1h"}
	deadline := time.Date(2026, 1, 2, 3, 4, 5, 600, time.UTC)
	got := Request(Asker{Name: "run-1", Namespace: "ns", Owner: owner, Attempt: 2, Deadline: deadline}, gate)

	// The API server keeps whole seconds, and the request takes votes as long as it says.
	whole := metav1.NewTime(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	want := &v1alpha1.ApprovalRequest{
		ObjectMeta: metav1.ObjectMeta{
			Name: "run-1", Namespace: "ns", OwnerReferences: []metav1.OwnerReference{owner},
			Labels: map[string]string{v1alpha1.LabelRun: "run"},
		},
		Spec: v1alpha1.ApprovalRequestSpec{
			Gate: gate, Run: v1alpha1.RunReference{Name: "run", UID: "u", Attempt: 2}, Asks: "alice", Deadline: &whole,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request (-want, +got):\n%s", diff)
	}
	got.Spec.Approvers[0] = "mallory"
	if gate.Approvers[0] != "alice" {
		t.Error("the request shares its approvers with the gate that it was made of")
	}
}

func TestARequestWithoutADeadlineOrWithALongRunName(t *testing.T) {
	got := Request(Asker{Name: "r", Owner: metav1.OwnerReference{Name: strings.Repeat("x", 64)}}, v1alpha1.Gate{})
	if got.Spec.Deadline != nil || got.Labels != nil {
		t.Errorf("deadline %v, labels %v; want none", got.Spec.Deadline, got.Labels)
	}
}
