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

package conformance

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteMarkdown writes the reports of several kinds next to each other, as docs/conformance.md has them: a summary by
// level, and what came of each case. Nothing in it depends on how long something took.
func WriteMarkdown(w io.Writer, reports ...Report) error {
	var out strings.Builder
	out.WriteString("| kind | level | passed | failed | skipped |\n|---|---|---|---|---|\n")
	for _, r := range reports {
		for _, level := range Levels() {
			c := r.Summary[level]
			fmt.Fprintf(&out, "| %s | %s | %d | %d | %d |\n", r.Kind, level, c.Passed, c.Failed, c.Skipped)
		}
	}
	out.WriteString("\n| case | level | what must be so |")
	for _, r := range reports {
		fmt.Fprintf(&out, " %s |", r.Kind)
	}
	out.WriteString("\n|---|---|---|" + strings.Repeat("---|", len(reports)) + "\n")
	var notes []string
	for _, row := range rows(reports) {
		fmt.Fprintf(&out, "| %s | %s | %s |", row.Number, row.Level, strings.ReplaceAll(row.Title, "|", `\|`))
		for _, r := range reports {
			cell := ""
			if i := slices.IndexFunc(r.Cases, row.same); i >= 0 {
				cell = r.Cases[i].cell(&notes)
			}
			fmt.Fprintf(&out, " %s |", cell)
		}
		out.WriteString("\n")
	}
	if len(notes) > 0 {
		out.WriteString("\nWhy cases were skipped:\n\n")
	}
	for i, note := range notes {
		fmt.Fprintf(&out, "%d. %s\n", i+1, note)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// rows returns one outcome of each case that any report has, in order.
func rows(reports []Report) []Outcome {
	var all []Outcome
	for _, r := range reports {
		for _, o := range r.Cases {
			if !slices.ContainsFunc(all, o.same) {
				all = append(all, o)
			}
		}
	}
	return newReport(Profile{}, all).Cases
}

func (o Outcome) same(other Outcome) bool { return o.Number == other.Number && o.Title == other.Title }

// cell is the verdict. A skipped case refers to the note that says why.
func (o Outcome) cell(notes *[]string) string {
	if o.Result != Skipped {
		return string(o.Result)
	}
	i := slices.Index(*notes, o.Seen)
	if i < 0 {
		*notes = append(*notes, o.Seen)
		i = len(*notes) - 1
	}
	return fmt.Sprintf("skipped %d", i+1)
}
