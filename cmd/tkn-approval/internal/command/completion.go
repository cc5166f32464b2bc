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
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/cluster"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/standing"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/terminal"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// hook makes bash complete "tkn approval" too, which tkn itself does not do for plugins.
const hook = `
# "tkn approval ..." completes as "tkn-approval ..." does, and everything else as tkn does.
__tkn_or_tkn-approval() {
    if [[ $COMP_CWORD -gt 1 && ${COMP_WORDS[1]} == approval ]]; then
        local rest=${COMP_LINE#*approval}
        COMP_POINT=$((COMP_POINT - ${#COMP_LINE} + ${#rest} + 12))
        COMP_LINE=tkn-approval$rest
        COMP_WORDS=(tkn-approval "${COMP_WORDS[@]:2}")
        COMP_CWORD=$((COMP_CWORD - 1))
        __start_tkn-approval
        return
    fi
    if ! declare -F __start_tkn >/dev/null; then
        source <(tkn completion bash 2>/dev/null)
        complete -o default -F __tkn_or_tkn-approval tkn
    fi
    if declare -F __start_tkn >/dev/null; then
        __start_tkn "$@"
    fi
}
complete -o default -F __tkn_or_tkn-approval tkn
`

func (p *Plugin) completion() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print a script that makes a shell complete commands and names",
		Long: `Print a script that makes a shell complete the commands, their flags and the names of pending requests.
It is for the command tkn-approval; in bash also for "tkn approval", if it is loaded after that of tkn itself.`,
		Example: `  source <(tkn completion bash)
  source <(tkn-approval completion bash)`,
		ValidArgs: shells,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || !slices.Contains(shells, args[0]) {
				return usageError{fmt.Errorf("name one shell: %s", strings.Join(shells, ", "))}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch root := cmd.Root(); args[0] {
			case "zsh":
				return root.GenZshCompletion(p.Out)
			case "fish":
				return root.GenFishCompletion(p.Out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(p.Out)
			default:
				if err := root.GenBashCompletionV2(p.Out, true); err != nil {
					return err
				}
				_, err := io.WriteString(p.Out, hook)
				return err
			}
		},
	}
}

// completePending completes the names of requests that take votes, but for those that are there already.
func (p *Plugin) completePending(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	return p.completeNames(cmd, args, standing.Open)
}

// completeAll completes the names of all requests.
func (p *Plugin) completeAll(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	return p.completeNames(cmd, args, func(*v1alpha1.ApprovalRequest) bool { return true })
}

func (p *Plugin) completeNames(cmd *cobra.Command, args []string, wanted func(*v1alpha1.ApprovalRequest) bool) ([]string, cobra.ShellCompDirective) {
	c, err := p.connectBriefly()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	list, err := c.Approvals.ApprovalRequests(c.Namespace).List(cmd.Context(), metav1.ListOptions{})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for i := range list.Items {
		request := &list.Items[i]
		if wanted(request) && !slices.Contains(args, request.Name) {
			out = append(out, cobra.CompletionWithDesc(request.Name, terminal.Clip(request.Spec.Message, 50)))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeInputs completes --input with the inputs of the requests that are named.
func (p *Plugin) completeInputs(cmd *cobra.Command) {
	err := cmd.RegisterFlagCompletionFunc("input", func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		const directive = cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
		c, err := p.connectBriefly()
		if err != nil {
			return nil, directive
		}
		var out []string
		for _, name := range args {
			request, err := read(cmd.Context(), c, plainName(name))
			if err != nil {
				continue
			}
			for _, in := range request.Spec.Inputs {
				out = append(out, cobra.CompletionWithDesc(in.Name+"=", terminal.Clip(in.Description, 50)))
			}
		}
		return out, directive
	})
	if err != nil {
		panic(err) // there is no such flag, or it is completed already
	}
}

// connectBriefly connects for a person who waits with a finger on the Tab key.
func (p *Plugin) connectBriefly() (*cluster.Cluster, error) {
	if timeout := p.flags.Timeout; timeout != nil && *timeout == "0" {
		*timeout = "3s"
	}
	return p.Connect()
}
