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
	"maps"

	"k8s.io/apimachinery/pkg/runtime"
)

// change edits the spec of a run before it is created.
type change func(spec map[string]any)

// runSpec returns the whole spec of a CustomRun: a fragment of the profile, its apiVersion and kind, and the changes.
func (p Profile) runSpec(fragment map[string]any, changes ...change) map[string]any {
	spec := copyOf(fragment)
	if spec == nil {
		spec = map[string]any{}
	}
	key := "customRef"
	if _, ok := spec["customSpec"]; ok {
		key = "customSpec"
	}
	target, _ := spec[key].(map[string]any)
	if target == nil {
		target = map[string]any{}
	}
	target["apiVersion"], target["kind"] = p.APIVersion, p.Kind
	spec[key] = target
	for _, c := range changes {
		c(spec)
	}
	return spec
}

func copyOf(fragment map[string]any) map[string]any {
	return runtime.DeepCopyJSON(fragment)
}

// with sets a field of the spec.
func with(field string, value any) change {
	return func(spec map[string]any) { spec[field] = value }
}

func withTimeout(value string) change { return with("timeout", value) }

func withRetries(n int64) change { return with("retries", n) }

// cancelled sets what cancels a run.
func cancelled(message string) change {
	return func(spec map[string]any) {
		spec["status"] = "RunCancelled"
		if message != "" {
			spec["statusMessage"] = message
		}
	}
}

// withParam adds a param.
func withParam(name string, value any) change {
	return func(spec map[string]any) {
		spec["params"] = append(paramsOf(spec), map[string]any{"name": name, "value": value})
	}
}

// setParam replaces the value of a param.
func setParam(name string, value any) change {
	return func(spec map[string]any) {
		spec["params"] = append(withoutParam(spec, name), map[string]any{"name": name, "value": value})
	}
}

// target edits customRef or customSpec, whichever there is.
func target(edit func(map[string]any)) change {
	return func(spec map[string]any) {
		for _, key := range []string{"customRef", "customSpec"} {
			if t, ok := spec[key].(map[string]any); ok {
				edit(t)
			}
		}
	}
}

// paramsOf returns the params of a spec.
func paramsOf(spec map[string]any) []any {
	params, _ := spec["params"].([]any)
	return params
}

// withoutParam returns the params of a spec but the one of that name.
func withoutParam(spec map[string]any, name string) []any {
	var rest []any
	for _, param := range paramsOf(spec) {
		if p, ok := param.(map[string]any); !ok || p["name"] != name {
			rest = append(rest, param)
		}
	}
	return rest
}

// firstStringParam returns the first param whose value is a string, or false.
func firstStringParam(spec map[string]any) (name, value string, ok bool) {
	for _, param := range paramsOf(spec) {
		p, _ := param.(map[string]any)
		name, isName := p["name"].(string)
		if value, isString := p["value"].(string); isName && isString {
			return name, value, true
		}
	}
	return "", "", false
}

// merged returns a map with the entries of both.
func merged(a, b map[string]any) map[string]any {
	out := maps.Clone(a)
	if out == nil {
		out = map[string]any{}
	}
	maps.Copy(out, b)
	return out
}
