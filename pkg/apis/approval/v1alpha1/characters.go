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

	"github.com/customtasks/customtasks/internal/sentence"
)

// unseen returns a sentence about a text with a character that a terminal obeys or nobody sees, or "". Only
// what is shown on several lines may have lines and tabs.
func unseen(what, text string, lines bool) string {
	if r, ok := sentence.Hidden(text, lines); ok {
		return fmt.Sprintf("%s has the character %U, which controls a terminal or cannot be seen; leave it out", what, r)
	}
	return ""
}
