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

	"github.com/customtasks/customtasks/internal/expression"
)

func BenchmarkWith(b *testing.B) {
	env := environment(b)
	for b.Loop() {
		if _, err := env.With(expression.Var("results.a", expression.String)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	env := environment(b)
	for b.Loop() {
		if _, err := env.Compile(`params.tags.filter(t, t != 'b').map(t, t + params.name)`); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEval(b *testing.B) {
	for name, text := range map[string]string{
		"a comparison":                        `variables.count > 2`,
		"a list":                              `params.tags.filter(t, t != 'b').map(t, t + params.name)`,
		"JSON":                                `json.decode(params.report).names`,
		"a loop of 1000":                      `lists.range(1000).map(x, x * 2).size()`,
		"a million steps":                     loops(7, "lists.range(20)", "all", "true"),
		"a param doubled until it is too big": doubled("params.name", 30, "LAST"),
	} {
		b.Run(name, func(b *testing.B) {
			env := environment(b)
			program, err := env.Compile(text)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				_, err = program.Eval(b.Context(), inputs)
			}
			var limit *expression.Error
			if errors.As(err, &limit) && limit.Class == expression.Evaluation {
				b.Fatal(err)
			}
		})
	}
}
