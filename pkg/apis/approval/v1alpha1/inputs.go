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
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/customtasks/customtasks/internal/sentence"
	"knative.dev/pkg/apis"
)

const (
	// maxAnswer bounds one answer, in bytes.
	maxAnswer = 16384
	// maxAnswers bounds all of them together, defaults included, in bytes of JSON: they are stored with the
	// vote and the request and become results of the run, whose status has a bound.
	maxAnswers = 32768
)

// Results that a gate has of its own, which no input may be called.
var reservedResults = []string{"decision", "approvedBy", "approvedAt", "rejectedBy", "overriddenBy", "comment"}

var inputName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,63}$`)

func (g *Gate) validateInputs() *apis.FieldError {
	var errs *apis.FieldError
	const most = 32
	if len(g.Inputs) > most {
		return problem("inputs", "%d inputs; at most %d are possible", len(g.Inputs), most)
	}
	seen := map[string]bool{}
	for i, input := range g.Inputs {
		at := input.validate()
		if seen[input.Name] {
			at = at.Also(problem("name", "%q names two inputs", sentence.Clip(input.Name)))
		}
		seen[input.Name] = true
		errs = errs.Also(at.ViaFieldIndex("inputs", i))
	}
	if errs != nil {
		return errs
	}
	if n := g.defaultBytes(); n > maxAnswers {
		errs = errs.Also(problem("inputs", "the defaults are %d bytes together as JSON; at most %d are possible", n, maxAnswers))
	}
	return errs.Also(g.validatePatterns())
}

// defaultBytes is how large the answers of somebody who gives none are.
func (g *Gate) defaultBytes() int {
	n := 0
	for _, in := range g.Inputs {
		if in.Default != nil {
			n += encoded(*in.Default)
		}
	}
	return n
}

// encoded is the size of a text as JSON, which is up to six times its own.
func encoded(text string) int {
	raw, _ := json.Marshal(text) //nolint:errcheck,errchkjson // strings always encode
	return len(raw)
}

// validate says what of the question cannot work.
func (in Input) validate() *apis.FieldError {
	var errs *apis.FieldError
	if !inputName.MatchString(in.Name) {
		errs = errs.Also(problem("name", "%q must be 1 to 63 letters, digits, '_', '.' and '-'", sentence.Clip(in.Name)))
	}
	if slices.Contains(reservedResults, in.Name) {
		errs = errs.Also(problem("name", "%q is a result of every gate; choose another name", in.Name))
	}
	text := in.Type == InputString || in.Type == InputText
	numeric := in.Type == InputInteger || in.Type == InputNumber
	switch {
	case !text && !numeric && in.Type != InputBoolean && in.Type != InputEnum:
		return errs.Also(problem("type", "%q must be string, text, integer, number, boolean or enum", sentence.Clip(string(in.Type))))
	case in.Type == InputEnum && len(in.Values) == 0:
		errs = errs.Also(problem("values", "an enum needs at least one"))
	case in.Type != InputEnum && len(in.Values) > 0:
		errs = errs.Also(problem("values", "only an enum has values; its type is %s", in.Type))
	}
	for i, value := range in.Values {
		if text := unseen("a value", value, false); text != "" {
			errs = errs.Also(problem(fmt.Sprintf("values[%d]", i), "%s", text))
		}
	}
	if in.Pattern != "" {
		errs = errs.Also(in.validatePattern())
	}
	for path, bound := range map[string]string{"minimum": in.Minimum, "maximum": in.Maximum} {
		if _, ok := number(bound); bound != "" && (!ok || !numeric) {
			errs = errs.Also(problem(path, "%q must be a number, of an input of type integer or number", sentence.Clip(bound)))
		}
	}
	if errs == nil && numeric {
		errs = errs.Also(in.checkBounds())
	}
	if errs == nil && in.Default != nil {
		if text := in.check(*in.Default); text != "" {
			errs = errs.Also(problem("default", "%s", text))
		}
	}
	return errs
}

// checkBounds says that no number is between the bounds.
func (in Input) checkBounds() *apis.FieldError {
	least, hasLeast := number(in.Minimum)
	most, hasMost := number(in.Maximum)
	if !hasLeast || !hasMost {
		return nil
	}
	if in.Type == InputInteger && !least.IsInt() { // the next whole number
		up := new(big.Int).Add(new(big.Int).Div(least.Num(), least.Denom()), big.NewInt(1))
		least = new(big.Rat).SetInt(up)
	}
	if least.Cmp(most) > 0 {
		return problem("minimum", "no %s is at least %s and at most %s", in.Type, in.Minimum, in.Maximum)
	}
	return nil
}

// number reads a number as JSON writes it.
func number(text string) (*big.Rat, bool) {
	const longest = 64 // of digits, so that none takes long to compare
	var n json.Number
	if len(text) > longest || json.Unmarshal([]byte(text), &n) != nil || strings.ContainsAny(text, "eE\"") {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// check returns a sentence about an answer that is not valid, or "".
func (in Input) check(value string) string {
	clip := sentence.Clip(value)
	switch in.Type {
	case InputBoolean:
		if value != "true" && value != "false" {
			return fmt.Sprintf("%q must be true or false", clip)
		}
	case InputEnum:
		if !slices.Contains(in.Values, value) {
			return fmt.Sprintf("%q must be one of %s", clip, strings.Join(in.Values, ", "))
		}
	case InputInteger, InputNumber:
		return in.checkNumber(value)
	case InputString:
		if strings.ContainsAny(value, "\r\n") {
			return fmt.Sprintf("%q must be a single line", clip)
		}
	case InputText:
	}
	if text := in.checkText(value); text != "" {
		return text
	}
	if len(value) > maxAnswer {
		return fmt.Sprintf("the answer is %d bytes; at most %d are possible", len(value), maxAnswer)
	}
	if in.Pattern != "" {
		return in.checkPattern(value)
	}
	return ""
}

// checkText is about what only a string or a text may be.
func (in Input) checkText(value string) string {
	if text := unseen("the answer", value, in.Type == InputText); text != "" {
		return text
	}
	if in.Required && (in.Type == InputString || in.Type == InputText) && sentence.Blank(value) {
		return "an answer is required, and this one is empty"
	}
	return ""
}

func (in Input) checkNumber(value string) string {
	n, ok := number(value)
	clip := sentence.Clip(value)
	switch {
	case !ok && in.Type == InputInteger, ok && in.Type == InputInteger && strings.Contains(value, "."):
		return fmt.Sprintf("%q must be a whole number", clip)
	case !ok:
		return fmt.Sprintf("%q must be a number, as in 1.5", clip)
	}
	if least, ok := number(in.Minimum); ok && n.Cmp(least) < 0 {
		return fmt.Sprintf("%s must be at least %s", clip, in.Minimum)
	}
	if most, ok := number(in.Maximum); ok && n.Cmp(most) > 0 {
		return fmt.Sprintf("%s must be at most %s", clip, in.Maximum)
	}
	return ""
}

// Answers checks the answers that come with an approval and returns one for every question, in their order:
// the one given, or the default, or an empty one. A zero has no sign, whatever was given. The error says what
// to do.
func (g *Gate) Answers(given []InputValue) ([]InputValue, error) {
	values := map[string]string{}
	for _, answer := range given {
		if !slices.ContainsFunc(g.Inputs, func(in Input) bool { return in.Name == answer.Name }) {
			return nil, fmt.Errorf("there is no input %q; the inputs are %s", sentence.Clip(answer.Name), g.inputNames())
		}
		values[answer.Name] = answer.Value
	}
	var out []InputValue
	size := 0
	for _, in := range g.Inputs {
		value, ok := values[in.Name]
		switch {
		case !ok && in.Default != nil:
			value = *in.Default
		case !ok && in.Required:
			return nil, fmt.Errorf("input %q is required: %s", in.Name, sentence.Line(in.Description))
		case !ok:
			// An empty answer, so that a task which uses the result runs all the same.
			out = append(out, InputValue{Name: in.Name})
			continue
		}
		if text := in.check(value); text != "" {
			return nil, fmt.Errorf("input %q: %s", in.Name, text)
		}
		size += encoded(value)
		out = append(out, InputValue{Name: in.Name, Value: in.canonical(value)})
	}
	if size > maxAnswers {
		return nil, fmt.Errorf("the answers are %d bytes together as JSON; at most %d are possible", size, maxAnswers)
	}
	return out, nil
}

// canonical writes a valid answer as a result: JSON has a -0, and people have none.
func (in Input) canonical(value string) string {
	if n, ok := number(value); ok && n.Sign() == 0 && (in.Type == InputInteger || in.Type == InputNumber) {
		return strings.TrimPrefix(value, "-")
	}
	return value
}

func (g *Gate) inputNames() string {
	names := make([]string, 0, len(g.Inputs))
	for _, in := range g.Inputs {
		names = append(names, in.Name)
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
