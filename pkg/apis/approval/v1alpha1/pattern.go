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
	"fmt"
	"regexp"
	"regexp/syntax"
	"unicode/utf8"

	"github.com/customtasks/customtasks/internal/sentence"
	"knative.dev/pkg/apis"
)

// RE2 is linear in the text, but a short pattern may repeat itself into a program of 200,000 instructions,
// each of which may look at every character. These keep a match within some milliseconds.
const (
	// maxPattern bounds a pattern, in characters, as the schema does.
	maxPattern = 512
	// maxProgram bounds what one pattern compiles to, in instructions.
	maxProgram = 1000
	// maxPrograms bounds what all patterns of a gate compile to.
	maxPrograms = 4000
	// maxMatched bounds an answer that is matched, in bytes.
	maxMatched = 1024
)

// program is how many instructions the pattern compiles to. It is read alone, so that it cannot close what
// holds it to the whole of an answer.
func (in Input) program() (int, error) {
	parsed, err := syntax.Parse(in.Pattern, syntax.Perl)
	if err != nil {
		return 0, err
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return 0, err
	}
	return len(program.Inst), nil
}

// pattern matches whole answers. It is an error if validatePattern would refuse it.
func (in Input) pattern() (*regexp.Regexp, error) {
	if n := utf8.RuneCountInString(in.Pattern); n > maxPattern {
		return nil, fmt.Errorf("a pattern of %d characters", n)
	}
	switch size, err := in.program(); {
	case err != nil:
		return nil, err
	case size > maxProgram:
		return nil, fmt.Errorf("a program of %d instructions", size)
	}
	return regexp.Compile(`\A(?:` + in.Pattern + `)\z`)
}

func (in Input) validatePattern() *apis.FieldError {
	if n := utf8.RuneCountInString(in.Pattern); n > maxPattern {
		return problem("pattern", "the pattern is %d characters; at most %d are possible", n, maxPattern)
	}
	if size, err := in.program(); err == nil && size > maxProgram {
		return problem("pattern", "%q compiles to %d instructions; at most %d are possible, so repeat fewer times", sentence.Clip(in.Pattern), size, maxProgram)
	}
	if _, err := in.pattern(); err != nil || in.Type != InputString && in.Type != InputText {
		return problem("pattern", "%q must be a regular expression (RE2), of an input of type string or text", sentence.Clip(in.Pattern))
	}
	return nil
}

// checkPattern returns a sentence about an answer that does not match, or "".
func (in Input) checkPattern(value string) string {
	if len(value) > maxMatched {
		return fmt.Sprintf("the answer is %d bytes; at most %d are possible where there is a pattern", len(value), maxMatched)
	}
	if re, err := in.pattern(); err != nil || !re.MatchString(value) {
		return fmt.Sprintf("%q must match %s", sentence.Clip(value), in.Pattern)
	}
	return ""
}

// validatePatterns bounds all patterns of a gate together.
func (g *Gate) validatePatterns() *apis.FieldError {
	total := 0
	for _, in := range g.Inputs {
		size, err := in.program()
		if in.Pattern == "" || err != nil {
			continue
		}
		total += size
	}
	if total > maxPrograms {
		return problem("inputs", "the patterns compile to %d instructions together; at most %d are possible, so repeat fewer times", total, maxPrograms)
	}
	return nil
}
