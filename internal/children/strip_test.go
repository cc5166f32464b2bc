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

package children

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"
)

// The cache may lack what nobody looks at, and nothing else.
func TestAStrippedChildIsSeenAsItWas(t *testing.T) {
	yes, now := true, metav1.Now()
	meta := metav1.ObjectMeta{
		Namespace: "ns", Name: "child", UID: "uid", ResourceVersion: "7", DeletionTimestamp: &now,
		OwnerReferences: []metav1.OwnerReference{{Kind: "CustomRun", Name: "run", UID: "run-uid", Controller: &yes}},
		Labels:          map[string]string{"custom.tekton.dev/child": "TaskRun"}, Annotations: map[string]string{"custom.tekton.dev/x": "y"},
	}
	status := duckv1.Status{Conditions: duckv1.Conditions{{Type: apis.ConditionSucceeded, Status: corev1.ConditionFalse, Reason: "R", Message: "m"}}}
	taskRun := &pipelinev1.TaskRun{ObjectMeta: meta, Spec: pipelinev1.TaskRunSpec{Status: pipelinev1.TaskRunSpecStatusCancelled}}
	taskRun.Status.Status, taskRun.Status.StartTime, taskRun.Status.CompletionTime = status, &now, &now
	taskRun.Status.Results = []pipelinev1.TaskRunResult{{Name: "r", Value: *pipelinev1.NewStructuredValues("v")}}
	pipelineRun := &pipelinev1.PipelineRun{ObjectMeta: meta, Spec: pipelinev1.PipelineRunSpec{Status: pipelinev1.PipelineRunSpecStatusCancelled}}
	pipelineRun.Status.Status, pipelineRun.Status.StartTime, pipelineRun.Status.CompletionTime = status, &now, &now
	pipelineRun.Status.Results = []pipelinev1.PipelineRunResult{{Name: "r", Value: *pipelinev1.NewStructuredValues("v")}}
	pipelineRun.Status.SkippedTasks = []pipelinev1.SkippedTask{{Name: "skipped", Reason: pipelinev1.WhenExpressionsSkip}}
	pipelineRun.Status.ChildReferences = []pipelinev1.ChildStatusReference{
		{TypeMeta: runtime.TypeMeta{Kind: "TaskRun"}, Name: "child-build", PipelineTaskName: "build"},
		{TypeMeta: runtime.TypeMeta{Kind: "CustomRun"}, Name: "child-break", PipelineTaskName: BreakTaskPrefix + "-2"},
	}
	want := []Ref{{Kind: "CustomRun", Name: "child-break", Task: BreakTaskPrefix + "-2"}}
	if diff := cmp.Diff(want, view(pipelineRun).Breaks); diff != "" {
		t.Errorf("what breaks (-want, +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"skipped"}, view(pipelineRun).Skipped); diff != "" {
		t.Errorf("what was skipped (-want, +got):\n%s", diff)
	}
	for _, object := range []any{taskRun, pipelineRun} {
		if !view(object).Stopping {
			t.Errorf("a %T that was asked to stop is not seen so", object)
		}
		stripped, err := strip(object)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(view(object), view(stripped)); diff != "" {
			t.Errorf("the child (-whole, +stripped):\n%s", diff)
		}
	}
}

func TestTheCacheKeepsNothingThatIsNotUsed(t *testing.T) {
	run := &pipelinev1.TaskRun{ObjectMeta: metav1.ObjectMeta{
		Name: "child", Labels: map[string]string{"team": "a"}, Annotations: map[string]string{"note": "long"},
		ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "m"}},
	}}
	run.Spec.TaskSpec = &pipelinev1.TaskSpec{Description: "long"}
	run.Status.Steps = []pipelinev1.StepState{{Name: "step"}}
	run.Status.TaskSpec = run.Spec.TaskSpec
	got, err := strip(run)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&pipelinev1.TaskRun{ObjectMeta: metav1.ObjectMeta{Name: "child"}}, got); diff != "" {
		t.Errorf("kept (-want, +got):\n%s", diff)
	}
	if got, err := strip("a tombstone"); err != nil || got != "a tombstone" {
		t.Errorf("%v, %v", got, err)
	}
}
