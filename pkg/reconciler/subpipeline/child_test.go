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

	"github.com/customtasks/customtasks/internal/children"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/subpipeline"
	"github.com/google/go-cmp/cmp"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clienttesting "k8s.io/client-go/testing"
	"knative.dev/pkg/kmeta"
)

func TestC51AChildThatSomebodyDeletes(t *testing.T) {
	for name, prepare := range map[string]func(*world){
		"while it runs":         func(*world) {},
		"after another restart": func(w *world) { w.Restart(); w.Settle("run") },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			child := w.start(buildRun())
			prepare(w)
			if err := w.Tekton.Tracker().Delete(pipelineRuns, namespace, child.Name); err != nil {
				t.Fatal(err)
			}
			w.Settle("run")
			w.Advance(5 * time.Second)
			w.Settle("run")
			w.want(corev1.ConditionFalse, children.ReasonDeleted, fmt.Sprintf("PipelineRun %q was deleted before it had ended", child.Name))
		})
	}
	t.Run("while no controller runs is made again", func(t *testing.T) {
		w := newWorld(t)
		child := w.start(buildRun())
		if err := w.Tekton.Tracker().Delete(pipelineRuns, namespace, child.Name); err != nil {
			t.Fatal(err)
		}
		w.Restart()
		w.Settle("run")
		if again := w.child(); again.Name != child.Name || again.UID == child.UID {
			t.Errorf("the child is %s %s; want another one of the name", again.Name, again.UID)
		}
	})
}

func TestC51AChildThatTheCacheLosesIsFollowedAllTheSame(t *testing.T) {
	w := newWorld(t)
	child := w.start(buildRun(customtasktest.Timeout(0)))
	child.Labels = nil // what the cache selects by
	if err := w.Tekton.Tracker().Update(pipelineRuns, child, namespace); err != nil {
		t.Fatal(err)
	}
	w.Advance(5 * time.Second)
	again, ok := w.Settle("run")
	if !ok || again > 5*time.Second {
		t.Fatalf("looks again %v, after %s; want soon", ok, again)
	}
	w.end(corev1.ConditionTrue, "Succeeded", "done")
	w.Advance(again)
	w.Settle("run")
	w.want(corev1.ConditionTrue, subpipeline.ReasonSucceeded, `PipelineRun "`+child.Name+`" has succeeded: done`)
	if diff := cmp.Diff([]string{"get pipelineruns", "get pipelineruns"}, w.Server.Reads()); diff != "" {
		t.Errorf("reads (-want, +got):\n%s", diff)
	}
}

func TestC49ANameThatIsTaken(t *testing.T) {
	w := newWorld(t)
	name := w.start(buildRun()).Name
	for where, labels := range map[string]map[string]string{"in the cache": {"custom.tekton.dev/child": "PipelineRun"}, "out of the cache": nil} {
		t.Run(where, func(t *testing.T) {
			w := newWorld(t)
			other := buildRun()
			other.Name, other.UID = "other", "other"
			foreign := &pipelinev1.PipelineRun{ObjectMeta: metav1.ObjectMeta{
				Namespace: namespace, Name: name, UID: "foreign", Labels: labels, OwnerReferences: []metav1.OwnerReference{*kmeta.NewControllerRef(other)},
			}}
			if err := w.Tekton.Tracker().Add(foreign); err != nil {
				t.Fatal(err)
			}
			w.Create(buildRun())
			w.Settle("run")
			w.want(corev1.ConditionFalse, children.ReasonForeign, fmt.Sprintf("PipelineRun %q was not made by this run; start another run, whose children have other names", name))
			if w.child().UID != "foreign" || w.child().Spec.Status != "" {
				t.Error("what belongs to somebody else was touched")
			}
		})
	}
}

func TestC56AChildThatIsRefused(t *testing.T) {
	forbidden := func(why string) error {
		return apierrors.NewForbidden(schema.GroupResource{Group: "tekton.dev", Resource: "pipelineruns"}, "x", errors.New(why))
	}
	t.Run("for good", func(t *testing.T) {
		w := newWorld(t)
		w.Server.FailNext("create pipelineruns", forbidden("no such service account"))
		w.Create(buildRun(customtasktest.Retries(3)))
		w.Settle("run")
		if c := w.Condition("run"); c.Status != corev1.ConditionFalse || c.Reason != customtask.ReasonForbidden || !strings.Contains(c.Message, "no such service account") {
			t.Errorf("got %s %s %q", c.Status, c.Reason, c.Message)
		}
	})
	t.Run("by a quota, until it has room", func(t *testing.T) {
		w := newWorld(t)
		w.Server.FailNext("create pipelineruns", forbidden("exceeded quota: few"))
		w.Create(buildRun())
		again, _ := w.Step("run")
		if c := w.Condition("run"); c.Status != corev1.ConditionUnknown || c.Reason != subpipeline.ReasonQuotaExceeded || !strings.Contains(c.Message, "exceeded quota: few") {
			t.Errorf("got %s %s %q", c.Status, c.Reason, c.Message)
		}
		w.Advance(again)
		w.Settle("run")
		w.want(corev1.ConditionUnknown, customtask.ReasonRunning, `PipelineRun "`+w.child().Name+`" runs Pipeline "build"`)
	})
	t.Run("by a quota that says something else each time", func(t *testing.T) {
		w := newWorld(t)
		asked := 0
		w.Tekton.PrependReactor("create", "pipelineruns", func(clienttesting.Action) (bool, runtime.Object, error) {
			asked++
			return true, nil, forbidden(fmt.Sprintf("exceeded quota: few, asked %d times", asked))
		})
		w.Create(buildRun())
		w.Settle("run")
		writes := len(w.Server.Writes())
		for range 3 {
			w.Advance(15 * time.Second)
			w.Settle("run")
		}
		if n := len(w.Server.Writes()) - writes; n > 0 || asked < 4 {
			t.Errorf("C21: %d writes; asked %d times", n, asked)
		}
	})
	t.Run("by a quota, until the attempt times out", func(t *testing.T) {
		w := newWorld(t)
		w.Tekton.PrependReactor("create", "pipelineruns", func(clienttesting.Action) (bool, runtime.Object, error) {
			return true, nil, forbidden("exceeded quota: few")
		})
		w.Create(buildRun(customtasktest.Timeout(time.Minute)))
		w.Finish("run", nil)
		c := w.Condition("run")
		if c.Reason != customtask.ReasonTimedOut || !strings.Contains(c.Message, "timed out after 1m0s; last: QuotaExceeded: trying again: ") || !strings.HasSuffix(c.Message, "exceeded quota: few") {
			t.Errorf("C37: got %s %q", c.Reason, c.Message)
		}
	})
}
