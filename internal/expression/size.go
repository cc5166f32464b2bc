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
	"reflect"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"
)

// What a value takes beside its text, in bytes, about.
const (
	scalarSize = 16
	listSize   = 32
	entrySize  = 48
	// fewEntries of a list without lists in it are not worth remembering their size.
	fewEntries = 8
)

// measured counts a value that was made.
func (m *meter) measured(node int64, v ref.Val) ref.Val {
	if types.IsUnknownOrError(v) {
		return v
	}
	m.step(node, textCost(v))
	switch v.(type) {
	case traits.MutableLister, traits.MutableMapper:
		// What a comprehension gathers grows by an entry a step, and is looked at when it is used.
		m.make(entrySize)
		return v
	}
	switch v.(type) {
	case traits.Lister:
		m.container(v, scalarSize)
	case traits.Mapper:
		m.container(v, entrySize)
	default:
		m.make(m.limited(v))
	}
	return v
}

// container counts a list or map that was not there before. What is inside has been counted when it was made.
// It takes more if its size is remembered, which keeps it until the evaluation ends.
func (m *meter) container(v ref.Val, entry int) {
	remembered := len(m.sizes)
	if _, known := m.known(v); known {
		return
	}
	m.limited(v)
	if len(m.sizes) > remembered {
		m.make(4 * listSize)
	}
	m.make(2*listSize + entry*length(v))
}

// known is the size of a list or map that has been looked at.
func (m *meter) known(v ref.Val) (int, bool) {
	if reflect.TypeOf(v).Kind() != reflect.Pointer {
		return 0, false
	}
	size, ok := m.sizes[v]
	return size, ok
}

// limited is the size of a value, which ends the evaluation if it is too large.
func (m *meter) limited(v ref.Val) int {
	size, err := m.size(v, 0)
	if err != nil {
		m.end(err.Error())
	}
	return size
}

func (m *meter) make(n int) {
	if m.made += n; m.made > MaxMemory {
		m.end("the expression makes values of more than 16 MiB in all")
	}
}

// does counts work ahead of it.
func (m *meter) does(n int) {
	if n < 0 || n > maxWork {
		n = maxWork + 1
	}
	if m.work += n; m.work > maxWork {
		m.exceed(Cost, "a function would take too long with arguments as large as these")
	}
}

func (m *meter) end(text string) { m.exceed(Size, text) }

func (m *meter) wrong(text string) { m.exceed(Evaluation, text) }

// exceed ends the evaluation. An error value would not do: CEL lets || and && swallow it.
func (m *meter) exceed(class Class, text string) {
	m.exceeded = &Error{Class: class, Text: text}
	panic(interpreter.EvalCancelledError{Message: text, Cause: interpreter.CostLimitExceeded})
}

// size of a value with all that it contains, about. It ends as soon as the size is over the limit.
func (m *meter) size(v ref.Val, depth int) (int, error) {
	switch s := v.(type) {
	case types.String:
		return bounded(scalarSize + len(s))
	case types.Bytes:
		return bounded(scalarSize + len(s))
	case *types.Optional:
		if !s.HasValue() {
			return scalarSize, nil
		}
		return m.size(s.GetValue(), depth+1)
	case traits.Lister, traits.Mapper:
	default:
		return scalarSize, nil
	}
	if depth > maxDepth {
		return 0, failed(Size, nil, "a value is nested deeper than %d lists and maps", maxDepth)
	}
	if size, ok := m.known(v); ok {
		return size, nil
	}
	size, err := m.contents(v, depth)
	if err == nil && reflect.TypeOf(v).Kind() == reflect.Pointer && !mutable(v) && !short(v) {
		m.sizes[v] = size
	}
	return size, err
}

func mutable(v ref.Val) bool {
	switch v.(type) {
	case traits.MutableLister, traits.MutableMapper:
		return true
	}
	return false
}

// short reports whether a list has little inside, and nothing that has something inside.
func short(v ref.Val) bool {
	list, ok := v.(traits.Lister)
	if !ok || length(v) > fewEntries {
		return false
	}
	for it := list.Iterator(); it.HasNext() == types.True; {
		switch it.Next().(type) {
		case traits.Lister, traits.Mapper, *types.Optional:
			return false
		}
	}
	return true
}

func (m *meter) contents(v ref.Val, depth int) (int, error) {
	if n := int(v.(traits.Sizer).Size().(types.Int)); n > MaxValue/scalarSize {
		return 0, tooLarge()
	}
	total := listSize
	entries, isMap := v.(traits.Mapper)
	for it := v.(traits.Iterable).Iterator(); it.HasNext() == types.True; {
		element := it.Next()
		if isMap {
			key, err := m.size(element, depth+1)
			if err != nil {
				return 0, err
			}
			total += entrySize + key
			element = entries.Get(element)
		}
		size, err := m.size(element, depth+1)
		if err != nil {
			return 0, err
		}
		if total, err = bounded(total + size); err != nil {
			return 0, err
		}
	}
	return total, nil
}

func bounded(size int) (int, error) {
	if size > MaxValue {
		return 0, tooLarge()
	}
	return size, nil
}

func tooLarge() *Error { return failed(Size, nil, "a value is larger than 1 MiB") }
