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

import "time"

// deletionLimit is how long a deleted run may stay, as its work is being stopped.
const deletionLimit = 60 * time.Second

func deletionCases() []Case {
	return []Case{
		{Number: "C57", Title: "A deleted run goes, and its children with it", run: deleted},
		{Number: "C58", Title: "A run that was deleted and created again starts clean", run: recreated},
	}
}

func deleted(s *scene) {
	s.expect("the run is gone within %s, and so are its children", deletionLimit)
	run := s.start("deleted", s.profile.sample())
	run.judged()
	if len(s.profile.Children) > 0 && !s.profile.Instant {
		run.awaitChildren(1)
	}
	run.delete()
	asked := time.Now()
	gone := run.gone()
	if late := gone.at.Sub(asked); late > deletionLimit {
		s.fatalf("the run was gone after %s", late.Round(time.Second))
	}
	s.patiently(s.runs, "the deletion of its children", func() bool {
		for _, child := range run.children() {
			if !child[len(child)-1].deleted {
				return false
			}
		}
		return true
	})
	s.see("the run and %d children are gone", len(run.children()))
}

func recreated(s *scene) {
	s.expect("the second run of that name ends True, with times and a retriesStatus of its own")
	first := s.start("again", s.profile.sample(), withRetries(1))
	first.judged()
	first.delete()
	first.gone()
	second := s.start("again", s.profile.Runs.Succeeds)
	end := second.endsWith("True", "", "")
	if len(end.run.Status.RetriesStatus) > 0 {
		s.fatalf("retriesStatus has %d entries", len(end.run.Status.RetriesStatus))
	}
	for _, child := range first.children() {
		for _, other := range second.children() {
			if child[0].object.GetUID() == other[0].object.GetUID() {
				s.fatalf("child %s of the first run became the second one's", child[0].object.GetName())
			}
		}
	}
}
