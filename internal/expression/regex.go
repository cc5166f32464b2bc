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
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/customtasks/customtasks/internal/sentence"
	"github.com/google/cel-go/common/types/ref"
)

// instructions is how many steps a regular expression may take for each byte of a text. A pattern that
// is wrong ends the evaluation. The function compiles the pattern again for each call, so each is counted.
func (m *meter) instructions(pattern string) int {
	if len(pattern) > maxPattern {
		m.end("a regular expression is longer than 1024 bytes")
	}
	known, ok := m.patterns[pattern]
	if !ok {
		known = m.compiled(pattern)
		m.patterns[pattern] = known
	}
	m.does(known.weight * 8)
	return known.instructions
}

// program is what a regular expression is compiled to: its length, and how much it is to compile.
type program struct{ instructions, weight int }

func (m *meter) compiled(pattern string) program {
	m.does(len(pattern) * scalarSize) // finding out what is wrong
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		m.wrong(sentence.Clip(err.Error())) // or || could have it parsed again and again
	}
	code, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		m.wrong(sentence.Clip(err.Error()))
	}
	// A class such as \pL has a thousand runes, which the instructions of \pL{9} share.
	runes := map[*rune]int{}
	for _, instruction := range code.Inst {
		if r := instruction.Rune; len(r) > 0 {
			runes[&r[0]] = len(r)
		}
	}
	p := program{instructions: len(code.Inst), weight: 10 * len(code.Inst)}
	for _, n := range runes {
		p.weight += n
	}
	if p.instructions > maxInstructions {
		m.end("a regular expression repeats too much; use smaller numbers in {}")
	}
	return p
}

func match(m *meter, args []ref.Val) {
	s, ok := text(args, 0)
	pattern, also := text(args, 1)
	if ok && also {
		m.does((len(s) + 64) * m.instructions(pattern))
	}
}

func matchAll(m *meter, args []ref.Val) {
	match(m, args)
	s, _ := text(args, 0)
	pattern, _ := text(args, 1)
	remembered := (len(s) + 1) * (2*scalarSize*(strings.Count(pattern, "(")+1) + 4*scalarSize)
	if remembered > maxMatches {
		m.end("a text is too long for this regular expression")
	}
	m.does(remembered)
}

// extractAll makes an element for each match, of which there may be one for each byte.
func extractAll(m *meter, args []ref.Val) {
	matchAll(m, args)
	s, _ := text(args, 0)
	pattern, _ := text(args, 1)
	const most = MaxValue / scalarSize
	if len(s) < most {
		return
	}
	if re, err := regexp.Compile(pattern); err == nil && len(re.FindAllStringIndex(s, most)) == most {
		m.end(tooLarge().Text)
	}
}

func replaceAll(m *meter, args []ref.Val) {
	matchAll(m, args)
	s, isText := text(args, 0)
	pattern, isPattern := text(args, 1)
	replacement, isNew := text(args, 2)
	re, err := regexp.Compile(pattern)
	if !isText || !isPattern || !isNew || err != nil {
		return
	}
	// Each \1 puts in at most what was matched, and all matches together are at most the text.
	groups := strings.Count(replacement, `\`)
	m.wants(len(s)*(1+groups) + len(re.FindAllStringIndex(s, -1))*len(replacement))
}
