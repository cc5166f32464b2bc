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

import "fmt"

func resultCases() []Case {
	return []Case{
		{Number: "C26", Title: "A run that succeeds has its result", unless: func(p Profile) string {
			return noResult(p, p.Runs.Succeeds)
		}, run: func(s *scene) { s.hasResult(s.profile.Runs.Succeeds, "True") }},
		{Number: "C26", Title: "A run that fails has the result that is available", unless: func(p Profile) string {
			return noResult(p, &p.Runs.Fails.Entry)
		}, run: func(s *scene) { s.hasResult(&s.profile.Runs.Fails.Entry, "False") }},
		{Number: "C30", Title: "A run whose extraFields were damaged still ends", unless: anyOf(instant, noTimeout), run: damaged},
	}
}

func noResult(p Profile, entry *Entry) string {
	switch {
	case !p.Supports.Results:
		return "results are not supported"
	case entry.Result == nil:
		return "the profile names no such result"
	}
	return ""
}

func (s *scene) hasResult(entry *Entry, status string) {
	want := entry.Result
	s.expect("%s, with result %s being %s", status, want.Name, want.wanted())
	end := s.start("run", entry).endsWith(status, "", "")
	got, ok := end.result(want.Name)
	if !ok {
		s.fatalf("there is no result %s; the results are %v", want.Name, end.run.Status.Results)
	}
	if !want.matches(got) {
		s.fatalf("result %s is %q", want.Name, got)
	}
	s.see("result %s is %q", want.Name, got)
}

func damaged(s *scene) {
	s.expect("each run ends, though its extraFields became something else while it went on")
	var runs []*subject
	for i, garbage := range []any{"garbage", map[string]any{"schemaVersion": []any{"?"}, "state": "?"}, nil, []any{int64(1)}} {
		// A stored start is the controller's own word; the damage comes right after it.
		run := s.start(fmt.Sprintf("damaged-%d", i), s.profile.Runs.NeverEnds, withTimeout("4s")).exempt()
		run.started()
		run.patch(map[string]any{"status": map[string]any{"extraFields": garbage}}, "status")
		runs = append(runs, run)
	}
	for _, run := range runs {
		if end := run.ended(); end.condition().Reason == "" || end.condition().Message == "" {
			s.fatalf("run %s ended with %s", run.name, end.describe())
		}
	}
	s.see("%d damaged runs ended; the last with %s", len(runs), runs[len(runs)-1].now().describe())
}
