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

package progress_test

import (
	"testing"

	"github.com/customtasks/customtasks/pkg/reconciler/loop/progress"
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

func TestOnlyListsOfIterationsAreTakenBack(t *testing.T) {
	stored := []v1beta1.CustomRunResult{
		{Name: "out", Value: `["a",""]`},
		{Name: "last-elem", Value: `["an item","that is a list"]`},
		{Name: "count", Value: "2"},
		{Name: "broken", Value: `["a"`},
		{Name: "text", Value: "a"},
		{Name: "numbers", Value: "[1]"},
	}
	if diff := cmp.Diff(progress.Results{"out": {"a", ""}}, progress.ReadResults(stored)); diff != "" {
		t.Errorf("results (-want, +got):\n%s", diff)
	}
}

func TestEveryStoredListHasAValueForEachIteration(t *testing.T) {
	rows := map[string]struct {
		count int
		want  map[string]string
	}{
		"none was counted":         {0, map[string]string{"long": `[]`, "short": `[]`, "none": `[]`}},
		"fewer than gave a result": {1, map[string]string{"long": `["a"]`, "short": `["x"]`, "none": `[""]`}},
		"as many as gave a result": {3, map[string]string{"long": `["a","","<c>"]`, "short": `["x","",""]`, "none": `["","",""]`}},
		"more than gave a result":  {4, map[string]string{"long": `["a","","<c>",""]`, "short": `["x","","",""]`, "none": `["","","",""]`}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			results := progress.Results{}
			results.Set("long", 2, "<c>")
			results.Set("long", 0, "a")
			results.Set("short", 0, "x")
			results.Declare("none", "short")
			got := map[string]string{}
			results.Stored(row.count, func(name, value string) { got[name] = value })
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("results (-want, +got):\n%s", diff)
			}
			results.Stored(4, func(name, value string) { got[name] = value })
			if got["long"] != `["a","","<c>",""]` {
				t.Errorf("storing them has changed them: %s", got["long"])
			}
		})
	}
}
