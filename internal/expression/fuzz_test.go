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

package expression_test

import (
	"errors"
	"testing"
	"unicode/utf8"

	"github.com/customtasks/customtasks/internal/expression"
)

// FuzzEval asks that any text ends in a value or in an error of this package, within the limits, and the
// same one each time.
func FuzzEval(f *testing.F) {
	for _, row := range hostile {
		// Of a long one, each change is as slow as it is, and none says more.
		if len(row.expression) < 1000 {
			f.Add(row.expression)
		}
	}
	for _, text := range []string{
		`params.tags.map(t, t + params.name)`, `json.decode(params.report).names`, `{'a': [1, 2.5, null]}`, `1 / 0`, `'$(params.name)'`,
		`regex.replace(params.name, r'(\w)', r'\1\1')`, `timestamp('2026-01-31T09:00:00Z') + duration('1h')`, `b'\xff'`, `params.?x.orValue(1)`,
		"1 +\n\t*", `"é" + '\u00e9'`, `[[[]]].flatten(3)`, `type(type)`, `optional.of(optional.none())`, `-9223372036854775808 / -1`,
		`{1: 2}[1u]`, `'%s %d %x %b %e'.format(['a', 1, 'b', true, 1.5])`, `lists.range(3).sortBy(x, -x)`, `params.all(k, v, k != '')`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, firstErr := outcome(t, text)
		second, secondErr := outcome(t, text)
		if first != second || firstErr != secondErr {
			t.Errorf("%q gave %q, %q and then %q, %q", text, first, firstErr, second, secondErr)
		}
		if firstErr != "" && first != "" {
			t.Errorf("%q gave the text %q with the error %s", text, first, firstErr)
		}
		if utf8.ValidString(text) && !utf8.ValidString(first) {
			t.Errorf("%q gave the text %q, which is not UTF-8", text, first)
		}
	})
}

// outcome is the text of an expression's value, or its error.
func outcome(t *testing.T, text string) (result, failure string) {
	t.Helper()
	value, err := eval(t, text)
	if err == nil {
		if value.Cost() > expression.MaxCost {
			t.Errorf("%q took %d steps", text, value.Cost())
		}
		result, err = value.Text()
	}
	var own *expression.Error
	if err != nil && !errors.As(err, &own) {
		t.Errorf("%q gave an error of another kind: %v", text, err)
	}
	if err != nil {
		return result, err.Error()
	}
	return result, ""
}
