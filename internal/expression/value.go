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

package expression

import (
	"encoding/json"
	"fmt"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// Value is what an expression gave. It may be the value of a variable of another evaluation.
type Value struct {
	val  ref.Val
	cost int
	size int
}

// Cost is how many steps the evaluation took.
func (v Value) Cost() int { return v.cost }

// Size is about how many bytes the value of an evaluation takes, with all that it contains; at most MaxValue.
func (v Value) Size() int { return v.size }

// Bool is the value as a condition; of any other type it is an error of class Result.
func (v Value) Bool() (bool, error) {
	b, ok := v.val.(types.Bool)
	if !ok {
		return false, failed(Result, nil, "the value is of type %s, not bool", typeName(v.val))
	}
	return bool(b), nil
}

// Text is the value as the result of a run, never the text of an error: a value without a text is an error
// of class Result.
//
//   - A string is itself; bytes are, if they are UTF-8.
//   - A bool, number, duration, timestamp or type is what CEL's string() makes of it: true, 42, 1.5, 3600s,
//     2026-01-31T09:00:00Z, int. null is null.
//   - A list or a map is JSON, in one line and with sorted keys: of a list of strings, Tekton makes an array.
//   - An optional is the value in it.
func (v Value) Text() (string, error) { return plain(v.val) }

// ValueOf is a value for a variable: nil, a string, bool, int, int64, float64 or json.Number, a slice or map of such
// with strings for keys, or a Value.
func ValueOf(native any) (Value, error) {
	val, err := adapt(native, 0)
	return Value{val: val}, err
}

// adapt makes CEL values once, so that they keep their identity while they are used.
func adapt(native any, depth int) (ref.Val, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("it is nested deeper than %d lists and maps", maxDepth)
	}
	switch v := native.(type) {
	case nil:
		return types.NullValue, nil
	case Value:
		return v.val, nil
	case string:
		return types.String(v), nil
	case bool:
		return types.Bool(v), nil
	case int:
		return types.Int(v), nil
	case int64:
		return types.Int(v), nil
	case float64:
		return types.Double(v), nil
	case json.Number:
		return digits(v)
	case []string:
		return list(v, depth)
	case []any:
		return list(v, depth)
	case map[string]string:
		return dictionary(v, depth)
	case map[string]any:
		return dictionary(v, depth)
	case map[string]Value:
		return dictionary(v, depth)
	}
	return nil, fmt.Errorf("values of Go type %T are none of CEL", native)
}

func list[E any](elements []E, depth int) (ref.Val, error) {
	vals := make([]ref.Val, 0, len(elements))
	for _, element := range elements {
		val, err := adapt(element, depth+1)
		if err != nil {
			return nil, err
		}
		vals = append(vals, val)
	}
	return types.NewRefValList(types.DefaultTypeAdapter, vals), nil
}

func dictionary[E any](entries map[string]E, depth int) (ref.Val, error) {
	vals := make(map[ref.Val]ref.Val, len(entries))
	for key, entry := range entries {
		val, err := adapt(entry, depth+1)
		if err != nil {
			return nil, err
		}
		vals[types.String(key)] = val
	}
	return types.NewRefValMap(types.DefaultTypeAdapter, vals), nil
}

func typeName(v ref.Val) string {
	switch v.(type) {
	case nil:
		return "none"
	case traits.Lister:
		return "list"
	case traits.Mapper:
		return "map"
	}
	return v.Type().TypeName()
}
