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
	"time"
)

func startCases() []Case {
	return []Case{
		{Number: "C16", Title: "A run that takes time is Unknown, with startTime, before it ends", run: startIsStored},
		{Number: "C19", Title: "An edit of the spec is observed", run: editObserved},
		{Number: "C21", Title: "Touching the metadata of a run that goes on causes no write and no Event", unless: instant, run: touchedRunning},
		{Number: "C21", Title: "Touching the metadata of a finished run causes no write and no Event", run: touchedDone},
	}
}

func startIsStored(s *scene) {
	if s.profile.Instant {
		s.expect("a run that is over at the first look has startTime all the same")
		if end := s.start("run", s.profile.Runs.Succeeds).endsWith("True", "", ""); end.run.Status.StartTime == nil {
			s.fatalf("it has none")
		}
		return
	}
	s.expect("Succeeded Unknown with startTime, a reason and a message, and no completionTime")
	v := s.start("run", s.profile.Runs.NeverEnds).started()
	if c := v.condition(); c.Reason == "" || v.run.Status.CompletionTime != nil {
		s.fatalf("the run is %s with completionTime %s", v.describe(), v.run.Status.CompletionTime)
	}
}

func editObserved(s *scene) {
	s.expect("observedGeneration becomes the new generation")
	entry := s.profile.Runs.NeverEnds
	if s.profile.Instant {
		entry = s.profile.Runs.Succeeds
	}
	run := s.start("edited", entry)
	if s.profile.Instant {
		run.ended()
	} else {
		run.started()
	}
	stored := run.patchSpec(map[string]any{"status": "Conformance"})
	run.settles(stored.object.GetGeneration())
}

func touchedRunning(s *scene) {
	s.expect("three touches and %s later the suite's own writes are the only ones", window)
	run := s.start("touched", s.profile.Runs.NeverEnds)
	run.started()
	run.calm()
	run.touched()
}

func touchedDone(s *scene) {
	s.expect("three touches and %s later the suite's own writes are the only ones", window)
	run := s.start("touched", s.profile.Runs.Succeeds)
	run.ended()
	run.calm()
	run.touched()
}

// calm waits until nobody has written the run for a second.
func (r *subject) calm() {
	for {
		revision := r.now().revision()
		r.scene.wait(time.Second)
		if r.now().revision() == revision {
			return
		}
		if time.Since(r.versions()[0].at) > r.scene.suite.options.Patience {
			r.scene.fatalf("run %s is written again and again, the last time with %s", r.name, r.now().describe())
		}
	}
}

// rounds is how often a run is touched before what others do then counts as an answer to the touch. Writes and Events
// that were under way before may come late on a busy cluster, but not for ever.
const rounds = 4

// touched touches the run and looks for what others do then.
func (r *subject) touched() {
	for round := 1; ; round++ {
		answer := r.touch()
		if answer == "" {
			r.scene.see("nothing but the suite's own writes")
			return
		}
		if round == rounds {
			r.scene.fatalf("each of %d times something happened after the touches; the last time %s", rounds, answer)
		}
	}
}

// touch touches the run three times, and says what others did then.
func (r *subject) touch() string {
	events := r.countEvents()
	revision := r.now().revision()
	own := map[uint64]bool{}
	for range 3 {
		own[r.annotate(time.Now().Format(time.RFC3339Nano)).revision()] = true
	}
	r.scene.wait(window)
	for _, v := range r.versions() {
		if v.revision() > revision && !own[v.revision()] {
			return fmt.Sprintf("%v wrote the run; it is %s", v.writtenBy(), v.describe())
		}
	}
	if n := r.countEvents(); n != events {
		return fmt.Sprintf("there were %d Events on the run and then %d", events, n)
	}
	return ""
}

// countEvents counts Events on the run, and those that were folded into one.
func (r *subject) countEvents() int {
	n := 0
	for _, event := range r.events() {
		count := int(event.Count)
		if event.Series != nil {
			count = int(event.Series.Count)
		}
		n += max(1, count)
	}
	return n
}
