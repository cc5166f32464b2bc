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

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
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
	// patterns are the regular expressions that have been looked at.
	patterns map[string]program
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
	if m.steps/checkEvery != before/checkEvery {
		m.look()
	}
}

// look ends the evaluation if its time is over.
func (m *meter) look() {
	if m.ctx.Err() != nil {
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
