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

// Package cel drives runs of kind CEL: expressions that are evaluated to results, without a pod.
package cel

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/customtasks/customtasks/internal/sentence"
	"github.com/customtasks/customtasks/pkg/apis/cel/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
)

const (
	// ReasonEvaluated: all expressions have been evaluated, and cond holds (True).
	ReasonEvaluated = "EvaluationSuccess"
	// ReasonConditionFalse: cond does not hold (False).
	ReasonConditionFalse = "ConditionFalse"
	// ReasonSyntaxError: a text is no expression (False).
	ReasonSyntaxError = "SyntaxError"
	// ReasonCheckError: an expression names what does not exist, or mixes types that do not fit (False).
	ReasonCheckError = "CheckError"
	// ReasonEvaluationError: an expression fails for the values it is given (False).
	ReasonEvaluationError = "EvaluationError"
	// ReasonCostExceeded: an expression, or all of them, would take more steps than allowed (False).
	ReasonCostExceeded = "CostExceeded"
	// ReasonSizeExceeded: an expression or one of its values is larger than allowed (False).
	ReasonSizeExceeded = "SizeExceeded"
	// ReasonEvaluationTimedOut: the evaluation took longer than allowed (False, when no retries are left).
	ReasonEvaluationTimedOut = "EvaluationTimedOut"
)

// Spec is what to evaluate, from a CEL object or an embedded spec. One that is empty stands for a run whose
// params are the expressions.
type Spec struct {
	v1alpha1.CELSpec
}

// FromParams checks the params. They are data of any name and type, but for a spec that is empty: then each
// is an expression.
func (s *Spec) FromParams(p customtask.Params) error {
	names := p.Names()
	if err := p.Only(names...); err != nil || !s.IsZero() {
		return err
	}
	if len(names) == 0 {
		return errors.New("there is nothing to evaluate; give params, each an expression, or a spec with expressions")
	}
	if len(names) > v1alpha1.MaxExpressions {
		return fmt.Errorf("%d params are too many; at most %d expressions can be evaluated", len(names), v1alpha1.MaxExpressions)
	}
	for _, name := range names {
		text, _, err := p.String(name)
		if err != nil {
			return err
		}
		if strings.TrimSpace(text) == "" {
			return fmt.Errorf("param %q is empty; it must be an expression", sentence.Clip(name))
		}
	}
	return nil
}

// Task evaluates. It writes once: the results.
type Task struct {
	definitions definitions
}

var (
	_ customtask.Task[Spec]       = (*Task)(nil)
	_ customtask.Referencer[Spec] = (*Task)(nil)
	_ customtask.Initializer      = (*Task)(nil)
	_ customtask.SideEffectFree   = (*Task)(nil)
)

// SideEffectFree marks the task: evaluating changes nothing.
func (*Task) SideEffectFree() {}

// Reconcile evaluates all expressions and ends the run.
func (*Task) Reconcile(ctx context.Context, run *customtask.Run[Spec]) (customtask.Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	e, err := newEvaluation(ctx, run)
	if err != nil {
		return customtask.Outcome{}, err
	}
	if run.Spec.IsZero() {
		err = e.params(run)
	} else {
		err = e.spec(&run.Spec.CELSpec)
	}
	if err != nil {
		return customtask.Outcome{}, e.failed(err)
	}
	outcome := customtask.Succeeded(ReasonEvaluated, e.message(&run.Spec.CELSpec))
	for _, result := range e.results {
		outcome = outcome.WithResult(result.name, result.text)
	}
	return outcome, nil
}
