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
	"github.com/google/go-cmp/cmp"
)

func TestNoInputIsCalledLikeAResultOfTheGate(t *testing.T) {
	for _, name := range []string{"decision", "approvedBy", "approvedAt", "rejectedBy", "overriddenBy", "comment"} {
		t.Run(name, func(t *testing.T) {
			gate := asking(v1alpha1.Input{Name: name})
			want := `"` + name + `" is a result of every gate; choose another name: inputs[0].name`
			if err := gate.Validate(context.Background()); err == nil || err.Error() != want {
				t.Errorf("got %v; want %s", err, want)
			}
		})
	}
}

func TestDefaultsThatCannotWork(t *testing.T) {
	long := text(strings.Repeat("x", 16_384))
	for name, row := range map[string]struct {
		inputs []v1alpha1.Input
		want   string
	}{
		"two that are too long together": {
			[]v1alpha1.Input{{Name: "x", Default: long}, {Name: "y", Default: long}},
			"the defaults are 32772 bytes together as JSON; at most 32768 are possible: inputs",
		},
		"one that is too long as JSON": {
			[]v1alpha1.Input{{Name: "x", Default: text(strings.Repeat("<", 6000))}},
			"the defaults are 36002 bytes together as JSON; at most 32768 are possible: inputs",
		},
		"an empty one of an answer that is required": {
			[]v1alpha1.Input{{Name: "x", Required: true, Default: text("")}},
			"an answer is required, and this one is empty: inputs[0].default",
		},
		"one that a terminal obeys": {
			[]v1alpha1.Input{{Name: "x", Default: text("\x1b[2J")}},
			"the answer has the character U+001B, which controls a terminal or cannot be seen; leave it out: inputs[0].default",
		},
		"a value that nobody sees": {
			[]v1alpha1.Input{{Name: "x", Type: "enum", Values: []string{"eu", "\u200b"}}},
			"a value has the character U+200B, which controls a terminal or cannot be seen; leave it out: inputs[0].values[1]",
		},
	} {
		t.Run(name, func(t *testing.T) {
			gate := asking(row.inputs...)
			if err := gate.Validate(context.Background()); err == nil || err.Error() != row.want {
				t.Errorf("got %v\nwant %s", err, row.want)
			}
		})
	}
}

// answered is what becomes of one answer to one question.
func answered(input v1alpha1.Input, value string) (string, error) {
	input.Name = "x"
	gate := asking(input)
	out, err := gate.Answers([]v1alpha1.InputValue{{Name: "x", Value: value}})
	if err != nil {
		return "", err
	}
	return out[0].Value, nil
}

func TestAnswersThatAreTaken(t *testing.T) {
	bounded := v1alpha1.Input{Type: "number", Minimum: "-1", Maximum: "10"}
	for name, row := range map[string]struct {
		input        v1alpha1.Input
		answer, want string
	}{
		"the maximum":                       {bounded, "10", "10"},
		"the maximum, written otherwise":    {bounded, "10.00", "10.00"},
		"the minimum":                       {bounded, "-1", "-1"},
		"a zero has no sign":                {v1alpha1.Input{Type: "integer"}, "-0", "0"},
		"nor has one with a point":          {v1alpha1.Input{Type: "number"}, "-0.0", "0.0"},
		"as many digits as are possible":    {v1alpha1.Input{Type: "integer"}, strings.Repeat("9", 64), strings.Repeat("9", 64)},
		"a string that reads like a zero":   {v1alpha1.Input{}, "-0", "-0"},
		"nothing where nothing is needed":   {v1alpha1.Input{}, "", ""},
		"lines and tabs of a text":          {v1alpha1.Input{Type: "text"}, "a\n\tb", "a\n\tb"},
		"something where it is needed":      {v1alpha1.Input{Required: true}, " . ", " . "},
		"the longest answer":                {v1alpha1.Input{Type: "text"}, strings.Repeat("x", 16_384), strings.Repeat("x", 16_384)},
		"other letters are one byte a byte": {v1alpha1.Input{Type: "text"}, strings.Repeat("é", 8_192), strings.Repeat("é", 8_192)},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := answered(row.input, row.answer)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("answer (-want, +got):\n%s", diff)
			}
		})
	}
}

func TestAnswersThatAreRefused(t *testing.T) {
	const unseen = ", which controls a terminal or cannot be seen; leave it out"
	for name, row := range map[string]struct {
		input        v1alpha1.Input
		answer, want string
	}{
		"a little more than the maximum":    {v1alpha1.Input{Type: "number", Maximum: "10"}, "10.01", `input "x": 10.01 must be at most 10`},
		"a little less than the minimum":    {v1alpha1.Input{Type: "number", Minimum: "10"}, "9.99", `input "x": 9.99 must be at least 10`},
		"an exponent":                       {v1alpha1.Input{Type: "number"}, "1e3", `input "x": "1e3" must be a number, as in 1.5`},
		"one with a capital":                {v1alpha1.Input{Type: "number"}, "1E3", `input "x": "1E3" must be a number, as in 1.5`},
		"a number in quotes":                {v1alpha1.Input{Type: "number"}, `"1"`, `input "x": "\"1\"" must be a number, as in 1.5`},
		"more digits than are possible":     {v1alpha1.Input{Type: "integer"}, strings.Repeat("9", 65), `input "x": "` + strings.Repeat("9", 65) + `" must be a whole number`},
		"nothing where it is needed":        {v1alpha1.Input{Required: true}, "", `input "x": an answer is required, and this one is empty`},
		"spaces where something is needed":  {v1alpha1.Input{Required: true, Type: "text"}, " \n\t", `input "x": an answer is required, and this one is empty`},
		"nothing, which the pattern allows": {v1alpha1.Input{Required: true, Pattern: ".*"}, "", `input "x": an answer is required, and this one is empty`},
		"what a terminal obeys":             {v1alpha1.Input{Type: "text"}, "\x1b[2J", `input "x": the answer has the character U+001B` + unseen},
		"what reorders letters":             {v1alpha1.Input{}, "a\u202eb", `input "x": the answer has the character U+202E` + unseen},
		"a tab in a single line":            {v1alpha1.Input{}, "a\tb", `input "x": the answer has the character U+0009` + unseen},
		"one that is too long as JSON":      {v1alpha1.Input{Type: "text"}, strings.Repeat("<", 6000), `the answers are 36002 bytes together as JSON; at most 32768 are possible`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := answered(row.input, row.answer); err == nil || err.Error() != row.want {
				t.Errorf("got %v\nwant %s", err, row.want)
			}
		})
	}
}

func TestAllAnswersTogetherFitIntoAStatus(t *testing.T) {
	long := strings.Repeat("x", 16_000)
	gate := asking(v1alpha1.Input{Name: "a"}, v1alpha1.Input{Name: "b"}, v1alpha1.Input{Name: "c", Default: text(strings.Repeat("y", 1000))})
	if err := gate.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := gate.Answers([]v1alpha1.InputValue{{Name: "a", Value: long}}); err != nil {
		t.Errorf("one and the default: %v", err)
	}
	_, err := gate.Answers([]v1alpha1.InputValue{{Name: "a", Value: long}, {Name: "b", Value: long}})
	want := "the answers are 33006 bytes together as JSON; at most 32768 are possible"
	if err == nil || err.Error() != want {
		t.Errorf("two and the default: %v; want %s", err, want)
	}
}

func TestAQuestionInARefusalIsOneLine(t *testing.T) {
	gate := asking(v1alpha1.Input{Name: "x", Required: true, Description: "which\none?\x1b[2J"})
	want := "input \"x\" is required: which one?\ufffd[2J"
	if _, err := gate.Answers(nil); err == nil || err.Error() != want {
		t.Errorf("got %q; want %q", err, want)
	}
}
