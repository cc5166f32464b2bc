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

// Package sentence makes what users wrote fit into a sentence that they are shown.
package sentence

import "strings"

// most is how many characters of a user's text a sentence quotes.
const most = 100

// Clip is the text, cut if it is longer than a sentence should quote.
func Clip(text string) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// Ends is the text, without its middle if it is longer than most bytes: what is told from level to level has
// the place first and the cause last.
func Ends(text string, most int) string {
	const gap = " … "
	if len(text) <= most {
		return text
	}
	half := (most - len(gap)) / 2
	first, last := text[:half], text[len(text)-half:]
	// A character that was cut in two is left out.
	return strings.ToValidUTF8(first, "") + gap + strings.ToValidUTF8(last, "")
}
