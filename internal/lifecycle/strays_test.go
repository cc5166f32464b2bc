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

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"
)

func TestStraysAreOneRunsAndNotOneNames(t *testing.T) {
	s := newStrays()
	s.add(runKey, "uid-1")
	got := []bool{
		s.has(runKey, "uid-1"), s.has(runKey, "uid-2"), s.has(runKey, ""),
		s.has(types.NamespacedName{Namespace: "test", Name: "other"}, "uid-1"),
		s.has(types.NamespacedName{Namespace: "test", Name: "other"}, ""),
	}
	if diff := cmp.Diff([]bool{true, false, false, false, false}, got); diff != "" {
		t.Errorf("has (-want, +got):\n%s", diff)
	}
	s.forget(runKey)
	if len(s.runs) > 0 {
		t.Errorf("%d are kept", len(s.runs))
	}
}
