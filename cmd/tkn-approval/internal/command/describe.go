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
	"fmt"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/cluster"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/show"
	"github.com/spf13/cobra"
)

func (p *Plugin) describe() *cobra.Command {
	return &cobra.Command{
		Use:   "describe NAME...",
		Short: "Show what requests ask, who has decided and who is awaited",
		Long: `Show what requests ask and why, who asked, who has decided and who is awaited, the time that is left, the
inputs, and the command that decides.`,
		Example:           "  tkn approval describe deploy-x7k2p-gate-4f0c1d2e3a",
		Args:              names,
		ValidArgsFunction: p.completeAll,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			c, err := p.Connect()
			if err != nil {
				return err
			}
			you, err := c.WhoAmI(ctx)
			if code(err) == ExitUnavailable {
				return err
			}
			printed := false
			return p.each(args, func(name string) error {
				d, err := description(ctx, c, you, name)
				if err != nil {
					return err
				}
				if printed {
					fmt.Fprintln(p.Out) //nolint:errcheck // the next write fails too
				}
				printed = true
				return show.Describe(p.Out, d, p.Clock.Now())
			})
		},
	}
}

func description(ctx context.Context, c *cluster.Cluster, you cluster.User, name string) (show.Description, error) {
	request, err := read(ctx, c, name)
	if err != nil {
		return show.Description{}, err
	}
	d := show.Description{Request: request, You: you}
	if d.Votes, err = votesOn(ctx, c, request); err != nil {
		d.VotesUnknown = err.Error()
	}
	d.NoRight = !c.MayDecide(ctx, request)
	return d, nil
}
