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
	"testing"
	"time"

	"github.com/customtasks/customtasks/internal/children"
	"github.com/customtasks/customtasks/internal/refusal"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/google/go-cmp/cmp"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clienttesting "k8s.io/client-go/testing"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"
)

// child is a PipelineRun of a run, as the API server stores it.
func child(r run, name string) *pipelinev1.PipelineRun {
	stored := children.ParentOf(r).PipelineRun(name, pipelinev1.PipelineRunSpec{})
	stored.UID = "uid-of-" + r.UID
	return stored
}

func ended(stored *pipelinev1.PipelineRun, status corev1.ConditionStatus) *pipelinev1.PipelineRun {
	stored.Status.Conditions = duckv1.Conditions{{Type: apis.ConditionSucceeded, Status: status, Reason: "Because", Message: "of this"}}
	return stored
}

func TestAChildIsReadFromTheCacheAndElseLive(t *testing.T) {
	mine, other := newRun("mine"), newRun("other")
	w := newWorld(t, child(mine, "late"), child(other, "foreign"))
	w.cached(child(mine, "seen"), child(other, "another"))
	for name, row := range map[string]struct {
		found    bool
		requests int
	}{"seen": {true, 0}, "late": {true, 1}, "foreign": {false, 1}, "another": {false, 0}, "none": {false, 1}} {
		w.tekton.ClearActions()
		got, err := w.pipelineRuns.Get(t.Context(), mine.UID, "ns", name)
		if err != nil || (got != nil) != row.found || len(w.requests()) != row.requests {
			t.Errorf("%s: %+v, %v after %v; want found %v after %d requests", name, got, err, w.requests(), row.found, row.requests)
		}
	}
	oops := errors.New("oops")
	w.tekton.PrependReactor("get", "pipelineruns", func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, oops })
	if got, err := w.pipelineRuns.Get(t.Context(), mine.UID, "ns", "late"); got != nil || !errors.Is(err, oops) {
		t.Errorf("got %+v, %v; want what went wrong", got, err)
	}
	var names []string
	w.cached(child(mine, "again"))
	for _, c := range w.pipelineRuns.Of(mine.UID) {
		names = append(names, c.Name)
	}
	if diff := cmp.Diff([]string{"again", "seen"}, names); diff != "" {
		t.Errorf("the children of the run (-want, +got):\n%s", diff)
	}
}

func TestC48AChildWhoseAnswerWasLostIsTheRunsOwn(t *testing.T) {
	mine := newRun("mine")
	w := newWorld(t, child(mine, "child"))
	got, err := w.pipelineRuns.Create(t.Context(), child(mine, "child"))
	if err != nil || got.Owner.UID != mine.UID {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestC49ANameThatIsTakenIsLeftAlone(t *testing.T) {
	w := newWorld(t, child(newRun("other"), "child"))
	_, err := w.pipelineRuns.Create(t.Context(), child(newRun("mine"), "child"))
	wantFailure(t, err, children.ReasonForeign, `PipelineRun "child" was not made by this run; start another run, whose children have other names`)
	if diff := cmp.Diff([]string{"create pipelineruns", "get pipelineruns"}, w.requests()); diff != "" {
		t.Errorf("requests (-want, +got):\n%s", diff)
	}
}

func wantFailure(t *testing.T, err error, reason, message string) {
	t.Helper()
	var failure *customtask.Failure
	if !errors.As(err, &failure) || !failure.EndsRun() || failure.Reason() != reason || failure.Error() != message {
		t.Errorf("got %v; want a failure of the run, %s: %s", err, reason, message)
	}
}

func TestC56RefusalsThatStayAndErrorsThatPass(t *testing.T) {
	resource := schema.GroupResource{Group: "tekton.dev", Resource: "taskruns"}
	for name, row := range map[string]struct {
		err   error
		stays bool
		quota bool
	}{
		"no right to create":              {apierrors.NewForbidden(resource, "child", errors.New("no")), true, false},
		"a webhook's refusal":             {apierrors.NewBadRequest("validation failed"), true, false},
		"what is not valid":               {apierrors.NewInvalid(schema.GroupKind{Kind: "TaskRun"}, "child", nil), true, false},
		"what is too large":               {apierrors.NewRequestEntityTooLargeError("limit is 3 MiB"), true, false},
		"a quota":                         {apierrors.NewForbidden(resource, "child", errors.New("exceeded quota: few")), false, true},
		"a quota that is not counted yet": {apierrors.NewForbidden(resource, "child", errors.New("status unknown for quota: few")), false, true},
		"a busy API server":               {apierrors.NewTooManyRequests("later", 1), false, false},
		"a webhook that is down":          {apierrors.NewInternalError(errors.New("failed calling webhook")), false, false},
		"an answer that is late":          {apierrors.NewTimeoutError("late", 1), false, false},
		"a connection that broke":         {errors.New("connection reset by peer"), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.tekton.PrependReactor("create", "taskruns", func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, row.err })
			_, err := w.taskRuns.Create(t.Context(), children.ParentOf(newRun("mine")).TaskRun("child", pipelinev1.TaskRunSpec{}))
			var failure *customtask.Failure
			if errors.As(err, &failure) != row.stays || err == nil || !errors.Is(err, row.err) || refusal.OverQuota(err) != row.quota {
				t.Errorf("%v; want one that stays: %v, of a quota: %v", err, row.stays, row.quota)
			}
			if row.stays {
				wantFailure(t, err, customtask.ReasonForbidden, `TaskRun "child" could not be created: `+row.err.Error())
			}
		})
	}
}

func TestAllChildrenOfARunAreReadByTheLabelOfTheirOwner(t *testing.T) {
	mine, other := newRun("mine"), newRun("other")
	one := children.ParentOf(mine).PipelineRun("one", pipelinev1.PipelineRunSpec{})
	forged := child(other, "forged")
	forged.Labels = one.Labels
	w := newWorld(t, one, forged, children.ParentOf(other).PipelineRun("of-another", pipelinev1.PipelineRunSpec{}))
	live, err := w.pipelineRuns.LiveOf(t.Context(), "ns", mine.UID)
	if err != nil || len(live) != 1 || live["one"] == nil {
		t.Errorf("got %v, %v; want one", live, err)
	}
	list, ok := w.tekton.Actions()[0].(clienttesting.ListAction)
	if want := "custom.tekton.dev/child=PipelineRun,custom.tekton.dev/owner=mine-uid"; !ok || list.GetListRestrictions().Labels.String() != want {
		t.Errorf("they are read by %q; want %q", list.GetListRestrictions().Labels, want)
	}
}

func TestC34AllChildrenAreAskedToStopThoughOneFails(t *testing.T) {
	mine := newRun("mine")
	running, done, asked := child(mine, "running"), ended(child(mine, "done"), corev1.ConditionFalse), child(mine, "asked")
	asked.Spec.Status = pipelinev1.PipelineRunSpecStatusCancelled
	gone, replaced := child(mine, "gone"), child(mine, "replaced")
	replaced.UID = "of-an-earlier-one"
	refused, refused2, justDone := child(mine, "refused"), child(mine, "refused-too"), child(mine, "just-done")
	w := newWorld(t, running, done, asked, child(mine, "replaced"), refused, refused2, ended(child(mine, "just-done"), corev1.ConditionTrue))
	w.cached(running, done, asked, gone, replaced, refused, refused2, justDone)
	w.tekton.PrependReactor("patch", "pipelineruns", func(action clienttesting.Action) (bool, runtime.Object, error) {
		switch action.(clienttesting.PatchAction).GetName() {
		case "refused", "refused-too":
			return true, nil, errors.New("not now")
		case "just-done":
			return true, nil, errors.New("once it has ended, nobody changes it")
		}
		return false, nil, nil
	})
	all := append([]*children.Child{nil}, w.pipelineRuns.Of(mine.UID)...)
	stopped, err := w.pipelineRuns.Cancel(t.Context(), all...)
	if stopped || err == nil || err.Error() != `cancelling PipelineRun "refused": not now; so it is with 1 others` {
		t.Errorf("stopped %v, %v; want an error for those that are refused, and for no other", stopped, err)
	}
	// In the order of their names: gone, just-done, refused, refused-too, replaced, running.
	want := []string{
		"patch pipelineruns", "patch pipelineruns", "get pipelineruns", "patch pipelineruns", "get pipelineruns",
		"patch pipelineruns", "get pipelineruns", "patch pipelineruns", "get pipelineruns", "patch pipelineruns",
	}
	if diff := cmp.Diff(want, w.requests()); diff != "" {
		t.Errorf("requests (-want, +got):\n%s", diff)
	}
	for name, status := range map[string]pipelinev1.PipelineRunSpecStatus{"running": "Cancelled", "done": "", "replaced": ""} {
		stored, err := w.tekton.TektonV1().PipelineRuns("ns").Get(t.Context(), name, metav1.GetOptions{})
		if err != nil || stored.Spec.Status != status {
			t.Errorf("%s: spec.status %q, %v; want %q", name, stored.Spec.Status, err, status)
		}
	}
	if stopped, err := w.pipelineRuns.Cancel(t.Context(), nil, w.pipelineRuns.Cached("ns", "done"), w.pipelineRuns.Cached("ns", "gone")); !stopped || err != nil {
		t.Errorf("stopped %v, %v; what has ended or is gone has stopped", stopped, err)
	}
}

func TestResultsAsText(t *testing.T) {
	object := pipelinev1.ParamValue{Type: pipelinev1.ParamTypeObject, ObjectVal: map[string]string{"b": "2", "a": "<1>"}}
	for want, value := range map[string]pipelinev1.ParamValue{
		`plain "text"`:        *pipelinev1.NewStructuredValues(`plain "text"`),
		`["a","b\"c"]`:        *pipelinev1.NewStructuredValues("a", `b"c`),
		`[]`:                  {Type: pipelinev1.ParamTypeArray},
		`{}`:                  {Type: pipelinev1.ParamTypeObject},
		`{"a":"<1>","b":"2"}`: object,
	} {
		if got := (children.Result{Name: "r", Value: value}).Text(); got != want {
			t.Errorf("got %s; want %s", got, want)
		}
	}
}

func TestWhatIsKnownOfAChild(t *testing.T) {
	mine := newRun("mine")
	r := ended(child(mine, "child"), corev1.ConditionTrue)
	start, end := metav1.NewTime(now), metav1.NewTime(now.Add(time.Minute))
	r.Status.StartTime, r.Status.CompletionTime = &start, &end
	r.Status.Results = []pipelinev1.PipelineRunResult{{Name: "out", Value: *pipelinev1.NewStructuredValues("x")}}
	w := newWorld(t)
	w.cached(r)
	got := w.pipelineRuns.Cached("ns", "child")
	if !got.Done || !got.Succeeded || got.Reason != "Because" || got.Message != "of this" || !got.Start.Equal(now) ||
		got.Completion.Sub(got.Start) != time.Minute || len(got.Results) != 1 || got.Results[0].Text() != "x" || got.Stopping {
		t.Errorf("got %+v", got)
	}
}
