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
	"time"
)

const timeoutReason = "CustomRunTimedOut"

// lateness is how much later than its deadline a run may end: 1 s, 1 s for times that are stored to the second, and
// 1 s for a cluster that is busy with the other cases.
const lateness = 3 * time.Second

func timeoutCases() []Case {
	return []Case{
		{Number: "C37", Title: "A run that times out ends False with CustomRunTimedOut", run: timesOut},
		{Number: "C37", Title: "Each attempt has the whole timeout", run: timeoutPerAttempt},
		{Number: "C38", Title: "A timeout of 0 is none, and an unset one is not short", run: timeoutNone},
		{Number: "C39", Title: "The timeout fires by itself and in time", unless: anyOf(instant, noTimeout), run: timeoutInTime},
		{Number: "C39", Title: "After a restart the remaining time counts, not the whole", unless: anyOf(instant, noTimeout), restarts: true, run: timeoutRestart},
	}
}

func timesOut(s *scene) {
	if s.profile.Instant {
		s.expect("the run is over long before its timeout, which does nothing")
		s.start("in-time", s.profile.Runs.Succeeds, withTimeout("1h")).endsWith("True", "", "")
		return
	}
	const timeout = 2 * time.Second
	s.expect("False with %s and a message, not before %s have passed, and no retriesStatus", timeoutReason, timeout)
	run := s.start("late", s.profile.Runs.NeverEnds, withTimeout(timeout.String()))
	end := run.endsWith("False", timeoutReason, "")
	switch seen := end.at.Sub(run.asked); {
	case end.condition().Message == "":
		s.fatalf("there is no message")
	case seen < timeout-time.Second || took(end) < timeout-time.Second:
		// startTime is stored to the second, so it may be up to a second before the true start.
		s.fatalf("the run ended %s after its creation, and %s after its startTime", seen, took(end))
	case len(end.run.Status.RetriesStatus) > 0:
		s.fatalf("retriesStatus has %d entries", len(end.run.Status.RetriesStatus))
	}
}

func timeoutPerAttempt(s *scene) {
	if s.profile.Instant || !s.profile.Supports.Retries {
		timesOut(s)
		return
	}
	const timeout = 2 * time.Second
	s.expect("two attempts, each of them timed out after %s or more", timeout)
	run := s.start("twice", s.profile.Runs.NeverEnds, withTimeout(timeout.String()), withRetries(1))
	end := run.endsWith("False", timeoutReason, "")
	if n := len(end.run.Status.RetriesStatus); n != 1 {
		s.fatalf("retriesStatus has %d entries", n)
	}
	first := end.run.Status.RetriesStatus[0]
	if c := first.GetCondition("Succeeded"); c == nil || c.Reason != timeoutReason {
		s.fatalf("the first attempt ended with %v", c)
	}
	if first.StartTime == nil || first.CompletionTime == nil {
		s.fatalf("the first attempt has no times")
	}
	if first.CompletionTime.Sub(first.StartTime.Time) < timeout-time.Second || took(end) < timeout-time.Second {
		s.fatalf("the attempts took %s and %s", first.CompletionTime.Sub(first.StartTime.Time), took(end))
	}
}

func timeoutNone(s *scene) {
	if s.profile.Instant {
		s.expect("the run ends True, as without a timeout")
		s.start("none", s.profile.Runs.Succeeds, withTimeout("0s")).endsWith("True", "", "")
		return
	}
	s.expect("both runs are still Unknown %s after their start", 2*window)
	runs := []*subject{s.start("zero", s.profile.Runs.NeverEnds, withTimeout("0s")), s.start("unset", s.profile.Runs.NeverEnds)}
	for _, run := range runs {
		// A run that fails at once has no start to wait for.
		run.await("a start or the end", func(v version) bool { return v.running() || v.done() })
	}
	s.wait(2 * window)
	for _, run := range runs {
		run.focus()
		if last := run.now(); !last.has("Unknown") {
			s.fatalf("run %s is %s", run.name, last.describe())
		}
	}
}

func timeoutInTime(s *scene) {
	const timeout = 3 * time.Second
	s.expect("completionTime is at most %s after startTime: the timeout, 1 s, 1 s of rounding and 1 s for the load of the other cases", timeout+lateness)
	run := s.start("alone", s.profile.Runs.NeverEnds, withTimeout(timeout.String()))
	end := run.endsWith("False", timeoutReason, "")
	if took(end) > timeout+lateness {
		s.fatalf("completionTime is %s after startTime", took(end))
	}
	s.see("the run ended in time")
}

func timeoutRestart(s *scene) {
	const timeout = 15 * time.Second
	s.expect("the run ends when its timeout of %s has passed since startTime, or once the controller is back if that is later", timeout)
	run := s.start("restarted", s.profile.Runs.NeverEnds, withTimeout(timeout.String()))
	start := run.started()
	// Long enough to tell the remaining time from the whole.
	s.wait(timeout / 2)
	s.must(s.restart(), "restarting the controller")
	due := start.run.Status.StartTime.Add(timeout)
	if back := s.suite.clock.cluster(time.Now()); back.After(due) {
		due = back
	}
	end := run.endsWith("False", timeoutReason, "")
	if late := s.suite.clock.cluster(end.at).Sub(due); late > lateness {
		s.fatalf("the run ended %s late", late.Round(time.Second))
	}
	if took(end) < timeout-time.Second {
		s.fatalf("the run ended %s after its startTime", took(end))
	}
	s.see("the run ended in time")
}
