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

	"github.com/customtasks/customtasks/internal/quorum"
	"github.com/customtasks/customtasks/internal/sentence"
	"knative.dev/pkg/apis"
)

const (
	maxApprovers = 256
	maxRules     = 32
	maxMessage   = 4096
	maxDetails   = 32
	// maxDetailBytes bounds names and values of the details together.
	maxDetailBytes = 8192
)

// problem is a field error with a sentence of its own.
func problem(path, format string, args ...any) *apis.FieldError {
	return &apis.FieldError{Message: fmt.Sprintf(format, args...), Paths: []string{path}}
}

// Validate says what of the gate cannot work. Every message says what to do.
func (g *Gate) Validate(context.Context) *apis.FieldError {
	errs := g.validateShown()
	errs = errs.Also(g.validateWho())
	errs = errs.Also(validateTimeout("timeout", g.Timeout))
	for path, after := range map[string]After{"onReject": g.OnReject, "onTimeout": g.OnTimeout} {
		if after != "" && after != AfterFail && after != AfterContinue {
			errs = errs.Also(problem(path, "%q must be Fail or Continue", sentence.Clip(string(after))))
		}
	}
	return errs.Also(g.validateInputs())
}

// Validate says what of the policy cannot work.
func (p *ApprovalPolicySpec) Validate(ctx context.Context) *apis.FieldError {
	errs := p.Gate.Validate(ctx).Also(validateTimeout("maxTimeout", p.MaxTimeout))
	longest, errLongest := time.ParseDuration(p.MaxTimeout)
	timeout, errTimeout := time.ParseDuration(p.Timeout)
	if errLongest == nil && errTimeout == nil && longest > 0 && (timeout == 0 || timeout > longest) {
		asks := timeout.String()
		if timeout == 0 {
			asks = "0, which is without end,"
		}
		errs = errs.Also(problem("timeout", "%s is longer than the policy's maxTimeout of %s", asks, longest))
	}
	return errs
}

func (g *Gate) validateShown() *apis.FieldError {
	var errs *apis.FieldError
	if len(g.Message) > maxMessage {
		errs = errs.Also(problem("message", "the message is %d bytes; at most %d are possible", len(g.Message), maxMessage))
	}
	size := 0
	for name, value := range g.Details {
		size += len(name) + len(value)
	}
	if len(g.Details) > maxDetails || size > maxDetailBytes {
		errs = errs.Also(problem("details", "the details are %d with %d bytes; at most %d with %d bytes are possible", len(g.Details), size, maxDetails, maxDetailBytes))
	}
	return errs
}

// validateWho checks the short form or the rules, and that somebody can meet them.
func (g *Gate) validateWho() *apis.FieldError {
	if len(g.Rules) == 0 {
		errs := validateApprovers(g.Approvers, g.Required)
		if errs != nil {
			return errs
		}
		return g.Feasible("")
	}
	var errs *apis.FieldError
	if len(g.Approvers) > 0 || g.Required > 0 {
		errs = errs.Also(problem("rules", "rules stand in place of approvers and required; set one or the other"))
	}
	if len(g.Rules) > maxRules {
		return errs.Also(problem("rules", "%d rules; at most %d are possible", len(g.Rules), maxRules))
	}
	total := 0
	names := map[string]bool{}
	for i, rule := range g.Rules {
		at := validateApprovers(rule.Approvers, rule.Required)
		switch {
		case rule.Name == "" || strings.TrimSpace(rule.Name) != rule.Name || len(rule.Name) > 63:
			at = at.Also(problem("name", "a rule needs a name of at most 63 bytes"))
		case unseen("", rule.Name, false) != "":
			at = at.Also(problem("name", "%s", unseen("a rule's name", rule.Name, false)))
		case names[rule.Name]:
			at = at.Also(problem("name", "%q names two rules", sentence.Clip(rule.Name)))
		}
		names[rule.Name] = true
		total += len(rule.Approvers)
		errs = errs.Also(at.ViaFieldIndex("rules", i))
	}
	if total > maxApprovers {
		return errs.Also(problem("rules", "%d approvers; at most %d are possible, so use groups", total, maxApprovers))
	}
	if errs != nil {
		return errs
	}
	return g.Feasible("")
}

func validateApprovers(approvers []string, required int32) *apis.FieldError {
	var errs *apis.FieldError
	switch {
	case len(approvers) == 0:
		errs = errs.Also(problem("approvers", "nobody may decide; name at least one user, group:NAME or serviceaccount:NAMESPACE/NAME"))
	case len(approvers) > maxApprovers:
		return errs.Also(problem("approvers", "%d entries; at most %d are possible, so use groups", len(approvers), maxApprovers))
	}
	for i, approver := range approvers {
		if text := checkApprover(approver); text != "" {
			errs = errs.Also(problem(fmt.Sprintf("approvers[%d]", i), "%s", text))
		}
	}
	if required < 1 {
		errs = errs.Also(problem("required", "%d is not possible; it must be at least 1", required))
	}
	return errs
}

// Feasible says which rule can never be met, or that all of them together ask for more people than they
// name, with one person left out, if any: the one who may not decide. A group may have any number of
// members.
func (g *Gate) Feasible(without string) *apis.FieldError {
	var people []string
	var required []int
	var closed []Rule
	rules := g.AllRules()
	for i, rule := range rules {
		if slices.ContainsFunc(rule.Approvers, isGroup) || len(rule.Approvers) == 0 {
			continue // any number of people, or refused already
		}
		alone := 0
		for _, approver := range slices.Compact(slices.Sorted(slices.Values(rule.Approvers))) {
			if username(approver) == without {
				continue
			}
			alone++
			if !slices.Contains(people, approver) {
				people = append(people, approver)
			}
		}
		if int(rule.Required) > alone {
			path := "required"
			if len(g.Rules) > 0 {
				path = fmt.Sprintf("rules[%d].required", i)
			}
			return tooFew(path, int(rule.Required), alone, without)
		}
		closed, required = append(closed, rule), append(required, int(rule.Required))
	}
	seats := quorum.Seats(required, len(people), func(p, r int) bool { return slices.Contains(closed[r].Approvers, people[p]) })
	if !quorum.Full(required, seats) {
		total := 0
		for _, n := range required {
			total += n
		}
		return tooFew("rules", total, len(people), without)
	}
	return nil
}

func tooFew(path string, required, named int, without string) *apis.FieldError {
	switch {
	case without != "":
		return problem(path, "%q started the PipelineRun and may not decide, and the others named cannot meet the rules, which need %d; name more or require fewer", without, required)
	case path == "rules":
		return problem(path, "the rules need %d different people, and no choice among the %d named meets all of them; one person counts for one rule only", required, named)
	}
	return problem(path, "%d approvals are required and the approvers named are only %d; name more or require fewer", required, named)
}

func validateTimeout(path, text string) *apis.FieldError {
	switch d, err := time.ParseDuration(text); {
	case text == "":
	case err != nil:
		return problem(path, `%q is not a duration; write it as "90s" or "2h30m"`, sentence.Clip(text))
	case d < 0:
		return problem(path, `%q is negative; write a positive duration, or "0" to wait without end`, text)
	}
	return nil
}
