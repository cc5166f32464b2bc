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
	"strings"
	"testing"

	"github.com/customtasks/customtasks/internal/sentence"
)

func TestALongTextKeepsItsEnds(t *testing.T) {
	for name, row := range map[string]struct {
		text string
		most int
		want string
	}{
		"one that fits":                        {"0123456789", 10, "0123456789"},
		"one that is a byte too long":          {"0123456789a", 10, "01 … 9a"},
		"one of whose characters some are cut": {"äöüäöüäöü", 12, "ä … ü"},
		"one that is cut between characters":   {"äöüäöüäöü", 13, "äö … öü"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := sentence.Ends(row.text, row.most); got != row.want || len(got) > row.most {
				t.Errorf("got %q of %d bytes; want %q of at most %d", got, len(got), row.want, row.most)
			}
		})
	}
	if got := sentence.Ends(strings.Repeat("a", 500)+strings.Repeat("b", 500), 600); strings.Count(got, "a") != 297 || strings.Count(got, "b") != 297 {
		t.Errorf("got %q; want as much of the first part as of the last", got)
	}
}

func TestALongTextOfAUserIsCut(t *testing.T) {
	text := strings.Repeat("ü", 100)
	if got := sentence.Clip(text); got != text {
		t.Errorf("got %q; want it as it is", got)
	}
	if got := sentence.Clip(text + "x"); got != text+"…" {
		t.Errorf("got %q; want its first hundred characters", got)
	}
}
