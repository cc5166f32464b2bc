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
	"errors"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"
)

// TestAnswersThatStand has bob approve what alice has answered: ticket OPS-3, and notes.
func TestAnswersThatStand(t *testing.T) {
	notes := v1alpha1.InputValue{Name: "notes", Value: "One.\nTwo lines."}
	for name, row := range map[string]struct {
		args  []string
		typed *string
		want  []v1alpha1.InputValue
	}{
		"answers-are-kept":       {nil, nil, []v1alpha1.InputValue{{Name: "ticket", Value: "OPS-3"}, notes}},
		"answers-are-kept-alike": {[]string{"--input", "ticket=OPS-3"}, nil, []v1alpha1.InputValue{{Name: "ticket", Value: "OPS-3"}, notes}},
		"answers-are-replaced": {
			[]string{"--input", "ticket=OPS-9", "--input", "colour=green"},
			nil, []v1alpha1.InputValue{{Name: "ticket", Value: "OPS-9"}, {Name: "colour", Value: "green"}, notes},
		},
		"answers-are-left-out":    {[]string{"--input", "notes="}, nil, []v1alpha1.InputValue{{Name: "ticket", Value: "OPS-3"}}},
		"answers-are-wrong":       {[]string{"--input", "ticket="}, nil, nil},
		"terminal-keeps-answers":  {nil, text("\n\n.\ny\n"), []v1alpha1.InputValue{{Name: "ticket", Value: "OPS-3"}, notes}},
		"terminal-new-answers":    {nil, text("9\nOPS-9\n\nNew.\n.\ny\n"), []v1alpha1.InputValue{{Name: "ticket", Value: "OPS-9"}, {Name: "notes", Value: "New."}}},
		"terminal-yes-and-answer": {[]string{"--yes", "--input", "colour=green"}, text(""), []v1alpha1.InputValue{{Name: "colour", Value: "green"}, {Name: "ticket", Value: "OPS-3"}, notes}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession("bob", answered()...)
			s.answers = row.typed
			golden(t, name, s.transcript(append([]string{"approve", "answered"}, row.args...)...))
			list, err := s.approvals.ApprovalV1alpha1().ApprovalDecisions("team").List(t.Context(), metav1.ListOptions{})
			if err != nil {
				t.Fatalf("reading the votes: %v", err)
			}
			var got []v1alpha1.InputValue
			for _, vote := range list.Items {
				if vote.Spec.Voter.Username == "bob" {
					got = vote.Spec.Inputs
				}
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("the vote has other answers (-want, +got):\n%s", diff)
			}
		})
	}
}

func TestAnswersThatCannotBeRead(t *testing.T) {
	for name, failure := range map[string]error{
		"answers-not-readable":  apierrors.NewForbidden(v1alpha1.SchemeGroupVersion.WithResource("approvaldecisions").GroupResource(), "", errors.New("no")),
		"answers-not-there-now": errUnavailable,
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession("bob", answered()...)
			s.approvals.PrependReactor("list", "approvaldecisions", func(clienttesting.Action) (bool, runtime.Object, error) {
				return true, nil, failure
			})
			golden(t, name, s.transcript("approve", "answered", "--input", "ticket=OPS-9"))
		})
	}
}
