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
	"context"
	"fmt"
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
)

// What a step costs: a name or a selection, a call and each ten bytes of the texts that it takes and gives,
// a list, a map. These are CEL's own figures. Its own count is not used: it keeps a stack that grows with
// each turn of a loop and is searched in each, so that counting a loop of 30,000 takes seconds.
const (
	stepCost   = 1
	textFactor = 10
	listCost   = 10
	mapCost    = 30
)

// meter counts the steps of one evaluation, and bounds its values and the work of single functions, which
// steps do not: a list that holds a list ten times, which holds a list ten times, and so on, costs little to
// make and for ever to compare.
type meter struct {
	ctx               context.Context
	steps, made, work int
	// sizes of lists and maps that have been looked at, by identity. Each is looked at once.
	sizes map[any]int
	// exceeded is the limit that ended the evaluation, and at the node where it did.
	exceeded *Error
	at       int64
}

// decorate puts the meter around every step.
func (m *meter) decorate(step interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
	switch s := step.(type) {
	case *meteredAttribute, *meteredConstructor, *meteredCall:
		return step, nil
	case interpreter.InterpretableAttribute:
		return &meteredAttribute{InterpretableAttribute: s, meter: m}, nil
	case interpreter.InterpretableConstructor:
		return &meteredConstructor{InterpretableConstructor: s, meter: m}, nil
	case interpreter.InterpretableCall:
		return &meteredCall{InterpretableCall: m.call(s), meter: m}, nil
	}
	return step, nil
}

type meteredAttribute struct {
	interpreter.InterpretableAttribute
	meter *meter
}

// Exec looks the value up.
func (a *meteredAttribute) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	a.meter.step(a.ID(), stepCost)
	return a.InterpretableAttribute.Exec(frame)
}

// Eval is Exec for the older interface.
func (a *meteredAttribute) Eval(vars interpreter.Activation) ref.Val {
	return a.Exec(interpreter.AsFrame(vars))
}

type meteredConstructor struct {
	interpreter.InterpretableConstructor
	meter *meter
}

// Exec makes the list or map and measures it.
func (c *meteredConstructor) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	cost := listCost
	if c.Type() == types.MapType {
		cost = mapCost
	}
	c.meter.step(c.ID(), cost)
	return c.meter.measured(c.ID(), c.InterpretableConstructor.Exec(frame))
}

// Eval is Exec for the older interface.
func (c *meteredConstructor) Eval(vars interpreter.Activation) ref.Val {
	return c.Exec(interpreter.AsFrame(vars))
}

type meteredCall struct {
	interpreter.InterpretableCall
	meter *meter
}

// Exec makes the call and measures its value.
func (c *meteredCall) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	c.meter.step(c.ID(), stepCost)
	return c.meter.measured(c.ID(), c.InterpretableCall.Exec(frame))
}

// Eval is Exec for the older interface.
func (c *meteredCall) Eval(vars interpreter.Activation) ref.Val {
	return c.Exec(interpreter.AsFrame(vars))
}

// step counts, and looks at the clock now and then.
func (m *meter) step(node int64, cost int) {
	m.at = node
	before := m.steps
	if m.steps += cost; m.steps > MaxCost {
		m.exceed(Cost, fmt.Sprintf("the expression takes more than %d steps", MaxCost))
	}
	if m.steps/checkEvery != before/checkEvery && m.ctx.Err() != nil {
		m.exceed(Time, "the evaluation took too long, or was ended from outside")
	}
}

// textCost of what a function takes or gives.
func textCost(v ref.Val) int {
	switch s := v.(type) {
	case types.String:
		return len(s) / textFactor
	case types.Bytes:
		return len(s) / textFactor
	}
	return 0
}

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
	before := len(m.sizes)
	size := m.limited(v)
	switch v.(type) {
	case traits.Lister, traits.Mapper:
		// What is inside has been counted when it was made.
		if len(m.sizes) > before {
			m.make(listSize + scalarSize*int(v.(traits.Sizer).Size().(types.Int)))
		}
	default:
		m.make(size)
	}
	return v
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
	identity := any(v)
	pointer := reflect.TypeOf(v).Kind() == reflect.Pointer
	if pointer {
		if size, ok := m.sizes[identity]; ok {
			return size, nil
		}
	}
	size, err := m.contents(v, depth)
	if err == nil && pointer && !mutable(v) {
		m.sizes[identity] = size
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
