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

package expression

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common"
	"github.com/google/cel-go/common/types"
)

// Program is an expression that compiled. It is safe for concurrent use.
type Program struct {
	env *cel.Env
	ast *cel.Ast
}

// Type of the value, as far as it is known: Dyn if it is not, or if the type is so large that those which
// other expressions build on it could grow without end.
func (p *Program) Type() *Type {
	if t := p.ast.OutputType(); typeSize(t) <= maxKnownType {
		return t
	}
	return Dyn
}

// Eval evaluates the expression, for at most MaxTime. The values are those that [ValueOf] takes, or Values of
// earlier evaluations. The error is an [*Error] of class Cost, Size, Time or Evaluation; a context that ends
// gives Time.
func (p *Program) Eval(ctx context.Context, values map[string]any) (Value, error) {
	return p.EvalWithin(ctx, MaxTime, values)
}

// EvalWithin is Eval with another limit of time.
func (p *Program) EvalWithin(ctx context.Context, limit time.Duration, values map[string]any) (Value, error) {
	vars := make(map[string]any, len(values))
	for name, value := range values {
		v, err := adapt(value, 0)
		if err != nil {
			return Value{}, failed(Evaluation, nil, "%s cannot be used: %v", name, err)
		}
		vars[name] = v
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	// The program is planned anew each time, with a meter of its own: this takes microseconds and leaves
	// nothing that two evaluations share.
	m := &meter{ctx: ctx, sizes: map[any]int{}, patterns: map[string]program{}}
	program, err := p.env.Program(p.ast, cel.CustomDecoratorV2(m.decorate))
	if err != nil {
		return Value{}, failed(Evaluation, nil, "%v", err)
	}
	if ctx.Err() != nil { // what has no steps would not notice
		return Value{}, failed(Time, nil, "the evaluation took too long, or was ended from outside")
	}
	out, _, err := program.Eval(vars)
	size := 0
	if err == nil {
		size, err = m.size(out, 0)
	}
	if err != nil {
		return Value{}, p.failed(m, vars, err)
	}
	return Value{val: out, cost: m.steps, size: size}, nil
}

// failed says why an evaluation ended early.
func (p *Program) failed(m *meter, vars map[string]any, err error) *Error {
	var fault *types.Err
	var own *Error
	switch {
	case m.exceeded != nil:
		return failed(m.exceeded.Class, p.at(m.at), "%s", m.exceeded.Text)
	case errors.As(err, &fault):
		said := fault.Error()
		if key, ok := strings.CutPrefix(said, "no such key: "); ok {
			said += "; " + cmp.Or(p.otherKey(fault.NodeID(), key, vars), "where it may be missing, ask has() first")
		}
		return failed(Evaluation, p.at(fault.NodeID()), "%s", said)
	case errors.As(err, &own):
		return own
	}
	return failed(Evaluation, nil, "%s", fmt.Sprint(err))
}

func (p *Program) at(node int64) common.Location {
	if node == 0 {
		return nil
	}
	return p.ast.NativeRep().SourceInfo().GetStartLocation(node)
}
