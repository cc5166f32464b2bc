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

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common"
)

// Class says what kind of fault an [Error] is.
type Class string

const (
	// Syntax: the text is no expression. From Compile.
	Syntax Class = "Syntax"
	// Check: the expression names what does not exist, or mixes types that do not fit. From Compile.
	Check Class = "Check"
	// Cost: the expression takes more steps than one may take. From Compile if that is sure before, else
	// from Eval.
	Cost Class = "Cost"
	// Size: the text or a value is larger than one may be. From Compile and Eval.
	Size Class = "Size"
	// Time: the evaluation took too long, or its context ended. From Eval. It is the only class that may
	// turn out differently the next time.
	Time Class = "Time"
	// Evaluation: the expression fails for these values, as a division by zero does. From Eval.
	Evaluation Class = "Evaluation"
	// Result: the value has no text, as an optional without a value has none. From Value.
	Result Class = "Result"
)

// Error is every error of this package but those of New and With.
type Error struct {
	Class Class
	// Line and Column of what is wrong, from 1; 0 if it is the expression as a whole.
	Line, Column int
	// Text is one sentence without a full stop.
	Text string
}

// Error is the text, after the place if it has one.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Text)
}

func failed(class Class, at common.Location, format string, args ...any) *Error {
	e := &Error{Class: class, Text: fmt.Sprintf(format, args...)}
	if at != nil && at.Line() > 0 && at.Column() >= 0 {
		e.Line, e.Column = at.Line(), at.Column()+1
	}
	return e
}

// first is the first of the issues that the compiler found, and what to do about it: what follows is often its
// echo.
func (e *Env) first(class Class, text string, issues *cel.Issues) *Error {
	issue := issues.Errors()[0]
	found := strings.TrimSuffix(strings.TrimPrefix(issue.Message, "Syntax error: "), " (in container '')")
	found = strings.Join(strings.Fields(found), " ")
	if strings.HasPrefix(found, "mismatched input '<EOF>'") {
		found = "the expression ends too early; complete it"
	}
	if m := overload.FindStringSubmatch(found); m != nil {
		// The types are those of the arguments; a method has the first before a dot.
		types := strings.Replace(strings.TrimPrefix(strings.TrimSuffix(m[2], ")"), "("), ".(", ", ", 1)
		return failed(class, issue.Location, "%s", noOverload(m[1], typesIn(types)))
	}
	if hint := e.hint(text, found, issue.Location); hint != "" {
		found += "; " + hint
	}
	return failed(class, issue.Location, "%s", found)
}

// typesIn splits a list of types at its commas, but for those inside of a type.
func typesIn(list string) []string {
	var found []string
	depth, start := 0, 0
	for i, r := range list {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			found = append(found, strings.TrimSpace(list[start:i]))
			start = i + 1
		}
	}
	if last := strings.TrimSpace(list[start:]); last != "" {
		found = append(found, last)
	}
	return found
}
