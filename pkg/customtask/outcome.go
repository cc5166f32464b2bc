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
	"encoding/json"
	"time"

	"github.com/customtasks/customtasks/internal/lifecycle"
)

// Outcome says where an attempt stands. Make one with [Running], [Succeeded] or [Stopped].
type Outcome struct {
	step lifecycle.Step
	err  error
}

// Running says that the attempt goes on. Reason and message are shown in the run's condition; while
// they stay the same, nothing is written.
func Running(reason, message string) Outcome {
	return Outcome{step: lifecycle.Step{Phase: lifecycle.PhaseRunning, Reason: reason, Message: message}}
}

// Succeeded ends the run with success.
func Succeeded(reason, message string) Outcome {
	return Outcome{step: lifecycle.Step{Phase: lifecycle.PhaseSucceeded, Reason: reason, Message: message}}
}

// Stopped says that nothing of the attempt is left. Only [Stopper] returns it.
func Stopped() Outcome {
	return Outcome{step: lifecycle.Step{Phase: lifecycle.PhaseStopped}}
}

// After asks for another look in d, beside the looks that events and the deadline cause.
func (o Outcome) After(d time.Duration) Outcome {
	o.step.After = d
	return o
}

// WithState stores v, encoded as JSON, with the attempt; [Run.State] reads it. It replaces the state
// stored before and lasts until the attempt ends. At most 256 KiB.
func (o Outcome) WithState(v any) Outcome {
	o.step.State, o.err = json.Marshal(v)
	return o
}

// WithMessage sets the message. On Stopped it is added to the message of a timeout, in place of what the run
// showed last.
func (o Outcome) WithMessage(message string) Outcome {
	o.step.Message = message
	return o
}

// WithResult adds a result. The results of an Outcome replace those given before, so give all of them
// each time. A list is given as a JSON array of strings, which Tekton turns into an array; a structured
// value as canonical JSON (C27). Names are unique, of letters, digits, '_', '.' and '-'; a value is at
// most 64 KiB, all together at most 256 KiB.
func (o Outcome) WithResult(name, value string) Outcome {
	o.step.Results = append(o.step.Results[:len(o.step.Results):len(o.step.Results)], lifecycle.Result{Name: name, Value: value})
	return o
}
