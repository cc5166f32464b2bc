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
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/customtasks/customtasks/internal/sentence"
	"knative.dev/pkg/apis"
)

const (
	// DefaultRequired is how many approvers have to approve where the gate does not say.
	DefaultRequired = 1
	// DefaultTimeout is how long an attempt waits where neither the gate nor the run says.
	DefaultTimeout = time.Hour

	maxApprovers = 256
	maxMessage   = 4096

	groupPrefix          = "group:"
	serviceAccountPrefix = "serviceaccount:"
	// serviceAccountUser is what Kubernetes puts before NAMESPACE:NAME in the user name of a service account.
	serviceAccountUser = "system:serviceaccount:"
)

// SetDefaults fills in required and timeout.
func (g *Gate) SetDefaults(context.Context) {
	if g.Required == 0 {
		g.Required = DefaultRequired
	}
	if g.Timeout == "" {
		g.Timeout = DefaultTimeout.String()
	}
}

// DefaultTimeout is the gate's timeout, which applies where the run sets none.
func (g *Gate) DefaultTimeout() *time.Duration {
	d, err := time.ParseDuration(g.Timeout)
	if err != nil {
		return nil
	}
	return &d
}

// Validate says what of the gate cannot work. Every message says what to do.
func (g *Gate) Validate(context.Context) *apis.FieldError {
	var errs *apis.FieldError
	invalid := func(path, format string, args ...any) {
		errs = errs.Also(&apis.FieldError{Message: fmt.Sprintf(format, args...), Paths: []string{path}})
	}
	switch {
	case len(g.Approvers) == 0:
		invalid("approvers", "nobody may decide; name at least one user, group:NAME or serviceaccount:NAMESPACE/NAME")
	case len(g.Approvers) > maxApprovers:
		invalid("approvers", "%d entries; at most %d are possible, so use groups", len(g.Approvers), maxApprovers)
		return errs
	}
	people := map[string]bool{}
	open := false
	for i, approver := range g.Approvers {
		if problem := checkApprover(approver); problem != "" {
			invalid(fmt.Sprintf("approvers[%d]", i), "%s", problem)
		}
		open = open || strings.HasPrefix(approver, groupPrefix)
		people[approver] = true
	}
	switch {
	case g.Required < 1:
		invalid("required", "%d is not possible; it must be at least 1", g.Required)
	case !open && len(g.Approvers) > 0 && int(g.Required) > len(people):
		invalid("required", "%d approvals are required and the approvers named are only %d; name more or require fewer", g.Required, len(people))
	}
	switch d, err := time.ParseDuration(g.Timeout); {
	case g.Timeout == "":
	case err != nil:
		invalid("timeout", `%q is not a duration; write it as "90s" or "2h30m"`, sentence.Clip(g.Timeout))
	case d < 0:
		invalid("timeout", `%q is negative; write a positive duration, or "0" to wait without end`, g.Timeout)
	}
	if len(g.Message) > maxMessage {
		invalid("message", "it is %d bytes; at most %d are possible", len(g.Message), maxMessage)
	}
	return errs
}

// checkApprover returns a sentence about an entry that can match nobody, or "".
func checkApprover(approver string) string {
	switch name, ok := strings.CutPrefix(approver, groupPrefix); {
	case strings.TrimSpace(approver) != approver || approver == "":
		return "an approver's name is empty or has spaces around it"
	case len(approver) > 512:
		return "an approver's name is longer than 512 bytes"
	case ok && name == "":
		return "group: needs a name, as in group:platform"
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

// Admits reports whether somebody may decide, and which of their groups say so. A service account is
// admitted only by its own entry, never through a group.
func (g *Gate) Admits(username string, groups []string) (through []string, ok bool) {
	account, isAccount := strings.CutPrefix(username, serviceAccountUser)
	if isAccount {
		namespace, name, _ := strings.Cut(account, ":")
		return nil, slices.Contains(g.Approvers, serviceAccountPrefix+namespace+"/"+name)
	}
	for _, approver := range g.Approvers {
		if group, isGroup := strings.CutPrefix(approver, groupPrefix); isGroup {
			if slices.Contains(groups, group) && !slices.Contains(through, group) {
				through = append(through, group)
			}
			continue
		}
		ok = ok || approver == username && !strings.HasPrefix(approver, serviceAccountPrefix)
	}
	return through, ok || len(through) > 0
}

// Awaited lists the approvers who have not approved yet. A group stays as long as the request is
// pending.
func (g *Gate) Awaited(approvedBy []string) []string {
	var out []string
	for _, approver := range g.Approvers {
		name := approver
		if account, ok := strings.CutPrefix(approver, serviceAccountPrefix); ok {
			name = serviceAccountUser + strings.Replace(account, "/", ":", 1)
		}
		if !slices.Contains(approvedBy, name) && !slices.Contains(out, approver) {
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
