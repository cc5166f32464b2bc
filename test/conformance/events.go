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

func eventCases() []Case {
	return []Case{
		{Number: "C63", Title: "There are no more Events than changes of the condition", run: eventsOnChange},
	}
}

func eventsOnChange(s *scene) {
	s.expect("the Events on each run are at most as many as its different conditions")
	run := s.start("succeeds", s.profile.Runs.Succeeds)
	failing := s.start("fails", &s.profile.Runs.Fails.Entry)
	run.ended()
	failing.ended()
	s.wait(window)
	for _, r := range []*subject{run, failing} {
		r.focus()
		changes, last := 0, ""
		for _, v := range r.versions() {
			if c := v.condition(); c != nil && v.describe() != last {
				changes, last = changes+1, v.describe()
			}
		}
		if n := r.countEvents(); n > changes {
			s.fatalf("run %s has %d Events and had %d conditions", r.name, n, changes)
		}
	}
}
