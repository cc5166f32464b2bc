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

package v1alpha1

import (
	"slices"

	"github.com/customtasks/customtasks/internal/quorum"
)

// Awaited lists the approvers whose approval would bring the request further, in the order of the rules.
// A group stays as long as there is a seat for one more of its members.
func (r *ApprovalRequest) Awaited() []string {
	var out []string
	rules := r.Spec.AllRules()
	for _, rule := range rules {
		for _, approver := range rule.Awaited(r.Status.ApprovedBy) {
			if slices.Contains(out, approver) || r.Spec.Excludes(username(approver)) {
				continue
			}
			if r.Seat(func(rule Rule) bool { return slices.Contains(rule.Approvers, approver) }) {
				out = append(out, approver)
			}
		}
	}
	return out
}

// Seat reports whether one more person, who may approve for the rules where may says so, would bring the
// request further, maybe after others have moved over.
func (r *ApprovalRequest) Seat(may func(Rule) bool) bool {
	rules, people := r.Spec.AllRules(), r.Status.ApprovedBy
	required := make([]int, len(rules))
	for i, rule := range rules {
		required[i] = rule.needs()
	}
	seats := quorum.Seats(required, len(people)+1, func(person, rule int) bool {
		if person == len(people) {
			return may(rules[rule])
		}
		if _, named := rules[rule].Admits(people[person], nil); named || slices.Contains(r.ApprovedFor(rule), people[person]) {
			return true
		}
		// Only the controller has seen the groups of those who have approved.
		return rule < len(r.Status.Rules) && slices.Contains(r.Status.Rules[rule].CouldCount, people[person])
	})
	return seats[len(people)] >= 0
}

// ApprovedFor lists whose approval counts for a rule, by its place.
func (r *ApprovalRequest) ApprovedFor(rule int) []string {
	switch {
	case len(r.Spec.Rules) == 0:
		return r.Status.ApprovedBy
	case rule < len(r.Status.Rules):
		return r.Status.Rules[rule].ApprovedBy
	}
	return nil
}

// Tally is how many of the approvals that are required there are.
func (r *ApprovalRequest) Tally() (have, want int) {
	for i, rule := range r.Spec.AllRules() {
		want += rule.needs()
		have += len(r.ApprovedFor(i))
	}
	return have, want
}

// needs is how many approvals a rule asks for; the default if it does not say.
func (r Rule) needs() int { return max(int(r.Required), DefaultRequired) }

// WhoDecides sums up who decides, also for a request that an earlier version has made.
func (s *ApprovalRequestSpec) WhoDecides() string {
	if s.Asks != "" {
		return s.Asks
	}
	return s.Summary()
}
