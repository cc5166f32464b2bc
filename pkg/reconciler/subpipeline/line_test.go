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
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
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

func TestAPipelineRunOfThePipelinesNameIsNotThePipeline(t *testing.T) {
	w := newWorld(t)
	run := w.inside(buildRun(), "other")
	run.Labels["tekton.dev/pipeline"] = "build" // as of a PipelineRun "build" with an embedded pipeline
	w.Create(run)
	w.Settle("run")
	if c := w.Condition("run"); c.Reason != customtask.ReasonRunning {
		t.Errorf("got %s %q; want it to run", c.Reason, c.Message)
	}
}
