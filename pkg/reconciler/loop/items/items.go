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

// Package items says what a loop iterates over:
//
//	list, err := items.Of(loop, params, ",", 10_000)
//	for i := range list.Len() {
//		list.At(i).Params // what is different in iteration i
//	}
//
// Nothing is built of more items than the limit allows.
package items

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/customtasks/customtasks/internal/sentence"
	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
)

// maxComparisons bounds the combinations of include times all combinations, which Tekton compares: a second's work.
const maxComparisons = 1_000_000

// Item is what one iteration gets that the others do not.
type Item struct {
	// Params of the iteration alone.
	Params v1.Params
	// Text of the item: a string as it is, anything else as JSON.
	Text string
}

// List is what a loop iterates over.
type List struct {
	n  int
	at func(int) Item
	// used are the params of the run that say what to iterate over; no iteration gets them.
	used []string
	// gives are the names of the params that items give, but for those that are used.
	gives map[string]bool
}

// Len is the number of iterations, at most.
func (l List) Len() int { return l.n }

// At is the item of an iteration, from 0.
func (l List) At(i int) Item { return l.at(i) }

// Used are the names of the run's params that say what to iterate over. They are not for the iterations.
func (l List) Used() []string { return l.used }

// Of says what a loop iterates over, given the params of its run. separator stands between the values of a
// string that is no JSON list, unless a param of the run says otherwise. The error is a sentence for the
// author of the pipeline, to be shown with Field.
func Of(loop v1alpha1.Loop, params v1.Params, separator string, limit int) (List, error) {
	list, err := source(loop, params, separator, limit)
	if err != nil {
		return List{}, err
	}
	if loop.Until != "" && list.n > loop.MaxIterations {
		list.n = loop.MaxIterations
	}
	number := loop.IterationNumberParam
	if err := clash(list, number, params); err != nil {
		return List{}, err
	}
	if number != "" {
		of := list.at
		list.at = func(i int) Item {
			item := of(i)
			item.Params = append(item.Params[:len(item.Params):len(item.Params)], text(number, strconv.Itoa(i+1)))
			return item
		}
	}
	return list, nil
}

// clash is the error if an iteration would get two params of the same name.
func clash(list List, number string, params v1.Params) error {
	if number != "" && list.gives[number] {
		return fmt.Errorf("iterationNumberParam is %q, which an item gives already; name another param", sentence.Clip(number))
	}
	for _, p := range params {
		switch {
		case slices.Contains(list.used, p.Name):
		case list.gives[p.Name]:
			return fmt.Errorf("the run gives param %q, and so does an item; remove it from the run, or name one of them differently", sentence.Clip(p.Name))
		case p.Name == number:
			return fmt.Errorf("the run gives param %q, and so does iterationNumberParam; remove it from the run, or name another param", sentence.Clip(p.Name))
		}
	}
	return nil
}

// Field is the field of the spec that says what to iterate over.
func Field(loop v1alpha1.Loop) string {
	switch {
	case loop.Items != nil:
		return "items"
	case loop.Matrix != nil:
		return "matrix"
	case loop.IterateNumeric != "":
		return "iterateNumeric"
	case loop.IterateParam != "":
		return "iterateParam"
	}
	return "maxIterations"
}

func source(loop v1alpha1.Loop, params v1.Params, separator string, limit int) (List, error) {
	switch {
	case loop.Items != nil:
		return literal(loop, limit)
	case loop.Matrix != nil:
		return combinations(loop.Matrix, params, limit)
	case loop.IterateNumeric != "":
		return numbers(loop.IterateNumeric, params, limit)
	case loop.IterateParam != "":
		return fromParam(loop, params, separator, limit)
	}
	if loop.MaxIterations > limit {
		return List{}, tooMany(strconv.Itoa(loop.MaxIterations), limit)
	}
	return List{n: loop.MaxIterations, at: func(i int) Item { return Item{Text: strconv.Itoa(i + 1)} }}, nil
}

// literal are the items that the spec lists.
func literal(loop v1alpha1.Loop, limit int) (List, error) {
	if len(loop.Items) > limit {
		return List{}, tooMany(strconv.Itoa(len(loop.Items)), limit)
	}
	values := make([]json.RawMessage, 0, len(loop.Items))
	for _, item := range loop.Items {
		values = append(values, item.Raw)
	}
	return ofJSON(loop.IterateParam, "items", values)
}

// combinations are those of a matrix. A list of the run with the name and the values of one in the matrix is where
// that comes from.
func combinations(m *v1.Matrix, params v1.Params, limit int) (List, error) {
	list := List{gives: map[string]bool{}}
	for _, p := range m.GetAllParams() {
		list.gives[p.Name] = true
	}
	empty := false
	for _, p := range m.Params {
		empty = empty || len(p.Value.ArrayVal) == 0
		if of, ok := find(params, p.Name); ok && of.Type == v1.ParamTypeArray && slices.Equal(of.ArrayVal, p.Value.ArrayVal) {
			list.used = append(list.used, p.Name)
		}
	}
	if empty {
		return list, nil // a product with nothing
	}
	// Counting costs no more than the matrix is long, and goes no higher than an int. What include adds is no
	// more than it is long, and is counted when it is there: Tekton's own count differs from what it makes.
	n, more := (&v1.Matrix{Params: m.Params}).CountCombinations(), len(m.Include)
	if n > limit {
		return List{}, tooMany(strconv.Itoa(n), limit)
	}
	if len(m.Params) > 0 && more > maxComparisons/(n+more) {
		return List{}, fmt.Errorf("include has %d combinations beside the %d of params, too many to compare them all; make several loops of it", more, n)
	}
	all := m.FanOut()
	if len(all) > limit {
		return List{}, tooMany(strconv.Itoa(len(all)), limit)
	}
	list.n, list.at = len(all), func(i int) Item {
		values := make(map[string]string, len(all[i]))
		for _, p := range all[i] {
			values[p.Name] = p.Value.StringVal
		}
		return Item{Params: all[i], Text: asText(values)}
	}
	return list, nil
}

func text(name, value string) v1.Param {
	return v1.Param{Name: name, Value: v1.ParamValue{Type: v1.ParamTypeString, StringVal: value}}
}
