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
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/subpipeline"
	"github.com/google/go-cmp/cmp"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clienttesting "k8s.io/client-go/testing"
)

func TestASubPipelineTakesThreeRequestsAndGivesTheResultsBack(t *testing.T) {
	w := newWorld(t)
	child := w.start(buildRun())
	w.want(corev1.ConditionUnknown, customtask.ReasonRunning, `PipelineRun "`+child.Name+`" runs Pipeline "build"`)
	w.end(corev1.ConditionTrue, "Completed", "Tasks Completed: 2",
		result("text", *pipelinev1.NewStructuredValues("a b")),
		result("list", *pipelinev1.NewStructuredValues("a", "b")),
		result("empty", pipelinev1.ParamValue{Type: pipelinev1.ParamTypeArray}),
		result("object", pipelinev1.ParamValue{Type: pipelinev1.ParamTypeObject, ObjectVal: map[string]string{"b": "2", "a": "1"}}))
	w.Settle("run")
	w.want(corev1.ConditionTrue, subpipeline.ReasonSucceeded, `PipelineRun "`+child.Name+`" has succeeded: Tasks Completed: 2`)
	want := []v1beta1.CustomRunResult{
		{Name: "text", Value: "a b"}, {Name: "list", Value: `["a","b"]`}, {Name: "empty", Value: "[]"}, {Name: "object", Value: `{"a":"1","b":"2"}`},
	}
	if diff := cmp.Diff(want, w.Get("run").Status.Results); diff != "" {
		t.Errorf("results (-want, +got):\n%s", diff)
	}
	writes := []string{"create customruns", "update customruns/status", "create pipelineruns", "update customruns/status"}
	if diff := cmp.Diff(writes, w.Server.Writes()); diff != "" {
		t.Errorf("writes (-want, +got):\n%s", diff)
	}
	if reads := w.Server.Reads(); len(reads) > 0 {
		t.Errorf("reads %v; want none", reads)
	}
}

func TestACacheThatIsBehindCostsNoRead(t *testing.T) {
	w := newWorld(t)
	w.Create(buildRun())
	w.behind = true
	for range 3 {
		w.Settle("run")
		w.Advance(time.Second)
	}
	w.behind = false
	w.Settle("run")
	w.end(corev1.ConditionTrue, "Succeeded", "done")
	w.Settle("run")
	if reads, n := w.Server.Reads(), len(w.Server.Writes()); len(reads) > 0 || n != 4 || !w.Get("run").IsSuccessful() {
		t.Errorf("reads %v, writes %v", reads, w.Server.Writes())
	}
}

func TestWhatThePipelineGets(t *testing.T) {
	const spec = `{
	  "pipelineSpec": {"params":[{"name":"who"}],"tasks":[{"name":"t","taskSpec":{"steps":[{"image":"i","script":"echo $(params.who)"}]}}]},
	  "params": [{"name":"who","value":"$(params.name)"},{"name":"level","value":"info"},{"name":"all","value":["$(params.list[*])"]}],
	  "serviceAccountName": "builder", "podTemplate": {"priorityClassName":"low"},
	  "taskRunSpecs": [{"pipelineTaskName":"t","serviceAccountName":"other"}],
	  "workspaces": [{"name":"src","emptyDir":{}}],
	  "timeouts": {"pipeline":"30m","tasks":"20m"}}`
	w := newWorld(t)
	run := newRun(customtasktest.Spec(spec), customtasktest.Param("name", "world"), customtasktest.Param("level", "debug"),
		customtasktest.Param("list", "a", "b"), customtasktest.ObjectParam("extra", map[string]string{"k": "v"}))
	run.Spec.Workspaces = []v1beta1.WorkspaceBinding{{Name: "cache", SubPath: "x", EmptyDir: &corev1.EmptyDirVolumeSource{}}}
	got := w.start(run).Spec
	want := pipelinev1.PipelineRunSpec{
		PipelineSpec: got.PipelineSpec,
		Params: pipelinev1.Params{
			{Name: "who", Value: *pipelinev1.NewStructuredValues("world")},
			{Name: "level", Value: *pipelinev1.NewStructuredValues("debug")},
			{Name: "all", Value: *pipelinev1.NewStructuredValues("a", "b")},
			{Name: "name", Value: *pipelinev1.NewStructuredValues("world")},
			{Name: "list", Value: *pipelinev1.NewStructuredValues("a", "b")},
			{Name: "extra", Value: pipelinev1.ParamValue{Type: pipelinev1.ParamTypeObject, ObjectVal: map[string]string{"k": "v"}}},
		},
		Timeouts: &pipelinev1.TimeoutFields{Pipeline: got.Timeouts.Pipeline, Tasks: &metav1.Duration{Duration: 20 * time.Minute}},
		TaskRunTemplate: pipelinev1.PipelineTaskRunTemplate{
			ServiceAccountName: "builder", PodTemplate: got.TaskRunTemplate.PodTemplate,
		},
		Workspaces: []pipelinev1.WorkspaceBinding{
			{Name: "src", EmptyDir: &corev1.EmptyDirVolumeSource{}}, {Name: "cache", SubPath: "x", EmptyDir: &corev1.EmptyDirVolumeSource{}},
		},
		TaskRunSpecs: []pipelinev1.PipelineTaskRunSpec{{PipelineTaskName: "t", ServiceAccountName: "other"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the PipelineRun's spec (-want, +got):\n%s", diff)
	}
	if script := got.PipelineSpec.Tasks[0].TaskSpec.Steps[0].Script; script != "echo $(params.who)" {
		t.Errorf("the pipeline's own reference became %q", script)
	}
	if class := got.TaskRunTemplate.PodTemplate.PriorityClassName; class == nil || *class != "low" {
		t.Errorf("priority class %v; want low", class)
	}
	if left := got.Timeouts.Pipeline.Duration; left > 30*time.Minute || left < 30*time.Minute-time.Second {
		t.Errorf("C40: the pipeline has %s; want what the attempt has", left)
	}
}

func TestResolversArePassedThroughWhole(t *testing.T) {
	for resolver, params := range map[string]string{
		"git": `[{"name":"url","value":"https://git.example/x"},{"name":"revision","value":"$(params.rev)"}]`,
		"hub": `[{"name":"name","value":"x"}]`, "bundles": `[{"name":"bundle","value":"r/x"}]`, "cluster": `[{"name":"kind","value":"pipeline"}]`,
	} {
		t.Run(resolver, func(t *testing.T) {
			w := newWorld(t)
			child := w.start(newRun(customtasktest.Spec(`{"pipelineRef":{"resolver":"`+resolver+`","params":`+params+`}}`), customtasktest.Param("rev", "v2")))
			ref := child.Spec.PipelineRef
			if string(ref.Resolver) != resolver || len(ref.Params) == 0 || resolver == "git" && ref.Params[1].Value.StringVal != "v2" {
				t.Errorf("the reference is %+v", ref)
			}
			w.want(corev1.ConditionUnknown, customtask.ReasonRunning, fmt.Sprintf("PipelineRun %q runs a pipeline from resolver %q", child.Name, resolver))
		})
	}
}

func TestHowAPipelineFails(t *testing.T) {
	for reason, want := range map[string]string{
		"Failed": subpipeline.ReasonPipelineFailed, "CouldntGetPipeline": subpipeline.ReasonPipelineNotFound, "CouldntGetTask": subpipeline.ReasonPipelineFailed,
		"PipelineRunTimeout": subpipeline.ReasonPipelineTimedOut, "Cancelled": subpipeline.ReasonPipelineCancelled,
	} {
		t.Run(reason, func(t *testing.T) {
			w := newWorld(t)
			child := w.start(buildRun())
			w.end(corev1.ConditionFalse, reason, "since 100% of it", result("out", *pipelinev1.NewStructuredValues("partly")))
			w.Settle("run")
			w.want(corev1.ConditionFalse, want, fmt.Sprintf("PipelineRun %q: %s: since 100%% of it", child.Name, reason))
			if results := w.Get("run").Status.Results; len(results) != 1 || results[0].Value != "partly" {
				t.Errorf("C26: results %v", results)
			}
		})
	}
}

func TestAFailureTellsWhichTaskFailed(t *testing.T) {
	const count, cause = "Tasks Completed: 2 (Failed: 1, Cancelled 0), Skipped: 0", `; task "test": Failed: "step-unit" exited with code 3`
	for name, row := range map[string]struct {
		errors int
		why    string
	}{
		"at once": {0, cause},
		"though the API server was not there at first":         {2, cause},
		"or ends without it if that is not to be had for long": {100, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			child := w.start(buildRun())
			if err := w.Tekton.Tracker().Add(failedPart(child, "test", `"step-unit" exited with code 3`)); err != nil {
				t.Fatal(err)
			}
			w.Tekton.PrependReactor("list", "taskruns", func(clienttesting.Action) (bool, runtime.Object, error) {
				row.errors--
				return row.errors >= 0, nil, apierrors.NewServiceUnavailable("it restarts")
			})
			w.end(corev1.ConditionFalse, "Failed", count)
			if row.errors > 0 {
				w.Step("run")
				w.want(corev1.ConditionUnknown, customtask.ReasonRunning, `PipelineRun "`+child.Name+`" runs Pipeline "build"`)
			}
			w.Finish("run", nil)
			w.want(corev1.ConditionFalse, subpipeline.ReasonPipelineFailed, fmt.Sprintf("PipelineRun %q: Failed: %s%s", child.Name, count, row.why))
		})
	}
}

func TestC45ARetryIsANewChild(t *testing.T) {
	w := newWorld(t)
	first := w.start(buildRun(customtasktest.Retries(1)))
	w.end(corev1.ConditionFalse, "Failed", "no")
	w.Settle("run")
	w.Advance(5 * time.Second)
	w.Settle("run")
	all := childrenOf(t, w.Harness)
	if len(all) != 2 || all[0].Name == all[1].Name {
		t.Fatalf("%d children; want one for each attempt", len(all))
	}
	for _, c := range all {
		if c.Name != first.Name {
			w.want(corev1.ConditionUnknown, customtask.ReasonRunning, `PipelineRun "`+c.Name+`" runs Pipeline "build"`)
		}
	}
}

func TestC34ACancelIsAwaited(t *testing.T) {
	w := newWorld(t)
	child := w.start(buildRun())
	w.Cancel("run", "never mind")
	w.Step("run")
	if c := w.Condition("run"); c.Status != corev1.ConditionUnknown || c.Reason != customtask.ReasonStopping {
		t.Errorf("got %s %s before the child has stopped", c.Status, c.Reason)
	}
	w.Settle("run")
	w.want(corev1.ConditionFalse, customtask.ReasonCancelled, "never mind")
	if c := w.child(); c.Spec.Status != pipelinev1.PipelineRunSpecStatusCancelled || !c.IsDone() || c.UID != child.UID {
		t.Errorf("the child is %+v", c.Status.Conditions)
	}
}

func TestC34ACancelThatMeetsAnErrorIsTriedAgainSoon(t *testing.T) {
	for _, request := range []string{"get", "patch"} {
		t.Run(request, func(t *testing.T) {
			w := newWorld(t)
			w.behind = request == "get" // so that it is read
			w.start(buildRun())
			failing := true
			w.Tekton.PrependReactor(request, "pipelineruns", func(clienttesting.Action) (bool, runtime.Object, error) {
				return failing, nil, apierrors.NewServiceUnavailable("it restarts")
			})
			w.Cancel("run", "never mind")
			again, ok := w.Step("run")
			if !ok || again > time.Second {
				t.Fatalf("looks again %v, after %s; want soon", ok, again)
			}
			failing, w.behind = false, false
			w.Advance(again)
			w.Settle("run")
			w.want(corev1.ConditionFalse, customtask.ReasonCancelled, "never mind")
			if c := w.child(); c.Spec.Status != pipelinev1.PipelineRunSpecStatusCancelled {
				t.Errorf("the child's spec.status is %q", c.Spec.Status)
			}
		})
	}
}

func TestAParamThatIsGivenTwiceIsRefused(t *testing.T) {
	w := newWorld(t)
	w.Create(buildRun(customtasktest.Param("x", "1"), customtasktest.Param("x", "2")))
	w.Settle("run")
	if c := w.Condition("run"); c.Status != corev1.ConditionFalse || c.Reason != customtask.ReasonInvalidParams || !strings.Contains(c.Message, `"x"`) {
		t.Errorf("C13: got %s %s %q", c.Status, c.Reason, c.Message)
	}
}

func TestC40AnEndBeforeTheDeadlineThatIsSeenLateDecides(t *testing.T) {
	for name, row := range map[string]struct {
		after  time.Duration
		child  corev1.ConditionStatus
		status corev1.ConditionStatus
		reason string
	}{
		"a success in time":  {50 * time.Second, corev1.ConditionTrue, corev1.ConditionTrue, subpipeline.ReasonSucceeded},
		"a failure in time":  {50 * time.Second, corev1.ConditionFalse, corev1.ConditionFalse, subpipeline.ReasonPipelineFailed},
		"a success too late": {70 * time.Second, corev1.ConditionTrue, corev1.ConditionFalse, customtask.ReasonTimedOut},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.start(buildRun(customtasktest.Timeout(time.Minute)))
			w.Advance(row.after)
			w.end(row.child, "Because", "done", result("out", *pipelinev1.NewStructuredValues("x")))
			w.Advance(time.Hour)
			w.Restart()
			w.Settle("run")
			if c := w.Condition("run"); c.Status != row.status || c.Reason != row.reason {
				t.Errorf("got %s %s %q; want %s %s", c.Status, c.Reason, c.Message, row.status, row.reason)
			}
			if results := w.Get("run").Status.Results; len(results) != 1 || results[0].Value != "x" {
				t.Errorf("C26: results %v", results)
			}
		})
	}
}

func TestC37AChildThatUsesUpTheAttemptsTimeIsATimeoutOfTheAttempt(t *testing.T) {
	for name, row := range map[string]struct {
		before time.Duration
		reason string
	}{
		"a second before, as Tekton counts":   {time.Second, customtask.ReasonTimedOut},
		"by a timeout of its own, long since": {30 * time.Second, subpipeline.ReasonPipelineTimedOut},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.start(buildRun(customtasktest.Timeout(time.Minute)))
			w.Advance(time.Minute - row.before)
			w.end(corev1.ConditionFalse, "PipelineRunTimeout", "failed to finish in time", result("out", *pipelinev1.NewStructuredValues("x")))
			if again, ok := w.Settle("run"); ok {
				w.Advance(again)
			}
			w.Settle("run")
			c := w.Condition("run")
			if c.Reason != row.reason || !strings.Contains(c.Message, "failed to finish in time") || len(w.Get("run").Status.Results) != 1 {
				t.Errorf("got %s %q; want %s and what the child says", c.Reason, c.Message, row.reason)
			}
			if len(childrenOf(t, w.Harness)) != 1 || w.child().Spec.Status != "" {
				t.Error("what had ended was asked to stop")
			}
		})
	}
}

func TestAPipelineByItsNameTakesThreeRequestsToo(t *testing.T) {
	kind := func() customtask.Task[subpipeline.Spec] { return &subpipeline.PipelineTask{} }
	w := worldOf(t, subpipeline.PipelineKind, kind)
	child := w.start(customtasktest.Run("run", subpipeline.PipelineKind, customtasktest.Named("build"), customtasktest.Param("x", "1")))
	if ref := child.Spec.PipelineRef; ref == nil || ref.Name != "build" || len(child.Spec.Params) != 1 {
		t.Errorf("the PipelineRun is %+v", child.Spec)
	}
	w.end(corev1.ConditionTrue, "Succeeded", "done")
	w.Settle("run")
	if n, reads := len(w.Server.Writes()), w.Server.Reads(); n != 4 || len(reads) > 0 { // with the creation of the run
		t.Errorf("writes %v, reads %v", w.Server.Writes(), reads)
	}

	w = worldOf(t, subpipeline.PipelineKind, kind)
	w.Create(customtasktest.Run("run", subpipeline.PipelineKind, customtasktest.Named("nope")))
	w.Advance(10 * time.Second)
	w.Settle("run")
	w.want(corev1.ConditionFalse, customtask.ReasonDefinitionNotFound, `spec.customRef.name: there is no Pipeline "nope" in namespace "test"`)
}

func TestC7WhatNoCacheHasYetIsFound(t *testing.T) {
	for kind, newTask := range map[schema.GroupVersionKind]func() customtask.Task[subpipeline.Spec]{
		subpipeline.Kind:         func() customtask.Task[subpipeline.Spec] { return &subpipeline.Task{} },
		subpipeline.PipelineKind: func() customtask.Task[subpipeline.Spec] { return &subpipeline.PipelineTask{} },
	} {
		t.Run(kind.Kind, func(t *testing.T) {
			w := worldOf(t, kind, newTask)
			w.blind = true
			late := &pipelinev1.Pipeline{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "late"}}
			err := errors.Join(w.Tekton.Tracker().Add(late), w.custom.Tracker().Add(named("late", v1alpha1.SubPipelineSpec{PipelineRef: &pipelinev1.PipelineRef{Name: "late"}})))
			if err != nil {
				t.Fatal(err)
			}
			child := w.start(customtasktest.Run("run", kind, customtasktest.Named("late")))
			w.want(corev1.ConditionUnknown, customtask.ReasonRunning, fmt.Sprintf(`PipelineRun %q runs Pipeline "late"`, child.Name))
		})
	}
}
