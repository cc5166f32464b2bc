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

// Package quorum seats people on rules that each ask for a number of them, one seat a person.
package quorum

// Seats seats people one after another. Person p may sit where may(p, rule) says; rule r has required[r]
// seats. It returns the rule that each person sits on, or -1. As many seats as possible are taken, and
// somebody who has a seat keeps one when others come, maybe on another rule: so a set of people that
// can fill all seats does so in whatever order they come.
func Seats(required []int, people int, may func(person, rule int) bool) []int {
	s := seating{required: required, may: may, rule: make([]int, people), seated: make([][]int, len(required))}
	for p := range s.rule {
		s.rule[p] = -1
		s.seat(p, make([]bool, len(required)))
	}
	return s.rule
}

// Full reports whether every seat is taken.
func Full(required, rules []int) bool {
	taken := make([]int, len(required))
	for _, r := range rules {
		if r >= 0 {
			taken[r]++
		}
	}
	for r, n := range required {
		if taken[r] < n {
			return false
		}
	}
	return true
}

type seating struct {
	required []int
	may      func(person, rule int) bool
	// rule of each person, and who is seated on each rule.
	rule   []int
	seated [][]int
}

// seat finds a place for somebody: a free one, or else one that somebody leaves for another; rules that
// were tried are left out. It is the augmenting path of bipartite matching.
func (s *seating) seat(person int, tried []bool) bool {
	for r, n := range s.required {
		if !tried[r] && s.may(person, r) && len(s.seated[r]) < n {
			s.seated[r] = append(s.seated[r], person)
			s.rule[person] = r
			return true
		}
	}
	for r := range s.required {
		if tried[r] || !s.may(person, r) {
			continue
		}
		tried[r] = true
		for i, other := range s.seated[r] {
			if s.seat(other, tried) {
				s.seated[r][i] = person
				s.rule[person] = r
				return true
			}
		}
	}
	return false
}
