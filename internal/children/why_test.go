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

package children_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/internal/children"
	"github.com/google/go-cmp/cmp"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clienttesting "k8s.io/client-go/testing"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"
	"knative.dev/pkg/kmeta"
)

// failedRun is a PipelineRun that its tasks have made fail, just now.
func failedRun(change ...func(*pipelinev1.PipelineRun)) *pipelinev1.PipelineRun {
	run := ended(child(newRun("mine"), "child"), corev1.ConditionFalse)
	run.Status.Conditions[0].Reason = "Failed"
	run.Status.CompletionTime = &metav1.Time{Time: now}
	for _, f := range change {
		f(run)
	}
	return run
}

// part is what a task of a PipelineRun has become, some seconds before now.
type part struct {
	task, reason, message string
	status                corev1.ConditionStatus
	ago                   int
	ignored               bool
}

func (p part) meta(of *pipelinev1.PipelineRun) (metav1.ObjectMeta, duckv1.Status, *metav1.Time) {
	meta := metav1.ObjectMeta{
		Namespace: of.Namespace, Name: of.Name + "-" + p.task, OwnerReferences: []metav1.OwnerReference{*kmeta.NewControllerRef(of)},
		Labels: map[string]string{"tekton.dev/pipelineRunUID": string(of.UID), "tekton.dev/pipelineTask": p.task},
	}
	if p.ignored {
		meta.Annotations = map[string]string{"pipeline.tekton.dev/pipeline-task-on-error": "continue"}
	}
	status := duckv1.Status{Conditions: duckv1.Conditions{{Type: apis.ConditionSucceeded, Status: p.status, Reason: p.reason, Message: p.message}}}
	return meta, status, &metav1.Time{Time: now.Add(-time.Duration(p.ago) * time.Second)}
}

func (p part) taskRun(of *pipelinev1.PipelineRun) *pipelinev1.TaskRun {
	run := &pipelinev1.TaskRun{}
	run.ObjectMeta, run.Status.Status, run.Status.CompletionTime = p.meta(of)
	return run
}

func (p part) customRun(of *pipelinev1.PipelineRun) *v1beta1.CustomRun {
	run := &v1beta1.CustomRun{}
	run.ObjectMeta, run.Status.Status, run.Status.CompletionTime = p.meta(of)
	return run
}

func TestWhyAChildHasFailed(t *testing.T) {
	const no = corev1.ConditionFalse
	failed := part{task: "test", reason: "Failed", message: `"step-unit" exited with code 3`, status: no}
	for name, row := range map[string]struct {
		taskRuns, customRuns []part
		want                 string
	}{
		"by a task": {[]part{{task: "build", reason: "Succeeded", status: corev1.ConditionTrue, ago: 9}, failed}, nil,
			`task "test": Failed: "step-unit" exited with code 3`},
		"by a custom task": {nil, []part{{task: "gate", reason: "ApprovalRejected", message: "by bob", status: no}},
			`task "gate": ApprovalRejected: by bob`},
		"by several, of which it is the first": {
			[]part{failed, {task: "late", reason: "Failed", status: no}},
			[]part{{task: "early", reason: "CustomRunTimedOut", message: "after 1m", status: no, ago: 1}},
			`task "early": CustomRunTimedOut: after 1m`},
		"by several, of which the custom task is not the first": {
			[]part{{task: "early", reason: "Failed", message: "x", status: no, ago: 1}}, []part{{task: "late", reason: "Rejected", status: no}}, `task "early": Failed: x`},
		"by several at once, of which it is always the same": {
			[]part{{task: "b", reason: "Failed", status: no}, {task: "a", reason: "Failed", message: "x", status: no}}, nil, `task "a": Failed: x`},
		"and others were cancelled for it, or are under way": {
			[]part{{task: "x", reason: "TaskRunCancelled", status: no, ago: 2}, {task: "y", status: corev1.ConditionUnknown, ago: 3}, failed},
			[]part{{task: "z", reason: "CustomRunCancelled", status: no, ago: 2}},
			`task "test": Failed: "step-unit" exited with code 3`},
		"though the failure of another task is ignored": {
			[]part{{task: "lint", reason: "Failed", status: no, ago: 5, ignored: true}, failed}, nil,
			`task "test": Failed: "step-unit" exited with code 3`},
		"by what is gone by now": {nil, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			run, other := failedRun(), failedRun(func(r *pipelinev1.PipelineRun) { r.UID = "another" })
			foreign := part{task: "foreign", reason: "Failed", status: no, ago: 60}.taskRun(other)
			foreign.Labels["tekton.dev/pipelineRunUID"] = string(run.UID)
			stored := []runtime.Object{part{task: "other", reason: "Failed", status: no, ago: 60}.taskRun(other), foreign}
			for _, p := range row.taskRuns {
				stored = append(stored, p.taskRun(run))
			}
			for _, p := range row.customRuns {
				stored = append(stored, p.customRun(run))
			}
			w := newWorld(t, stored...)
			w.cached(run)
			why, err := w.pipelineRuns.Why(t.Context(), w.pipelineRuns.Cached("ns", "child"), now)
			if err != nil || why != row.want {
				t.Errorf("got %q, %v; want %q", why, err, row.want)
			}
			if diff := cmp.Diff([]string{"list taskruns", "list customruns"}, w.requests()); diff != "" {
				t.Errorf("requests (-want, +got):\n%s", diff)
			}
		})
	}
}

// The children of a loop inside of a pipeline may be thousands; they have the label of the PipelineRun too.
func TestOnlyTheTasksOfAPipelineAreReadForWhy(t *testing.T) {
	run := failedRun()
	w := newWorld(t)
	w.cached(run)
	if _, err := w.pipelineRuns.Why(t.Context(), w.pipelineRuns.Cached("ns", "child"), now); err != nil {
		t.Fatal(err)
	}
	for _, action := range w.tekton.Actions() {
		list, ok := action.(clienttesting.ListAction)
		want := "tekton.dev/pipelineRunUID=" + string(run.UID) + ",tekton.dev/pipelineTask"
		if got := list.GetListRestrictions().Labels.String(); !ok || got != want {
			t.Errorf("%s %s by %q; want %q", action.GetVerb(), action.GetResource().Resource, got, want)
		}
	}
	if n := len(w.tekton.Actions()); n != 2 {
		t.Errorf("%d requests; want 2", n)
	}
}

func TestNobodyIsAskedWhyWhereNoTaskIsToBlame(t *testing.T) {
	w := newWorld(t)
	status := func(s corev1.ConditionStatus, reason string) func(*pipelinev1.PipelineRun) {
		return func(r *pipelinev1.PipelineRun) {
			r.Status.Conditions[0].Status, r.Status.Conditions[0].Reason = s, reason
		}
	}
	taskRun := part{task: "test", reason: "Failed", status: corev1.ConditionFalse}.taskRun(failedRun())
	w.cached(taskRun)
	all := map[string]*children.Child{"none": nil, "a TaskRun": w.taskRuns.Cached("ns", taskRun.Name)}
	for name, change := range map[string]func(*pipelinev1.PipelineRun){
		"one that has succeeded":  status(corev1.ConditionTrue, "Failed"),
		"one that is under way":   status(corev1.ConditionUnknown, "Failed"),
		"one that was cancelled":  status(corev1.ConditionFalse, "Cancelled"),
		"one that has timed out":  status(corev1.ConditionFalse, "PipelineRunTimeout"),
		"one that was never able": status(corev1.ConditionFalse, "CouldntGetPipeline"),
	} {
		run := failedRun(change)
		run.Name = strings.ReplaceAll(name, " ", "-")
		w.cached(run)
		all[name] = w.pipelineRuns.Cached("ns", run.Name)
	}
	for name, c := range all {
		if why, err := w.pipelineRuns.Why(t.Context(), c, now); why != "" || err != nil || len(w.requests()) > 0 {
			t.Errorf("%s: %q, %v after %v", name, why, err, w.requests())
		}
	}
}

func TestWhatCannotBeReadKeepsNoRunFromItsEnd(t *testing.T) {
	resource := schema.GroupResource{Resource: "runs"}
	unavailable, forbidden := apierrors.NewInternalError(errors.New("oops")), apierrors.NewForbidden(resource, "", errors.New("no"))
	for name, row := range map[string]struct {
		resource string
		err      error
		later    time.Duration
		again    bool
	}{
		"TaskRuns, just now":                {"taskruns", unavailable, 29 * time.Second, true},
		"CustomRuns, just now":              {"customruns", unavailable, 0, true},
		"by a clock that is a little late":  {"taskruns", unavailable, -29 * time.Second, true},
		"some time after the end":           {"taskruns", unavailable, 30 * time.Second, false},
		"by a clock that is much too late":  {"taskruns", unavailable, -time.Hour, false},
		"what this controller may not read": {"customruns", forbidden, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			run := failedRun()
			w := newWorld(t, part{task: "test", reason: "Failed", status: corev1.ConditionFalse}.taskRun(run))
			w.cached(run)
			w.tekton.PrependReactor("list", row.resource, func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, row.err })
			why, err := w.pipelineRuns.Why(t.Context(), w.pipelineRuns.Cached("ns", "child"), now.Add(row.later))
			if why != "" || errors.Is(err, row.err) != row.again || (err != nil) != row.again {
				t.Errorf("got %q, %v; want an error: %v", why, err, row.again)
			}
		})
	}
}

func TestWhatIsToldFromFarInsideKeepsItsEnds(t *testing.T) {
	run := failedRun()
	message := strings.Repeat(`PipelineRun "inner": Failed: 1 of 2; task "inner": `, 40) + `"step-unit" exited with code 3`
	w := newWorld(t, part{task: "test", reason: "PipelineRunFailed", message: message, status: corev1.ConditionFalse}.customRun(run))
	w.cached(run)
	why, err := w.pipelineRuns.Why(t.Context(), w.pipelineRuns.Cached("ns", "child"), now)
	if err != nil || len(why) > 650 || !strings.HasPrefix(why, `task "test": PipelineRunFailed: PipelineRun "inner"`) ||
		!strings.HasSuffix(why, `task "inner": "step-unit" exited with code 3`) {
		t.Errorf("%d bytes, %v: %q", len(why), err, why)
	}
}
