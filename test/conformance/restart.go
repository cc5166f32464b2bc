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

func restartCases() []Case {
	return []Case{
		{Number: "C47", Title: "Runs that were killed at different moments end as they would have", unless: noTakes, restarts: true, run: killed},
	}
}

func killed(s *scene) {
	takes := s.profile.Runs.Takes
	s.expect("each run ends True, once %s have passed since its start and soon after the controller is back", takes.For.Duration)
	const moments = 4
	var runs []*subject
	for i := range moments {
		runs = append(runs, s.start(fmt.Sprintf("moment-%d", i), &takes.Entry))
		// The last one is killed at its very beginning.
		if i < moments-1 {
			s.wait(takes.For.Duration / moments)
		}
	}
	s.must(s.restart(), "restarting the controller")
	back := s.suite.clock.cluster(time.Now())
	allowed := lateness
	if takes.Then != "" {
		// The command takes its time too.
		allowed *= 2
	}
	for _, run := range runs {
		end := run.endsWith("True", "", "")
		if took(end) < takes.For.Duration-time.Second {
			s.fatalf("run %s took only %s", run.name, took(end))
		}
		due := end.run.Status.StartTime.Add(takes.For.Duration)
		if due.Before(back) {
			due = back
		}
		if late := s.suite.clock.cluster(end.at).Sub(due); late > allowed {
			s.fatalf("run %s ended %s late", run.name, late.Round(time.Second))
		}
		if n := len(end.run.Status.RetriesStatus); n > 0 {
			s.fatalf("run %s was tried again", run.name)
		}
		if n, kinds := len(run.children()), len(s.children); kinds == 1 && n > 1 {
			s.fatalf("run %s had %d children", run.name, n)
		}
	}
	s.see("%d runs ended in time", moments)
}
