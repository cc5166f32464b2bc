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

// Package command is the commands of the plugin, as cobra runs them.
package command

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/cluster"
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/cli-runtime/pkg/printers"
	"k8s.io/utils/clock"
)

// Plugin is what the commands run with.
type Plugin struct {
	genericiooptions.IOStreams
	// Connect returns the cluster that the flags name.
	Connect func() (*cluster.Cluster, error)
	// Interactive reports whether somebody sits there to answer.
	Interactive func() bool
	Clock       clock.Clock
	// Build is what the program was built from; absent if it does not know.
	Build *debug.BuildInfo
	// flags of the connection; set by Root.
	flags *genericclioptions.ConfigFlags
}

// New returns the plugin for a real cluster and the real time.
func New(streams genericiooptions.IOStreams) *Plugin {
	p := &Plugin{IOStreams: streams, Clock: clock.RealClock{}, flags: genericclioptions.NewConfigFlags(true)}
	p.Build, _ = debug.ReadBuildInfo()
	p.Connect = func() (*cluster.Cluster, error) { return cluster.Connect(p.flags, p.ErrOut) }
	p.Interactive = func() bool { return printers.IsTerminal(p.In) }
	return p
}

const about = `Decide on the approval gates of pipelines.

Exit codes:
  0  it was done
  1  a vote was not taken, came too late or was called off, or something else failed
  2  the command was not written right; nothing was done
  3  there is no such approval request
  4  the kubeconfig or the flags name no cluster that is there, or it cannot be reached, does not know you, or
     cannot answer just now
With several names the code is the highest of theirs.`

// Root returns the command with all of its commands.
func (p *Plugin) Root() *cobra.Command {
	if p.flags == nil {
		p.flags = genericclioptions.NewConfigFlags(true)
	}
	root := &cobra.Command{
		Use:           "tkn-approval",
		Short:         "Decide on the approval gates of pipelines",
		Long:          about,
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: "tkn approval"},
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       version(p.Build),
		Args:          p.noCommand,
		// How many letters may be wrong for a command to be suggested.
		SuggestionsMinimumDistance: 2,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(p.In)
	root.SetOut(p.Out)
	root.SetErr(p.ErrOut)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
	})
	root.SetVersionTemplate("{{.Version}}\n")
	p.flags.AddFlags(root.PersistentFlags())
	p.completeConnection(root)
	root.SetHelpCommand(p.help())
	root.AddCommand(p.list(), p.describe(), p.approve(), p.reject(), p.withdraw(), p.completion(), p.version())
	return root
}

// help is cobra's, but that a word which is no command is an error.
func (p *Plugin) help() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show what a command does, and its flags",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var out []string
			for _, c := range cmd.Root().Commands() {
				if len(args) == 0 && c.IsAvailableCommand() {
					out = append(out, cobra.CompletionWithDesc(c.Name(), c.Short))
				}
			}
			return out, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return p.noCommand(cmd.Root(), args)
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// noCommand explains a word that is no command.
func (p *Plugin) noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	text := fmt.Sprintf("there is no command %q; see %s --help", args[0], cmd.CommandPath())
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		text = fmt.Sprintf("there is no command %q; did you mean %s?", args[0], strings.Join(near, " or "))
	}
	return usageError{fmt.Errorf("%s", text)}
}

// Run runs the command line and returns the code to exit with.
func (p *Plugin) Run(args []string) int {
	root := p.Root()
	root.SetArgs(args)
	err := root.Execute()
	p.complain("", err)
	return code(err)
}

// complain prints an error, of the request with the name if there is one.
func (p *Plugin) complain(name string, err error) {
	if _, silent := err.(told); err == nil || silent { //nolint:errorlint // it is never wrapped
		return
	}
	if name != "" {
		name += ": "
	}
	fmt.Fprintln(p.ErrOut, "error: "+name+sentence(err)) //nolint:errcheck // there is nowhere else to say so
}

// nothing takes no arguments.
func nothing(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("%s takes no names, and was given %q", cmd.CommandPath(), args[0])}
	}
	return nil
}
