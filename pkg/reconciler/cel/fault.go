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
	"errors"
	"fmt"

	"github.com/customtasks/customtasks/internal/expression"
	"github.com/customtasks/customtasks/pkg/customtask"
)

var reasons = map[expression.Class]string{
	expression.Syntax:     ReasonSyntaxError,
	expression.Check:      ReasonCheckError,
	expression.Cost:       ReasonCostExceeded,
	expression.Size:       ReasonSizeExceeded,
	expression.Evaluation: ReasonEvaluationError,
	expression.Result:     customtask.ReasonInvalidResult,
}

// fault says what is wrong with which expression. The same expression fails with the same params again, so
// no retry is used; only the clock may be kinder the next time.
func fault(where string, err error) error {
	var e *expression.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("%s: %w", where, err)
	}
	message := fmt.Sprintf("%s: %s", where, e.Text)
	if e.Line > 0 {
		message = fmt.Sprintf("%s, line %d, column %d: %s", where, e.Line, e.Column, e.Text)
	}
	if e.Class == expression.Time {
		return customtask.FailAttempt(ReasonEvaluationTimedOut, message)
	}
	return customtask.FailRun(reasons[e.Class], message)
}

// failed adds the results of what was evaluated before.
func (e *evaluation) failed(err error) error {
	var failure *customtask.Failure
	if !errors.As(err, &failure) {
		return err
	}
	for _, result := range e.results {
		failure = failure.WithResult(result.name, result.text)
	}
	return failure
}
