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
	"slices"
	"strings"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/spf13/cobra"
)

// names asks for at least one name of a request.
func names(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usageError{fmt.Errorf("name at least one approval request, as in %s NAME", cmd.CommandPath())}
	}
	for _, arg := range args {
		if name := plainName(arg); name == "" || strings.Contains(name, "/") {
			return usageError{fmt.Errorf("%q does not name an approval request; write NAME, or approvalrequest/NAME", arg)}
		}
	}
	return nil
}

// plainName takes a name as "list -o name" prints it, too, and as kubectl takes it: ar/NAME.
func plainName(arg string) string {
	resource, name, ok := strings.Cut(arg, "/")
	if !ok {
		return arg
	}
	resource, group, _ := strings.Cut(strings.ToLower(resource), ".")
	of := v1alpha1.SchemeGroupVersion
	if slices.Contains([]string{"ar", "approvalrequest", "approvalrequests"}, resource) &&
		slices.Contains([]string{"", of.Group, of.Version + "." + of.Group}, group) {
		return name
	}
	return arg
}

// each does something for every name, whatever comes of the others.
func (p *Plugin) each(args []string, do func(name string) error) error {
	worst := ExitDone
	for _, arg := range args {
		name := plainName(arg)
		err := do(name)
		p.complain(name, err)
		worst = max(worst, code(err))
	}
	if worst == ExitDone {
		return nil
	}
	return told{worst}
}
