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

package sentence_test

import (
	"testing"

	"github.com/customtasks/customtasks/internal/sentence"
)

func TestLinesAndTabsAreHiddenInASingleLine(t *testing.T) {
	for _, text := range []string{"a\nb", "a\tb"} {
		if r, ok := sentence.Hidden(text, false); !ok || r != rune(text[1]) {
			t.Errorf("%q: %U %v", text, r, ok)
		}
	}
}

func TestCharacters(t *testing.T) {
	for name, row := range map[string]struct {
		text   string
		hidden rune
		plain  string
		line   string
		blank  bool
	}{
		"nothing":                            {"", 0, "", "", true},
		"words":                              {"ship it", 0, "ship it", "ship it", false},
		"other scripts and signs":            {"déjà 発 🚀 ±1", 0, "déjà 発 🚀 ±1", "déjà 発 🚀 ±1", false},
		"lines and tabs":                     {"a\n\tb\n", 0, "a\n\tb\n", "a b", false},
		"lines of Windows":                   {"a\r\nb", '\r', "a\nb", "a b", false},
		"an escape sequence":                 {"a\x1b[2Jb", '\x1b', "a\ufffd[2Jb", "a\ufffd[2Jb", false},
		"one that begins with C1":            {"\u009b2J", '\u009b', "\ufffd2J", "\ufffd2J", false},
		"what overrides the direction":       {"a\u202eb", '\u202e', "a\ufffdb", "a\ufffdb", false},
		"a separator of lines":               {"a\u2028b", '\u2028', "a\ufffdb", "a\ufffdb", false},
		"spaces and what nobody sees":        {" \u200b\u00a0", '\u200b', " \ufffd\u00a0", "\ufffd", true},
		"letters and signs that nobody sees": {"\u3164\u2800\u115f\ufe0f", 0, "\u3164\u2800\u115f\ufe0f", "\u3164\u2800\u115f\ufe0f", true},
		"an accent on nothing":               {"\u0301", 0, "\u0301", "\u0301", true},
		"a dot":                              {".", 0, ".", ".", false},
	} {
		t.Run(name, func(t *testing.T) {
			if r, ok := sentence.Hidden(row.text, true); r != row.hidden || ok != (row.hidden != 0) {
				t.Errorf("hidden: %U %v; want %U", r, ok, row.hidden)
			}
			if got := sentence.Plain(row.text); got != row.plain {
				t.Errorf("plain: %q; want %q", got, row.plain)
			}
			if got := sentence.Line(row.text); got != row.line {
				t.Errorf("line: %q; want %q", got, row.line)
			}
			if got := sentence.Blank(row.text); got != row.blank {
				t.Errorf("blank: %v; want %v", got, row.blank)
			}
		})
	}
}
