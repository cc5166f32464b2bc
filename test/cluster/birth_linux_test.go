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

package cluster

import (
	"errors"
	"os"
	"testing"
)

func TestStartTick(t *testing.T) {
	const after = " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 20 21"
	for name, stat := range map[string]string{
		"a plain name":                       "7 (etcd) S" + after,
		"a name with spaces and parentheses": "7 (a) S 9 (b) c) R" + after,
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := startTick(stat); err != nil || got != "4242" {
				t.Errorf("startTick(%q) = %q, %v; want 4242", stat, got, err)
			}
		})
	}
	if got, err := startTick("7 (etcd) Z" + after); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the start of a zombie = %q, %v; want that it does not exist", got, err)
	}
	if got, err := startTick("7 etcd"); err == nil {
		t.Errorf("startTick of another format = %q, want an error", got)
	}
}
