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

package quorum_test

import (
	"math/rand/v2"
	"testing"

	"github.com/customtasks/customtasks/internal/quorum"
	"github.com/google/go-cmp/cmp"
)

func TestSeats(t *testing.T) {
	for name, row := range map[string]struct {
		required []int
		may      [][]int // the rules of each person, in the order in which they come
		want     []int
		full     bool
	}{
		"nobody":                               {[]int{1}, nil, []int{}, false},
		"one rule, the right people":           {[]int{2}, [][]int{{0}, {0}}, []int{0, 0}, true},
		"somebody too many":                    {[]int{1}, [][]int{{0}, {0}}, []int{0, -1}, true},
		"somebody who is on no rule":           {[]int{1}, [][]int{{}, {0}}, []int{-1, 0}, true},
		"one person for two rules":             {[]int{1, 1}, [][]int{{0, 1}}, []int{0, -1}[:1], false},
		"who could sit on both makes room":     {[]int{1, 1}, [][]int{{0, 1}, {0}}, []int{1, 0}, true},
		"and the other way about":              {[]int{1, 1}, [][]int{{0}, {0, 1}}, []int{0, 1}, true},
		"a chain of three moves":               {[]int{1, 1, 1}, [][]int{{0, 1}, {1, 2}, {0}}, []int{1, 2, 0}, true},
		"three people who know two rules only": {[]int{1, 1, 1}, [][]int{{0, 1}, {0, 1}, {0, 1}}, []int{0, 1, -1}, false},
		"several seats on a rule":              {[]int{2, 1}, [][]int{{0, 1}, {0}, {0}}, []int{1, 0, 0}, true},
		"no rule at all":                       {nil, [][]int{{}}, []int{-1}, true},
	} {
		t.Run(name, func(t *testing.T) {
			got := quorum.Seats(row.required, len(row.may), func(p, r int) bool {
				for _, rule := range row.may[p] {
					if rule == r {
						return true
					}
				}
				return false
			})
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("seats (-want, +got):\n%s", diff)
			}
			if full := quorum.Full(row.required, got); full != row.full {
				t.Errorf("full: %v; want %v", full, row.full)
			}
		})
	}
}

// best is the most seats that can be taken, by trying everything.
func best(required []int, may [][]bool, person int) int {
	if person == len(may) {
		return 0
	}
	most := best(required, may, person+1)
	for r, ok := range may[person] {
		if ok && required[r] > 0 {
			required[r]--
			most = max(most, 1+best(required, may, person+1))
			required[r]++
		}
	}
	return most
}

func TestNoGoodSetOfPeopleIsEverRefused(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		required := make([]int, 1+random.IntN(3))
		for r := range required {
			required[r] = 1 + random.IntN(2)
		}
		may := make([][]bool, random.IntN(6))
		for p := range may {
			may[p] = make([]bool, len(required))
			for r := range required {
				may[p][r] = random.IntN(2) == 0
			}
		}
		rules := quorum.Seats(required, len(may), func(p, r int) bool { return may[p][r] })
		taken := make([]int, len(required))
		seated := 0
		for p, r := range rules {
			if r < 0 {
				continue
			}
			seated++
			if taken[r]++; !may[p][r] || taken[r] > required[r] {
				t.Fatalf("required %v, may %v: person %d sits on rule %d", required, may, p, r)
			}
		}
		if want := best(required, may, 0); seated != want {
			t.Fatalf("required %v, may %v: %d seats are taken and %d could be: %v", required, may, seated, want, rules)
		}
	}
}
