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
	"fmt"
	"slices"
	"strings"

	"github.com/customtasks/customtasks/internal/sentence"
)

const (
	groupPrefix          = "group:"
	serviceAccountPrefix = "serviceaccount:"
	// serviceAccountUser is what Kubernetes puts before NAMESPACE:NAME in the user name of a service account.
	serviceAccountUser = "system:serviceaccount:"
)

func isGroup(approver string) bool { return strings.HasPrefix(approver, groupPrefix) }

// username is what the API server calls an approver that is no group.
func username(approver string) string {
	if account, ok := strings.CutPrefix(approver, serviceAccountPrefix); ok {
		return serviceAccountUser + strings.Replace(account, "/", ":", 1)
	}
	return approver
}

// checkApprover returns a sentence about an entry that can match nobody, or "".
func checkApprover(approver string) string {
	switch name, ok := strings.CutPrefix(approver, groupPrefix); {
	case strings.TrimSpace(approver) != approver || approver == "":
		return "an approver's name is empty or has spaces around it"
	case len(approver) > 512:
		return "an approver's name is longer than 512 bytes"
	case unseen("", approver, false) != "":
		return unseen("an approver's name", approver, false)
	case ok && name == "":
		return "group: needs a name, as in group:platform"
	case misspelt(approver):
		return fmt.Sprintf("%q: write a group as group:NAME and a service account as serviceaccount:NAMESPACE/NAME", sentence.Clip(approver))
	case strings.HasPrefix(approver, serviceAccountUser):
		return fmt.Sprintf("%q: write a service account as serviceaccount:NAMESPACE/NAME", sentence.Clip(approver))
	}
	if name, ok := strings.CutPrefix(approver, serviceAccountPrefix); ok {
		if namespace, sa, ok := strings.Cut(name, "/"); !ok || namespace == "" || sa == "" || strings.ContainsAny(sa, "/:") {
			return fmt.Sprintf("%q: write a service account as serviceaccount:NAMESPACE/NAME", sentence.Clip(approver))
		}
	}
	return ""
}

// misspelt reports whether an entry would be taken for the name of a user and is surely meant otherwise.
func misspelt(approver string) bool {
	prefix, _, _ := strings.Cut(approver, ":")
	switch prefix + ":" {
	case groupPrefix, serviceAccountPrefix:
		return false
	}
	switch strings.ToLower(prefix) {
	case "group", "groups", "serviceaccount", "serviceaccounts":
		return strings.Contains(approver, ":")
	}
	return false
}

// AllRules are the gate's rules; the short form is a single one without a name.
func (g *Gate) AllRules() []Rule {
	if len(g.Rules) > 0 {
		return g.Rules
	}
	return []Rule{{Approvers: g.Approvers, Required: g.Required}}
}

// Admits reports whether somebody may decide by any rule, and which of their groups say so. A service
// account is admitted only by its own entry, never through a group.
func (g *Gate) Admits(username string, groups []string) (through []string, ok bool) {
	for _, rule := range g.AllRules() {
		by, admitted := rule.Admits(username, groups)
		ok = ok || admitted
		for _, group := range by {
			if !slices.Contains(through, group) {
				through = append(through, group)
			}
		}
	}
	return through, ok
}

// Admits reports whether somebody may approve for the rule, and which of their groups say so.
func (r Rule) Admits(user string, groups []string) (through []string, ok bool) {
	isAccount := strings.HasPrefix(user, serviceAccountUser)
	for _, approver := range r.Approvers {
		group, named := strings.CutPrefix(approver, groupPrefix)
		switch {
		case !named:
			// A user whose name reads like an entry for a service account is not that account.
			ok = ok || username(approver) == user && strings.HasPrefix(approver, serviceAccountPrefix) == isAccount
		case !isAccount && slices.Contains(groups, group) && !slices.Contains(through, group):
			through = append(through, group)
		}
	}
	return through, ok || len(through) > 0
}

// Excludes reports whether somebody may not decide because they started the PipelineRun.
func (s *ApprovalRequestSpec) Excludes(user string) bool {
	return s.PreventSelfApproval != nil && *s.PreventSelfApproval && s.StartedBy != nil && s.StartedBy.Username == user
}

// AdmitsVoter reports whether somebody may decide on the request: a rule names them, they did not start
// what they decide on, and they are in one of the groups that the namespace's floors ask for. It returns
// those of their groups that matter.
func (s *ApprovalRequestSpec) AdmitsVoter(user string, groups []string) (through []string, ok bool) {
	through, ok = s.Admits(user, groups)
	member := len(s.MemberOf) == 0
	for _, group := range s.MemberOf {
		if slices.Contains(groups, group) {
			member = true
			if !slices.Contains(through, group) {
				through = append(through, group)
			}
		}
	}
	return through, ok && member && !s.Excludes(user)
}

// Awaited lists the approvers of a rule who have not approved. A group stays as long as the rule is not
// met.
func (r Rule) Awaited(approvedBy []string) []string {
	var out []string
	for _, approver := range r.Approvers {
		if !slices.Contains(approvedBy, username(approver)) && !slices.Contains(out, approver) {
			out = append(out, approver)
		}
	}
	return out
}

// ListApprovers names the first few of a list of approvers, for a sentence.
func ListApprovers(approvers []string) string {
	const shown = 8
	if more := len(approvers) - shown; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(approvers[:shown], ", "), more)
	}
	return strings.Join(approvers, ", ")
}

// Summary says who has to decide: "2 of alice, bob, group:security", with the names of the rules if there
// are any: "security: 1 of group:security; owner: alice".
func (g *Gate) Summary() string {
	var parts []string
	for _, rule := range g.AllRules() {
		part := ListApprovers(rule.Approvers)
		if len(rule.Approvers) != 1 || isGroup(rule.Approvers[0]) {
			part = fmt.Sprintf("%d of %s", rule.Required, part)
		}
		if rule.Name != "" {
			part = rule.Name + ": " + part
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}
