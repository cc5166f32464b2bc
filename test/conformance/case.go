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

import "slices"

// Case checks one statement of the contract.
type Case struct {
	// Number of the statement, as in C31. Several cases may have the same.
	Number string
	Level  Level
	// Title is a sentence that says what must be so.
	Title string

	// restarts is set if the case kills the controller.
	restarts bool
	// unless says why the case does not apply to a kind, or is empty. It is nil if the case always applies.
	unless func(Profile) string
	// run makes the case's runs and judges them.
	run func(*scene)
	// check judges the history of every run of every case. A case has either run or check.
	check func(history) string
}

// Cases returns all cases in the order of their numbers.
func Cases() []Case {
	var cases []Case
	for _, theme := range [][]Case{
		selectionCases(), specCases(), paramCases(), startCases(), historyCases(), completionCases(), resultCases(),
		cancelCases(), timeoutCases(), retryCases(), restartCases(), childCases(), deletionCases(), pipelineCases(), eventCases(),
	} {
		cases = append(cases, theme...)
	}
	for i := range cases {
		cases[i].Level = levels[cases[i].Number]
	}
	slices.SortStableFunc(cases, func(a, b Case) int { return number(a.Number) - number(b.Number) })
	return cases
}

// number is 31 for C31.
func number(s string) int {
	n := 0
	for _, digit := range s {
		if digit >= '0' && digit <= '9' {
			n = n*10 + int(digit-'0')
		}
	}
	return n
}

// Skip says why the case does not apply to a kind, and is empty if it does.
func (c Case) Skip(p Profile) string {
	if c.unless == nil {
		return ""
	}
	return c.unless(p)
}

// The reasons for which cases do not apply.
func instant(p Profile) string {
	if p.Instant {
		return "its runs end at once"
	}
	return ""
}

func noRetries(p Profile) string {
	if !p.Supports.Retries {
		return "retries are not supported"
	}
	switch {
	case p.Runs.Fails.Retried:
		return ""
	case p.Instant:
		return "no failure of it is retried"
	case !p.Supports.Timeout:
		return "no failure of it is retried, and it has no timeouts"
	}
	return ""
}

func noTimeout(p Profile) string {
	if !p.Supports.Timeout {
		return "timeouts are not supported"
	}
	return ""
}

func noNames(p Profile) string {
	if !p.Supports.Named {
		return "it has no named objects"
	}
	return ""
}

func noCustomSpec(p Profile) string {
	if !p.Supports.CustomSpec {
		return "customSpec is not supported"
	}
	return ""
}

func noChildren(p Profile) string {
	if len(p.Children) == 0 {
		return "the profile names no children"
	}
	return ""
}

func noTakes(p Profile) string {
	if p.Runs.Takes == nil {
		return "the profile has no run that takes a known time"
	}
	return ""
}

func noPipeline(p Profile) string {
	if !p.Supports.Pipeline {
		return "pipelines are not supported"
	}
	return ""
}

// any of them is reason enough.
func anyOf(reasons ...func(Profile) string) func(Profile) string {
	return func(p Profile) string {
		for _, reason := range reasons {
			if r := reason(p); r != "" {
				return r
			}
		}
		return ""
	}
}
