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

package lifecycle

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	"k8s.io/apimachinery/pkg/runtime"
)

// extraFieldsVersion is the schema of extraFields. A reader of a later version understands earlier ones.
const extraFieldsVersion = 1

// extraFields is what the lifecycle keeps of a run in status.extraFields.
type extraFields struct {
	Version int `json:"schemaVersion"`
	// Kind that started the run, as in "custom.tekton.dev/v1alpha1/Wait". From then on the run is that
	// kind's, whatever its spec is changed to say.
	Kind string `json:"kind,omitempty"`
	// Attempt counts from 1 and says more than len(retriesStatus), which is bounded.
	Attempt int `json:"attempt"`
	// Spec is the snapshot that all attempts use.
	Spec json.RawMessage `json:"spec,omitempty"`
	// Timeout of an attempt, in Go's form; empty is none.
	Timeout string `json:"timeout,omitempty"`
	// State is the kind's own, reset with each attempt.
	State json.RawMessage `json:"state,omitempty"`
	// Began is when the attempt started, to the nanosecond; startTime has whole seconds.
	Began *time.Time `json:"began,omitempty"`
	// Start replaces startTime for the timeout if startTime turned out to be in the future, as by a
	// replica whose clock was ahead.
	Start *time.Time `json:"start,omitempty"`
	// FirstError is when resolving the spec first failed.
	FirstError *time.Time `json:"firstError,omitempty"`
	// RetryAt is when the next attempt starts, between attempts.
	RetryAt *time.Time `json:"retryAt,omitempty"`
	// Stopping is set while an attempt is being stopped.
	Stopping *stopping `json:"stopping,omitempty"`
}

// stopping remembers why and since when an attempt is being stopped, across restarts.
type stopping struct {
	Reason StopReason `json:"reason"`
	Since  time.Time  `json:"since"`
	// Failure is what failed, for reason Failed.
	Failure *storedFailure `json:"failure,omitempty"`
	// Last is what the attempt was held up by when its time was over, for reason TimedOut.
	Last *told `json:"last,omitempty"`
}

// told is what the condition of a run said.
type told struct {
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

type storedFailure struct {
	Run     bool   `json:"run,omitempty"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// readExtraFields returns the run's own. Content that is not ours or is damaged gives one without a spec, which makes the lifecycle resolve the spec again: a run recovers rather than hangs.
func readExtraFields(run *v1beta1.CustomRun) extraFields {
	var e extraFields
	if err := run.Status.DecodeExtraFields(&e); err != nil || e.Version == 0 {
		e = extraFields{}
	}
	e.Version = extraFieldsVersion
	if n := len(run.Status.RetriesStatus) + 1; e.Attempt < n {
		e.Attempt = n
	}
	return e
}

// store puts them into the run's status.
func (e extraFields) store(run *v1beta1.CustomRun) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encoding extraFields: %w", err)
	}
	run.Status.ExtraFields = runtime.RawExtension{Raw: raw}
	return nil
}

// timeout is the attempt's limit as of the run's start: the run's own, else the kind's default. 0 is
// none (C38).
func (e extraFields) timeout() time.Duration {
	d, err := time.ParseDuration(e.Timeout)
	if err != nil {
		return 0
	}
	return d
}
