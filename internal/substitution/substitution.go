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

// Package substitution replaces $(params…) and $(context.customRun…) inside a custom task's spec.
// Tekton hands embedded specs over untouched, so this is the custom task's own duty.
package substitution

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

// reference matches $(params.NAME), $(params["NAME"]), each with an optional [*], [i] or .key, and
// $(context.customRun.FIELD).
var reference = regexp.MustCompile(
	`\$\((?:params(?:\.([A-Za-z0-9_.-]+)|\["([^"\]]+)"\]|\['([^'\]]+)'\])(?:\[(\*|[0-9]+)\])?(?:\.([A-Za-z0-9_-]+))?|context\.customRun\.([A-Za-z]+))\)`)

// Values are what references stand for.
type Values struct {
	params  map[string]v1beta1.ParamValue
	context map[string]string
	used    map[string]bool
	left    int
	// verbatim says of a field that nothing in it is replaced.
	verbatim func(field string) bool
}

// For returns the values of a run: its params, and its name, namespace and uid. All replacements
// together put in at most limit bytes: a short spec can name a long value many times.
func For(run *v1beta1.CustomRun, limit int) *Values {
	v := &Values{
		params:  make(map[string]v1beta1.ParamValue, len(run.Spec.Params)),
		context: map[string]string{"name": run.Name, "namespace": run.Namespace, "uid": string(run.UID)},
		used:    map[string]bool{},
		left:    limit,

		verbatim: func(string) bool { return false },
	}
	for _, p := range run.Spec.Params {
		v.params[p.Name] = p.Value
	}
	return v
}

// Except leaves fields alone, whole, wherever in the spec they are.
func (v *Values) Except(verbatim func(field string) bool) { v.verbatim = verbatim }

// Used reports whether a reference to the param has been replaced.
func (v *Values) Used(param string) bool { return v.used[param] }

// Apply returns a copy of a decoded JSON tree with every reference inside its strings replaced, once:
// what was put in is never looked at again (C14). A string that is one reference to a whole array or
// object becomes that array or object; inside an array, $(params.x[*]) adds the elements. The error
// names the reference that has no value and where it stands, by a path that begins with where.
func (v *Values) Apply(tree any, where string) (any, error) {
	return v.walk(tree, where)
}

func (v *Values) walk(node any, path string) (any, error) {
	switch n := node.(type) {
	case string:
		return v.text(n, path)
	case map[string]any:
		out := make(map[string]any, len(n))
		for key, child := range n {
			if v.verbatim(key) {
				out[key] = child
				continue
			}
			replaced, err := v.walk(child, path+"."+key)
			if err != nil {
				return nil, err
			}
			out[key] = replaced
		}
		return out, nil
	case []any:
		out := make([]any, 0, len(n))
		for i, child := range n {
			replaced, err := v.walk(child, fmt.Sprintf("%s[%d]", path, i))
			if err != nil {
				return nil, err
			}
			if text, ok := child.(string); ok && isStar(text) {
				if list, ok := replaced.([]any); ok {
					out = append(out, list...)
					continue
				}
			}
			out = append(out, replaced)
		}
		return out, nil
	default:
		return node, nil
	}
}

func isStar(s string) bool {
	m := reference.FindStringSubmatch(s)
	return m != nil && m[0] == s && m[4] == "*"
}

// text replaces the references in one string.
func (v *Values) text(s, path string) (any, error) {
	matches := reference.FindAllStringSubmatchIndex(s, -1)
	if len(matches) == 0 {
		return s, nil
	}
	if len(matches) == 1 && matches[0][0] == 0 && matches[0][1] == len(s) {
		return v.value(s, path)
	}
	var out strings.Builder
	end := 0
	for _, m := range matches {
		ref := s[m[0]:m[1]]
		value, err := v.value(ref, path)
		if err != nil {
			return nil, err
		}
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("%s: %s is not a string and cannot stand inside a longer text", path, ref)
		}
		out.WriteString(s[end:m[0]])
		out.WriteString(text)
		end = m[1]
	}
	out.WriteString(s[end:])
	return out.String(), nil
}

// value is what one reference stands for, a string, []any or map[string]any, if the budget allows it.
func (v *Values) value(ref, path string) (any, error) {
	value, err := v.lookup(ref, path)
	if err != nil {
		return nil, err
	}
	if v.left -= size(value); v.left < 0 {
		return nil, fmt.Errorf("%s: %s makes the spec larger than a run can have", path, ref)
	}
	return value, nil
}

// size of a value in bytes, about.
func size(value any) int {
	n := 0
	switch v := value.(type) {
	case string:
		n = len(v)
	case []any:
		for _, element := range v {
			n += size(element) + 1
		}
	case map[string]any:
		for key, element := range v {
			n += len(key) + size(element) + 1
		}
	}
	return n
}

func (v *Values) lookup(ref, path string) (any, error) {
	m := reference.FindStringSubmatch(ref)
	dotted, index, key, field := m[1], m[4], m[5], m[6]
	if field != "" {
		value, ok := v.context[field]
		if !ok {
			return nil, fmt.Errorf("%s: %s is unknown; use name, namespace or uid of context.customRun", path, ref)
		}
		return value, nil
	}
	name := dotted + m[2] + m[3]
	param, ok := v.params[name]
	if !ok && dotted != "" && key == "" && index == "" {
		// $(params.x.key): the last part is a key of an object, unless a param has that whole name.
		if dot := strings.LastIndex(dotted, "."); dot > 0 {
			name, key = dotted[:dot], dotted[dot+1:]
			param, ok = v.params[name]
		}
	}
	if !ok {
		return nil, fmt.Errorf("%s: %s refers to a param that the run does not have", path, ref)
	}
	v.used[name] = true
	return pick(param, index, key, func(format string, args ...any) error {
		return fmt.Errorf("%s: %s: param %q "+format, append([]any{path, ref, name}, args...)...)
	})
}

func pick(param v1beta1.ParamValue, index, key string, fail func(string, ...any) error) (any, error) {
	switch {
	case key != "":
		value, ok := param.ObjectVal[key]
		if !ok {
			return nil, fail("has no key %q", key)
		}
		return value, nil
	case index == "*" || index == "":
		switch param.Type {
		case v1beta1.ParamTypeArray:
			return anys(param.ArrayVal), nil
		case v1beta1.ParamTypeObject:
			out := make(map[string]any, len(param.ObjectVal))
			for k, value := range param.ObjectVal {
				out[k] = value
			}
			return out, nil
		}
		if index == "*" {
			return nil, fail("is a string, not an array")
		}
		return param.StringVal, nil
	default:
		i, err := strconv.Atoi(index)
		if param.Type != v1beta1.ParamTypeArray || err != nil || i >= len(param.ArrayVal) {
			return nil, fail("has no element %s", index)
		}
		return param.ArrayVal[i], nil
	}
}

func anys(list []string) []any {
	out := make([]any, 0, len(list))
	for s := range slices.Values(list) {
		out = append(out, s)
	}
	return out
}
