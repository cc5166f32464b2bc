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
)

func asking(inputs ...v1alpha1.Input) v1alpha1.Gate {
	gate := v1alpha1.Gate{Approvers: []string{"a"}, Inputs: inputs}
	gate.SetDefaults(context.Background())
	return gate
}

func TestPatternsThatCannotWork(t *testing.T) {
	for name, row := range map[string]struct {
		inputs []v1alpha1.Input
		want   string
	}{
		"a repetition of repetitions": {
			[]v1alpha1.Input{{Name: "x", Pattern: strings.Repeat(".{0,1000}", 2)}},
			`".{0,1000}.{0,1000}" compiles to 4002 instructions; at most 1000 are possible, so repeat fewer times: inputs[0].pattern`,
		},
		"one more instruction than is possible": {
			[]v1alpha1.Input{{Name: "x", Pattern: strings.Repeat("a{100}", 9) + "a{99}"}},
			`"` + strings.Repeat("a{100}", 9) + `a{99}" compiles to 1001 instructions; at most 1000 are possible, so repeat fewer times: inputs[0].pattern`,
		},
		"too many of them together": {
			[]v1alpha1.Input{
				{Name: "a", Pattern: "a{990}"}, {Name: "b", Pattern: "a{990}"}, {Name: "c", Pattern: "a{990}"}, {Name: "d", Pattern: "a{990}"}, {Name: "e", Pattern: "a{990}"},
			},
			"the patterns compile to 4960 instructions together; at most 4000 are possible, so repeat fewer times: inputs",
		},
		"more characters than the schema takes": {
			[]v1alpha1.Input{{Name: "x", Pattern: strings.Repeat("é", 513)}},
			"the pattern is 513 characters; at most 512 are possible: inputs[0].pattern",
		},
		"one that would close what holds it to the whole answer": {
			[]v1alpha1.Input{{Name: "x", Pattern: "x)|(?:.*"}},
			`"x)|(?:.*" must be a regular expression (RE2), of an input of type string or text: inputs[0].pattern`,
		},
		"one that would quote it": {
			[]v1alpha1.Input{{Name: "x", Pattern: `\Qx`}},
			`"\\Qx" must be a regular expression (RE2), of an input of type string or text: inputs[0].pattern`,
		},
		"a default that is longer than what is matched": {
			[]v1alpha1.Input{{Name: "x", Pattern: "a*", Default: text(strings.Repeat("a", 1025))}},
			"the answer is 1025 bytes; at most 1024 are possible where there is a pattern: inputs[0].default",
		},
	} {
		t.Run(name, func(t *testing.T) {
			gate := asking(row.inputs...)
			err := gate.Validate(context.Background())
			if err == nil || err.Error() != row.want {
				t.Errorf("got %v\nwant %s", err, row.want)
			}
		})
	}
}

func TestPatternsMatchTheWholeAnswer(t *testing.T) {
	for name, row := range map[string]struct {
		pattern, answer, want string
	}{
		"either of two":                         {"a|b", "b", ""},
		"more before one of two":                {"a|b", "ab", `input "x": "ab" must match a|b`},
		"more after one of two":                 {"a|b", "ba", `input "x": "ba" must match a|b`},
		"a line that ends":                      {"a", "a\n", `input "x": "a\n" must match a`},
		"a line that matches, of several":       {"(?m)^a$", "b\na", `input "x": "b\na" must match (?m)^a$`},
		"as long as one may be":                 {"a*", strings.Repeat("a", 1024), ""},
		"longer than one may be":                {"a*", strings.Repeat("a", 1025), `input "x": the answer is 1025 bytes; at most 1024 are possible where there is a pattern`},
		"one of a request that was made before": {".{0,999}.{0,999}", "a", `input "x": "a" must match .{0,999}.{0,999}`},
		"another one of those":                  {"x)|(?:.*", "a", `input "x": "a" must match x)|(?:.*`},
	} {
		t.Run(name, func(t *testing.T) {
			gate := asking(v1alpha1.Input{Name: "x", Type: v1alpha1.InputText, Pattern: row.pattern})
			_, err := gate.Answers([]v1alpha1.InputValue{{Name: "x", Value: row.answer}})
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != row.want {
				t.Errorf("got %s; want %s", got, row.want)
			}
		})
	}
}
