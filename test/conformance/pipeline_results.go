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
	"encoding/json"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// resultConsumed hands the result to a task of the unrelated kind, which the suite completes.
func resultConsumed(s *scene) {
	entry := s.profile.Runs.Succeeds
	name := entry.Result.Name
	list := s.isList(entry)
	s.expect("the consumer has the result %s as a param: bare, and if it is a list with [*] and [0] too; so has the PipelineRun", name)
	reference := func(index string) string { return "$(tasks.producer.results." + name + index + ")" }
	params := []any{map[string]any{"name": "bare", "value": reference("")}}
	if list {
		params = append(params,
			map[string]any{"name": "star", "value": []any{reference("[*]")}},
			map[string]any{"name": "first", "value": reference("[0]")})
	}
	run := s.pipeline("consumed", map[string]any{
		"tasks": []any{
			s.pipelineTask("producer", entry, nil),
			unrelatedTask("consumer", map[string]any{"params": params}),
		},
		"results": []any{map[string]any{"name": "out", "value": reference("")}},
	})
	producer := run.runOf("producer").endsWith("True", "", "")
	want, _ := producer.result(name)
	var items []string
	if list {
		s.must(json.Unmarshal([]byte(want), &items), "reading the list that result %s is", name)
	}
	consumer := run.runOf("consumer")
	consumer.patch(map[string]any{"status": unrelatedStatus("True", "Ready")}, "status")
	for _, param := range consumer.now().run.Spec.Params {
		got := param.Value
		switch {
		case param.Name == "bare" && !list && got.StringVal != want,
			param.Name == "bare" && list && !slices.Equal(got.ArrayVal, items),
			param.Name == "star" && !slices.Equal(got.ArrayVal, items),
			param.Name == "first" && got.StringVal != items[0]:
			s.fatalf("the consumer got %s as %s; the result is %s", param.Name, asYAML(got), want)
		}
	}
	if got := len(consumer.now().run.Spec.Params); got != len(params) {
		s.fatalf("the consumer got %d params; %d were expected", got, len(params))
	}
	end := run.endsWith("True", "")
	results, _, err := unstructured.NestedSlice(end.object.Object, "status", "results")
	s.must(err, "reading the results of the PipelineRun")
	if !slices.ContainsFunc(results, func(r any) bool {
		result, _ := r.(map[string]any)
		return result["name"] == "out" && sameValue(result["value"], want, items)
	}) {
		s.fatalf("the PipelineRun has the results %s; the run's is %s", asYAML(results), want)
	}
	s.see("%s arrived everywhere", want)
}

// sameValue says whether a pipeline result is what the run gave: as it is, or as the list that it is.
func sameValue(got any, want string, items []string) bool {
	if got == want {
		return true
	}
	list, ok := got.([]any)
	return ok && len(items) > 0 && slices.EqualFunc(list, items, func(a any, b string) bool { return a == b })
}

// isList makes a first run to see whether its result is a JSON array of strings with something in it.
func (s *scene) isList(entry *Entry) bool {
	end := s.start("sample", entry).endsWith("True", "", "")
	value, _ := end.result(entry.Result.Name)
	var items []string
	return json.Unmarshal([]byte(value), &items) == nil && len(items) > 0
}
