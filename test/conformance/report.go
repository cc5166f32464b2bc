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
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Verdict is what came of a case.
type Verdict string

// The verdicts.
const (
	Passed  Verdict = "passed"
	Failed  Verdict = "failed"
	Skipped Verdict = "skipped" // The case does not apply to the kind.
)

// Outcome is what the report says of one case.
type Outcome struct {
	Number string  `json:"number"`
	Level  Level   `json:"level"`
	Title  string  `json:"title"`
	Result Verdict `json:"result"`
	// Expected is what must be so, beyond the title.
	Expected string `json:"expected,omitempty"`
	// Seen is what was seen, or why the case was skipped.
	Seen string `json:"seen"`
	// CustomRun is the last stored version of the run in question, as YAML.
	CustomRun string  `json:"customRun,omitempty"`
	Seconds   float64 `json:"seconds,omitempty"`
}

// Count is a number of cases by verdict.
type Count struct {
	Passed  int `json:"passed"`
	Failed  int `json:"failed"`
	Skipped int `json:"skipped"`
}

// Report is what came of all cases, in the order of their numbers.
type Report struct {
	APIVersion string          `json:"apiVersion"`
	Kind       string          `json:"kind"`
	Summary    map[Level]Count `json:"summary"`
	Cases      []Outcome       `json:"cases"`
}

func newReport(p Profile, outcomes []Outcome) Report {
	r := Report{APIVersion: p.APIVersion, Kind: p.Kind, Summary: map[Level]Count{}, Cases: outcomes}
	order := map[string]int{}
	for i, c := range Cases() {
		order[c.Number+c.Title] = i
	}
	slices.SortStableFunc(r.Cases, func(a, b Outcome) int {
		if d := number(a.Number) - number(b.Number); d != 0 {
			return d
		}
		return order[a.Number+a.Title] - order[b.Number+b.Title]
	})
	for _, level := range Levels() {
		r.Summary[level] = Count{}
	}
	for _, o := range r.Cases {
		count := r.Summary[o.Level]
		switch o.Result {
		case Passed:
			count.Passed++
		case Failed:
			count.Failed++
		case Skipped:
			count.Skipped++
		}
		r.Summary[o.Level] = count
	}
	return r
}

// Failed returns how many cases failed.
func (r Report) Failed() int { return r.total().Failed }

func (r Report) total() Count {
	var total Count
	for _, count := range r.Summary {
		total.Passed += count.Passed
		total.Failed += count.Failed
		total.Skipped += count.Skipped
	}
	return total
}

// WriteJSON writes the report as JSON.
func (r Report) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// WriteText writes the report for people: a line for each case; of those that failed, and in verbose mode of all,
// also what was expected, what was seen and the run; and the summary.
func (r Report) WriteText(w io.Writer, verbose bool) error {
	var out strings.Builder
	for _, o := range r.Cases {
		out.WriteString(o.text(verbose))
	}
	fmt.Fprintf(&out, "\n%s %s\n%-8s%8s%8s%8s\n", r.APIVersion, r.Kind, "level", "passed", "failed", "skipped")
	for _, level := range Levels() {
		c := r.Summary[level]
		fmt.Fprintf(&out, "%-8s%8d%8d%8d\n", level, c.Passed, c.Failed, c.Skipped)
	}
	total := r.total()
	fmt.Fprintf(&out, "%-8s%8d%8d%8d\n", "all", total.Passed, total.Failed, total.Skipped)
	_, err := io.WriteString(w, out.String())
	return err
}

// text is the outcome as lines.
func (o Outcome) text(verbose bool) string {
	line := fmt.Sprintf("%-8s%-4s%s  %s", o.Result, o.Number, o.Level, o.Title)
	if o.Result == Skipped {
		return line + ": " + o.Seen + "\n"
	}
	if o.Result == Passed && !verbose {
		return line + "\n"
	}
	line += "\n"
	if o.Expected != "" {
		line += indented("expected: "+o.Expected, "    ")
	}
	line += indented("seen:     "+o.Seen, "    ")
	if o.CustomRun != "" {
		line += indented(o.CustomRun, "    | ")
	}
	return line
}

func indented(text, prefix string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		out.WriteString(prefix + strings.TrimRight(line, "\n") + "\n")
	}
	return out.String()
}

// skipped is the outcome of a case that does not apply.
func (c Case) skipped(reason string) Outcome {
	return Outcome{Number: c.Number, Level: c.Level, Title: c.Title, Result: Skipped, Seen: reason}
}

// err is the failure as an error, or nil.
func (o Outcome) err() error {
	if o.Result != Failed {
		return nil
	}
	return errors.New(o.Title + ": " + o.Seen)
}
