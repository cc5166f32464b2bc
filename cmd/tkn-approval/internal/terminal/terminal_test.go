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

package terminal

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	for name, row := range map[string]struct{ text, want string }{
		"what people write stays":       {"Grüße, 世界\n\tok", "Grüße, 世界\n\tok"},
		"colours":                       {"\x1b[1;31mred\x1b[0m", "red"},
		"moves and erasures":            {"a\x1b[2J\x1b[1A\x1b[Kb", "ab"},
		"sequences of eight bits":       {"a\u009b31mb", "ab"},
		"bytes that are no text":        {"a\x9bb\xff", "a\ufffdb\ufffd"},
		"titles leave their text":       {"\x1b]0;title\x07x", "]0;titlex"},
		"links leave their text":        {"\x1b]8;;https://e.example\x1b\\x", "]8;;https://e.example\\x"},
		"a sequence within a sequence":  {"\x1b\x1b[31m[31mx", "[31mx"},
		"a line that is written over":   {"reject\rapprove", "rejectapprove"},
		"letters taken back":            {"no\b\byes", "noyes"},
		"the ends of lines of Windows":  {"a\r\nb", "a\nb"},
		"lines that only look like one": {"a\u2028b", "a\nb"},
		"words turned around":           {"a\u202eb\u2066c\u200fd", "abcd"},
		"what nobody sees":              {"a\u200bb\ufeffc\x00d\x7f", "abcd"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Text(row.text); got != row.want {
				t.Errorf("%q becomes %q, want %q", row.text, got, row.want)
			}
		})
	}
}

func TestLine(t *testing.T) {
	if got, want := Line(" a\n\tb  \x1b[2Jc\n"), "a b c"; got != want {
		t.Errorf("the line is %q, want %q", got, want)
	}
	if got, want := Clip("0123456789", 5), "0123…"; got != want {
		t.Errorf("cut to %q, want %q", got, want)
	}
	if got, want := Indent("a\n\nb\n"), "  a\n\n  b\n"; got != want {
		t.Errorf("indented to %q, want %q", got, want)
	}
}

func TestConfirm(t *testing.T) {
	for answer, want := range map[string]bool{"y\n": true, "YES\r\n": true, " yes \n": true, "y": true, "\n": false, "n\n": false, "yep\n": false} {
		var out bytes.Buffer
		got, err := NewPrompt(strings.NewReader(answer), &out).Confirm("Approve?")
		if err != nil || got != want {
			t.Errorf("%q is %v, want %v; %v", answer, got, want, err)
		}
		if !strings.HasPrefix(out.String(), "Approve? [y/N] ") {
			t.Errorf("it asks %q", out.String())
		}
	}
}

func TestNoAnswer(t *testing.T) {
	prompt := NewPrompt(strings.NewReader("one\n"), &bytes.Buffer{})
	if _, err := prompt.AskText("Notes?"); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("a text that does not end is %v, want %v", err, ErrNoAnswer)
	}
}
