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

// samples is no case of its own: it makes runs of every end, for the checks of histories.
func samples() Case {
	return Case{Title: "Runs of every end can be made", run: func(s *scene) {
		s.expect("runs that succeed, fail, are cancelled and are tried again all end")
		p := s.profile
		good := s.start("succeeds", p.Runs.Succeeds)
		bad := s.start("fails", &p.Runs.Fails.Entry)
		all := []*subject{good, bad}
		if again := s.retrying("retried", 2); again != nil {
			all = append(all, again)
		}
		if !p.Instant {
			stopped := s.start("cancelled", p.Runs.NeverEnds)
			stopped.started()
			stopped.cancel("enough")
			all = append(all, stopped)
		}
		for _, run := range all {
			run.ended()
		}
		// Histories must show what comes after the end too.
		good.annotate("late")
		bad.annotate("late")
		s.wait(window)
	}}
}

// retrying starts a run whose attempts all fail, or returns nil if the kind has none.
func (s *scene) retrying(name string, retries int64, changes ...change) *subject {
	p := s.profile
	switch {
	case !p.Supports.Retries:
		return nil
	case p.Runs.Fails.Retried:
		return s.start(name, &p.Runs.Fails.Entry, append(changes, withRetries(retries))...)
	case p.Instant || !p.Supports.Timeout:
		return nil
	default:
		return s.start(name, p.Runs.NeverEnds, append([]change{withTimeout("2s"), withRetries(retries)}, changes...)...)
	}
}
