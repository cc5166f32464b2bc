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
	"fmt"
	"regexp"
	"strings"

	"github.com/customtasks/customtasks/internal/sentence"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// reads says what a conversion takes as text.
var reads = map[string]string{
	"int":       "a whole number, as '42'",
	"uint":      "a whole number that is not negative, as '42'",
	"double":    "a number, as '1.5'",
	"bool":      "'true' or 'false'",
	"duration":  "a duration, as '1h30m'",
	"timestamp": "a time, as '2026-01-31T09:00:00Z'",
}

// explained says with the values at hand what CEL says without.
func explained(function string, args []ref.Val, fault string) string {
	if takes, ok := reads[function]; ok && strings.HasPrefix(fault, "type conversion error") {
		if s, isText := text(args, 0); isText {
			return fmt.Sprintf("%s() takes %s, not %q", function, takes, sentence.Clip(s))
		}
	}
	if strings.HasPrefix(fault, "no such overload") {
		var of []string
		for _, arg := range args {
			of = append(of, typeName(arg))
		}
		return noOverload(function, of)
	}
	return fault
}

var hyphenated = regexp.MustCompile(`^\.(\w+(?:-\w+)+)`)

// otherKey is what may have been meant by a key that a map does not have.
func (p *Program) otherKey(node int64, key string, vars map[string]any) string {
	var operand ast.Expr
	ast.PreOrderVisit(p.ast.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.ID() == node && e.Kind() == ast.SelectKind {
			operand = e.AsSelect().Operand()
		}
	}))
	if operand == nil {
		return ""
	}
	if at := p.at(node); at != nil {
		if m := hyphenated.FindStringSubmatch(lineOf(p.ast.Source().Content(), at).after); m != nil && strings.HasPrefix(m[1], key+"-") {
			return inBrackets(dotted(operand), m[1])
		}
	}
	of, ok := valueOf(operand, vars).(traits.Mapper)
	if !ok {
		return ""
	}
	const most = 1000
	var keys []string
	for it := of.Iterator(); it.HasNext() == types.True && len(keys) < most; {
		if s, isText := it.Next().(types.String); isText {
			keys = append(keys, string(s))
		}
	}
	if near, ok := nearest(key, sorted(keys)); ok {
		return "did you mean " + near + "?"
	}
	return ""
}

// dotted is a selection as text, or nothing if it is no such thing.
func dotted(e ast.Expr) string {
	switch e.Kind() {
	case ast.IdentKind:
		return e.AsIdent()
	case ast.SelectKind:
		if of := dotted(e.AsSelect().Operand()); of != "" {
			return of + "." + e.AsSelect().FieldName()
		}
	}
	return ""
}

// valueOf is the value of a variable, or of a key of one.
func valueOf(e ast.Expr, vars map[string]any) any {
	if v, ok := vars[dotted(e)]; ok {
		return v
	}
	if e.Kind() != ast.SelectKind {
		return nil
	}
	of, ok := valueOf(e.AsSelect().Operand(), vars).(traits.Mapper)
	if !ok {
		return nil
	}
	v, _ := of.Find(types.String(e.AsSelect().FieldName()))
	return v
}
