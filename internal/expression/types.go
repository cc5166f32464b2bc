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
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
)

// maxComputedKeys is how many maps of an expression may have keys that are not written out. A map of a value
// by itself has a type of twice the size, and nothing bounds the time that checking takes.
const maxComputedKeys = 8

// checkTypes refuses an expression whose types could grow without end, before they are looked at.
func checkTypes(parsed *cel.Ast) error {
	n := 0
	ast.PreOrderVisit(parsed.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.MapKind {
			return
		}
		for _, entry := range e.AsMap().Entries() {
			if entry.AsMapEntry().Key().Kind() != ast.LiteralKind {
				n++
				return
			}
		}
	}))
	if n > maxComputedKeys {
		return failed(Cost, start, "%d maps have keys that are not written out; at most %d may", n, maxComputedKeys)
	}
	return nil
}
