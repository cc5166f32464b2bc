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

package ballot

import (
	"fmt"
	"slices"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/standing"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/terminal"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
)

// Keep adds those of the answers that stand which somebody gave to those that are given now: the controller
// takes all answers from the last approval, so that one which leaves a question open would undo its answer.
// A question that may be left out is left open by an empty answer.
func Keep(request *v1alpha1.ApprovalRequest, given []v1alpha1.InputValue, stands []standing.Answer) []v1alpha1.InputValue {
	kept := slices.Clone(given)
	for _, answer := range stands {
		if _, again := standing.Value(given, answer.Name); !again && answer.By != "" {
			kept = append(kept, answer.InputValue)
		}
	}
	return slices.DeleteFunc(kept, func(answer v1alpha1.InputValue) bool {
		return answer.Value == "" && slices.ContainsFunc(request.Spec.Inputs, func(in v1alpha1.Input) bool {
			return in.Name == answer.Name && !in.Required && in.Default == nil
		})
	})
}

// Changes says of each answer that stands what becomes of it by the answers of a vote, unless it is a
// default and stays so.
func Changes(stands []standing.Answer, vote []v1alpha1.InputValue) []string {
	var out []string
	for _, was := range stands {
		old := short(was.Value) + ", answered by " + was.By + ","
		if was.By == "" {
			old = "the default " + short(was.Value)
		}
		now, answered := standing.Value(vote, was.Name)
		switch {
		case now == was.Value && was.By != "":
			out = append(out, was.Name+": "+old+" is kept")
		case answered && now != was.Value:
			out = append(out, was.Name+": "+old+" is replaced by "+short(now))
		case !answered && was.By != "":
			out = append(out, was.Name+": "+old+" is left out")
		}
	}
	return out
}

// short quotes the beginning of an answer.
func short(value string) string { return fmt.Sprintf("%q", terminal.Clip(value, 60)) }
