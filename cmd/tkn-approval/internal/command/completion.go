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

	"github.com/spf13/cobra"
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
