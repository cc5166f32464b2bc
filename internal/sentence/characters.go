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

package sentence

import (
	"strings"
	"unicode"
)

// Hidden finds the first character of a text that a terminal obeys, or that nobody sees: a control character,
// and what reorders, joins or marks others (Unicode category Cf). In a text of several lines, their ends and
// tabs are none.
func Hidden(text string, lines bool) (rune, bool) {
	for _, r := range text {
		if hidden(r) && !(lines && (r == '\n' || r == '\t')) {
			return r, true
		}
	}
	return 0, false
}

// U+2028 and U+2029 end lines for some readers and not for others.
func hidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf) || r == '\u2028' || r == '\u2029'
}

// Plain is the text with every hidden character replaced by U+FFFD. Lines and tabs stay.
func Plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && hidden(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n"))
}

// Line is Plain text on a single line.
func Line(text string) string {
	return strings.Join(strings.Fields(Plain(text)), " ")
}

// Blank reports whether there is nothing in a text that anybody can see.
func Blank(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		const emptyBraille = '\u2800'
		return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) && r != emptyBraille &&
			!unicode.In(r, unicode.Other_Default_Ignorable_Code_Point)
	})
}
