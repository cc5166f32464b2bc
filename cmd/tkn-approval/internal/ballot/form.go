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

package ballot

import (
	"fmt"
	"strings"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
)

// placeholder stands for an answer in a command that somebody may paste into a shell: nothing that the
// request says gets into it.
func placeholder(in v1alpha1.Input) string {
	switch in.Type {
	case v1alpha1.InputText:
		return "@FILE"
	case v1alpha1.InputString, "":
		return "TEXT"
	}
	return "VALUE"
}

// question describes an input: "Which change?; string; required".
func question(in v1alpha1.Input) string {
	if in.Description == "" {
		return Form(in)
	}
	return in.Description + "; " + Form(in)
}

// Form says what an answer must be: "enum of blue, green; default blue".
func Form(in v1alpha1.Input) string {
	kind := in.Type
	if kind == "" {
		kind = v1alpha1.InputString
	}
	parts := []string{string(kind)}
	if kind == v1alpha1.InputEnum {
		parts[0] += " of " + strings.Join(in.Values, ", ")
	}
	if in.Minimum != "" {
		parts = append(parts, "at least "+in.Minimum)
	}
	if in.Maximum != "" {
		parts = append(parts, "at most "+in.Maximum)
	}
	if in.Pattern != "" {
		parts = append(parts, "matching "+in.Pattern)
	}
	switch {
	case in.Default != nil:
		parts = append(parts, fmt.Sprintf("default %q", *in.Default))
	case in.Required:
		parts = append(parts, "required")
	default:
		parts = append(parts, "may be left out")
	}
	return strings.Join(parts, "; ")
}
