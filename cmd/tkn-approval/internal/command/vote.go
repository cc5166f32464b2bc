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

package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/ballot"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/cluster"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/show"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/standing"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/terminal"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/spf13/cobra"
)

// voting is one of the commands that cast a vote.
type voting struct {
	*Plugin
	decision v1alpha1.Decision
	message  string
	inputs   []string
	override bool
	yes      bool
	wait     time.Duration
	// prompt is shared by all names: it reads ahead.
	prompt *terminal.Prompt
}

func (p *Plugin) approve() *cobra.Command {
	v := &voting{Plugin: p, decision: v1alpha1.DecisionApprove}
	cmd := v.command("approve NAME...", "Approve what requests ask for",
		`Approve what requests ask for. On a terminal you see what you decide on, are asked for the inputs that
you have not given, and confirm. Without a terminal the vote is cast at once. What others who have approved
have answered is kept, unless you answer it anew.`,
		`  tkn approval approve deploy-x7k2p-gate-4f0c1d2e3a -m "looks good"
  tkn approval approve deploy-x7k2p-gate-4f0c1d2e3a --input ticket=OPS-7 --input notes=@notes.txt --yes`)
	cmd.Flags().StringArrayVar(&v.inputs, "input", nil, "Answer to an input of the request, as NAME=VALUE, or NAME=@FILE for what a file holds. May be given several times.")
	cmd.Flags().BoolVar(&v.override, "override", false, "Decide alone, whatever the rules say. Needs the right to it, and a message.")
	p.completeInputs(cmd)
	return cmd
}

func (p *Plugin) reject() *cobra.Command {
	v := &voting{Plugin: p, decision: v1alpha1.DecisionReject}
	cmd := v.command("reject NAME...", "Reject what requests ask for",
		"Reject what requests ask for. One rejection is enough to reject a request.",
		`  tkn approval reject deploy-x7k2p-gate-4f0c1d2e3a -m "the image has no signature"`)
	cmd.Flags().BoolVar(&v.override, "override", false, "Decide alone, whatever the rules say. Needs the right to it, and a message.")
	return cmd
}

func (p *Plugin) withdraw() *cobra.Command {
	v := &voting{Plugin: p, decision: v1alpha1.DecisionWithdraw}
	return v.command("withdraw NAME...", "Take your approval of requests back",
		"Take your approval of requests back, as long as they are not decided.",
		`  tkn approval withdraw deploy-x7k2p-gate-4f0c1d2e3a`)
}

func (v *voting) command(use, short, long, example string) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short, Long: long, Example: example, Args: names, ValidArgsFunction: v.completePending,
		RunE: func(cmd *cobra.Command, args []string) error { return v.run(cmd.Context(), args) },
	}
	cmd.Flags().StringVarP(&v.message, "message", "m", "", "Why, for the record.")
	cmd.Flags().BoolVarP(&v.yes, "yes", "y", false, "Do not ask whether to cast the vote.")
	cmd.Flags().DurationVar(&v.wait, "wait", 3*time.Second, "How long to wait for the vote to be counted, to say what came of it. 0 does not wait.")
	return cmd
}

func (v *voting) run(ctx context.Context, args []string) error {
	answers, err := ballot.ParseInputs(v.inputs)
	if err != nil {
		return usageError{err}
	}
	if v.override && v.message == "" {
		return usageError{errors.New("--override needs a message that says why: -m WHY")}
	}
	if v.wait < 0 {
		return usageError{fmt.Errorf("--wait %s is negative", v.wait)}
	}
	c, err := v.Connect()
	if err != nil {
		return err
	}
	// Who may vote is up to the API server: if it does not tell, it judges all the same.
	user, err := c.WhoAmI(ctx)
	if code(err) == ExitUnavailable {
		return err
	}
	if v.Interactive() {
		v.prompt = terminal.NewPrompt(v.In, v.ErrOut)
	}
	return v.each(args, func(name string) error {
		vote := ballot.Vote{Decision: v.decision, Comment: v.message, Override: v.override, Inputs: answers}
		return v.one(ctx, c, user, name, vote)
	})
}

// one casts a vote on one request.
func (v *voting) one(ctx context.Context, c *cluster.Cluster, user cluster.User, name string, vote ballot.Vote) error {
	request, err := read(ctx, c, name)
	if err != nil {
		return err
	}
	if err := vote.Check(request, user); err != nil {
		return fmt.Errorf("not %s: %w", vote.Done(), err)
	}
	if v.decision == v1alpha1.DecisionWithdraw && user.Name != "" {
		votes, err := votesOn(ctx, c, request)
		if err == nil && !standing.Stands(request, votes, user) {
			return errors.New("not withdrawn: you, " + user.Name + ", have no approval of it that stands")
		}
	}
	if err := v.prepare(ctx, c, request, &vote); err != nil {
		return fmt.Errorf("not %s: %w", vote.Done(), err)
	}
	said, err := ballot.Cast(ctx, c.Approvals, v.Clock, request, vote, v.wait)
	if err != nil {
		return err
	}
	_, err = io.WriteString(v.Out, terminal.Line(name+": "+said)+"\n")
	return err
}

// prepare gets the vote ready to be cast: on a terminal it shows what is decided, asks for answers, and has
// the vote confirmed.
func (v *voting) prepare(ctx context.Context, c *cluster.Cluster, request *v1alpha1.ApprovalRequest, vote *ballot.Vote) error {
	confirm := v.prompt != nil && !v.yes
	if confirm {
		if err := show.Question(v.ErrOut, request, v.Clock.Now()); err != nil {
			return err
		}
		v.prompt.Say("\n")
	}
	if vote.Decision == v1alpha1.DecisionApprove {
		var err error
		if vote.Inputs, err = v.answers(ctx, c, request, vote.Inputs); err != nil {
			return err
		}
	}
	if !confirm {
		return nil
	}
	question := string(vote.Decision) + "?"
	if vote.Override {
		question = "Override the rules and " + strings.ToLower(string(vote.Decision)) + " alone?"
	}
	yes, err := v.prompt.Confirm(question)
	if err == nil && !yes {
		err = errors.New("you did not say yes")
	}
	return err
}

// answers are those of an approval: what is given and what is typed, and of the answers that stand those
// that are not given anew. It says what becomes of the latter.
func (v *voting) answers(ctx context.Context, c *cluster.Cluster, request *v1alpha1.ApprovalRequest, given []v1alpha1.InputValue) ([]v1alpha1.InputValue, error) {
	var stands []standing.Answer
	if len(request.Spec.Inputs) > 0 {
		votes, err := votesOn(ctx, c, request)
		if code(err) == ExitUnavailable {
			return nil, err
		}
		if err != nil {
			v.say(request.Name + ": your answers replace all earlier ones, which are not known: " + err.Error())
		}
		stands = standing.Answers(request, votes)
	}
	if v.prompt != nil {
		var err error
		if given, err = ballot.AskAnswers(v.prompt, request, given, stands, v.yes); err != nil {
			return nil, err
		}
	}
	answers := ballot.Keep(request, given, stands)
	if err := ballot.CheckAnswers(request, answers); err != nil {
		return nil, err
	}
	for _, change := range ballot.Changes(stands, answers) {
		v.say(request.Name + ": " + change)
	}
	return answers, nil
}

// say tells what is good to know, beside what the command puts out.
func (v *voting) say(text string) {
	fmt.Fprintln(v.ErrOut, terminal.Line(text)) //nolint:errcheck // there is nowhere else to say so
}
