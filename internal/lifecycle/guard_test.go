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

package lifecycle

import (
	"testing"

	"k8s.io/apimachinery/pkg/types"
)

func TestTheWriteGuardKeepsNothingThatTheCacheHasSeen(t *testing.T) {
	for name, row := range map[string]struct {
		uid     types.UID
		version string
		behind  bool
		kept    int
	}{
		"an older version":                  {"uid-1", "6", true, 1},
		"the version that was written":      {"uid-1", "7", false, 0},
		"a later version":                   {"uid-1", "10", false, 0},
		"another run of the name":           {"uid-2", "6", false, 0},
		"a version that cannot be compared": {"uid-1", "x", false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			g := newWriteGuard()
			g.wrote(runKey, "uid-1", "7")
			if got := g.behind(runKey, row.uid, row.version); got != row.behind || len(g.last) != row.kept {
				t.Errorf("behind %v, %d kept; want %v, %d", got, len(g.last), row.behind, row.kept)
			}
		})
	}
}
