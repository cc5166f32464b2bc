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
	"strings"
	"sync"

	"github.com/google/cel-go/common/functions"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"
)

// guards look at the arguments of functions that may do or make much more than what they are given, in one
// step that nothing could interrupt, and end the evaluation before the step is taken.
var guards = map[string]func(m *meter, args []ref.Val){
	operators.Equals:        comparison,
	operators.NotEquals:     comparison,
	operators.In:            comparison,
	"sets.contains":         everyPair,
	"sets.equivalent":       everyPair,
	"sets.intersects":       everyPair,
	"distinct":              func(m *meter, args []ref.Val) { everyPair(m, []ref.Val{args[0], args[0]}) },
	"flatten":               flattening,
	"sort":                  sorting,
	"@sortByAssociatedKeys": sorting,
	"format":                formatting,
	"json.encode":           comparison,
	"json.decode":           decoding,
	"indexOf":               search,
	"lastIndexOf":           search,
	"contains":              search,
	"split":                 split,
	"join":                  join,
	"replace":               replace,
	"matches":               match,
	"regex.extract":         match,
	"regex.extractAll":      extractAll,
	"regex.replace":         replaceAll,
	"getFullYear":           zone,
	"getMonth":              zone,
	"getDayOfYear":          zone,
	"getDayOfMonth":         zone,
	"getDate":               zone,
	"getDayOfWeek":          zone,
	"getHours":              zone,
	"getMinutes":            zone,
	"getSeconds":            zone,
	"getMilliseconds":       zone,
}

// implementations of all functions of the library, by overload and by name.
var implementations = sync.OnceValues(func() (map[string]*functions.Overload, error) {
	env, err := base()
	if err != nil {
		return nil, err
	}
	found := map[string]*functions.Overload{
		operators.Equals:    {Binary: types.Equal},
		operators.NotEquals: {Binary: func(a, b ref.Val) ref.Val { return types.Bool(types.Equal(a, b) != types.True) }},
	}
	for _, declared := range env.Functions() {
		overloads, err := declared.Bindings()
		if err != nil {
			return nil, err
		}
		for _, o := range overloads {
			if _, ok := found[o.Operator]; !ok {
				found[o.Operator] = o
			}
		}
	}
	return found, nil
})

// call is a call whose arguments are looked at before it is made. A few functions are left as they are:
// those without arguments, and those of CEL itself that take errors for arguments.
func (m *meter) call(c interpreter.InterpretableCall) interpreter.InterpretableCall {
	known, err := implementations()
	if err != nil {
		return c
	}
	implementation, ok := known[c.OverloadID()]
	if !ok {
		implementation, ok = known[c.Function()]
	}
	if !ok || implementation.NonStrict || len(c.Args()) == 0 {
		return c
	}
	if c.Function() == operators.Add {
		implementation = m.sum(implementation)
	}
	guard := guards[c.Function()]
	return interpreter.NewCall(c.ID(), c.Function(), c.OverloadID(), c.Args(), func(args ...ref.Val) ref.Val {
		m.at = c.ID()
		m.look()
		for _, arg := range args {
			m.step(c.ID(), textCost(arg))
		}
		if guard != nil {
			for _, arg := range args {
				m.limited(arg)
			}
			guard(m, args)
		}
		out := invoke(implementation, args)
		if fault, ok := out.(*types.Err); ok {
			// CEL notes the place of an error in the error, and shares some errors between all evaluations.
			return types.NewErrFromString(explained(c.Function(), args, fault.Error()))
		}
		return out
	})
}

// sum is + that joins lists here. What a comprehension gathers in has a + of its own.
func (m *meter) sum(f *functions.Overload) *functions.Overload {
	return &functions.Overload{OperandTrait: f.OperandTrait, Binary: func(left, right ref.Val) ref.Val {
		a, isList := left.(traits.Lister)
		b, also := right.(traits.Lister)
		if isList && also && !mutable(left) {
			return m.joined(a, b)
		}
		return f.Binary(left, right)
	}}
}

func invoke(f *functions.Overload, args []ref.Val) ref.Val {
	switch {
	case f.OperandTrait != 0 && !args[0].Type().HasTrait(f.OperandTrait):
	case len(args) == 1 && f.Unary != nil:
		return f.Unary(args[0])
	case len(args) == 2 && f.Binary != nil:
		return f.Binary(args[0], args[1])
	case f.Function != nil:
		return f.Function(args...)
	}
	return types.NewErr("no such overload")
}

// joined is a list of the elements of two. CEL's own is a tree of the lists that it was made of, in which
// each element is looked for from the root.
func (m *meter) joined(a, b traits.Lister) ref.Val {
	m.wants(m.limited(a) + m.limited(b) - listSize)
	elements := make([]ref.Val, 0, length(a)+length(b))
	for _, part := range []traits.Lister{a, b} {
		for it := part.Iterator(); it.HasNext() == types.True; {
			elements = append(elements, it.Next())
		}
	}
	return types.NewRefValList(types.DefaultTypeAdapter, elements)
}

// Arguments of a type that the function does not take are left to it; it refuses them.

func text(args []ref.Val, i int) (string, bool) {
	if i >= len(args) {
		return "", false
	}
	s, ok := args[i].(types.String)
	return string(s), ok
}

func length(v ref.Val) int {
	if s, ok := v.(traits.Sizer); ok {
		return int(s.Size().(types.Int))
	}
	return 1
}

func comparison(m *meter, args []ref.Val) {
	const perElement = 8
	for _, arg := range args {
		m.does(m.limited(arg) / scalarSize * perElement)
	}
}

func everyPair(m *meter, args []ref.Val) {
	if len(args) == 2 {
		m.does(length(args[0]) * (m.limited(args[1]) / scalarSize))
		m.does(length(args[1]) * (m.limited(args[0]) / scalarSize))
	}
}

func sorting(m *meter, args []ref.Val) {
	for _, arg := range args {
		m.does(m.limited(arg))
	}
}

// flattening gathers what is inside in a list for each level.
func flattening(m *meter, args []ref.Val) {
	comparison(m, args)
	m.make(2 * m.limited(args[0]))
}

// zone reads the file of a time zone anew for each call that names one.
func zone(m *meter, args []ref.Val) {
	const reading = 20_000
	if len(args) > 1 {
		m.does(reading)
	}
}

func search(m *meter, args []ref.Val) {
	s, ok := text(args, 0)
	part, also := text(args, 1)
	if ok && also {
		m.does(len(s) * (len(part) + 1))
	}
}

func split(m *meter, args []ref.Val) {
	s, ok := text(args, 0)
	by, also := text(args, 1)
	if ok && also {
		m.wants(len(s) + scalarSize*(strings.Count(s, by)+1))
	}
}

func join(m *meter, args []ref.Val) {
	if by, ok := text(args, 1); ok {
		m.wants(m.limited(args[0]) + length(args[0])*len(by))
	}
}

// decoding makes a value for each part of a JSON text, and most take much more than the text says.
func decoding(m *meter, args []ref.Val) {
	const object, array, part, most = 512, 256, 48, 4 * MaxValue
	s, ok := text(args, 0)
	if !ok {
		return
	}
	size := part
	for i := range len(s) {
		switch s[i] {
		case '{':
			size += object
		case '[':
			size += array
		case ',', ':':
			size += part
		}
	}
	if size > most {
		m.end(tooLarge().Text)
	}
	m.make(size)
	m.does(size)
}

func replace(m *meter, args []ref.Val) {
	s, isText := text(args, 0)
	old, isOld := text(args, 1)
	replacement, isNew := text(args, 2)
	if !isText || !isOld || !isNew {
		return
	}
	n := strings.Count(s, old)
	if len(args) > 3 {
		if limit, ok := args[3].(types.Int); ok && limit >= 0 && int64(limit) < int64(n) {
			n = int(limit)
		}
	}
	m.wants(len(s) + n*max(0, len(replacement)-len(old)))
}

// wants refuses a value before it is made.
func (m *meter) wants(size int) {
	if size > MaxValue {
		m.end(tooLarge().Text)
	}
}
