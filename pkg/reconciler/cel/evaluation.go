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

package cel

import (
	"context"
	"fmt"
	"time"

	"github.com/customtasks/customtasks/internal/expression"
	"github.com/customtasks/customtasks/internal/sentence"
	"github.com/customtasks/customtasks/pkg/apis/cel/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
)

const (
	// maxTime bounds all expressions of a run together, on the clock. A run that reaches it has kept one of
	// the kind's workers for as long.
	maxTime = 10 * time.Second
	// maxCost bounds all expressions of a run together, in the steps of expression.MaxCost.
	maxCost = 5 * expression.MaxCost
	// maxSize bounds the values of all expressions of a run together, which are kept until its end, in bytes.
	maxSize = 8 * expression.MaxValue
)

// evaluation is what has become of a run's expressions so far.
type evaluation struct {
	ctx    context.Context
	env    *expression.Env
	values map[string]any
	// variables and named are what expressions use as variables.NAME and results.NAME.
	variables, named map[string]expression.Value
	results          []result
	cost, size       int
}

type result struct{ name, text string }

// params evaluates each param of the run to the result of its name. Later ones may use the results before
// them by their names alone, as strings.
func (e *evaluation) params(run *customtask.Run[Spec]) error {
	if object := run.Object(); object.Spec.CustomSpec != nil || object.Spec.CustomRef != nil && namesObject(object.Spec.CustomRef.Name) {
		return customtask.FailRun(customtask.ReasonInvalidSpec,
			"the spec has neither expressions nor a cond; give it some, or remove it and the name if the params are the expressions")
	}
	for _, name := range run.Params().Names() {
		text, _, err := run.Params().String(name)
		if err != nil {
			return err
		}
		where := fmt.Sprintf("param %q", sentence.Clip(name))
		value, err := e.result(where, name, text)
		if err != nil {
			return err
		}
		if !v1alpha1.IsVariableName(name) {
			continue
		}
		e.values[name] = value
		if e.env, err = e.env.With(expression.Var(name, expression.String)); err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
	}
	return nil
}

// spec evaluates variables, expressions and cond.
func (e *evaluation) spec(s *v1alpha1.CELSpec) error {
	for _, v := range s.Variables {
		value, kind, err := e.eval(fmt.Sprintf("variable %q", sentence.Clip(v.Name)), v.Expression)
		if err != nil {
			return err
		}
		e.variables[v.Name] = value
		if err := e.declare("variables."+v.Name, kind, value); err != nil {
			return err
		}
	}
	for _, x := range s.Expressions {
		where := fmt.Sprintf("expression %q", sentence.Clip(x.Name))
		value, kind, err := e.eval(where, x.Expression)
		if err != nil {
			return err
		}
		if err := e.add(where, x.Name, value); err != nil {
			return err
		}
		e.named[x.Name] = value
		if v1alpha1.IsVariableName(x.Name) {
			if err := e.declare("results."+x.Name, kind, value); err != nil {
				return err
			}
		}
	}
	return e.cond(s.Cond)
}

func (e *evaluation) cond(c *v1alpha1.Condition) error {
	if c == nil {
		return nil
	}
	value, _, err := e.eval("cond.expression", c.Expression)
	if err != nil {
		return err
	}
	holds, err := value.Bool()
	if err != nil {
		return fault("cond.expression", err)
	}
	if holds {
		return nil
	}
	message := c.Message
	switch {
	case c.MessageExpression != "":
		if value, _, err = e.eval("cond.messageExpression", c.MessageExpression); err != nil {
			return err
		}
		if message, err = value.Text(); err != nil {
			return fault("cond.messageExpression", err)
		}
	case message == "":
		message = "cond does not hold: " + c.Expression
	}
	return customtask.FailRun(ReasonConditionFalse, message)
}

// result evaluates an expression to a result, which is its value as a string.
func (e *evaluation) result(where, name, text string) (string, error) {
	value, _, err := e.eval(where, text)
	if err != nil {
		return "", err
	}
	if err := e.add(where, name, value); err != nil {
		return "", err
	}
	return e.results[len(e.results)-1].text, nil
}

func (e *evaluation) add(where, name string, value expression.Value) error {
	text, err := value.Text()
	if err != nil {
		return fault(where, err)
	}
	e.results = append(e.results, result{name, text})
	return nil
}

// eval compiles and evaluates one expression, with all that came before it.
func (e *evaluation) eval(where, text string) (expression.Value, *expression.Type, error) {
	var none expression.Value
	// Nothing interrupts a compilation, and a run has up to a hundred.
	if e.ctx.Err() != nil {
		return none, nil, customtask.FailAttempt(ReasonEvaluationTimedOut, where+": the time for all expressions was over before this one")
	}
	program, err := e.env.Compile(text)
	if err != nil {
		return none, nil, fault(where, err)
	}
	value, err := program.Eval(e.ctx, e.values)
	if err != nil {
		return none, nil, fault(where, err)
	}
	if e.cost += value.Cost(); e.cost > maxCost {
		return none, nil, customtask.FailRun(ReasonCostExceeded, fmt.Sprintf(
			"%s: all expressions up to this one take %d steps; at most %d are allowed in a run", where, e.cost, maxCost))
	}
	if e.size += value.Size(); e.size > maxSize {
		return none, nil, customtask.FailRun(ReasonSizeExceeded, where+": the values of all expressions up to this one are larger than 8 MiB")
	}
	return value, program.Type(), nil
}

// declare lets later expressions use a value by a name, with the type that it is known to have.
func (e *evaluation) declare(name string, kind *expression.Type, value expression.Value) error {
	env, err := e.env.With(expression.Var(name, kind))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	e.env, e.values[name] = env, value
	return nil
}

func (e *evaluation) message(s *v1alpha1.CELSpec) string {
	switch {
	case len(e.results) == 0:
		return "cond holds"
	case s.Cond != nil:
		return fmt.Sprintf("evaluated to %d results, and cond holds", len(e.results))
	case len(e.results) == 1:
		return "evaluated to 1 result"
	}
	return fmt.Sprintf("evaluated to %d results", len(e.results))
}
