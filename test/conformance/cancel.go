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
	"strings"
	"time"
)

// cancelReason is the only reason that Tekton takes for a cancellation.
const cancelReason = "CustomRunCancelled"

// cancelMessages are what spec.statusMessage may say.
var cancelMessages = []string{
	"CustomRun cancelled as the PipelineRun it belongs to has timed out.",
	"100%s sure, 50%d%% done",
	"enough",
}

func cancelCases() []Case {
	return []Case{
		{Number: "C31", Title: "RunCancelled ends the run False, with CustomRunCancelled and spec.statusMessage", run: cancelEnds},
		{Number: "C31", Title: "Any other spec.status is ignored", run: otherStatus},
		{Number: "C15", Title: "A % in spec.statusMessage survives", run: percentInCancel},
		{Number: "C32", Title: "A run that was cancelled before it started ends at once, without children", run: bornCancelled},
		{Number: "C33", Title: "A cancelled attempt is not tried again and uses no retry", unless: anyOf(instant, func(p Profile) string {
			if !p.Supports.Retries {
				return "retries are not supported"
			}
			return ""
		}), run: cancelUsesNoRetry},
		{Number: "C33", Title: "A run cancelled after its first attempt ends at once and keeps retriesStatus", unless: anyOf(instant, noRetries, noTimeout), run: cancelBetween},
		{Number: "C35", Title: "If cancel races success, what is stored first stays", run: cancelRaces},
		{Number: "C36", Title: "Repeated cancels and clearing spec.status cause no work", unless: instant, run: cancelRepeated},
	}
}

// stop makes a cancelled run: one that goes on, or for an instant kind one that is created so.
func (s *scene) stop(name, message string) *subject {
	if s.profile.Instant {
		return s.start(name, s.profile.Runs.Succeeds, cancelled(message))
	}
	run := s.start(name, s.profile.Runs.NeverEnds)
	run.started()
	run.cancel(message)
	return run
}

func cancelEnds(s *scene) {
	s.expect("each run is False with reason %s and the very message of spec.statusMessage, also if that speaks of a timeout", cancelReason)
	var runs []*subject
	for i, message := range cancelMessages {
		runs = append(runs, s.stop(fmt.Sprintf("cancelled-%d", i), message))
	}
	wordless := s.stop("wordless", "")
	for i, run := range runs {
		run.endsWith("False", cancelReason, cancelMessages[i])
	}
	if end := wordless.endsWith("False", cancelReason, ""); end.condition().Message == "" {
		s.fatalf("a run cancelled without spec.statusMessage has no message")
	}
}

func percentInCancel(s *scene) {
	const message = "%!s(MISSING) %v 100%"
	s.expect("the message is %s", message)
	s.stop("percent", message).endsWith("False", cancelReason, message)
}

func otherStatus(s *scene) {
	if s.profile.Instant {
		s.expect("the run ends True, as without spec.status")
		s.start("other", s.profile.Runs.Succeeds, with("status", "Cancelled")).endsWith("True", "", "")
		return
	}
	s.expect("the run goes on for %s after it was observed", window)
	run := s.start("other", s.profile.Runs.NeverEnds)
	run.started()
	for _, value := range []string{"Cancelled", "runcancelled", "StoppedRunFinally"} {
		run.patchSpec(map[string]any{"status": value, "statusMessage": "no cancellation"})
	}
	s.wait(window)
	if last := run.now(); !last.has("Unknown") {
		s.fatalf("the run is %s", last.describe())
	}
}

func bornCancelled(s *scene) {
	s.expect("False with %s within %s, without an attempt and without children", cancelReason, promptness)
	entry := s.profile.sample()
	run := s.start("born", entry, cancelled("never mind"), withRetries(2))
	end := run.endsWith("False", cancelReason, "never mind")
	s.promptly(run, run.asked, end)
	s.wait(window / 2)
	if n := len(run.children()); n > 0 {
		s.fatalf("the run has %d children", n)
	}
	if n := len(end.run.Status.RetriesStatus); n > 0 {
		s.fatalf("retriesStatus has %d entries", n)
	}
	for _, v := range run.versions() {
		if v.running() {
			s.fatalf("an attempt was started: %s", v.describe())
		}
	}
}

// promptness is how late "at once" may be on a cluster that is busy with the other cases.
const promptness = 5 * time.Second

// promptly fails the case if a run did not end at once after something was asked of it.
func (s *scene) promptly(run *subject, asked time.Time, end version) {
	if late := end.at.Sub(asked); late > promptness {
		s.fatalf("run %s ended only after %s", run.name, late.Round(100*time.Millisecond))
	}
}

func cancelUsesNoRetry(s *scene) {
	s.expect("False with %s and no retriesStatus, though three retries are left", cancelReason)
	run := s.start("cancelled", s.profile.Runs.NeverEnds, withRetries(3))
	run.started()
	run.cancel("enough")
	end := run.endsWith("False", cancelReason, "enough")
	if n := len(end.run.Status.RetriesStatus); n > 0 {
		s.fatalf("retriesStatus has %d entries", n)
	}
}

func cancelBetween(s *scene) {
	s.expect("False with %s within %s, and one entry in retriesStatus", cancelReason, promptness)
	run := s.start("between", s.profile.Runs.NeverEnds, withTimeout("2s"), withRetries(3))
	first := run.await("the first entry of retriesStatus", func(v version) bool { return v.attempt() == 2 })
	asked := time.Now()
	run.cancel("enough")
	end := run.endsWith("False", cancelReason, "enough")
	s.promptly(run, asked, end)
	if n := len(end.run.Status.RetriesStatus); n != 1 {
		s.fatalf("retriesStatus has %d entries", n)
	}
	if asYAML(end.run.Status.RetriesStatus) != asYAML(first.run.Status.RetriesStatus) {
		s.fatalf("retriesStatus was\n%s\nand became\n%s", asYAML(first.run.Status.RetriesStatus), asYAML(end.run.Status.RetriesStatus))
	}
}

func cancelRaces(s *scene) {
	s.expect("each run ends True, or False with %s, and stays so", cancelReason)
	s.mayFail()
	var runs []*subject
	for i := range 5 {
		run := s.start(fmt.Sprintf("race-%d", i), s.profile.Runs.Succeeds)
		switch i {
		case 0:
		case 1:
			run.judged()
		case 2:
			// On a slow cluster the cancel would win each time.
			run.ended()
		default:
			s.wait(time.Duration(i) * 10 * time.Millisecond)
		}
		run.cancel("enough")
		runs = append(runs, run)
	}
	var seen []string
	for _, run := range runs {
		end := run.ended()
		if end.has("False") && end.condition().Reason != cancelReason {
			s.fatalf("run %s ended with %s", run.name, end.describe())
		}
		seen = append(seen, string(end.condition().Reason))
		run.settles(run.now().object.GetGeneration())
		run.unchangedSince(end, "the end")
	}
	s.see("the reasons are %s", strings.Join(seen, ", "))
}

func cancelRepeated(s *scene) {
	s.expect("the status, but for observedGeneration, stays as it was at the end, and no other attempt or child comes")
	run := s.start("cancelled", s.profile.Runs.NeverEnds, withRetries(2))
	run.started()
	for range 3 {
		run.cancel("enough")
	}
	end := run.endsWith("False", cancelReason, "enough")
	children := len(run.children())
	run.cancel("enough")
	run.cancel("enough, really")
	cleared := run.patchSpec(map[string]any{"status": nil, "statusMessage": nil})
	run.settles(cleared.object.GetGeneration())
	s.wait(window)
	run.unchangedSince(end, "clearing spec.status")
	if n := len(run.children()); n != children {
		s.fatalf("there were %d children and then %d", children, n)
	}
}
