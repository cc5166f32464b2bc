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
	"fmt"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/customtasks/customtasks/internal/sentence"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

// Params are a run's params, with typed getters. A getter reports whether the param is there; its
// error, a [FailRun] with reason InvalidParams, names a param of the wrong type or form.
type Params struct {
	list v1beta1.Params
	// used are params that the spec refers to by $(params.NAME); Only lets them be.
	used func(name string) bool
}

// NewParams wraps params, for tests of FromParams.
func NewParams(list ...v1beta1.Param) Params { return Params{list: list} }

// Only fails if there is a param that is not among names, or one given twice. In [ParamReader], params
// that the spec refers to by $(params.NAME) are known as well.
func (p Params) Only(names ...string) error {
	seen := map[string]bool{}
	for _, param := range p.list {
		if seen[param.Name] {
			return paramError(param.Name, "is given twice")
		}
		seen[param.Name] = true
		if slices.Contains(names, param.Name) || p.used != nil && p.used(param.Name) {
			continue
		}
		known := slices.Clone(names)
		sort.Strings(known)
		if len(known) == 0 {
			return paramError(param.Name, "is unknown; there are no params")
		}
		return paramError(param.Name, "is unknown; the params are "+strings.Join(known, ", "))
	}
	return nil
}

// Names of the params, in order.
func (p Params) Names() []string {
	out := make([]string, 0, len(p.list))
	for _, param := range p.list {
		out = append(out, param.Name)
	}
	return out
}

// All are the params as the run has them. Those given twice are there twice: see [Params.Only].
func (p Params) All() v1beta1.Params { return p.list.DeepCopy() }

// String is a param of type string.
func (p Params) String(name string) (value string, ok bool, err error) {
	v, ok := p.find(name)
	if !ok {
		return "", false, nil
	}
	if v.Type == v1beta1.ParamTypeArray || v.Type == v1beta1.ParamTypeObject {
		return "", true, paramError(name, fmt.Sprintf("must be a string, not of type %s", v.Type))
	}
	return v.StringVal, true, nil
}

// Strings is a param of type array, or a string that lists values between commas.
func (p Params) Strings(name string) (values []string, ok bool, err error) {
	v, ok := p.find(name)
	if !ok {
		return nil, false, nil
	}
	switch v.Type {
	case v1beta1.ParamTypeArray:
		return slices.Clone(v.ArrayVal), true, nil
	case v1beta1.ParamTypeObject:
		return nil, true, paramError(name, "must be an array or a string, not an object")
	}
	for _, s := range strings.Split(v.StringVal, ",") {
		if s = strings.TrimSpace(s); s != "" {
			values = append(values, s)
		}
	}
	return values, true, nil
}

// Object is a param of type object.
func (p Params) Object(name string) (values map[string]string, ok bool, err error) {
	v, ok := p.find(name)
	if !ok {
		return nil, false, nil
	}
	if v.Type != v1beta1.ParamTypeObject {
		return nil, true, paramError(name, "must be an object")
	}
	return maps.Clone(v.ObjectVal), true, nil
}

// Int is a string param that holds a whole number.
func (p Params) Int(name string) (value int64, ok bool, err error) {
	s, ok, err := p.String(name)
	if !ok || err != nil {
		return 0, ok, err
	}
	value, parseErr := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if parseErr != nil {
		return 0, true, paramError(name, fmt.Sprintf("is %q; it must be a whole number", sentence.Clip(s)))
	}
	return value, true, nil
}

// Bool is a string param that holds "true" or "false".
func (p Params) Bool(name string) (value, ok bool, err error) {
	s, ok, err := p.String(name)
	if !ok || err != nil {
		return false, ok, err
	}
	switch s {
	case "true":
		return true, true, nil
	case "false":
		return false, true, nil
	}
	return false, true, paramError(name, fmt.Sprintf(`is %q; it must be "true" or "false"`, sentence.Clip(s)))
}

// Duration is a string param in Go's form, as "1h30m".
func (p Params) Duration(name string) (value time.Duration, ok bool, err error) {
	s, ok, err := p.String(name)
	if !ok || err != nil {
		return 0, ok, err
	}
	value, parseErr := time.ParseDuration(s)
	if parseErr != nil {
		return 0, true, paramError(name, fmt.Sprintf(`is %q; it must be a duration such as "90s" or "1h30m"`, sentence.Clip(s)))
	}
	return value, true, nil
}

func (p Params) find(name string) (v1beta1.ParamValue, bool) {
	for _, param := range p.list {
		if param.Name == name {
			return param.Value, true
		}
	}
	return v1beta1.ParamValue{}, false
}

func paramError(name, what string) error {
	return FailRun(ReasonInvalidParams, fmt.Sprintf("param %q %s", sentence.Clip(name), what))
}
