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
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

var pipelineRuns = schema.GroupVersionResource{Group: "tekton.dev", Version: "v1", Resource: "pipelineruns"}

func pipelineCases() []Case {
	return []Case{
		{Number: "C59", Title: "Two PipelineRuns at once: tasks, finally, when and onError: continue", unless: noPipeline, run: everywhere},
		{Number: "C59", Title: "A matrix runs the kind several times", unless: func(p Profile) string {
			if reason := noPipeline(p); reason != "" {
				return reason
			}
			if _, _, ok := firstStringParam(p.Runs.Succeeds.Spec); !ok {
				return "runs.succeeds has no param that is a string"
			}
			return ""
		}, run: matrix},
		{Number: "C59", Title: "Cancelling the PipelineRun cancels the run, and the PipelineRun is Cancelled", unless: anyOf(noPipeline, instant), run: pipelineCancelled},
		{Number: "C60", Title: "A result reaches a consumer and the PipelineRun's results", unless: func(p Profile) string {
			if reason := noPipeline(p); reason != "" {
				return reason
			}
			return noResult(p, p.Runs.Succeeds)
		}, run: resultConsumed},
	}
}

// pipelineTask is a task of a pipeline that makes the run of an entry.
func (s *scene) pipelineTask(name string, entry *Entry, more map[string]any) map[string]any {
	s.acts(name, entry)
	spec := s.profile.runSpec(entry.Spec)
	var need needs
	need.workspaces, _ = spec["workspaces"].([]any)
	need.serviceAccount, _ = spec["serviceAccountName"].(string)
	s.mu.Lock()
	s.needs[name] = need
	s.mu.Unlock()
	task := merged(map[string]any{"name": name}, more)
	if embedded, ok := spec["customSpec"].(map[string]any); ok {
		task["taskSpec"] = embedded
	} else {
		task["taskRef"] = spec["customRef"]
	}
	for _, field := range []string{"params", "retries", "timeout"} {
		if value, ok := spec[field]; ok && task[field] == nil {
			task[field] = value
		}
	}
	return task
}

// needs are what a run needs that its PipelineRun, and not its pipeline task, has to give.
type needs struct {
	workspaces     []any
	serviceAccount string
}

// pipelineRunSpec is the spec of a PipelineRun that gives the tasks of a pipeline their workspaces and service accounts.
func (s *scene) pipelineRunSpec(pipeline map[string]any) map[string]any {
	pipeline = copyOf(pipeline)
	var declared, bindings, taskRunSpecs []any
	for _, list := range []string{"tasks", "finally"} {
		tasks, _ := pipeline[list].([]any)
		for _, item := range tasks {
			task, _ := item.(map[string]any)
			name, _ := task["name"].(string)
			s.mu.Lock()
			need := s.needs[name]
			s.mu.Unlock()
			var uses []any
			for _, item := range need.workspaces {
				binding, _ := item.(map[string]any)
				its, _ := binding["name"].(string)
				whole := name + "-" + its
				uses = append(uses, map[string]any{"name": its, "workspace": whole})
				declared = append(declared, map[string]any{"name": whole})
				bindings = append(bindings, merged(binding, map[string]any{"name": whole}))
			}
			if len(uses) > 0 {
				task["workspaces"] = uses
			}
			if need.serviceAccount != "" {
				taskRunSpecs = append(taskRunSpecs, map[string]any{"pipelineTaskName": name, "serviceAccountName": need.serviceAccount})
			}
		}
	}
	spec := map[string]any{"pipelineSpec": pipeline}
	if len(declared) > 0 {
		pipeline["workspaces"], spec["workspaces"] = declared, bindings
	}
	if len(taskRunSpecs) > 0 {
		spec["taskRunSpecs"] = taskRunSpecs
	}
	return spec
}

// unrelatedTask is a task of a pipeline that the suite completes itself.
func unrelatedTask(name string, more map[string]any) map[string]any {
	return merged(map[string]any{"name": name, "taskRef": map[string]any{"apiVersion": unrelatedAPIVersion, "kind": unrelatedKind}}, more)
}

// pipelineRun is a PipelineRun of a case, and the record of its versions.
type pipelineRun struct {
	scene    *scene
	name     string
	observer *observer
	uid      types.UID
}

// pipeline starts a PipelineRun.
func (s *scene) pipeline(name string, spec map[string]any) *pipelineRun {
	observer := s.observe(pipelineRuns, "PipelineRuns", s.runs)
	stored, err := s.resource(pipelineRuns).Create(s.ctx, &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "tekton.dev/v1",
		"kind":       "PipelineRun",
		"metadata":   map[string]any{"name": name},
		"spec":       s.pipelineRunSpec(spec),
	}}, metav1.CreateOptions{FieldManager: fieldManager})
	s.must(err, "creating PipelineRun %s", name)
	return &pipelineRun{s, name, observer, stored.GetUID()}
}

// succeeded returns status, reason and message of a PipelineRun's condition.
func succeeded(v version) (status, reason, message string) {
	conditions, _, err := unstructured.NestedSlice(v.object.Object, "status", "conditions")
	if err != nil {
		return "", "", ""
	}
	for _, c := range conditions {
		if condition, _ := c.(map[string]any); condition["type"] == "Succeeded" {
			status, _ = condition["status"].(string)
			reason, _ = condition["reason"].(string)
			message, _ = condition["message"].(string)
		}
	}
	return status, reason, message
}

// endsWith waits for the PipelineRun's end and fails the case if it is another one.
func (p *pipelineRun) endsWith(status, reason string) version {
	var end version
	p.scene.patiently(p.observer, "the end of PipelineRun "+p.name, func() bool {
		for _, v := range p.observer.versions(p.uid) {
			if got, _, _ := succeeded(v); got == "True" || got == "False" {
				end = v
				return true
			}
		}
		return false
	})
	got, why, message := succeeded(end)
	if got != status || reason != "" && why != reason {
		p.scene.fatalf("PipelineRun %s ended with %s %s %q", p.name, got, why, message)
	}
	return end
}

// runOf waits for the first run of a pipeline task.
func (p *pipelineRun) runOf(task string) *subject {
	runs := p.runsOf(task, 1)
	return runs[0]
}

// runsOf waits until there are n runs of a pipeline task.
func (p *pipelineRun) runsOf(task string, n int) []*subject {
	var found []*subject
	p.scene.patiently(p.scene.runs, fmt.Sprintf("%d runs of task %s of PipelineRun %s", n, task, p.name), func() bool {
		found = nil
		for _, versions := range p.scene.runs.all() {
			labels := versions[0].object.GetLabels()
			if labels["tekton.dev/pipelineRun"] == p.name && labels["tekton.dev/pipelineTask"] == task {
				found = append(found, p.scene.about(versions[0].object.GetName(), versions[0].object.GetUID()))
			}
		}
		return len(found) >= n
	})
	return found
}

func everywhere(s *scene) {
	s.expect("both PipelineRuns succeed, though task fails fails, and the task whose `when` does not hold is skipped")
	p := s.profile
	when := func(value string) map[string]any {
		return map[string]any{"when": []any{map[string]any{"input": "yes", "operator": "in", "values": []any{value}}}}
	}
	spec := map[string]any{
		"tasks": []any{
			s.pipelineTask("succeeds", p.Runs.Succeeds, when("yes")),
			s.pipelineTask("skipped", p.Runs.Succeeds, when("no")),
			s.pipelineTask("fails", &p.Runs.Fails.Entry, map[string]any{"onError": "continue"}),
		},
		"finally": []any{s.pipelineTask("last", p.Runs.Succeeds, nil)},
	}
	both := []*pipelineRun{s.pipeline("first", copyOf(spec)), s.pipeline("second", copyOf(spec))}
	for _, run := range both {
		end := run.endsWith("True", "")
		run.runOf("fails").endsWith("False", "", "")
		run.runOf("succeeds").endsWith("True", "", "")
		run.runOf("last").endsWith("True", "", "")
		skipped, _, err := unstructured.NestedSlice(end.object.Object, "status", "skippedTasks")
		s.must(err, "reading the skipped tasks")
		if !slices.ContainsFunc(skipped, func(t any) bool { task, _ := t.(map[string]any); return task["name"] == "skipped" }) {
			s.fatalf("PipelineRun %s skipped %v", run.name, skipped)
		}
	}
}

func matrix(s *scene) {
	s.expect("two runs, both True, and the PipelineRun succeeds")
	entry := s.profile.Runs.Succeeds
	name, value, _ := firstStringParam(entry.Spec)
	task := s.pipelineTask("matrix", entry, nil)
	task["params"] = withoutParam(task, name)
	task["matrix"] = map[string]any{"params": []any{map[string]any{"name": name, "value": []any{value, value}}}}
	run := s.pipeline("matrix", map[string]any{"tasks": []any{task}})
	for _, one := range run.runsOf("matrix", 2) {
		one.endsWith("True", "", "")
	}
	run.endsWith("True", "")
}

func pipelineCancelled(s *scene) {
	s.expect("the run is False with %s, and the PipelineRun has the reason Cancelled", cancelReason)
	run := s.pipeline("cancelled", map[string]any{"tasks": []any{s.pipelineTask("endless", s.profile.Runs.NeverEnds, nil)}})
	one := run.runOf("endless")
	one.started()
	// Tekton cancels only the runs that the status of the PipelineRun lists by then.
	s.patiently(run.observer, "the run in the status of the PipelineRun", func() bool {
		return slices.ContainsFunc(run.observer.versions(run.uid), func(v version) bool {
			children, _, err := unstructured.NestedSlice(v.object.Object, "status", "childReferences")
			return err == nil && len(children) > 0
		})
	})
	_, err := s.resource(pipelineRuns).Patch(s.ctx, run.name, types.MergePatchType, []byte(`{"spec":{"status":"Cancelled"}}`), metav1.PatchOptions{FieldManager: fieldManager})
	s.must(err, "cancelling the PipelineRun")
	end := one.endsWith("False", cancelReason, "")
	if want := string(end.run.Spec.StatusMessage); end.condition().Message != want {
		s.fatalf("the message is %q; spec.statusMessage is %q", end.condition().Message, want)
	}
	run.endsWith("False", "Cancelled")
}
