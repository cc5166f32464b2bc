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

package customtask

import (
	"github.com/customtasks/customtasks/internal/lifecycle"
)

// Failure is an error that ends an attempt or a run. Any error that wraps one counts as it.
type Failure struct {
	failure lifecycle.Failure
}

// FailAttempt ends the attempt: the work was done and failed. It uses a retry if one is left. The
// message is shown in the run's condition; it is a sentence for the pipeline's author.
func FailAttempt(reason, message string) *Failure {
	return &Failure{failure: lifecycle.Failure{Reason: reason, Message: message}}
}

// FailRun ends the run whatever retries are left: trying again cannot help, as with a bad spec, bad
// params or a person's no.
func FailRun(reason, message string) *Failure {
	return &Failure{failure: lifecycle.Failure{Run: true, Reason: reason, Message: message}}
}

// WithResult adds a result, as [Outcome.WithResult] does. Tekton consumes results of failed runs too.
func (f *Failure) WithResult(name, value string) *Failure {
	out := *f
	out.failure.Results = append(f.failure.Results[:len(f.failure.Results):len(f.failure.Results)], lifecycle.Result{Name: name, Value: value})
	return &out
}

// WithCause keeps the error that caused the failure, for errors.Is and errors.As. It is not shown.
func (f *Failure) WithCause(err error) *Failure {
	out := *f
	out.failure.Cause = err
	return &out
}

// Reason is the reason that the run's condition gets.
func (f *Failure) Reason() string { return f.failure.Reason }

// EndsRun reports whether the failure ends the run whatever retries are left.
func (f *Failure) EndsRun() bool { return f.failure.Run }

// Error is the message for people.
func (f *Failure) Error() string { return f.failure.Message }

// Unwrap is the cause, if any.
func (f *Failure) Unwrap() error { return f.failure.Cause }
