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

package conformance

import (
	"fmt"
	"os"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// Profile names the kind under test and says how to make runs of it. Load and Parse return complete, checked ones.
type Profile struct {
	// APIVersion and Kind are what customRef or customSpec has.
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	// Objects are created in every namespace before the first run: roles, secrets and the like.
	Objects []map[string]any `json:"objects,omitempty"`
	// Instant is set for a kind whose runs all end in the first look, so that none can be cancelled or time out.
	Instant bool `json:"instant,omitempty"`
	// Unnamed is false if a run needs a named object or an embedded spec. Default: true.
	Unnamed bool `json:"unnamed"`
	// FreeParams is set if any param is accepted.
	FreeParams bool `json:"freeParams,omitempty"`
	// Runs are examples of runs.
	Runs Runs `json:"runs"`
	// Definition is an example of a named object. Needed if Supports.Named.
	Definition *Definition `json:"definition,omitempty"`
	// Invalid are runs that end False without being tried again.
	Invalid []Invalid `json:"invalid,omitempty"`
	// Substitution is a run whose customSpec uses a param.
	Substitution *Substitution `json:"substitution,omitempty"`
	// Supports says which parts of the contract the kind has.
	Supports Supports `json:"supports"`
	// Reasons are all reasons that the kind documents. Default: they are not checked against a list.
	Reasons []string `json:"reasons,omitempty"`
	// Children are the kinds of objects that a run makes. They are found by their ownerReferences.
	Children []Child `json:"children,omitempty"`
	// Restart is a shell command that kills the controller without warning and starts it again. It may return before
	// the controller works. Default: cases that need it are skipped.
	Restart string `json:"restart,omitempty"`
}

// Runs are examples of runs of the kind.
type Runs struct {
	// Succeeds ends True.
	Succeeds *Entry `json:"succeeds"`
	// Fails ends False.
	Fails *Failing `json:"fails"`
	// NeverEnds goes on until somebody cancels it or it times out. Needed unless Instant.
	NeverEnds *Entry `json:"neverEnds,omitempty"`
	// Takes ends True after a known time.
	Takes *Timed `json:"takes,omitempty"`
}

// Entry is how to make one run.
type Entry struct {
	// Spec is the CustomRun's spec. The apiVersion and kind in customRef or customSpec are filled in.
	Spec map[string]any `json:"spec"`
	// Then is a shell command that is run each time an attempt has started, with NAMESPACE, NAME, UID, ATTEMPT and
	// KUBECONFIG set.
	Then string `json:"then,omitempty"`
	// Result is one that the run must give.
	Result *Result `json:"result,omitempty"`
}

// Failing is a run that fails.
type Failing struct {
	Entry `json:",inline"`
	// Retried says whether such a failure uses a retry. A person's rejection does not.
	Retried bool `json:"retried,omitempty"`
}

// Timed is a run that takes a known time.
type Timed struct {
	Entry `json:",inline"`
	// For is the time from the start of the attempt.
	For metav1.Duration `json:"for"`
}

// Result is a result that a run must have. It has a Value or a Pattern.
type Result struct {
	Name string `json:"name"`
	// Value is the exact value.
	Value string `json:"value,omitempty"`
	// Pattern is a regular expression of Go for the whole value.
	Pattern string `json:"pattern,omitempty"`
}

// Definition is an object that customRef.name names.
type Definition struct {
	// Object is its manifest. The namespace is filled in.
	Object map[string]any `json:"object"`
	// Params are what a run of it needs beside.
	Params []any `json:"params,omitempty"`
	// Then is as in Entry.
	Then string `json:"then,omitempty"`
	// For is how long a run of it takes at least. Two seconds or more let it be deleted on the way.
	For metav1.Duration `json:"for"`
}

// Invalid is a run that ends False.
type Invalid struct {
	Spec map[string]any `json:"spec"`
	// Mentions must be part of the condition's message.
	Mentions string `json:"mentions"`
}

// Substitution is a run whose customSpec uses a param.
type Substitution struct {
	Entry `json:",inline"`
	// Param is the name of that param, which is among the params of Spec.
	Param string `json:"param"`
	// LiteralFails is set if the field takes only well-formed values, so that a text with `$(…)` left in it fails.
	LiteralFails bool `json:"literalFails,omitempty"`
}

// Supports says which parts of the contract the kind has. All of them default to true.
type Supports struct {
	CustomSpec bool `json:"customSpec"`
	Named      bool `json:"named"`
	Retries    bool `json:"retries"`
	Timeout    bool `json:"timeout"`
	Workspaces bool `json:"workspaces"`
	Results    bool `json:"results"`
	Pipeline   bool `json:"pipeline"`
}

// Child is a kind of objects that a run makes.
type Child struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	// EndedField is the path of a field that says whether the child has ended, as in status.state. Default: the
	// condition Succeeded.
	EndedField string `json:"endedField,omitempty"`
	// EndedValues are the values of that field once it has.
	EndedValues []string `json:"endedValues,omitempty"`
}

// Load reads a profile from a YAML file. An error is one sentence that names the file and the field.
func Load(path string) (Profile, error) {
	data, err := os.ReadFile(path) //nolint:gosec // The user names the file.
	if err != nil {
		return Profile{}, fmt.Errorf("reading the profile: %w", err)
	}
	p, err := Parse(data)
	if err != nil {
		return Profile{}, fmt.Errorf("profile %s: %w", path, err)
	}
	return p, nil
}

// Parse reads a profile from YAML. Unknown, repeated and mistyped fields are errors.
func Parse(data []byte) (Profile, error) {
	asJSON, err := yaml.YAMLToJSONStrict(data)
	if err != nil {
		return Profile{}, err
	}
	p := Profile{
		Unnamed:  true,
		Supports: Supports{CustomSpec: true, Named: true, Retries: true, Timeout: true, Workspaces: true, Results: true, Pipeline: true},
	}
	strict, err := json.UnmarshalStrict(asJSON, &p)
	if err != nil {
		return Profile{}, err
	}
	if len(strict) > 0 {
		return Profile{}, strict[0]
	}
	return p, p.check()
}
