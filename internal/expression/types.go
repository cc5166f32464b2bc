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
	"slices"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/decls"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
)

// checkTypes refuses an expression, before its types are looked at, whose check could take long. Nothing
// can interrupt the check. It takes the square of the number of operations and more than the square of the
// size of types: 240 maps in each other take it a minute.
func checkTypes(parsed *cel.Ast) error {
	s := &shape{names: map[string]int{}}
	s.size(parsed.NativeRep().Expr())
	if s.operations > maxOperations {
		return failed(Cost, start, "the expression has %d operators, calls, lists and maps, those of macros included; at most %d can be used",
			s.operations, maxOperations)
	}
	// What an empty list holds is found by comparing it, which can put the type of one into that of another.
	for range min(s.empty, s.computed) {
		s.largest = saturated(2 * s.largest)
	}
	if s.largest*(1+s.empty) > maxTypes {
		return failed(Cost, start, "too many lists, maps and optional values are in each other, or are empty; give parts of the expression names as variables, or put dyn() around them")
	}
	return nil
}

// shape is what can be known of the types of an expression without looking at them.
type shape struct {
	// names that the expression itself gives, with the sizes of their types.
	names                       map[string]int
	operations, empty, computed int
	largest                     int
}

// size is the most parts that the type of an expression can have: 1 for an int, 2 for a list of ints.
func (s *shape) size(e ast.Expr) int {
	n := saturated(s.parts(e))
	s.largest = max(s.largest, n)
	return n
}

// saturated keeps a size that is too large from growing until it overflows.
func saturated(size int) int { return min(size, 2*maxTypes) }

func (s *shape) parts(e ast.Expr) int {
	switch e.Kind() {
	case ast.IdentKind:
		return max(1, s.names[e.AsIdent()])
	case ast.SelectKind:
		return s.size(e.AsSelect().Operand())
	case ast.CallKind:
		s.operations++
		return s.call(e.AsCall())
	case ast.ListKind:
		s.operations++
		return 1 + s.most(e.AsList().Elements())
	case ast.MapKind:
		s.operations++
		return s.entries(e.AsMap().Entries())
	case ast.ComprehensionKind:
		s.operations++
		return s.comprehension(e.AsComprehension())
	}
	return 1
}

// most is the size of the largest, and of one of unknown type if there is none.
func (s *shape) most(elements []ast.Expr) int {
	if len(elements) == 0 {
		s.empty++
	}
	n := 1
	for _, e := range elements {
		n = max(n, s.size(e))
	}
	return n
}

func (s *shape) entries(entries []ast.EntryExpr) int {
	if len(entries) == 0 {
		s.empty++
	}
	key, value, computed := 1, 1, 0
	for _, entry := range entries {
		e := entry.AsMapEntry()
		if e.Key().Kind() != ast.LiteralKind {
			computed = 1
		}
		key, value = max(key, s.size(e.Key())), max(value, s.size(e.Value()))
	}
	s.computed += computed
	return 1 + key + value
}

func (s *shape) call(c ast.CallExpr) int {
	args := c.Args()
	if c.IsMemberFunction() {
		args = append([]ast.Expr{c.Target()}, args...)
	}
	if c.FunctionName() == "none" { // optional.none()
		s.empty++
	}
	n := 1
	for _, arg := range args {
		n = max(n, s.size(arg))
	}
	g, ok := growth()[c.FunctionName()]
	if !ok {
		return n // there is no such function, as the check will say
	}
	if !g.follows {
		return g.fixed
	}
	return max(g.fixed, n+g.by)
}

func (s *shape) comprehension(c ast.ComprehensionExpr) int {
	over := 1
	if r := c.IterRange(); r.Kind() != ast.ListKind || r.AsList().Size() > 0 { // cel.bind is over nothing
		over = s.size(r)
	}
	empty := s.empty
	gathered := s.size(c.AccuInit())
	if c.AccuVar() == accumulator {
		s.empty = empty // what the macro starts with gets its type from the macro
	}
	restore := s.bind(map[string]int{c.IterVar(): over, c.IterVar2(): over, c.AccuVar(): gathered})
	s.size(c.LoopCondition())
	gathered = max(gathered, s.size(c.LoopStep()))
	s.names[c.AccuVar()] = gathered
	result := s.size(c.Result())
	restore()
	return result
}

// accumulator is the name under which macros gather, which no expression can use.
const accumulator = "@result"

func (s *shape) bind(names map[string]int) (restore func()) {
	before := map[string]int{}
	for name, size := range names {
		before[name] = s.names[name]
		s.names[name] = size
	}
	return func() {
		for name, size := range before {
			s.names[name] = size
		}
	}
}

// grown says how large the type is of what a function gives: of a fixed size, or following that of its
// largest argument with so many parts more, or fewer.
type grown struct {
	fixed   int
	follows bool
	by      int
}

// growth of all functions, by the last part of their names: before the check, optional.of is a call of "of".
var growth = sync.OnceValue(func() map[string]grown {
	// Of the first two the checker knows by heart that they give an optional of a part.
	all := map[string]grown{operators.OptSelect: {fixed: 1, follows: true, by: 1}, operators.OptIndex: {fixed: 1, follows: true, by: 1}}
	env, err := base()
	if err != nil {
		return all
	}
	for name, declared := range env.Functions() {
		if !strings.ContainsAny(name, "_@") {
			name = name[strings.LastIndex(name, ".")+1:]
		}
		for _, o := range declared.OverloadDecls() {
			all[name] = all[name].with(o)
		}
	}
	return all
})

// with is the larger of what it says and what an overload says.
func (g grown) with(o *decls.OverloadDecl) grown {
	result := typeSize(o.ResultType())
	of := params(o.ResultType())
	if len(of) == 0 {
		g.fixed = max(g.fixed, result)
		return g
	}
	from := 0
	for _, arg := range o.ArgTypes() {
		known := slices.ContainsFunc(params(arg), func(p string) bool { return slices.Contains(of, p) })
		if n := typeSize(arg); known && (from == 0 || n < from) {
			from = n
		}
	}
	if by := result - from; !g.follows || by > g.by {
		g.by = by
	}
	g.fixed, g.follows = max(1, g.fixed), true
	return g
}

// params are the names of the types that a type leaves open.
func params(t *cel.Type) []string {
	if t.Kind() == types.TypeParamKind {
		return []string{t.TypeName()}
	}
	var names []string
	for _, p := range t.Parameters() {
		names = append(names, params(p)...)
	}
	return names
}

// typeSize is the number of parts of a type, and no more of it than is too large.
func typeSize(t *cel.Type) int {
	n := 1
	for _, p := range t.Parameters() {
		if n = saturated(n + typeSize(p)); n > maxTypes {
			return n
		}
	}
	return n
}
