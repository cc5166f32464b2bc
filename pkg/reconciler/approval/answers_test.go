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

package approval

import (
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
)

// asking is a request with a question.
func asking(input v1alpha1.Input) *v1alpha1.ApprovalRequest {
	r := request(1, "a")
	r.Spec.Inputs = []v1alpha1.Input{input}
	return r
}

func answered(name, value string) func(*v1alpha1.ApprovalDecision) {
	return func(d *v1alpha1.ApprovalDecision) {
		d.Spec.Inputs = []v1alpha1.InputValue{{Name: name, Value: value}}
	}
}

func TestOnlyValidAnswersCountWhateverAdmissionDid(t *testing.T) {
	version := v1alpha1.Input{Name: "version", Type: v1alpha1.InputString, Required: true, Pattern: `v\d+`}
	override := func(d *v1alpha1.ApprovalDecision) { d.Spec.Override, d.Spec.Voter.Username = true, "root" }
	for name, row := range map[string]struct {
		input v1alpha1.Input
		votes box
		want  v1alpha1.State
	}{
		"an answer that matches":                 {version, box{}.cast(1, "a", v1alpha1.DecisionApprove, answered("version", "v1")), v1alpha1.StateApproved},
		"one that does not":                      {version, box{}.cast(1, "a", v1alpha1.DecisionApprove, answered("version", "one")), v1alpha1.StatePending},
		"none where one is required":             {version, box{}.cast(1, "a", v1alpha1.DecisionApprove), v1alpha1.StatePending},
		"an answer to what nobody asked":         {version, box{}.cast(1, "a", v1alpha1.DecisionApprove, answered("size", "v1")), v1alpha1.StatePending},
		"an override with one that does not":     {version, box{}.cast(1, "a", v1alpha1.DecisionApprove, answered("version", "one"), override), v1alpha1.StatePending},
		"an override with one that matches":      {version, box{}.cast(1, "a", v1alpha1.DecisionApprove, answered("version", "v1"), override), v1alpha1.StateApproved},
		"a rejection, which needs none":          {version, box{}.cast(1, "a", v1alpha1.DecisionReject), v1alpha1.StateRejected},
		"a pattern that takes for ever to match": {v1alpha1.Input{Name: "version", Type: v1alpha1.InputText, Pattern: ".{0,999}.{0,999}"}, box{}.cast(1, "a", v1alpha1.DecisionApprove, answered("version", "v1")), v1alpha1.StatePending},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tally(asking(row.input), row.votes, newAnswers()).State; got != row.want {
				t.Errorf("got %s; want %s", got, row.want)
			}
		})
	}
}

func TestTheAnswersOfAVoteAreCheckedOnce(t *testing.T) {
	checked := newAnswers()
	r := asking(v1alpha1.Input{Name: "version", Type: v1alpha1.InputString, Pattern: `v\d+`})
	good := box{}.cast(1, "a", v1alpha1.DecisionApprove, answered("version", "v1"))[0]
	if !checked.valid(r, good) {
		t.Fatal("a valid answer is none")
	}
	good.Spec.Inputs[0].Value = "a vote never changes, so that nobody looks at this"
	if !checked.valid(r, good) {
		t.Error("the same vote was checked again")
	}
	other := good.DeepCopy()
	other.UID = "another vote"
	if checked.valid(r, other) {
		t.Error("another vote passes for the first")
	}
	r = r.DeepCopy()
	r.UID = "another request"
	if checked.valid(r, good) {
		t.Error("another request takes what the first has taken")
	}
}
