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

package v1alpha1

import (
	"context"
	"fmt"
	"regexp"

	"github.com/customtasks/customtasks/internal/sentence"
	"knative.dev/pkg/apis"
)

// MaxExpressions is how many variables and expressions a run may have together; of a run whose params are
// the expressions, how many params.
const MaxExpressions = 100

var (
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	resultName   = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,253}$`)

	// reference is what would put a value into the text of an expression, where it would be code.
	reference = regexp.MustCompile(`\$\((params|context|tasks|finally|workspaces)\b[^)]*\)`)
)

// IsVariableName reports whether an expression can use a value by this name.
func IsVariableName(name string) bool { return variableName.MatchString(name) }

// IsZero reports whether there is nothing to evaluate.
func (s *CELSpec) IsZero() bool {
	return len(s.Variables) == 0 && len(s.Expressions) == 0 && s.Cond == nil
}

// Verbatim says which strings are expressions: $(params.x) is not replaced in them, so that the value of
// a param is never code (C15).
func (*CELSpec) Verbatim(field string) bool {
	return field == "expression" || field == "messageExpression"
}

// Validate says what of the spec cannot work. Whether the expressions can be compiled depends on the
// params and is not looked at. A spec with nothing in it is left to the caller.
func (s *CELSpec) Validate(context.Context) *apis.FieldError {
	var errs *apis.FieldError
	if s.IsZero() {
		return nil
	}
	if n := len(s.Variables) + len(s.Expressions); n > MaxExpressions {
		return invalid("expressions", "%d variables and expressions are too many; at most %d can be evaluated", n, MaxExpressions)
	}
	if len(s.Expressions) == 0 && s.Cond == nil {
		return invalid("expressions", "there are only variables, which give nothing; add expressions or a cond")
	}
	seen := map[string]bool{}
	for i, v := range s.Variables {
		if !variableName.MatchString(v.Name) {
			errs = errs.Also(invalid("name", "%q cannot be the name of a variable; use letters, digits and underscores, and no digit first",
				sentence.Clip(v.Name)).ViaFieldIndex("variables", i))
		} else if seen[v.Name] {
			errs = errs.Also(invalid("name", "%q is the name of two variables; rename one", sentence.Clip(v.Name)).ViaFieldIndex("variables", i))
		}
		seen[v.Name] = true
		errs = errs.Also(expression(v.Expression, "expression").ViaFieldIndex("variables", i))
	}
	clear(seen)
	for i, e := range s.Expressions {
		if !resultName.MatchString(e.Name) {
			errs = errs.Also(invalid("name", "%q cannot be the name of a result; use letters, digits, underscores, dashes and dots",
				sentence.Clip(e.Name)).ViaFieldIndex("expressions", i))
		} else if seen[e.Name] {
			errs = errs.Also(invalid("name", "%q is the name of two expressions; rename one", sentence.Clip(e.Name)).ViaFieldIndex("expressions", i))
		}
		seen[e.Name] = true
		errs = errs.Also(expression(e.Expression, "expression").ViaFieldIndex("expressions", i))
	}
	return errs.Also(s.Cond.validate().ViaField("cond"))
}

func (c *Condition) validate() *apis.FieldError {
	if c == nil {
		return nil
	}
	errs := expression(c.Expression, "expression")
	if c.Message != "" && c.MessageExpression != "" {
		return errs.Also(&apis.FieldError{Message: "both are set; set at most one", Paths: []string{"message", "messageExpression"}})
	}
	if c.MessageExpression != "" {
		errs = errs.Also(expression(c.MessageExpression, "messageExpression"))
	}
	return errs
}

// expression says what can be said of an expression before it is compiled.
func expression(text, path string) *apis.FieldError {
	if text == "" {
		return invalid(path, "the expression is missing")
	}
	switch found := reference.FindStringSubmatch(text); {
	case found == nil:
		return nil
	case found[1] == "params" || found[1] == "context":
		return invalid(path, "%s would make a value part of the expression; write it as a variable, as in params.NAME or context.customRun.name",
			sentence.Clip(found[0]))
	default:
		return invalid(path, "%s is not replaced here; give the task a param with this value, and write params.NAME", sentence.Clip(found[0]))
	}
}

func invalid(path, format string, args ...any) *apis.FieldError {
	return &apis.FieldError{Message: fmt.Sprintf(format, args...), Paths: []string{path}}
}
