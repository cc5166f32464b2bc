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

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/loop"
	"github.com/google/go-cmp/cmp"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestHowALoopEnds(t *testing.T) {
	failing := func(numbers ...int) func(aChild) end {
		return func(c aChild) end {
			for _, n := range numbers {
				if c.number() == n {
					return fail
				}
			}
			return echo(c)
		}
	}
	rows := map[string]struct {
		run     *v1beta1.CustomRun
		how     func(aChild) end
		status  corev1.ConditionStatus
		reason  string
		message string
		results map[string]string
		tries   int
	}{
		"no items": {
			run: taskRun(customtasktest.Spec(`{"iterateParam": "word", "taskSpec": {"results": [{"name": "out"}], "steps": [{"image": "x"}]}}`), words(0)), how: echo,
			status: "True", reason: loop.ReasonSucceeded, message: "there are no items",
			results: map[string]string{"out": "[]", "count": "0", "succeeded": "0", "failed": "0", "last-idx": "0", "last-elem": "", "condition": "succeeded"},
		},
		"a failure starts no more": {
			run: taskRun(specOf("taskRef", "concurrency", 2, ""), words(5)), how: failing(2), tries: 3,
			status: "False", reason: loop.ReasonIterationFailed, message: "1 of 5 iterations failed, 2 not started: iteration 2 (NAME) failed with Failed: a step failed",
			results: map[string]string{"out": `["1","","3"]`, "count": "3", "succeeded": "2", "failed": "1", "last-idx": "3", "last-elem": "w3", "condition": "failed"},
		},
		"a failure cancels what runs": {
			run: taskRun(specOf("taskRef", "concurrency", 3, `"failurePolicy": "CancelRunning"`), words(5)),
			how: func(c aChild) end {
				if c.number() == 2 {
					return fail
				}
				return nil
			},
			tries: 3, status: "False", reason: loop.ReasonIterationFailed, message: "1 of 5 iterations failed, 2 not started: iteration 2 (NAME) failed with Failed: a step failed",
			results: map[string]string{"count": "3", "succeeded": "0", "failed": "1", "last-idx": "3", "last-elem": "w3", "condition": "failed"},
		},
		"a failure lets all others run": {
			run: taskRun(specOf("taskRef", "concurrency", 2, `"failurePolicy": "Continue"`), words(5)), how: failing(2, 4), tries: 5,
			status: "False", reason: loop.ReasonIterationFailed, message: "2 of 5 iterations failed: iteration 2 (NAME) failed with Failed: a step failed",
			results: map[string]string{"out": `["1","","3","","5"]`, "count": "5", "succeeded": "3", "failed": "2", "last-idx": "5", "last-elem": "w5", "condition": "failed"},
		},
		"until holds": {
			run: taskRun(specOf("taskRef", "concurrency", 1, `"until": "results.out == '2' && status == 'Succeeded' && index == 2", "maxIterations": 9`), words(5)), how: echo, tries: 2,
			status: "True", reason: loop.ReasonUntilMet, message: "until holds after iteration 2",
			results: map[string]string{"out": `["1","2"]`, "count": "2", "succeeded": "2", "failed": "0", "last-idx": "2", "last-elem": "w2", "condition": "pass"},
		},
		"until holds after failures": {
			run: taskRun(customtasktest.Spec(`{"taskRef": {"name": "x"}, "until": "status == 'Succeeded'", "maxIterations": 9, "failurePolicy": "Continue"}`)), how: failing(1, 2), tries: 3,
			status: "True", reason: loop.ReasonUntilMet, message: "until holds after iteration 3",
			results: map[string]string{"out": `["","","3"]`, "count": "3", "succeeded": "1", "failed": "2", "last-idx": "3", "last-elem": "3", "condition": "pass"},
		},
		"until compares with a param, whatever that says": {
			run: taskRun(specOf("taskRef", "concurrency", 1, `"until": "results.out == params.want", "maxIterations": 2`), words(3),
				customtasktest.Param("want", `x" || "" == "`)), how: echo, tries: 2,
			status: "False", reason: loop.ReasonUntilNotMet, message: "until was not true after any of 2 iterations",
		},
		"an iteration fails that has no result for until": {
			run: taskRun(customtasktest.Spec(`{"taskRef": {"name": "x"}, "until": "results.missing == 'yes'", "maxIterations": 2}`)), how: failing(1), tries: 1,
			status: "False", reason: loop.ReasonIterationFailed,
			message: "1 of 2 iterations failed, 1 not started: iteration 1 (run-0db5e27a89) failed with Failed: a step failed",
		},
		"until never holds": {
			run: taskRun(customtasktest.Spec(`{"taskRef": {"name": "x"}, "until": "results.out == 'no'", "maxIterations": 2}`)), how: echo, tries: 2,
			status: "False", reason: loop.ReasonUntilNotMet, message: "until was not true after any of 2 iterations",
			results: map[string]string{"out": `["1","2"]`, "count": "2", "succeeded": "2", "failed": "0", "last-idx": "2", "last-elem": "2", "condition": "failed"},
		},
		"until asks for a result that there is not": {
			run: taskRun(customtasktest.Spec(`{"taskRef": {"name": "x"}, "until": "results.ready == 'yes'", "maxIterations": 2}`)), how: echo, tries: 1,
			status: "False", reason: loop.ReasonUntilInvalid, message: "until, after iteration 1: line 1, column 8: no such key: ready; where it may be missing, ask has() first",
		},
		"a result that is the loop's own": {
			run: taskRun(specOf("taskRef", "concurrency", 1, ""), words(2)), how: func(aChild) end { return succeed("count=7") }, tries: 1,
			status: "False", reason: loop.ReasonReservedResult, message: `result "count" of "NAME" has the name of a result that the loop itself gives; rename it`,
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			p := newTaskLoops(t, options{})
			p.Create(row.run)
			p.Finish("run", p.outcomes(row.how))
			children := p.children()
			message := row.message
			for _, c := range children {
				if strings.Contains(p.Condition("run").Message, c.GetName()) {
					message = strings.Replace(message, "NAME", c.GetName(), 1)
				}
			}
			p.want(row.status, row.reason, message)
			if len(children) != row.tries {
				t.Errorf("%d children; want %d", len(children), row.tries)
			}
			if row.results == nil {
				return
			}
			if diff := cmp.Diff(row.results, p.results("run")); diff != "" {
				t.Errorf("results (-want, +got):\n%s", diff)
			}
		})
	}
}

func TestBadLoopsFailBeforeTheyStart(t *testing.T) {
	rows := map[string]struct {
		run     *v1beta1.CustomRun
		config  map[string]string
		reason  string
		message string
	}{
		"a missing iterate param":                     {run: taskRun(specOf("taskRef", "concurrency", 1, "")), message: `the run has no param "word"; give it, as an array or a string: iterateParam`},
		"a duration that is none":                     {run: taskRun(specOf("taskRef", "concurrency", 1, `"timeout": "5 minutes"`), words(1)), message: `spec.customSpec.spec.timeout: time: unknown unit " minutes" in duration "5 minutes"`},
		"nothing to run":                              {run: taskRun(customtasktest.Spec(`{"iterateParam": "word"}`), words(1)), message: "nothing says which Task to run; set one of them: taskRef, taskSpec"},
		"two things to run":                           {run: taskRun(customtasktest.Spec(`{"iterateParam": "word", "taskRef": {"name": "x"}, "taskSpec": {}}`), words(1)), message: "both are set; set exactly one: taskRef, taskSpec"},
		"a name and a resolver":                       {run: taskRun(customtasktest.Spec(`{"iterateParam": "word", "taskRef": {"name": "x", "resolver": "git"}}`), words(1)), message: "name and resolver are both set; set exactly one: taskRef"},
		"nothing to iterate over":                     {run: taskRun(customtasktest.Spec(`{"taskRef": {"name": "x"}}`)), message: "nothing says what to iterate over; set one of them, items and matrix in a spec and not by params: items, iterateNumeric, iterateParam, matrix, until"},
		"two things to iterate over":                  {run: taskRun(specOf("taskRef", "concurrency", 1, `"iterateNumeric": "n"`), words(1)), message: "only one of them can say what to iterate over; remove the others: iterateNumeric, iterateParam"},
		"an unknown field of a Task":                  {run: taskRun(customtasktest.Spec(`{"iterateParam": "word", "taskSpec": {"stepz": []}}`), words(1)), message: `unknown field "stepz": taskSpec`},
		"a failure policy that is none":               {run: taskRun(specOf("taskRef", "concurrency", 1, `"failurePolicy": "Ignore"`), words(1)), message: `"Ignore" must be Stop, CancelRunning or Continue: failurePolicy`},
		"until without a bound":                       {run: taskRun(specOf("taskRef", "concurrency", 1, `"until": "true"`), words(1)), message: "a loop that has until needs a bound; set it to 1 or more: maxIterations"},
		"until with a reference, which would be code": {run: taskRun(specOf("taskRef", "concurrency", 1, `"until": "results.out == '$(params.want)'", "maxIterations": 1`), words(1)), message: "$(params.want) is not replaced in an expression, where a value would be code; use params.NAME, and hand it in as a param: until"},
		"until that is no condition":                  {run: taskRun(specOf("taskRef", "concurrency", 1, `"until": "index + 1", "maxIterations": 1`), words(1)), message: "its value is a int; it must be true or false: until"},
		"until with several at once":                  {run: taskRun(specOf("taskRef", "concurrency", 2, `"until": "true", "maxIterations": 1`), words(1)), message: "until looks at one iteration after the other; set it to 1, or remove it: concurrency"},
		"too many items":                              {run: taskRun(specOf("taskRef", "concurrency", 1, ""), words(3)), config: map[string]string{"max-items": "2"}, message: "there are 3 items; at most 2 are allowed: iterateParam"},
		"a bad limit":                                 {run: taskRun(specOf("taskRef", "concurrency", 1, ""), words(3)), config: map[string]string{"max-items": "many"}, message: `max-items is "many"; it must be a whole number from 1: ConfigMap config-loops`},
		"a declared result of the loop's":             {run: taskRun(customtasktest.Spec(`{"iterateParam": "word", "taskSpec": {"results": [{"name": "last-idx"}], "steps": [{"image": "x"}]}}`), words(1)), message: `result "last-idx" has the name of a result that the loop itself gives; rename it: taskSpec.results`},
		"another field of our own":                    {run: taskRun(specOf("taskRef", "concurrency", 1, `"metadata": {"labels": {"a": "b"}}`), words(1)), message: `spec has unknown field "metadata"; remove it`},
		"a field of our own":                          {run: taskRun(specOf("taskRef", "concurrency", 1, `"given": [{"name": "x", "value": "y"}]`), words(1)), message: `spec has unknown field "given"; remove it`},
		"no body among the params":                    {run: taskRun(customtasktest.Param("iterateParam", "word"), words(1)), message: "nothing says which Task to run; set one of them: taskRef, taskSpec"},
		"a setting that is no number":                 {run: taskRun(customtasktest.Param("taskRef", "x"), customtasktest.Param("retries", "many")), reason: customtask.ReasonInvalidParams, message: `param "retries" is "many"; it must be a whole number`},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			p := newTaskLoops(t, options{config: row.config})
			p.Create(row.run)
			p.Settle("run")
			if row.reason == "" {
				row.reason = customtask.ReasonInvalidSpec
			}
			p.want(corev1.ConditionFalse, row.reason, row.message)
			if n := len(p.children()); n > 0 {
				t.Errorf("%d children", n)
			}
		})
	}
}

// shape is a child without what the API server gave it.
func shape(c aChild) *pipelinev1.TaskRunSpec { return &c.task.Spec }

func TestWhatAnIterationGets(t *testing.T) {
	p := newTaskLoops(t, options{})
	run := taskRun(customtasktest.Spec(`{
		"iterateParam": "word", "iterationNumberParam": "i", "serviceAccountName": "of-the-loop", "timeout": "5m",
		"podTemplate": {"schedulerName": "special"},
		"workspaces": [{"name": "own", "emptyDir": {}}, {"name": "both", "emptyDir": {}}],
		"taskRef": {"resolver": "git", "params": [{"name": "revision", "value": "$(params.revision)"}]}
	}`), customtasktest.Param("word", "a, b"), customtasktest.Param("revision", "main"), customtasktest.Param("list", "x", "y"))
	run.Labels = map[string]string{"team": "a", "tekton.dev/memberOf": "tasks"}
	run.Annotations = map[string]string{"note": "kept", "chains.tekton.dev/signed": "true"}
	run.Spec.Workspaces = []v1beta1.WorkspaceBinding{{Name: "both", SubPath: "sub", PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "claim"}}}
	p.Create(run)
	p.Settle("run")
	got := shape(p.children()[0])
	want := &pipelinev1.TaskRunSpec{
		TaskRef: &pipelinev1.TaskRef{ResolverRef: pipelinev1.ResolverRef{Resolver: "git", Params: pipelinev1.Params{{Name: "revision", Value: *pipelinev1.NewStructuredValues("main")}}}},
		Params: pipelinev1.Params{
			{Name: "revision", Value: *pipelinev1.NewStructuredValues("main")},
			{Name: "list", Value: *pipelinev1.NewStructuredValues("x", "y")},
			{Name: "word", Value: *pipelinev1.NewStructuredValues("a, b")},
			{Name: "i", Value: *pipelinev1.NewStructuredValues("1")},
		},
		ServiceAccountName: "of-the-loop",
		Timeout:            got.Timeout,
		PodTemplate:        got.PodTemplate,
		Workspaces: []pipelinev1.WorkspaceBinding{
			{Name: "own", EmptyDir: &corev1.EmptyDirVolumeSource{}},
			{Name: "both", SubPath: "sub", PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "claim"}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the spec (-want, +got):\n%s", diff)
	}
	if got.Timeout.Duration.String() != "5m0s" || got.PodTemplate.SchedulerName != "special" {
		t.Errorf("timeout %v, pod template %v", got.Timeout, got.PodTemplate)
	}
	labels := map[string]string{"team": "a", "custom.tekton.dev/child": "TaskRun", "custom.tekton.dev/owner": string(p.Get("run").UID), "custom.tekton.dev/taskLoopIteration": "1", "tekton.dev/customRun": "run"}
	if diff := cmp.Diff(labels, p.children()[0].GetLabels()); diff != "" {
		t.Errorf("C55: labels (-want, +got):\n%s", diff)
	}
}

func TestTheTaskKeepsItsOwnReferences(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.Create(taskRun(customtasktest.Spec(`{"iterateParam": "word", "taskSpec": {
		"params": [{"name": "word"}], "steps": [{"image": "x", "script": "echo $(params.word) $(params.unknown) 100%"}]}}`), words(2)))
	p.Settle("run")
	if got := p.children()[0].task.Spec.TaskSpec.Steps[0].Script; got != "echo $(params.word) $(params.unknown) 100%" {
		t.Errorf("the script is %q", got)
	}
}

func TestATaskOfV1beta1IsTakenToo(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.Create(taskRun(customtasktest.Spec(`{"iterateParam": "word", "taskSpec": {
		"steps": [{"image": "x", "resources": {"limits": {"memory": "1Gi"}}}]}}`), words(1)))
	p.Settle("run")
	if got := p.children()[0].task.Spec.TaskSpec.Steps[0].ComputeResources.Limits.Memory().String(); got != "1Gi" {
		t.Errorf("the limit is %q", got)
	}
}

func TestC49ANameThatIsTaken(t *testing.T) {
	probe := newTaskLoops(t, options{})
	probe.Create(taskRun(specOf("taskRef", "concurrency", 2, ""), words(2)))
	probe.Settle("run")
	taken := probe.children()[1].GetName()

	p := newTaskLoops(t, options{})
	foreign := &pipelinev1.TaskRun{ObjectMeta: metav1.ObjectMeta{Namespace: customtasktest.Namespace, Name: taken}}
	if _, err := p.Tekton.TektonV1().TaskRuns(customtasktest.Namespace).Create(context.Background(), foreign, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	run := taskRun(specOf("taskRef", "concurrency", 2, ""), words(2))
	run.UID = probe.Get("run").UID
	p.Create(run)
	p.Finish("run", nil)
	p.want(corev1.ConditionFalse, "ChildForeign", fmt.Sprintf("TaskRun %q was not made by this run; start another run, whose children have other names", taken))
	for _, c := range p.children() {
		if !c.IsDone() {
			t.Errorf("iteration %d is still at work", c.number())
		}
	}
	object, err := p.Tekton.TektonV1().TaskRuns(customtasktest.Namespace).Get(context.Background(), taken, metav1.GetOptions{})
	if err != nil || object.Spec.Status != "" || len(object.OwnerReferences) > 0 {
		t.Errorf("the foreign object was touched: %v, %v", object, err)
	}
}

func TestC56AnIterationThatMayNotBeMade(t *testing.T) {
	taskRuns := schema.GroupResource{Group: "tekton.dev", Resource: "taskruns"}
	t.Run("for good", func(t *testing.T) {
		p := newTaskLoops(t, options{})
		p.Server.FailNext("create taskruns", apierrors.NewForbidden(taskRuns, "x", nil))
		p.Create(taskRun(specOf("taskRef", "concurrency", 2, ""), words(3)))
		p.Finish("run", p.outcomes(echo))
		if c := p.Condition("run"); c.Reason != customtask.ReasonForbidden || !strings.Contains(c.Message, "could not be created") {
			t.Errorf("the run ended with %s %q", c.Reason, c.Message)
		}
	})
	t.Run("by a quota, which has room later", func(t *testing.T) {
		p := newTaskLoops(t, options{})
		p.Server.FailNext("create taskruns", apierrors.NewForbidden(taskRuns, "x", fmt.Errorf("exceeded quota: small")))
		p.Create(taskRun(specOf("taskRef", "concurrency", 2, ""), words(3)))
		p.Finish("run", p.outcomes(echo))
		p.want(corev1.ConditionTrue, loop.ReasonSucceeded, "all 3 iterations succeeded")
	})
}
