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

package loop_test

import (
	"fmt"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/loop"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// kinds are the two loops, each with the fields that differ.
var kinds = map[string]struct {
	new        func(testing.TB, options) *plane
	run        func(...customtasktest.RunOption) *v1beta1.CustomRun
	ref, width string
}{
	"TaskLoop":     {newTaskLoops, taskRun, "taskRef", "concurrency"},
	"PipelineLoop": {newPipelineLoops, pipelineRun, "pipelineRef", "parallelism"},
}

// specOf is an embedded spec with the fields of a kind.
func specOf(ref, width string, atOnce int, more string) customtasktest.RunOption {
	if more != "" {
		more = ", " + more
	}
	return customtasktest.Spec(fmt.Sprintf(`{"iterateParam": "word", %q: {"name": "echo"}, %q: %d%s}`, ref, width, atOnce, more))
}

// named objects that the tests refer to.
func named() []runtime.Object {
	meta := metav1.ObjectMeta{Namespace: customtasktest.Namespace, Name: "echo-loop"}
	loop := v1alpha1.Loop{IterateParam: "word"}
	return []runtime.Object{
		&v1alpha1.TaskLoop{ObjectMeta: meta, Spec: v1alpha1.TaskLoopSpec{Loop: loop, TaskRef: &pipelinev1.TaskRef{Name: "echo"}}},
		&v1alpha1.PipelineLoop{ObjectMeta: meta, Spec: v1alpha1.PipelineLoopSpec{Loop: loop, PipelineRef: &pipelinev1.PipelineRef{Name: "echo"}}},
	}
}

func TestConformance(t *testing.T) {
	for name, k := range kinds {
		for title, run := range map[string]*v1beta1.CustomRun{
			"by an embedded spec, two at once": k.run(specOf(k.ref, k.width, 2, ""), words(3)),
			"by name":                          k.run(customtasktest.Named("echo-loop"), words(2)),
		} {
			t.Run(name+" "+title, func(t *testing.T) {
				t.Parallel()
				var p *plane
				customtasktest.Conformance(t, customtasktest.Kind{
					New: func(t testing.TB) *customtasktest.Harness {
						p = k.new(t, options{objects: named()})
						return p.Harness
					},
					Succeeds: customtasktest.Scenario{Run: run, Then: func(h *customtasktest.Harness) { p.outcomes(echo)(h) }},
					Fails: &customtasktest.Scenario{Run: run, Then: func(h *customtasktest.Harness) {
						p.outcomes(func(aChild) end { return fail })(h)
					}},
					NeverEnds: k.run(specOf(k.ref, k.width, 2, ""), words(3), customtasktest.Timeout(0)),
					Invalid: map[string]*v1beta1.CustomRun{
						"word":        k.run(specOf(k.ref, k.width, 1, "")),
						k.ref:         k.run(customtasktest.Spec(`{"iterateParam": "word"}`), words(1)),
						"retries":     k.run(specOf(k.ref, k.width, 1, `"retries": -1`), words(1)),
						"until":       k.run(specOf(k.ref, k.width, 1, `"until": "1 +", "maxIterations": 3`), words(1)),
						"conditions":  k.run(specOf(k.ref, k.width, 1, `"conditions": []`), words(1)),
						"failureMode": k.run(specOf(k.ref, k.width, 1, `"failurePolicy": "failureMode"`), words(1)),
					},
				})
			})
		}
	}
}

func TestBreakTaskConforms(t *testing.T) {
	customtasktest.Conformance(t, customtasktest.Kind{
		New: func(t testing.TB) *customtasktest.Harness {
			return customtasktest.NewFrom(t, loop.BreakTaskKind, func() customtask.Task[loop.BreakSpec] { return loop.BreakTask{} })
		},
		Succeeds: customtasktest.Scenario{Run: customtasktest.Run("run", loop.BreakTaskKind, customtasktest.Named("any"))},
		AnyName:  true,
	})
}
