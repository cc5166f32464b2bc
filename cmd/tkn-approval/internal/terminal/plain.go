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

// Package terminal talks to a person: it asks, and it prints only what cannot deceive them.
package terminal

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sequence is an escape sequence that colours, moves or erases. It carries no text.
var sequence = regexp.MustCompile(`(?:\x1b\[|\x{9b})[0-?]*[ -/]*[@-~]`)

// Text is what somebody wrote, without anything that a terminal would obey: escape sequences, control
// characters, and marks that reorder or hide letters. Lines and tabs stay. Whatever comes from the cluster
// goes through here, or through Line, before it is printed.
func Text(s string) string {
	s = sequence.ReplaceAllString(strings.ToValidUTF8(s, string(utf8.RuneError)), "")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\u2028' || r == '\u2029': // they separate lines
			return '\n'
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
}

// Line is Text on a single line.
func Line(s string) string {
	return strings.Join(strings.Fields(Text(s)), " ")
}

// Clip is a Line of at most so many characters.
func Clip(s string, most int) string {
	line := []rune(Line(s))
	if len(line) <= most {
		return string(line)
	}
	return string(line[:most-1]) + "…"
}

// Indent puts Text under a heading, every line of it two characters in.
func Indent(s string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(strings.TrimRight(Text(s), "\n"), "\n") {
		out.WriteString(strings.TrimRight("  "+line, " \t") + "\n")
	}
	return out.String()
}
