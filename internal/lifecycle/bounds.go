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
	"regexp"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

// Bounds on what a run's status may hold, in bytes of JSON. An object in the API server is at most 1.5 MiB;
// all of these together stay below it.
const (
	// MaxSpec bounds a spec's snapshot.
	MaxSpec = 128 << 10
	// MaxState bounds a kind's own state.
	MaxState = 256 << 10
	// MaxResult bounds the value of one result.
	MaxResult = 64 << 10
	// MaxResults bounds the values of all results of an attempt.
	MaxResults = 256 << 10
	// MaxRetriesStatus bounds the record of earlier attempts; the oldest go first.
	MaxRetriesStatus = 128 << 10
)

// Reasons of failures that the bounds cause.
const (
	// ReasonInvalidResult: a result has a bad or repeated name, or is too large.
	ReasonInvalidResult = "InvalidResult"
	// ReasonStateTooLarge: the kind's state is over its bound.
	ReasonStateTooLarge = "StateTooLarge"
)

var resultName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,253}$`)

// checkStep says what of a step cannot be stored.
func checkStep(results []Result, state json.RawMessage) *Failure {
	if len(state) > MaxState {
		return &Failure{Run: true, Reason: ReasonStateTooLarge, Message: fmt.Sprintf(
			"the state of this run is %d bytes; at most %d can be stored", len(state), MaxState)}
	}
	bad := func(format string, args ...any) *Failure {
		return &Failure{Run: true, Reason: ReasonInvalidResult, Message: fmt.Sprintf(format, args...)}
	}
	seen := make(map[string]bool, len(results))
	total := 0
	for _, r := range results {
		switch {
		case !resultName.MatchString(r.Name):
			return bad("result name %q must be letters, digits, '_', '.' and '-' only", shorten(r.Name, 64))
		case seen[r.Name]:
			return bad("result %q is given twice", r.Name)
		case Encoded(r.Value) > MaxResult:
			return bad("result %q is %d bytes as JSON; at most %d can be stored; make it shorter", r.Name, Encoded(r.Value), MaxResult)
		}
		seen[r.Name] = true
		total += Encoded(r.Value)
	}
	if total > MaxResults {
		return bad("the results are %d bytes together as JSON; at most %d can be stored; give fewer or shorter ones", total, MaxResults)
	}
	return nil
}

// Encoded is the size of a string as it is stored, which is up to six times its own.
func Encoded(s string) int {
	raw, err := json.Marshal(s)
	if err != nil {
		return len(s)
	}
	return len(raw)
}

// boundRetries drops the oldest entries of retriesStatus beyond its bound (C46).
func boundRetries(all []v1beta1.CustomRunStatus) []v1beta1.CustomRunStatus {
	size := 0
	for i := len(all) - 1; i >= 0; i-- {
		raw, err := json.Marshal(all[i])
		if err != nil {
			return all[i+1:]
		}
		if size += len(raw); size > MaxRetriesStatus && i < len(all)-1 {
			return all[i+1:]
		}
	}
	return all
}
