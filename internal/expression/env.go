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
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common"
)

// Type is the type of a variable.
type Type = cel.Type

// Types of variables. Of a Dyn nothing is known before the evaluation.
var (
	Dyn    = cel.DynType
	String = cel.StringType
	Int    = cel.IntType
	Bool   = cel.BoolType
)

// Map is a map from strings to values of a type.
func Map(values *Type) *Type { return cel.MapType(cel.StringType, values) }

// List is a list of values of a type.
func List(values *Type) *Type { return cel.ListType(values) }

// Variable is a name that expressions may use.
type Variable struct {
	name  string
	value *Type
}

// Var is a variable. The name is an identifier, or several with dots between them; of params.x and params,
// an expression that says params.x means the first.
func Var(name string, value *Type) Variable { return Variable{name: name, value: value} }

// Env is the language and a set of variables. It is safe for concurrent use and cheap to extend.
type Env struct {
	env *cel.Env
}

var base = sync.OnceValues(func() (*cel.Env, error) { return cel.NewCustomEnv(library()...) })

// New returns an environment with these variables.
func New(variables ...Variable) (*Env, error) {
	env, err := base()
	if err != nil {
		return nil, fmt.Errorf("building the CEL environment: %w", err)
	}
	return (&Env{env: env}).With(variables...)
}

// With returns an environment that has more variables. A variable hides a type of CEL that has its name, as
// int, and no function.
func (e *Env) With(variables ...Variable) (*Env, error) {
	if len(variables) == 0 {
		return e, nil
	}
	options := make([]cel.EnvOption, 0, len(variables))
	for _, v := range variables {
		options = append(options, cel.Variable(v.name, v.value))
	}
	env, err := e.env.Extend(options...)
	if err != nil {
		return nil, fmt.Errorf("declaring variables: %w", err)
	}
	return &Env{env: env}, nil
}

// Compile parses and checks an expression. The error is an [*Error] of class Syntax, Check, Cost or Size.
func (e *Env) Compile(text string) (*Program, error) {
	if len(text) > MaxLength {
		return nil, failed(Size, nil, "the expression has %d bytes; at most %d can be used", len(text), MaxLength)
	}
	if strings.TrimSpace(text) == "" {
		return nil, failed(Syntax, nil, "the expression is empty")
	}
	parsed, issues := e.env.Parse(text)
	if issues.Err() != nil {
		return nil, e.first(Syntax, text, issues)
	}
	if err := checkTypes(parsed); err != nil {
		return nil, err
	}
	checked, issues := e.env.Check(parsed)
	if issues.Err() != nil {
		return nil, e.first(Check, text, issues)
	}
	// Of variables the size is not known, so the most that an expression may cost is often unbounded. What
	// it costs at the least is known better, and enough to refuse those that could never end in time.
	estimate, err := e.env.EstimateCost(checked, unknownSizes{})
	if err != nil {
		return nil, failed(Check, nil, "its cost cannot be estimated: %v", err)
	}
	if estimate.Min > MaxCost {
		return nil, failed(Cost, start, "the expression takes at least %d steps; at most %d are allowed", estimate.Min, MaxCost)
	}
	return &Program{env: e.env, ast: checked}, nil
}

// start of an expression.
var start = common.NewLocation(1, 0)

// unknownSizes tells the estimate that nothing is known beyond the expression itself.
type unknownSizes struct{}

func (unknownSizes) EstimateSize(checker.AstNode) *checker.SizeEstimate { return nil }

func (unknownSizes) EstimateCallCost(string, string, *checker.AstNode, []checker.AstNode) *checker.CallEstimate {
	return nil
}
