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

package loop

import (
	"context"
	"fmt"
	"sync"

	"github.com/customtasks/customtasks/internal/expression"
	"github.com/customtasks/customtasks/pkg/customtask"
)

// language is that of until: what an iteration gave.
var language = sync.OnceValues(func() (*expression.Env, error) {
	return expression.New(
		expression.Var("results", expression.Map(expression.String)),
		expression.Var("status", expression.String),
		expression.Var("index", expression.Int))
})

// compileUntil says what of an expression cannot work.
func compileUntil(text string) (*expression.Program, error) {
	env, err := language()
	if err != nil {
		return nil, err
	}
	program, err := env.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("it is no CEL expression that can be used: %w", err)
	}
	if t := program.Type(); t != expression.Bool && t != expression.Dyn {
		return nil, fmt.Errorf("its value is a %s; it must be true or false", t)
	}
	return program, nil
}

// untilMet evaluates until for an iteration that has ended.
func untilMet(ctx context.Context, text string, end ended) (bool, error) {
	if text == "" {
		return false, nil
	}
	invalid := func(err error) error {
		return customtask.FailRun(ReasonUntilInvalid, fmt.Sprintf("until, after iteration %d: %v", end.Number, err)).WithCause(err)
	}
	program, err := compileUntil(text)
	if err != nil {
		return false, invalid(err)
	}
	results := make(map[string]any, len(end.results))
	for _, r := range end.results {
		results[r.Name] = r.Text()
	}
	value, err := program.Eval(ctx, map[string]any{"results": results, "status": string(end.Phase), "index": int64(end.Number)})
	if err != nil {
		return false, invalid(err)
	}
	met, err := value.Bool()
	if err != nil {
		return false, invalid(err)
	}
	return met, nil
}
