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

package conformance

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAPipelineGivesTheRunWhatItsEntryHas(t *testing.T) {
	s := &scene{profile: Profile{APIVersion: "example.dev/v1", Kind: "Mine"}, actors: map[string]*Entry{}, needs: map[string]needs{}}
	entry := &Entry{Spec: map[string]any{
		"retries":            int64(1),
		"serviceAccountName": "builder",
		"workspaces":         []any{map[string]any{"name": "source", "emptyDir": map[string]any{}}},
	}}
	ref := map[string]any{"apiVersion": "example.dev/v1", "kind": "Mine"}
	task := s.pipelineTask("first", entry, nil)
	got := s.pipelineRunSpec(map[string]any{"tasks": []any{task}, "finally": []any{s.pipelineTask("last", &Entry{}, nil)}})
	want := map[string]any{
		"pipelineSpec": map[string]any{
			"tasks": []any{map[string]any{
				"name": "first", "taskRef": ref, "retries": int64(1),
				"workspaces": []any{map[string]any{"name": "source", "workspace": "first-source"}},
			}},
			"finally":    []any{map[string]any{"name": "last", "taskRef": ref}},
			"workspaces": []any{map[string]any{"name": "first-source"}},
		},
		"workspaces":   []any{map[string]any{"name": "first-source", "emptyDir": map[string]any{}}},
		"taskRunSpecs": []any{map[string]any{"pipelineTaskName": "first", "serviceAccountName": "builder"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
