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

package subpipeline_test

import (
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/subpipeline"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// ends is what Tekton does with every PipelineRun that waits.
func ends(t testing.TB, status corev1.ConditionStatus, reason string) func(*customtasktest.Harness) {
	return func(h *customtasktest.Harness) {
		for _, run := range childrenOf(t, h) {
			if !run.IsDone() {
				end(t, h, &run, status, reason, "so it is", result("out", *pipelinev1.NewStructuredValues("a", "b")))
			}
		}
	}
}

func TestConformance(t *testing.T) {
	build := v1alpha1.SubPipelineSpec{PipelineRef: &pipelinev1.PipelineRef{Name: "build"}}
	for name, run := range map[string]*v1beta1.CustomRun{
		"by an embedded spec": buildRun(customtasktest.Param("x", "1")),
		"by name":             newRun(customtasktest.Named("build")),
	} {
		t.Run(name, func(t *testing.T) {
			conforms(t, run, func(t testing.TB) *customtasktest.Harness { return newWorld(t, named("build", build)).Harness },
				map[string]*v1beta1.CustomRun{
					"pipelineRef":        newRun(customtasktest.Spec(`{"params":[{"name":"x","value":"1"}]}`)),
					"timeouts":           newRun(customtasktest.Spec(`{"pipelineRef":{"name":"build"},"timeouts":{"pipeline":"-1s"}}`)),
					"colour":             newRun(customtasktest.Spec(`{"pipelineRef":{"name":"build"},"colour":"red"}`)),
					"pipelineSpec.steps": newRun(customtasktest.Spec(`{"pipelineSpec":{"steps":[]}}`)),
				})
		})
	}
	for _, kind := range []schema.GroupVersionKind{subpipeline.PipelineKind, subpipeline.PipelineV1Kind} {
		t.Run("by the name of a Pipeline of "+kind.Version, func(t *testing.T) {
			conforms(t, customtasktest.Run("run", kind, customtasktest.Named("build")), func(t testing.TB) *customtasktest.Harness {
				return worldOf(t, kind, func() customtask.Task[subpipeline.Spec] { return &subpipeline.PipelineTask{} }).Harness
			}, map[string]*v1beta1.CustomRun{
				"customSpec":     customtasktest.Run("run", kind, customtasktest.Spec(`{"tasks":[]}`)),
				"customRef.name": customtasktest.Run("run", kind),
			})
		})
	}
}

func conforms(t *testing.T, run *v1beta1.CustomRun, start func(testing.TB) *customtasktest.Harness, invalid map[string]*v1beta1.CustomRun) {
	forever := run.DeepCopy()
	customtasktest.Timeout(0)(forever)
	customtasktest.Conformance(t, customtasktest.Kind{
		New:       start,
		Succeeds:  customtasktest.Scenario{Run: run, Then: ends(t, corev1.ConditionTrue, "Succeeded")},
		Fails:     &customtasktest.Scenario{Run: run, Then: ends(t, corev1.ConditionFalse, "Failed")},
		NeverEnds: forever,
		Invalid:   invalid,
	})
}

func TestDisturbedStories(t *testing.T) {
	start := func(t testing.TB) *customtasktest.Harness { return newWorld(t).Harness }
	for name, story := range map[string]func(*testing.T, *customtasktest.Harness){
		"a failure, and a success in the second attempt": func(t *testing.T, h *customtasktest.Harness) {
			h.Create(buildRun(customtasktest.Retries(1)))
			h.Finish("run", func(h *customtasktest.Harness) {
				all := childrenOf(t, h)
				for _, run := range all {
					status := corev1.ConditionFalse
					if len(all) > 1 {
						status = corev1.ConditionTrue
					}
					if !run.IsDone() {
						end(t, h, &run, status, "Because", "of it")
					}
				}
			})
		},
		"a cancellation": func(_ *testing.T, h *customtasktest.Harness) {
			h.Create(buildRun())
			h.Settle("run")
			h.Cancel("run", "never mind")
			h.Finish("run", nil)
		},
		"a timeout, and a second attempt that times out too": func(_ *testing.T, h *customtasktest.Harness) {
			h.Create(buildRun(customtasktest.Timeout(time.Minute), customtasktest.Retries(1)))
			h.Finish("run", nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			customtasktest.Disturb(t, start, "run", func(h *customtasktest.Harness) { story(t, h) })
		})
	}
}
