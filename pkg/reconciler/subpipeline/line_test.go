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
	"fmt"
	"testing"

	"github.com/customtasks/customtasks/internal/children"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/subpipeline"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	clienttesting "k8s.io/client-go/testing"
	"knative.dev/pkg/kmeta"
)

// inside stores PipelineRuns inside of each other that run those pipelines, the outermost first, which a user has
// started, and makes the run a part of the innermost.
func (w *world) inside(run *v1beta1.CustomRun, pipelines ...string) *v1beta1.CustomRun {
	w.t.Helper()
	var owner *v1beta1.CustomRun
	for i, pipeline := range pipelines {
		ref := &pipelinev1.PipelineRef{Name: pipeline}
		name := fmt.Sprintf("level-%d", i)
		parent := &pipelinev1.PipelineRun{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, UID: types.UID(name)},
			Spec:       pipelinev1.PipelineRunSpec{PipelineRef: ref},
		}
		part := customtasktest.Run("part-"+name, subpipeline.Kind, customtasktest.Spec(build))
		if i == len(pipelines)-1 {
			part = run
		} else {
			part.Namespace, part.UID = namespace, types.UID(part.Name)
		}
		part.Labels = map[string]string{"tekton.dev/pipeline": pipeline}
		if owner != nil {
			parent.OwnerReferences = []metav1.OwnerReference{*kmeta.NewControllerRef(owner)}
			parent.Labels = map[string]string{"custom.tekton.dev/child": "PipelineRun"}
			parent.Annotations = map[string]string{children.AnnotationPipeline: children.PipelineOf(parent.Spec)}
			part.Labels["custom.tekton.dev/child"] = "PipelineRun"
		}
		part.OwnerReferences = []metav1.OwnerReference{*kmeta.NewControllerRef(parent)}
		if err := w.Tekton.Tracker().Add(parent); err != nil {
			w.t.Fatal(err)
		}
		if part != run {
			if err := w.Tekton.Tracker().Add(part); err != nil {
				w.t.Fatal(err)
			}
		}
		owner = part
	}
	return run
}

func TestAPipelineInsideOfItselfIsRefused(t *testing.T) {
	for name, row := range map[string]struct {
		pipelines []string
		ancestor  string
		reads     int
	}{
		"by the PipelineRun that a user has started": {[]string{"build"}, "level-0", 1},
		"by the outermost of several":                {[]string{"build", "a", "b"}, "level-0", 1},
		"by the one that it is part of":              {[]string{"release", "build"}, "level-1", 0},
		"by one further outside":                     {[]string{"release", "build", "test"}, "level-1", 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.Create(w.inside(buildRun(customtasktest.Retries(2)), row.pipelines...))
			w.Settle("run")
			w.want(corev1.ConditionFalse, subpipeline.ReasonCycle, fmt.Sprintf(
				`Pipeline "build" would run inside of itself: PipelineRun %q runs it already, and this run is part of that`, row.ancestor))
			if n := len(childrenOf(t, w.Harness)); n != len(row.pipelines) {
				t.Errorf("%d PipelineRuns; want no more", n)
			}
		})
	}
}

func TestPipelinesInsideOfEachOtherAreBounded(t *testing.T) {
	levels := []string{"root"}
	for i := range children.MaxDepth {
		levels = append(levels, fmt.Sprintf("pipeline-%d", i))
	}
	w := newWorld(t)
	w.Create(w.inside(buildRun(), levels...))
	w.Settle("run")
	w.want(corev1.ConditionFalse, subpipeline.ReasonTooDeep,
		`Pipeline "build" would be the 11th inside of others, and there may be 10; call it from further outside`)

	w = newWorld(t)
	w.Create(w.inside(buildRun(), levels[:children.MaxDepth]...))
	w.Settle("run")
	if c := w.Condition("run"); c.Reason != customtask.ReasonRunning {
		t.Errorf("the 10th inside of others: %s %q", c.Reason, c.Message)
	}
	if reads := w.Server.Reads(); len(reads) > 0 {
		t.Errorf("reads %v; want none", reads)
	}
}

func TestAPipelineRunThatIsNotThePipelineAgain(t *testing.T) {
	root := func(change func(*pipelinev1.PipelineRun)) func(*world, *v1beta1.CustomRun) {
		return func(w *world, _ *v1beta1.CustomRun) {
			object, err := w.Tekton.Tracker().Get(pipelineRuns, namespace, "level-0")
			if err != nil {
				w.t.Fatal(err)
			}
			changed := object.DeepCopyObject().(*pipelinev1.PipelineRun)
			change(changed)
			if err := w.Tekton.Tracker().Update(pipelineRuns, changed, namespace); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	for name, row := range map[string]struct {
		change func(*world, *v1beta1.CustomRun)
		reads  int
	}{
		"it has another one, as its label says": {func(_ *world, run *v1beta1.CustomRun) { run.Labels["tekton.dev/pipeline"] = "other" }, 0},
		"it has only the name of the pipeline":  {root(func(r *pipelinev1.PipelineRun) { r.Spec.PipelineRef.Name = "other" }), 1},
		"it has a pipeline of its own":          {root(func(r *pipelinev1.PipelineRun) { r.Spec.PipelineRef = nil }), 1},
		"it has one of that name from elsewhere": {root(func(r *pipelinev1.PipelineRun) {
			r.Spec.PipelineRef.Resolver = "hub"
		}), 1},
		"it is another one, which took its name": {root(func(r *pipelinev1.PipelineRun) { r.UID = "another" }), 1},
		"it is gone": {func(w *world, _ *v1beta1.CustomRun) {
			if err := w.Tekton.Tracker().Delete(pipelineRuns, namespace, "level-0"); err != nil {
				w.t.Fatal(err)
			}
		}, 1},
		"it is something else":     {func(_ *world, run *v1beta1.CustomRun) { run.OwnerReferences[0].Kind = "Deployment" }, 0},
		"the run is no part of it": {func(_ *world, run *v1beta1.CustomRun) { run.OwnerReferences = nil }, 0},
		"a resolver finds the one to run": {func(_ *world, run *v1beta1.CustomRun) {
			run.Spec.CustomSpec.Spec.Raw = []byte(`{"pipelineRef":{"resolver":"hub","params":[{"name":"name","value":"build"}]}}`)
			run.Labels["tekton.dev/pipeline"] = ""
		}, 0},
		"the one to run is embedded": {func(_ *world, run *v1beta1.CustomRun) {
			run.Spec.CustomSpec.Spec.Raw = []byte(`{"pipelineSpec":{"tasks":[{"name":"t","taskRef":{"name":"t"}}]}}`)
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			run := w.inside(buildRun(), "build")
			row.change(w, run)
			w.Create(run)
			w.Settle("run")
			if c := w.Condition("run"); c.Reason != customtask.ReasonRunning || len(w.Server.Reads()) != row.reads {
				t.Errorf("got %s %q after %v; want it to run after %d reads", c.Reason, c.Message, w.Server.Reads(), row.reads)
			}
		})
	}
}

func TestAPipelineRunsOnlyOnceItIsKnownNotToBeInsideOfItself(t *testing.T) {
	for name, row := range map[string]struct {
		pipelines []string
		behind    bool
	}{
		"while the outermost PipelineRun cannot be read":         {[]string{"build"}, false},
		"while one that no cache has cannot be read, further in": {[]string{"build", "release"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.behind = row.behind
			failing := true
			w.Tekton.PrependReactor("get", "pipelineruns", func(clienttesting.Action) (bool, runtime.Object, error) {
				return failing, nil, apierrors.NewServiceUnavailable("it restarts")
			})
			w.Create(w.inside(buildRun(), row.pipelines...))
			again, ok := w.Step("run")
			if n := len(childrenOf(t, w.Harness)); !ok || n != len(row.pipelines) {
				t.Fatalf("looks again %v, with %d PipelineRuns; want no more", ok, n)
			}
			failing = false
			w.Advance(again)
			w.Settle("run")
			if c := w.Condition("run"); c.Reason != subpipeline.ReasonCycle {
				t.Errorf("got %s %q", c.Reason, c.Message)
			}
		})
	}
}
