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

package cluster

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func TestLastLines(t *testing.T) {
	long := strings.Repeat("x", lineBytes+1)
	for name, row := range map[string]struct {
		text string
		n    int
		want string
	}{
		"fewer lines than asked for":   {"a\nb\n", 5, "a\nb"},
		"more lines than asked for":    {"a\nb\nc\n", 2, "b\nc"},
		"empty lines do not count":     {"a\n\n  \nb\n\n", 2, "a\nb"},
		"a last line without its end":  {"a\nb", 1, "b"},
		"a line that is too long":      {long, 1, long[:lineBytes] + "…"},
		"carriage returns are dropped": {"a\r\nb\r\n", 2, "a\nb"},
		"no text":                      {"", 3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := lastLines(row.text, row.n); got != row.want {
				t.Errorf("lastLines(%q, %d) = %q, want %q", row.text, row.n, got, row.want)
			}
		})
	}
}

func TestTailFileOfALogLargerThanItReads(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	var text strings.Builder
	for i := 0; text.Len() < 2*tailBytes; i++ {
		fmt.Fprintf(&text, "line %d\n", i)
	}
	write(t, path, text.String()+"the end\n")
	got := strings.Split(tailFile(path, 1<<20), "\n")
	if got[len(got)-1] != "the end" {
		t.Errorf("the last line is %q, want the end", got[len(got)-1])
	}
	if !strings.HasPrefix(got[0], "line ") {
		t.Errorf("the first line is %q, want a whole one", got[0])
	}
}

func TestTailFileWithoutALog(t *testing.T) {
	if got := tailFile(filepath.Join(t.TempDir(), "none"), 3); !strings.Contains(got, "no such file") {
		t.Errorf("the tail of a missing log is %q, want the reason", got)
	}
}

func TestTailBufferKeepsTheEnd(t *testing.T) {
	var b tailBuffer
	for range 3 {
		fmt.Fprintln(&b, strings.Repeat("x", tailBytes))
	}
	fmt.Fprintln(&b, "the end")
	if got := b.tail(1); got != "the end" {
		t.Errorf("the last line is %q, want the end", got)
	}
	if len(b.end) > tailBytes {
		t.Errorf("it holds %d bytes, want at most %d", len(b.end), tailBytes)
	}
}
