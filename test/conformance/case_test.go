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

import "testing"

func TestCases(t *testing.T) {
	seen := map[string]bool{}
	last := 0
	for _, c := range Cases() {
		id := c.Number + " " + c.Title
		if seen[id] {
			t.Errorf("%s is there twice", id)
		}
		seen[id] = true
		if c.Level == "" {
			t.Errorf("%s has no level", id)
		}
		if (c.run == nil) == (c.check == nil) {
			t.Errorf("%s needs either run or check", id)
		}
		if len(c.Title) > 90 {
			t.Errorf("the title of %s has %d characters", id, len(c.Title))
		}
		if n := number(c.Number); n < last {
			t.Errorf("%s is out of order", id)
		} else {
			last = n
		}
	}
	for n := range levels {
		found := false
		for _, c := range Cases() {
			found = found || c.Number == n
		}
		if !found {
			t.Errorf("no case checks %s", n)
		}
	}
}

func TestCasesOfLevelMAreNeverSkipped(t *testing.T) {
	least := Profile{Instant: true, Runs: Runs{Fails: &Failing{}, Succeeds: &Entry{}}}
	for _, c := range Cases() {
		if reason := c.Skip(least); c.Level == Must && (reason != "" || c.restarts) {
			t.Errorf("%s %s is skipped: %s", c.Number, c.Title, reason)
		}
	}
}
