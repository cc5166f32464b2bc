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
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/standing"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/terminal"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
)

// ParseInputs reads answers written as NAME=VALUE, or NAME=@FILE for what a file holds but for the end of
// its last line. A value that begins with "@@" is one that begins with "@".
func ParseInputs(given []string) ([]v1alpha1.InputValue, error) {
	var out []v1alpha1.InputValue
	for _, answer := range given {
		name, value, ok := strings.Cut(answer, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("--input %q: write it as NAME=VALUE, or NAME=@FILE", answer)
		}
		if _, twice := standing.Value(out, name); twice {
			return nil, fmt.Errorf("--input %s is given twice", name)
		}
		if path, ok := strings.CutPrefix(value, "@"); ok {
			value = path
			if !strings.HasPrefix(path, "@") {
				text, err := os.ReadFile(path) //nolint:gosec // a file of the caller's choice
				if err != nil {
					return nil, fmt.Errorf("--input %s: %w", name, err)
				}
				value = strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
			}
		}
		out = append(out, v1alpha1.InputValue{Name: name, Value: value})
	}
	return out, nil
}

// unanswered are the questions without an answer; only those that need one, if needed is set.
func unanswered(request *v1alpha1.ApprovalRequest, given []v1alpha1.InputValue, needed bool) []v1alpha1.Input {
	return slices.DeleteFunc(slices.Clone(request.Spec.Inputs), func(in v1alpha1.Input) bool {
		_, answered := standing.Value(given, in.Name)
		return answered || needed && (!in.Required || in.Default != nil)
	})
}

// Missing are the flags that give the answers that are needed and not given: "--input ticket=TEXT".
func Missing(request *v1alpha1.ApprovalRequest, given []v1alpha1.InputValue) []string {
	var missing []string
	for _, in := range unanswered(request, given, true) {
		missing = append(missing, fmt.Sprintf("--input %s=%s", in.Name, placeholder(in)))
	}
	return missing
}

// CheckAnswers says which answers are missing, or what is wrong with one.
func CheckAnswers(request *v1alpha1.ApprovalRequest, given []v1alpha1.InputValue) error {
	var missing []string
	for _, in := range unanswered(request, given, true) {
		missing = append(missing, fmt.Sprintf("--input %s=%s (%s)", in.Name, placeholder(in), question(in)))
	}
	unknown := slices.ContainsFunc(given, func(answer v1alpha1.InputValue) bool {
		return !slices.ContainsFunc(request.Spec.Inputs, func(in v1alpha1.Input) bool { return in.Name == answer.Name })
	})
	if len(missing) > 0 && !unknown {
		return fmt.Errorf("answers are missing; add %s", strings.Join(missing, " and "))
	}
	_, err := request.Spec.Answers(given)
	return err
}

// AskAnswers asks the questions that are not answered by what is given, and shows the answers that stand to
// them; only those that need an answer and have none, if needed is set. It returns what is given then. An
// empty line keeps the answer that stands, else takes the default, or gives no answer where none is needed.
func AskAnswers(prompt *terminal.Prompt, request *v1alpha1.ApprovalRequest, given []v1alpha1.InputValue,
	stands []standing.Answer, needed bool,
) ([]v1alpha1.InputValue, error) {
	answered := given
	if needed {
		answered = Keep(request, given, stands)
	}
	given = slices.Clone(given)
	for _, in := range unanswered(request, answered, needed) {
		answer, err := askOne(prompt, in, standing.Find(stands, in.Name))
		if err != nil {
			return nil, fmt.Errorf("input %q: %w", in.Name, err)
		}
		if answer != nil {
			given = append(given, *answer)
		}
	}
	return given, nil
}

// askOne asks until the answer is valid, a few times. There is none if the one that stands is kept, or if
// none is needed.
func askOne(prompt *terminal.Prompt, in v1alpha1.Input, stands *standing.Answer) (*v1alpha1.InputValue, error) {
	const tries = 3
	prompt.Say(terminal.Line(in.Name+": "+question(in)) + "\n")
	ask, mark, keeps := prompt.Ask, "> ", "an empty line keeps it, another answer replaces it"
	if in.Type == v1alpha1.InputText {
		ask, mark, keeps = prompt.AskText, "(end with a line that is only a dot)\n", "only a dot keeps it, another answer replaces it"
	}
	given := stands != nil && stands.By != ""
	if given {
		prompt.Say(terminal.Indent("answered by " + terminal.Line(stands.By) + "; " + keeps + ":\n" + terminal.Indent(stands.Value)))
	}
	gate := v1alpha1.Gate{Inputs: []v1alpha1.Input{in}}
	for range tries {
		value, err := ask(mark)
		if err != nil {
			return nil, err
		}
		if value == "" && given {
			return nil, nil //nolint:nilnil // the one that stands is kept
		}
		answer := v1alpha1.InputValue{Name: in.Name, Value: value}
		var answers []v1alpha1.InputValue
		if value != "" {
			answers = append(answers, answer)
		}
		if _, err = gate.Answers(answers); err != nil {
			prompt.Say(terminal.Line(err.Error()) + "\n")
			continue
		}
		if value == "" {
			return nil, nil //nolint:nilnil // no answer, and none is needed
		}
		return &answer, nil
	}
	return nil, errors.New("none of the answers was valid")
}
