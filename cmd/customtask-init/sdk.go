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
	"regexp"
	"runtime/debug"
)

const (
	sdkModule = "github.com/customtasks/customtasks"
	// firstRelease is required by what a build from a checkout writes, which has no version to be had.
	firstRelease = "v0.1.0"
)

var semanticVersion = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*$`)

// sdkVersion is the version of the SDK that a new module requires: the one given, or that of this
// program as the go command took it from a module proxy.
func sdkVersion(given string, buildInfo func() (*debug.BuildInfo, bool)) (string, error) {
	if given != "" {
		if !semanticVersion.MatchString(given) {
			return "", fmt.Errorf("-sdk-version is %q; it must be a version, as in %s", given, firstRelease)
		}
		return given, nil
	}
	info, ok := buildInfo()
	if !ok {
		return firstRelease, nil
	}
	for _, setting := range info.Settings {
		// A version that is made up from the state of a checkout is on no proxy.
		if setting.Key == "vcs" {
			return firstRelease, nil
		}
	}
	for _, m := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if m.Path == sdkModule && m.Replace == nil && semanticVersion.MatchString(m.Version) {
			return m.Version, nil
		}
	}
	return firstRelease, nil
}
