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

package show

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/ballot"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/cluster"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/standing"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/terminal"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
)

// Description is what is known of a request.
type Description struct {
	Request *v1alpha1.ApprovalRequest
	// Votes on record, in the order in which they were cast.
	Votes []v1alpha1.ApprovalDecision
	// VotesUnknown says why the votes could not be read, if so.
	VotesUnknown string
	// You are who asks; nobody if that is not known.
	You cluster.User
	// NoRight is set if you lack the right that the policy asks for.
	NoRight bool
}

// Describe prints all that is known of a request.
func Describe(out io.Writer, d Description, now time.Time) error {
	p := &page{now: now}
	p.head(d)
	p.subject(d.Request)
	p.rules(d.Request)
	p.inputs(d)
	p.votes(d)
	p.commands(d)
	return p.write(out)
}

func (p *page) head(d Description) {
	request, spec, status := d.Request, d.Request.Spec, d.Request.Status
	state := standing.State(request)
	rows := [][]string{{"Name:", request.Name}, {"Namespace:", request.Namespace}, {"State:", string(state)}}
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, []string{name, value})
		}
	}
	add("Progress:", standing.Progress(request))
	if standing.Open(request) {
		add("Awaiting:", strings.Join(request.Awaited(), ", "))
	}
	if status.DecidedAt != nil {
		add("Decided:", p.at(*status.DecidedAt))
	}
	add("Comment:", status.Comment)
	switch {
	case spec.Deadline != nil && state.Final():
		add("Deadline:", moment(*spec.Deadline))
	case spec.Deadline != nil:
		add("Deadline:", p.at(*spec.Deadline))
	case !state.Final():
		add("Deadline:", none)
	}
	add("Asked:", p.at(request.CreationTimestamp))
	if from := origin(request); from != "" && standing.Orphan(request) {
		add("Asked by:", "somebody, in the name of "+from)
	} else {
		add("Asked by:", from)
	}
	if starter := spec.StartedBy; starter != nil {
		note := ""
		if spec.Excludes(starter.Username) {
			note = ", who may not decide"
		}
		add("Started by:", starter.Username+note)
	}
	if policy := spec.Policy; policy != nil {
		note := ""
		if policy.RequireRBAC {
			note = `, which needs the right to the verb "decide" on it`
		}
		add("Policy:", policy.Kind+" "+policy.Name+note)
	}
	add("Digest:", spec.Digest)
	add("You:", you(d))
	p.table("", rows...)
}

// you says what the one who asks may do and has done.
func you(d Description) string {
	switch request := d.Request; {
	case d.You.Name == "":
		return ""
	case request.Status.OverriddenBy == d.You.Name:
		return d.You.Name + "; you have overridden the rules"
	case standing.Approved(request, d.You):
		return d.You.Name + "; you have approved"
	case request.Status.RejectedBy == d.You.Name:
		return d.You.Name + "; you have rejected"
	case !standing.Open(request):
		return d.You.Name
	case d.NoRight || standing.Refusal(request, d.You) != "":
		return d.You.Name + "; you may not decide"
	case !standing.Awaits(request, d.You):
		return d.You.Name + "; you may decide, and your approval is not needed"
	}
	return d.You.Name + "; you are awaited"
}

func (p *page) rules(request *v1alpha1.ApprovalRequest) {
	p.heading("Who decides")
	rows := [][]string{{"RULE", "APPROVALS", "APPROVED BY", "APPROVERS"}}
	for i, rule := range request.Spec.AllRules() {
		// Whoever overrides is on record as having approved, and did not need to be counted for any rule.
		by := slices.DeleteFunc(slices.Clone(request.ApprovedFor(i)), func(name string) bool { return name == request.Status.OverriddenBy })
		count := fmt.Sprintf("%d of %d", len(by), max(int(rule.Required), v1alpha1.DefaultRequired))
		rows = append(rows, []string{or(rule.Name), count, or(strings.Join(by, ", ")), or(strings.Join(rule.Approvers, ", "))})
	}
	if len(request.Spec.Rules) == 0 {
		for i := range rows {
			rows[i] = rows[i][1:] // the short form has no name
		}
	}
	p.table("  ", rows...)
	if who := request.Status.OverriddenBy; who != "" {
		p.table("  ", []string{fmt.Sprintf("%s has overridden this: %s by that vote alone", who, standing.State(request))})
	}
	if len(request.Spec.MemberOf) > 0 {
		p.table("  ", []string{"Whoever decides must be in one of these groups: " + strings.Join(request.Spec.MemberOf, ", ")})
	}
}

func (p *page) inputs(d Description) {
	if len(d.Request.Spec.Inputs) == 0 {
		return
	}
	p.heading("Inputs")
	stands := standing.Answers(d.Request, d.Votes)
	rows := [][]string{{"NAME", "QUESTION", "ANSWER MUST BE", "ANSWER", "ANSWERED BY"}}
	for _, in := range d.Request.Spec.Inputs {
		value, by := "", ""
		if answer := standing.Find(stands, in.Name); answer != nil {
			value, by = answer.Value, answer.By
			if by == "" && in.Default != nil && value == *in.Default {
				by = "the default"
			}
		}
		rows = append(rows, []string{in.Name, or(in.Description), ballot.Form(in), or(terminal.Clip(value, widest)), or(by)})
	}
	p.table("  ", rows...)
}

func (p *page) votes(d Description) {
	p.heading("Votes")
	switch {
	case d.VotesUnknown != "":
		p.table("  ", []string{d.VotesUnknown})
		return
	case len(d.Votes) == 0:
		p.table("  ", []string{none})
		return
	}
	rows := [][]string{{"WHEN", "WHO", "VOTE", "COMMENT", "ANSWERS"}}
	for _, vote := range d.Votes {
		who, what := "", string(vote.Spec.Decision)
		if vote.Spec.Voter != nil {
			who = vote.Spec.Voter.Username
		}
		if vote.Spec.Override {
			what += " (override)"
		}
		rows = append(rows, []string{p.at(vote.CreationTimestamp), or(who), what, or(vote.Spec.Comment), or(answers(vote.Spec.Inputs))})
	}
	if len(d.Request.Spec.Inputs) == 0 {
		for i := range rows {
			rows[i] = rows[i][:4] // nothing is asked
		}
	}
	p.table("  ", rows...)
}

// answers are those of one vote: `ticket="OPS-7", colour="green"`.
func answers(given []v1alpha1.InputValue) string {
	var parts []string
	for _, answer := range given {
		parts = append(parts, fmt.Sprintf("%s=%q", answer.Name, terminal.Clip(answer.Value, widest)))
	}
	return strings.Join(parts, ", ")
}

// commands are those that decide, for somebody who may.
func (p *page) commands(d Description) {
	request := d.Request
	if !standing.Open(request) || d.NoRight || d.You.Name != "" && standing.Refusal(request, d.You) != "" {
		return
	}
	p.heading("To decide")
	where := " -n " + request.Namespace + " " + request.Name
	inputs := ""
	kept := ballot.Keep(request, nil, standing.Answers(request, d.Votes))
	if missing := ballot.Missing(request, kept); len(missing) > 0 {
		inputs = " " + strings.Join(missing, " ")
	}
	rows := [][]string{{"tkn approval approve" + where + inputs}, {"tkn approval reject" + where + " -m WHY"}}
	if standing.Approved(request, d.You) {
		rows = append(rows, []string{"tkn approval withdraw" + where})
	}
	p.table("  ", rows...)
}

// or is the text, or a mark that there is none.
func or(text string) string {
	if text == "" {
		return none
	}
	return text
}
