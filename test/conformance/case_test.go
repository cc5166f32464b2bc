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
	"context"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

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

func TestCasesThatNeedARetryAreSkippedWithoutOne(t *testing.T) {
	p := Profile{Runs: Runs{Fails: &Failing{}, Succeeds: &Entry{}, NeverEnds: &Entry{}}, Children: []Child{{}}, Supports: Supports{Retries: true}}
	skipped := map[string]bool{}
	for _, c := range Cases() {
		skipped[c.Number+" "+c.Title] = c.Skip(p) != ""
	}
	for _, title := range []string{
		"C41 A failed attempt is archived, and the next one starts afresh",
		"C42 With two retries there are three attempts and then the end",
		"C44 The pause between attempts is bounded and is no part of the next attempt",
		"C45 Children of different attempts are different objects",
	} {
		if is, there := skipped[title]; !is || !there {
			t.Errorf("%s: there %v, skipped %v", title, there, is)
		}
	}
	if skipped["C33 A cancelled attempt is not tried again and uses no retry"] {
		t.Error("C33 needs no failure and is skipped")
	}
	if run := (&scene{profile: p}).retrying("retried", 2); run != nil {
		t.Error("a run was made that can only end by a timeout")
	}
}

// outcomeOf plays a function and returns what comes of it.
func outcomeOf(f func(*scene)) Outcome {
	s := &scene{ctx: context.Background()}
	s.play(f)
	return s.outcome(Case{})
}

func TestACaseThatTurnsOutNotToApplyIsSkipped(t *testing.T) {
	o := outcomeOf(func(s *scene) { s.skip("there are no children") })
	if o.Result != Skipped || o.Seen != "there are no children" {
		t.Errorf("%s: %s", o.Result, o.Seen)
	}
}

func TestAtOnceHasABound(t *testing.T) {
	asked := time.Now()
	for late, want := range map[time.Duration]Verdict{time.Second: Passed, promptness + time.Second: Failed} {
		o := outcomeOf(func(s *scene) { s.promptly(&subject{name: "run"}, asked, version{at: asked.Add(late)}) })
		if o.Result != want {
			t.Errorf("an end after %s %s", late, o.Result)
		}
	}
}

func TestAChildThatIsBeingDeletedHasNotEnded(t *testing.T) {
	now := "2026-01-01T00:00:00Z"
	v := version{object: &unstructured.Unstructured{Object: map[string]any{"metadata": map[string]any{"deletionTimestamp": now}}}}
	s := &scene{}
	if s.childEnded(v) {
		t.Error("it counts as ended")
	}
	if v.deleted = true; !s.childEnded(v) {
		t.Error("one that is gone has not ended")
	}
}

func TestAnotherSpelling(t *testing.T) {
	for kind, want := range map[string]string{"Wait": "wait", "wait": "WAIT"} {
		if got := otherSpelling(kind); got != want {
			t.Errorf("%s for %s", got, kind)
		}
	}
}

func TestALongRunIsClipped(t *testing.T) {
	if got := clipped(strings.Repeat("x", 2*clipLimit)); len(got) > clipLimit+100 || !strings.HasSuffix(got, "bytes more)") {
		t.Errorf("%d bytes", len(got))
	}
}

func TestACaseWithAGapIsPlayedAgain(t *testing.T) {
	type play struct {
		result Verdict
		missed bool
	}
	rows := map[string]struct {
		plays  []play
		played int
		want   Verdict
	}{
		"a failure with a gap, and then none": {[]play{{Failed, true}, {Passed, false}}, 2, Passed},
		"a failure without a gap":             {[]play{{Failed, false}}, 1, Failed},
		"a pass with a gap":                   {[]play{{Passed, true}}, 1, Passed},
		"a gap each time":                     {[]play{{Failed, true}, {Failed, true}, {Failed, true}}, 3, Failed},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			played := 0
			o, _ := again(t.Context(), func() (Outcome, []history, bool) {
				played++
				return Outcome{Result: row.plays[played-1].result}, nil, row.plays[played-1].missed
			})
			if o.Result != row.want || played != row.played {
				t.Errorf("%s after %d plays", o.Result, played)
			}
		})
	}
}
