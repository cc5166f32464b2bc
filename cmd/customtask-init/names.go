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

package main

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// module is what the templates are filled with.
type module struct {
	// Kind of the CustomRuns, and its group and version.
	Kind, Group, Version string
	// Short is the kind in lower case.
	Short string
	// Name of the namespace, the Deployment, the service account and the roles, and the first part of the
	// name of leases.
	Name string
	// Module is the module's path.
	Module string
	// SDK is the version of the SDK, and Replace a folder to use instead, or empty.
	SDK, Replace string
}

// Binary is what go build calls the program.
func (m module) Binary() string {
	if majorForm.MatchString(path.Base(m.Module)) {
		return path.Base(path.Dir(m.Module))
	}
	return path.Base(m.Module)
}

const suffix = "-controller"

var (
	kindForm    = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)
	groupForm   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$`)
	versionForm = regexp.MustCompile(`^v[1-9][0-9]*((alpha|beta)[1-9][0-9]*)?$`)
	majorForm   = regexp.MustCompile(`^v([2-9]|[1-9][0-9]+)$`)
	elementForm = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9._~-]*[A-Za-z0-9_-])?$`)
	// reservedForm has the names of devices, which no file on Windows can have, whatever its ending. Go
	// refuses them in module paths everywhere.
	reservedForm = regexp.MustCompile(`(?i)^(con|nul|aux|prn|com[0-9]|lpt[0-9])(\.|$)`)
)

// tektonGroups are those of Tekton's own types.
var tektonGroups = []string{"tekton.dev", "triggers.tekton.dev", "resolution.tekton.dev"}

// newModule checks the names. Each error is a sentence that says what to give instead.
func newModule(kind, groupVersion, modulePath string) (module, error) {
	const (
		dnsLabel = 63
		// maxGroup leaves room in names such as that of a lease, which begin with the kind twice.
		maxGroup = 120
	)
	if !kindForm.MatchString(kind) {
		return module{}, fmt.Errorf("the kind is %q; it must be CamelCase letters and digits that begin with a capital, as in Greeting", kind)
	}
	if limit := dnsLabel - len(suffix); len(kind) > limit {
		return module{}, fmt.Errorf("the kind is %d characters long; it can have at most %d, for names are made of it", len(kind), limit)
	}
	short := strings.ToLower(kind)
	if reservedForm.MatchString(short) {
		return module{}, fmt.Errorf("the kind is %q, and no folder on Windows can be called %q; take another name, as in %sTask", kind, short, kind)
	}
	group, version, ok := strings.Cut(groupVersion, "/")
	if !ok {
		return module{}, fmt.Errorf("the second argument is %q; it must be a group and a version, as in example.dev/v1", groupVersion)
	}
	if !groupForm.MatchString(group) {
		return module{}, fmt.Errorf("the group is %q; it must be a domain of yours in lower case, as in example.dev", group)
	}
	if slices.Contains(tektonGroups, group) {
		return module{}, fmt.Errorf("the group is %q, which is Tekton's own; take a domain of your own, as in example.dev", group)
	}
	if len(group) > maxGroup {
		return module{}, fmt.Errorf("the group is %d characters long; it can have at most %d", len(group), maxGroup)
	}
	if !versionForm.MatchString(version) {
		return module{}, fmt.Errorf("the version is %q; it must be as in v1, v1beta1 or v1alpha1", version)
	}
	if modulePath == "" {
		modulePath = group + "/" + short
	}
	if err := checkModulePath(modulePath); err != nil {
		return module{}, err
	}
	return module{
		Kind: kind, Group: group, Version: version,
		Short: short, Name: short + suffix, Module: modulePath,
	}, nil
}

// checkModulePath refuses what the go command would, and the SDK's own path.
func checkModulePath(modulePath string) error {
	const asIn = "it must be the path of a Go module, as in example.dev/greeting"
	if modulePath == sdkModule {
		return fmt.Errorf("-module is %q, which is the SDK itself; %s", modulePath, asIn)
	}
	elements := strings.Split(modulePath, "/")
	if !groupForm.MatchString(elements[0]) {
		return fmt.Errorf("-module is %q, which does not begin with a domain in lower case; %s", modulePath, asIn)
	}
	for _, element := range elements {
		if !elementForm.MatchString(element) {
			return fmt.Errorf("-module is %q, where no element can be %q; %s", modulePath, element, asIn)
		}
		if reservedForm.MatchString(element) {
			return fmt.Errorf("the module's path would be %q, and no folder on Windows can be called %q; give another path with -module", modulePath, element)
		}
	}
	return nil
}
