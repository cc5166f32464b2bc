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
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/loop"
	"github.com/google/go-cmp/cmp"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/pkg/apis"
	"knative.dev/pkg/kmeta"
)

// skips has a child skip a task, and succeed.
func skips(task string) end {
	return func(p *plane, c aChild) {
		c.pipeline.Status.SkippedTasks = []pipelinev1.SkippedTask{{Name: task, Reason: pipelinev1.WhenExpressionsSkip}}
		succeed()(p, c)
	}
}

func TestALoopEndsWhenItsLastTaskIsSkipped(t *testing.T) {
	p := newPipelineLoops(t, options{})
	run := pipelineRun(specOf("pipelineRef", "parallelism", 1, ""), customtasktest.Param("word", "A,B,A"))
	run.Labels = map[string]string{loop.LabelLastTask: "task-fail"}
	p.Create(run)
	p.Finish("run", p.outcomes(func(c aChild) end {
		if c.number() == 2 {
			return skips("task-fail")
		}
		return skips("another")
	}))
	p.want(corev1.ConditionTrue, loop.ReasonBroken, "an iteration broke out of the loop")
	want := map[string]string{"count": "2", "succeeded": "2", "failed": "0", "last-idx": "2", "last-elem": "B", "condition": "pass"}
	if diff := cmp.Diff(want, p.results("run")); diff != "" {
		t.Errorf("results (-want, +got):\n%s", diff)
	}
}

// What runs beside an iteration that has skipped the last task goes on to its end.
func TestTheLastTaskLetsOthersGoOn(t *testing.T) {
	p := newPipelineLoops(t, options{})
	run := pipelineRun(specOf("pipelineRef", "parallelism", 2, ""), words(5))
	run.Labels = map[string]string{loop.LabelLastTask: "last"}
	p.Create(run)
	p.Settle("run")
	first := p.children()[0]
	first.pipeline.Status.SkippedTasks = []pipelinev1.SkippedTask{{Name: "last", Reason: pipelinev1.WhenExpressionsSkip}}
	if _, err := p.Tekton.TektonV1().PipelineRuns(first.GetNamespace()).UpdateStatus(t.Context(), first.pipeline, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	p.Settle("run")
	p.want(corev1.ConditionUnknown, loop.ReasonRunning, "0 of 5 iterations have ended")
	p.Finish("run", p.outcomes(echo))
	p.want(corev1.ConditionTrue, loop.ReasonBroken, "an iteration broke out of the loop")
	if got := p.results("run"); got["out"] != `["1","2"]` || got["condition"] != "pass" || len(p.children()) != 2 {
		t.Errorf("%d children, results %v", len(p.children()), got)
	}
}

// Tekton lists tasks as skipped too that a failed pipeline did not come to.
func TestAFailureThatSkipsTheLastTaskBreaksNothing(t *testing.T) {
	p := newPipelineLoops(t, options{})
	run := pipelineRun(specOf("pipelineRef", "parallelism", 1, `"retries": 1`), words(3))
	run.Labels = map[string]string{loop.LabelLastTask: "last"}
	p.Create(run)
	p.Settle("run")
	first := p.children()[0]
	first.pipeline.Status.SkippedTasks = []pipelinev1.SkippedTask{{Name: "last", Reason: pipelinev1.StoppingSkip}}
	p.end(first, fail)
	p.Finish("run", p.outcomes(echo))
	p.want(corev1.ConditionTrue, loop.ReasonSucceeded, "all 3 iterations succeeded")
}

func TestAPipelineThatSomebodyCancelsInAnyWayIsNotRunAgain(t *testing.T) {
	for _, how := range []pipelinev1.PipelineRunSpecStatus{"Cancelled", "CancelledRunFinally", "StoppedRunFinally"} {
		t.Run(string(how), func(t *testing.T) {
			p := newPipelineLoops(t, options{stubborn: true})
			p.Create(pipelineRun(specOf("pipelineRef", "parallelism", 1, `"retries": 2`), words(2)))
			p.Settle("run")
			c := p.children()[0]
			c.pipeline.Spec.Status = how
			if _, err := p.Tekton.TektonV1().PipelineRuns(c.GetNamespace()).Update(t.Context(), c.pipeline, metav1.UpdateOptions{}); err != nil {
				t.Fatal(err)
			}
			p.store(p.children()[0], corev1.ConditionFalse, "Cancelled", "somebody cancelled it")
			p.Finish("run", nil)
			if n := len(p.children()); n != 1 || p.Condition("run").Reason != loop.ReasonIterationFailed {
				t.Errorf("%d children, and the run is %v", n, p.Condition("run"))
			}
		})
	}
}

// breakTask stores what a break task of a child has become, and that the child has it.
func (p *plane) breakTask(c aChild, kind string, done corev1.ConditionStatus) {
	p.t.Helper()
	ref := pipelinev1.ChildStatusReference{TypeMeta: runtime.TypeMeta{Kind: kind}, Name: "break", PipelineTaskName: loop.BreakTaskPrefix + "-2"}
	c.pipeline.Status.ChildReferences = []pipelinev1.ChildStatusReference{ref}
	if _, err := p.Tekton.TektonV1().PipelineRuns(c.GetNamespace()).UpdateStatus(context.Background(), c.pipeline, metav1.UpdateOptions{}); err != nil {
		p.t.Fatal(err)
	}
	meta := metav1.ObjectMeta{Namespace: customtasktest.Namespace, Name: "break"}
	condition := &apis.Condition{Type: apis.ConditionSucceeded, Status: done}
	var err error
	if kind == "CustomRun" {
		task := &v1beta1.CustomRun{ObjectMeta: meta}
		if task, err = p.Tekton.TektonV1beta1().CustomRuns(meta.Namespace).Create(context.Background(), task, metav1.CreateOptions{}); err == nil {
			task.Status.SetCondition(condition)
			_, err = p.Tekton.TektonV1beta1().CustomRuns(meta.Namespace).UpdateStatus(context.Background(), task, metav1.UpdateOptions{})
		}
	} else {
		task := &pipelinev1.TaskRun{ObjectMeta: meta}
		if task, err = p.Tekton.TektonV1().TaskRuns(meta.Namespace).Create(context.Background(), task, metav1.CreateOptions{}); err == nil {
			task.Status.SetCondition(condition)
			_, err = p.Tekton.TektonV1().TaskRuns(meta.Namespace).UpdateStatus(context.Background(), task, metav1.UpdateOptions{})
		}
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

func TestABreakTaskEndsTheLoop(t *testing.T) {
	for _, kind := range []string{"CustomRun", "TaskRun"} {
		t.Run("as a "+kind, func(t *testing.T) {
			p := newPipelineLoops(t, options{})
			p.Create(pipelineRun(specOf("pipelineRef", "parallelism", 2, ""), words(5)))
			p.Settle("run")
			first := p.children()[0]
			p.end(first, echo(first))
			p.Settle("run")
			p.breakTask(p.children()[1], kind, corev1.ConditionTrue)
			p.Finish("run", nil)
			p.want(corev1.ConditionTrue, loop.ReasonBroken, "an iteration broke out of the loop")
			for _, c := range p.children() {
				if !c.IsDone() {
					t.Errorf("iteration %d is still at work", c.number())
				}
			}
			got := p.results("run")
			if got["condition"] != "pass" || got["out"] != `["1","",""]` || got["last-idx"] != "3" {
				t.Errorf("results %v", got)
			}
		})
	}
	t.Run("not while it is under way", func(t *testing.T) {
		p := newPipelineLoops(t, options{})
		p.Create(pipelineRun(specOf("pipelineRef", "parallelism", 2, ""), words(2)))
		p.Settle("run")
		p.breakTask(p.children()[0], "CustomRun", corev1.ConditionUnknown)
		p.Settle("run")
		p.want(corev1.ConditionUnknown, loop.ReasonRunning, "0 of 2 iterations have ended")
	})
}

func TestAPipelineLoopPassesItsSettingsOn(t *testing.T) {
	p := newPipelineLoops(t, options{})
	run := pipelineRun(customtasktest.Spec(`{
		"iterateParam": "word", "timeout": "5m", "serviceAccountName": "of-the-loop", "parallelism": 0,
		"taskRunSpecs": [{"pipelineTaskName": "build", "serviceAccountName": "builder"}],
		"pipelineSpec": {"params": [{"name": "word"}], "tasks": [{"name": "inner", "params": [{"name": "word", "value": ["$(params.word)"]}],
			"taskSpec": {"apiVersion": "custom.tekton.dev/v1alpha1", "kind": "PipelineLoop", "spec": {"iterateParam": "word", "pipelineRef": {"name": "x"}}}}]}
	}`), customtasktest.Param("word", "a,b"))
	run.Spec.ServiceAccountName = "of-the-run"
	p.Create(run)
	p.Settle("run")
	if n := len(p.children()); n != 2 {
		t.Fatalf("%d children; want 2", n)
	}
	spec := p.children()[0].pipeline.Spec
	if spec.TaskRunTemplate.ServiceAccountName != "of-the-loop" || spec.Timeouts.Pipeline.Duration.String() != "5m0s" || spec.TaskRunSpecs[0].ServiceAccountName != "builder" {
		t.Errorf("the spec is %+v", spec)
	}
	inner := spec.PipelineSpec.Tasks[0]
	if inner.Params[0].Value.ArrayVal[0] != "$(params.word)" || !strings.Contains(string(inner.TaskSpec.Spec.Raw), `"pipelineRef"`) {
		t.Errorf("the inner loop is %+v", inner)
	}
}

func TestLoopsAreNotNestedForEver(t *testing.T) {
	p := newPipelineLoops(t, options{})
	yes := true
	owner := metav1.OwnerReference{}
	var last string
	for depth := range loop.MaxDepth {
		last = "level-" + string(rune('a'+depth))
		meta := metav1.ObjectMeta{
			Namespace: customtasktest.Namespace, Name: last,
			Labels: map[string]string{v1alpha1.LabelChild: "PipelineRun"},
		}
		if owner.Name != "" {
			meta.OwnerReferences = []metav1.OwnerReference{owner}
		}
		pr, err := p.Tekton.TektonV1().PipelineRuns(customtasktest.Namespace).Create(t.Context(), &pipelinev1.PipelineRun{ObjectMeta: meta}, metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		up := metav1.OwnerReference{APIVersion: "tekton.dev/v1", Kind: "PipelineRun", Name: pr.Name, UID: pr.UID, Controller: &yes}
		run, err := p.Tekton.TektonV1beta1().CustomRuns(customtasktest.Namespace).Create(t.Context(), &v1beta1.CustomRun{ObjectMeta: metav1.ObjectMeta{
			Namespace: customtasktest.Namespace, Name: "run-of-" + last, Labels: meta.Labels, OwnerReferences: []metav1.OwnerReference{up},
		}}, metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		owner = metav1.OwnerReference{APIVersion: "tekton.dev/v1beta1", Kind: "CustomRun", Name: run.Name, UID: run.UID, Controller: &yes}
	}
	innermost := p.Get("run-of-" + last)
	run := pipelineRun(specOf("pipelineRef", "parallelism", 1, ""), words(1))
	run.Labels, run.OwnerReferences = innermost.Labels, innermost.OwnerReferences
	p.Create(run)
	p.Settle("run")
	p.want(corev1.ConditionFalse, loop.ReasonNestedTooDeep,
		"the loop is inside of 10 other loops and sub-pipelines, and no more are allowed; does its pipeline run itself?")
	if n := len(p.children()); n > 0 {
		t.Errorf("%d iterations were started", n)
	}
}

func TestALoopTellsWhichTaskFailedInside(t *testing.T) {
	p := newPipelineLoops(t, options{})
	p.Create(pipelineRun(specOf("pipelineRef", "parallelism", 1, ""), words(2)))
	p.Settle("run")
	first := p.children()[0]
	part := &pipelinev1.TaskRun{ObjectMeta: metav1.ObjectMeta{
		Namespace: customtasktest.Namespace, Name: "inside", OwnerReferences: []metav1.OwnerReference{*kmeta.NewControllerRef(first.pipeline)},
		Labels: map[string]string{"tekton.dev/pipelineRunUID": string(first.GetUID()), "tekton.dev/pipelineTask": "test"},
	}}
	part.Status.SetCondition(&apis.Condition{Type: apis.ConditionSucceeded, Status: corev1.ConditionFalse, Reason: "Failed", Message: "exit code 3"})
	if err := p.Tekton.Tracker().Add(part); err != nil {
		t.Fatal(err)
	}
	p.end(first, fail)
	p.Finish("run", nil)
	p.want(corev1.ConditionFalse, loop.ReasonIterationFailed, fmt.Sprintf(
		`1 of 2 iterations failed, 1 not started: iteration 1 (%s) failed with Failed: a step failed; task "test": Failed: exit code 3`, first.GetName()))
}
