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

package progress

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

// Names of the results that are the loop's own, as pipeline-loops has them.
const (
	// ResultCount is how many iterations were started.
	ResultCount = "count"
	// ResultSucceeded and ResultFailed are how many of them ended so.
	ResultSucceeded = "succeeded"
	ResultFailed    = "failed"
	// ResultLastIndex is the number of the last iteration that was started, from 1; 0 if none was.
	ResultLastIndex = "last-idx"
	// ResultLastElement is the item of that iteration.
	ResultLastElement = "last-elem"
	// ResultCondition is "succeeded" if all iterations did, "pass" if the loop was ended by a break or by
	// until, else "failed".
	ResultCondition = "condition"
)

var reserved = []string{ResultCount, ResultSucceeded, ResultFailed, ResultLastIndex, ResultLastElement, ResultCondition}

// Reserved reports whether a result of that name is the loop's own, so that no child may have it.
func Reserved(name string) bool { return slices.Contains(reserved, name) }

// Results are those of the iterations: under each name a value for each iteration, in order; empty if it
// has none.
type Results map[string][]string

// ReadResults takes back what Stored has given.
func ReadResults(stored []v1beta1.CustomRunResult) Results {
	out := Results{}
	for _, r := range stored {
		var values []string
		if !Reserved(r.Name) && json.Unmarshal([]byte(r.Value), &values) == nil {
			out[r.Name] = values
		}
	}
	return out
}

// Declare makes sure that there is a result of that name, if only an empty list.
func (r Results) Declare(names ...string) {
	for _, name := range names {
		if r[name] == nil {
			r[name] = []string{}
		}
	}
}

// Set is the value of one result of an iteration, from 0.
func (r Results) Set(name string, i int, value string) {
	values := r[name]
	for len(values) <= i {
		values = append(values, "")
	}
	values[i] = value
	r[name] = values
}

// Stored calls give with every result as a JSON array of count strings, by name.
func (r Results) Stored(count int, give func(name, value string)) {
	for _, name := range slices.Sorted(maps.Keys(r)) {
		values := append(make([]string, 0, count), r[name][:min(len(r[name]), count)]...)
		for len(values) < count {
			values = append(values, "")
		}
		give(name, list(values))
	}
}

// list is a JSON array of strings, with nothing escaped that JSON does not ask for.
func list(values []string) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(values) //nolint:errcheck // strings are always encoded
	return strings.TrimSuffix(out.String(), "\n")
}
