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
	"runtime/debug"
	"testing"
)

func TestVersion(t *testing.T) {
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "1f2e3d"}
	for name, row := range map[string]struct {
		build *debug.BuildInfo
		want  string
	}{
		"a release":                   {&debug.BuildInfo{GoVersion: "go1.25.0", Main: debug.Module{Version: "v1.2.0"}}, "tkn-approval v1.2.0, go1.25.0"},
		"a clone":                     {&debug.BuildInfo{GoVersion: "go1.25.0", Main: debug.Module{Version: "v1.2.1-0.20260102"}, Settings: []debug.BuildSetting{revision}}, "tkn-approval v1.2.1-0.20260102, revision 1f2e3d, go1.25.0"},
		"a clone with changes":        {&debug.BuildInfo{GoVersion: "go1.25.0", Main: debug.Module{Version: "(devel)"}, Settings: []debug.BuildSetting{revision, {Key: "vcs.modified", Value: "true"}}}, "tkn-approval of no release, revision 1f2e3d with changes, go1.25.0"},
		"a build without the history": {&debug.BuildInfo{GoVersion: "go1.25.0", Main: debug.Module{Version: "(devel)"}}, "tkn-approval of no release, go1.25.0"},
		"a build that does not say":   {nil, "tkn-approval of an unknown version"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := version(row.build); got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}
