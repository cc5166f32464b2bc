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
	"regexp"
	"sync"

	"github.com/customtasks/customtasks/internal/expression"
	"github.com/customtasks/customtasks/pkg/customtask"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
)

// language is that of until: what an iteration gave, and the params of the run.
var language = sync.OnceValues(func() (*expression.Env, error) {
	return expression.New(
		expression.Var("results", expression.Map(expression.String)),
		expression.Var("status", expression.String),
		expression.Var("index", expression.Int),
		expression.Var("params", expression.Map(expression.Dyn)))
})

// reference to what Tekton or this project replaces elsewhere.
var reference = regexp.MustCompile(`\$\((params|context|tasks)\b[^)]*\)`)

// compileUntil says what of an expression cannot work.
func compileUntil(text string) (*expression.Program, error) {
	if found := reference.FindString(text); found != "" {
		return nil, fmt.Errorf("%s is not replaced in an expression, where a value would be code; use params.NAME, and hand it in as a param", found)
	}
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
func (l *look) untilMet(ctx context.Context, end ended) (met bool, err error) {
	if l.loop.Until == "" {
		return false, nil
	}
	invalid := func(err error) error {
		return customtask.FailRun(ReasonUntilInvalid, fmt.Sprintf("until, after iteration %d: %v", end.Number, err)).WithCause(err)
	}
	if l.memory.until == nil {
		if l.memory.until, err = compileUntil(l.loop.Until); err != nil {
			return false, invalid(err)
		}
	}
	results := make(map[string]any, len(end.results))
	for _, r := range end.results {
		results[r.Name] = r.Text()
	}
	params := make(map[string]any, len(l.given))
	for _, p := range l.given {
		switch p.Value.Type {
		case v1.ParamTypeArray:
			params[p.Name] = p.Value.ArrayVal
		case v1.ParamTypeObject:
			params[p.Name] = p.Value.ObjectVal
		default:
			params[p.Name] = p.Value.StringVal
		}
	}
	value, err := l.memory.until.Eval(ctx, map[string]any{"results": results, "status": string(end.Phase), "index": int64(end.Number), "params": params})
	if err != nil {
		return false, invalid(err)
	}
	if met, err = value.Bool(); err != nil {
		return false, invalid(err)
	}
	return met, nil
}
