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
	"math"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/ext"
)

// library is the language: the versions are pinned, so that an update of CEL adds no function unseen.
func library() []cel.EnvOption {
	return []cel.EnvOption{
		cel.StdLib(),
		// Its macros optMap and optFlatMap copy what they are called on: a chain of thirty has a thousand
		// million nodes before anything could bound them. Those below do not copy.
		cel.OptionalTypes(cel.OptionalTypesVersion(2)),
		cel.ClearMacros(),
		cel.Macros(cel.StandardMacros...),
		cel.Macros(cel.ReceiverMacro("optMap", 2, optMap), cel.ReceiverMacro("optFlatMap", 2, optFlatMap)),
		ext.Bindings(ext.BindingsVersion(0)),
		// Later versions of these two add estimates of cost that take what is not known for the most that it
		// could be, so that text.substring(1) would be refused.
		ext.Strings(ext.StringsVersion(4), ext.StringsMaxPrecision(100)),
		ext.Lists(ext.ListsVersion(2), ext.ListsMaxRangeSize(MaxValue/scalarSize)),
		ext.Sets(),
		ext.Math(ext.MathVersion(2)),
		ext.Encoders(ext.EncodersVersion(0)),
		ext.Regex(ext.RegexVersion(0)),
		// Its own estimate takes the most for the least, so that no param could be given to it.
		cel.CostEstimatorOptions(
			checker.OverloadCostEstimate("regex_replace_string_string_string", unknownCost),
			checker.OverloadCostEstimate("regex_replace_string_string_string_int", unknownCost)),
		ext.TwoVarComprehensions(ext.TwoVarComprehensionsVersion(0)),
		cel.Function("json.encode", cel.Overload("json_encode_dyn", []*cel.Type{cel.DynType}, cel.StringType,
			cel.UnaryBinding(func(v ref.Val) ref.Val {
				text, err := encode(v)
				if err != nil {
					return types.WrapErr(err)
				}
				return types.String(text)
			}))),
		cel.Function("json.decode", cel.Overload("json_decode_string", []*cel.Type{cel.StringType}, cel.DynType,
			cel.UnaryBinding(func(v ref.Val) ref.Val {
				value, err := decode(string(v.(types.String)))
				if err != nil {
					return types.WrapErr(err)
				}
				return value
			}))),
		cel.CrossTypeNumericComparisons(true),
		cel.DefaultUTCTimeZone(true),
		cel.ASTValidators(cel.ValidateDurationLiterals(), cel.ValidateTimestampLiterals()),
		cel.ParserRecursionLimit(maxNesting),
		cel.ParserExpressionSizeLimit(MaxLength),
		cel.EagerlyValidateDeclarations(true),
	}
}

func unknownCost(checker.CostEstimator, *checker.AstNode, []checker.AstNode) *checker.CallEstimate {
	return &checker.CallEstimate{CostEstimate: checker.CostEstimate{Min: stepCost, Max: math.MaxUint64}}
}

// hidden is a name that no expression can use.
const hidden = "@optional"

// optMap is x.optMap(name, f): the optional of f where name is the value of x, or none.
func optMap(f cel.MacroExprFactory, target ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
	return ifPresent(f, target, args, func(e ast.Expr) ast.Expr { return f.NewCall("optional.of", e) })
}

// optFlatMap is x.optFlatMap(name, f): f, itself an optional, where name is the value of x, or none.
func optFlatMap(f cel.MacroExprFactory, target ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
	return ifPresent(f, target, args, func(e ast.Expr) ast.Expr { return e })
}

func ifPresent(f cel.MacroExprFactory, target ast.Expr, args []ast.Expr, wrap func(ast.Expr) ast.Expr) (ast.Expr, *cel.Error) {
	if args[0].Kind() != ast.IdentKind {
		return nil, f.NewError(args[0].ID(), "the first argument must be a simple name")
	}
	name := args[0].AsIdent()
	body := wrap(bind(f, name, f.NewMemberCall("value", f.NewIdent(hidden)), args[1]))
	return bind(f, hidden, target, f.NewCall(operators.Conditional,
		f.NewMemberCall("hasValue", f.NewIdent(hidden)), body, f.NewCall("optional.none"))), nil
}

// bind gives a value a name inside an expression, as cel.bind does.
func bind(f cel.MacroExprFactory, name string, value, in ast.Expr) ast.Expr {
	return f.NewComprehension(f.NewList(), "#unused", name, value, f.NewLiteral(types.False), f.NewIdent(name), in)
}
