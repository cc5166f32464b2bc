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

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common"
	"github.com/google/cel-go/common/operators"
)

// What the compiler says, in its words.
var (
	undeclared = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	overload   = regexp.MustCompile(`^found no matching overload for '([^']*)' applied to '([^']*)'$`)
	notBool    = regexp.MustCompile(`^expected type 'bool' but found '([^']*)'$`)
	literal    = regexp.MustCompile(`^invalid (timestamp|duration) argument$`)
	unexpected = regexp.MustCompile(`(?:input|error at:|identifier:) '?([^' ]+)`)
)

// elsewhere is what people write in other languages, and what it is here.
var elsewhere = map[string]string{
	"=":   "for equal write ==",
	"and": "for and write &&",
	"or":  "for or write ||",
	"not": "for not write !",
	"if":  "for a choice write CONDITION ? THIS : THAT",
	"$":   "write a value by its name, as params.NAME, without $()",
}

// hint says what to do about what the compiler found, or nothing.
func (e *Env) hint(text, found string, at common.Location) string {
	if m := undeclared.FindStringSubmatch(found); m != nil {
		return e.otherName(m[1], lineOf(text, at))
	}
	if m := unexpected.FindStringSubmatch(found); m != nil {
		return elsewhere[m[1]]
	}
	if m := literal.FindStringSubmatch(found); m != nil {
		return "it takes " + reads[m[1]]
	}
	if m := notBool.FindStringSubmatch(found); m != nil {
		return compareHint(m[1])
	}
	return ""
}

// compareHint is for a value of a type that should be true or false.
func compareHint(kind string) string {
	switch kind {
	case "string":
		return "compare it, as with == 'true'"
	case "int", "uint", "double":
		return "compare it, as with > 0"
	}
	return ""
}

// place is a line of an expression, before and after a column.
type place struct{ before, after string }

func lineOf(text string, at common.Location) place {
	lines := strings.Split(text, "\n")
	if at.Line() < 1 || at.Line() > len(lines) {
		return place{}
	}
	line := []rune(lines[at.Line()-1])
	column := max(0, min(at.Column(), len(line)))
	return place{before: string(line[:column]), after: string(line[column:])}
}

var (
	hyphenBefore = regexp.MustCompile(`(?:\b([A-Za-z_][\w.]*)\.)?\b([A-Za-z_][\w-]*-)$`)
	word         = regexp.MustCompile(`^[\w-]*`)
	qualified    = regexp.MustCompile(`^[\w.]+`)
)

// otherName is what may have been meant by a name that there is not.
func (e *Env) otherName(name string, at place) string {
	whole := word.FindString(at.after)
	if m := hyphenBefore.FindStringSubmatch(at.before); m != nil {
		return inBrackets(m[1], m[2]+whole)
	}
	if strings.HasPrefix(strings.TrimPrefix(whole, name), "-") {
		return inBrackets("", strings.TrimRight(whole, "-"))
	}
	variables, functions := e.names()
	called := name
	if q := qualified.FindString(at.after); q != "" && strings.HasPrefix(at.after, q+"(") {
		called = q
	}
	if called != name || strings.HasPrefix(strings.TrimPrefix(at.after, name), "(") {
		if near, ok := nearest(called, functions); ok {
			return "did you mean " + near + "?"
		}
		if called == name {
			return "there is no such function"
		}
	}
	if near, ok := nearest(name, variables); ok {
		return "did you mean " + near + "?"
	}
	if len(variables) == 0 {
		return "if it is text, put quotes around it"
	}
	const most = 10
	if len(variables) > most {
		variables = append(variables[:most:most], "others")
	}
	return fmt.Sprintf("there are %s; if it is text, put quotes around it", and(variables))
}

func inBrackets(of, name string) string {
	if of == "" {
		return fmt.Sprintf("a hyphen is a minus, so '%s' cannot be a name by itself; where it is a key, write it in brackets, as in results['%s']", name, name)
	}
	return fmt.Sprintf("a hyphen is a minus; write %s['%s']", of, name)
}

// names of the variables, without what is behind a dot, and of the functions and macros.
func (e *Env) names() (variables, functions []string) {
	seen := map[string]bool{}
	for _, v := range e.env.Variables() {
		root, _, _ := strings.Cut(v.Name(), ".")
		if !seen[root] && v.Type().Kind() != cel.TypeType.Kind() {
			seen[root] = true
			variables = append(variables, root)
		}
	}
	functions = []string{"math.greatest", "math.least", "cel.bind"} // macros do not say what they are called on
	for name := range e.env.Functions() {
		if !strings.ContainsAny(name, "@_") {
			functions = append(functions, name)
		}
	}
	for _, macro := range e.env.Macros() {
		functions = append(functions, macro.Function())
	}
	return sorted(variables), sorted(functions)
}

// noOverload says that an operator or function does not take values of these types.
func noOverload(function string, of []string) string {
	name := function
	if symbol, ok := operators.FindReverse(function); ok && symbol != "" {
		name = symbol
	}
	if function == operators.Conditional {
		name = "?:"
	}
	said := fmt.Sprintf("'%s' cannot be used with %s", name, and(of))
	if hint := convertHint(name, of); hint != "" {
		return said + "; " + hint
	}
	return said
}

func convertHint(name string, of []string) string {
	if len(of) == 0 {
		return ""
	}
	if name == "?:" || name == "!" || name == "&&" || name == "||" {
		return compareHint(of[0])
	}
	if len(of) != 2 {
		return ""
	}
	if name == "in" && of[1] == "string" {
		return "for a part of a text write TEXT.contains(PART)"
	}
	for i, kind := range of {
		switch other := of[1-i]; {
		case kind != "string":
		case other == "int", other == "uint", other == "double":
			return fmt.Sprintf("put %s() around the text, or string() around the number", other)
		case other == "bool":
			return "compare the text with 'true'"
		}
	}
	return ""
}

// and lists words.
func and(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
