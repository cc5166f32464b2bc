//go:build e2e

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

package e2e

import (
	"strings"
	"testing"

	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/apis"
)

// patchRun changes a CustomRun as its user.
func patchRun(t *testing.T, namespace, name, patch string) {
	t.Helper()
	if _, err := tasks.TektonV1beta1().CustomRuns(namespace).Patch(t.Context(), name, types.MergePatchType, []byte(patch), metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
}

// succeeded waits for a PipelineRun of an example to succeed.
func succeeded(t *testing.T, namespace, name string) *pipelinev1.PipelineRun {
	t.Helper()
	done := pipelineEnded(t, namespace, name)
	if c := done.Status.GetCondition(apis.ConditionSucceeded); !c.IsTrue() {
		t.Fatalf("%s ended with %v", name, c)
	}
	return done
}

// customRun of a task of a PipelineRun.
func customRun(t *testing.T, namespace, name string) *v1beta1.CustomRun {
	t.Helper()
	run, err := getRun(namespace, name)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestTheTaskLoopExample(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, example(t, "taskloop/taskloop.yaml"))
	apply(t, ns, example(t, "taskloop/pipelinerun.yaml"))
	succeeded(t, ns, "test-all")
	report := taskRun(t, ns, "report")
	for _, p := range report.Spec.Params {
		if p.Name == "coverage" && strings.Join(p.Value.ArrayVal, " ") != "81% 81% 81%" || p.Name == "count" && p.Value.StringVal != "3" {
			t.Errorf("C60: the report got %s = %v", p.Name, p.Value)
		}
	}
	for _, run := range taskRunsOf(t, ns, "test-all-test") {
		if run.Spec.TaskRef.Name != "test-package" || run.Labels["custom.tekton.dev/taskLoop"] != "test-packages" {
			t.Errorf("an iteration is %s", asYAML(run.ObjectMeta))
		}
	}
}

func TestTheUntilExample(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, example(t, "taskloop/until.yaml"))
	succeeded(t, ns, "wait-for-rollout")
	wantEnd(t, customRun(t, ns, "wait-for-rollout-ready"), corev1.ConditionTrue, "UntilMet", "until holds after iteration 1")
}

func TestTheMatrixExample(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, example(t, "taskloop/matrix.yaml"))
	succeeded(t, ns, "build-all")
	wantEnd(t, customRun(t, ns, "build-all-build"), corev1.ConditionTrue, "LoopSucceeded", "all 5 iterations succeeded")
}

func TestThePipelineLoopExample(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, example(t, "pipelineloop/pipelineloop.yaml"))
	apply(t, ns, example(t, "pipelineloop/pipelinerun.yaml"))
	done := succeeded(t, ns, "deploy-everywhere")
	const want = `["https://eu.example.com","https://us.example.com"]`
	if r := done.Status.Results; len(r) != 1 || r[0].Value.StringVal != want {
		t.Errorf("C60: results %v; want %s", r, want)
	}
}

func TestTheNestedExample(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, example(t, "pipelineloop/nested.yaml"))
	succeeded(t, ns, "nested")
	list, err := tasks.TektonV1().TaskRuns(ns).List(t.Context(), metav1.ListOptions{LabelSelector: "custom.tekton.dev/child=TaskRun"})
	if err != nil || len(list.Items) != 4 {
		t.Errorf("%d TaskRuns of the inner loops, %v; want 4", len(list.Items), err)
	}
}

func TestTheBreakExample(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, example(t, "pipelineloop/break.yaml"))
	done := succeeded(t, ns, "search")
	if r := done.Status.Results; len(r) != 1 || r[0].Value.StringVal != "2" {
		t.Errorf("results %v; want 2", r)
	}
	if got := resultsOf(customRun(t, ns, "search-search")); got["condition"] != "pass" || got["count"] != "2" {
		t.Errorf("the loop gave %v", got)
	}
}

// The label of a PipelineRun reaches the run of its loop, as pipeline-loops has it.
func TestALoopEndsWithItsLastTask(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, `apiVersion: tekton.dev/v1beta1
kind: CustomRun
metadata:
  name: loop
  labels: {last-loop-task: task-fail}
spec:
  params: [{name: message, value: '["A", "B", "A"]'}]
  customSpec:
    apiVersion: custom.tekton.dev/v1alpha1
    kind: PipelineLoop
    spec:
      iterateParam: message
      pipelineSpec:
        params: [{name: message, type: string}]
        tasks:
        - name: task-ok
          when: [{input: $(params.message), operator: in, values: [B]}]
          taskSpec: {steps: [{name: s, image: none, script: "true"}]}
        - name: task-fail
          when: [{input: $(params.message), operator: in, values: [A]}]
          taskSpec: {steps: [{name: s, image: none, script: "true"}]}`)
	done := ended(t, ns, "loop")
	wantEnd(t, done, corev1.ConditionTrue, "LoopBroken", "an iteration broke out of the loop")
	if got := resultsOf(done); got["last-elem"] != "B" || got["condition"] != "pass" {
		t.Errorf("results %v", got)
	}
}
