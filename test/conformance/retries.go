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

// backoffLimit is how long the pause between two attempts may be at most, with a first and only retry.
const backoffLimit = 30 * time.Second

func retryCases() []Case {
	return []Case{
		{Number: "C41", Title: "A failed attempt is archived, and the next one starts afresh", unless: noRetries, run: archives},
		{Number: "C42", Title: "With two retries there are three attempts and then the end", unless: noRetries, run: threeAttempts},
		{Number: "C42", Title: "Without retries there is one attempt", unless: anyOf(instant, noTimeout), run: oneAttempt},
		{Number: "C42", Title: "A restart adds no attempt and loses none", unless: anyOf(instant, noTimeout, noRetries), restarts: true, run: attemptsRestart},
		{Number: "C43", Title: "Invalid input is not tried again", run: invalidOnce},
		{Number: "C43", Title: "A final failure is not tried again", unless: func(p Profile) string {
			if p.Runs.Fails.Retried {
				return "the profile has no failure that is final"
			}
			return ""
		}, run: finalFailure},
		{Number: "C44", Title: "The pause between attempts is bounded and is no part of the next attempt", unless: noRetries, run: backoffBounded},
	}
}

func archives(s *scene) {
	s.expect("one entry in retriesStatus, and the second attempt has a start of its own")
	run := s.slowly("retried")
	again := run.await("the second attempt", func(v version) bool { return v.attempt() == 2 && v.running() })
	entry := again.run.Status.RetriesStatus[0]
	switch {
	case again.run.Status.CompletionTime != nil:
		s.fatalf("the second attempt goes on and has the completionTime %s", again.run.Status.CompletionTime)
	case entry.CompletionTime == nil || again.run.Status.StartTime.Time.Before(entry.CompletionTime.Time):
		s.fatalf("the second attempt started at %s and the first ended at %s", again.run.Status.StartTime, entry.CompletionTime)
	}
	end := run.endsWith("False", "", "")
	if n := len(end.run.Status.RetriesStatus); n != 1 {
		s.fatalf("retriesStatus has %d entries", n)
	}
}

// slowly starts a run of two attempts that fail, each after seconds if the kind can, so that their times differ.
func (s *scene) slowly(name string) *subject {
	if s.profile.Instant || !s.profile.Supports.Timeout {
		return s.retrying(name, 1)
	}
	return s.start(name, s.profile.Runs.NeverEnds, withTimeout("2s"), withRetries(1))
}

func threeAttempts(s *scene) {
	s.expect("three starts, two entries in retriesStatus, and False only then")
	run := s.retrying("thrice", 2)
	end := run.endsWith("False", "", "")
	starts := map[int]bool{}
	for _, v := range run.versions() {
		if v.running() {
			starts[v.attempt()] = true
		}
	}
	if len(starts) != 3 || len(end.run.Status.RetriesStatus) != 2 {
		s.fatalf("%d attempts were seen to start, and retriesStatus has %d entries", len(starts), len(end.run.Status.RetriesStatus))
	}
}

func oneAttempt(s *scene) {
	s.expect("False after one attempt, with no retriesStatus")
	end := s.start("once", s.profile.Runs.NeverEnds, withTimeout("1s"), withRetries(0)).endsWith("False", "", "")
	if n := len(end.run.Status.RetriesStatus); n > 0 {
		s.fatalf("retriesStatus has %d entries", n)
	}
}

func attemptsRestart(s *scene) {
	s.expect("runs that were in their first and in their second attempt end False with %s, with one entry in retriesStatus", timeoutReason)
	first := s.start("first", s.profile.Runs.NeverEnds, withTimeout("6s"), withRetries(1))
	second := s.start("second", s.profile.Runs.NeverEnds, withTimeout("3s"), withRetries(1))
	first.started()
	second.await("the second attempt", func(v version) bool { return v.attempt() == 2 && v.running() })
	s.must(s.restart(), "restarting the controller")
	for _, run := range []*subject{first, second} {
		end := run.endsWith("False", timeoutReason, "")
		if n := len(end.run.Status.RetriesStatus); n != 1 {
			s.fatalf("retriesStatus of run %s has %d entries", run.name, n)
		}
	}
}

func invalidOnce(s *scene) {
	s.expect("False with no retriesStatus, though there are retries")
	spec := s.profile.invalidSpec()
	if len(s.profile.Invalid) > 0 {
		spec = s.profile.Invalid[0].Spec
	}
	end := s.create("invalid", nil, s.profile.runSpec(spec, withRetries(2))).failsNaming()
	if n := len(end.run.Status.RetriesStatus); n > 0 {
		s.fatalf("retriesStatus has %d entries", n)
	}
}

func finalFailure(s *scene) {
	s.expect("False with no retriesStatus, though there are retries")
	end := s.start("final", &s.profile.Runs.Fails.Entry, withRetries(2)).failsNaming()
	if n := len(end.run.Status.RetriesStatus); n > 0 {
		s.fatalf("retriesStatus has %d entries", n)
	}
}

func backoffBounded(s *scene) {
	s.expect("the second attempt starts within %s of the end of the first", backoffLimit)
	run := s.retrying("paused", 1)
	again := run.await("the second attempt", func(v version) bool { return v.attempt() == 2 && v.running() })
	entry := again.run.Status.RetriesStatus[0]
	if entry.CompletionTime == nil {
		s.fatalf("the first attempt has no completionTime")
	}
	if pause := again.run.Status.StartTime.Sub(entry.CompletionTime.Time); pause > backoffLimit {
		s.fatalf("the pause was %s", pause)
	}
	if lag := s.suite.clock.cluster(again.at).Sub(again.run.Status.StartTime.Time); lag > lateness {
		s.fatalf("startTime of the second attempt was %s ago when it was stored", lag.Round(time.Second))
	}
	s.see("it did")
}
