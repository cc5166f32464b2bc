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

package progress

import "testing"

func TestAStateThatWasDamagedIsNotPlausible(t *testing.T) {
	good := State{Started: 4, Succeeded: 2, Failed: 1, Cancelled: 1, Phases: "SF.SC", Verdict: Failure}
	if !good.Plausible(5) || !(State{}).Plausible(0) {
		t.Error("a good state is not plausible")
	}
	for name, damage := range map[string]func(*State){
		"more succeeded than phases say": func(s *State) { s.Succeeded = 9 },
		"a negative number":              func(s *State) { s.Failed = -3 },
		"phases of more than there are":  func(s *State) { s.Phases += ".." },
		"letters that there are not":     func(s *State) { s.Phases = "SFXSC" },
		"more started than there are":    func(s *State) { s.Started = 99 },
		"a negative start":               func(s *State) { s.Started = -1 },
		"a verdict that there is not":    func(s *State) { s.Verdict = "Nonsense" },
	} {
		t.Run(name, func(t *testing.T) {
			s := good
			damage(&s)
			if s.Plausible(5) {
				t.Errorf("%+v is plausible", s)
			}
		})
	}
}
