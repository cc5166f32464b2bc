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

package approval

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/kmeta"
)

const (
	// maxLevels is how many PipelineRuns may be inside of each other for a gate to find the outermost.
	maxLevels = 12
	// maxCombinations is how many runs a matrix has at most, by Tekton's default.
	maxCombinations = 256
	// listingGrace is how long after a run's creation Tekton may still store that its PipelineRun has it.
	listingGrace = time.Minute
)

// parentOf is the PipelineRun that a run is part of. Anybody who may write CustomRuns can say that a
// PipelineRun of somebody else owns one, so that it counts only if the PipelineRun has it.
func (s *starters) parentOf(ctx context.Context, run *v1beta1.CustomRun) (*pipelinev1.PipelineRun, error) {
	owner := metav1.GetControllerOf(run)
	if owner == nil || owner.Kind != pipeline.PipelineRunControllerName {
		return nil, unknown("this run is not part of a PipelineRun, so that nobody is known to have started it")
	}
	parent, err := s.tekton.TektonV1().PipelineRuns(run.Namespace).Get(ctx, owner.Name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err) || err == nil && parent.UID != owner.UID:
		return nil, unknown("its PipelineRun %q is gone", owner.Name)
	case err != nil:
		return nil, fmt.Errorf("reading PipelineRun %q: %w", owner.Name, err)
	}
	switch listed := has(parent, run); {
	case !listed && s.clock.Since(run.CreationTimestamp.Time) < listingGrace:
		// Tekton stores it at the end of the look that made the run. A conflict is tried again without a word.
		return nil, apierrors.NewConflict(pipeline.PipelineRunResource, parent.Name, fmt.Errorf("it does not list CustomRun %q yet", run.Name))
	case !listed:
		return nil, unknown("CustomRun %q says that it is part of PipelineRun %q, which does not have it", run.Name, parent.Name)
	}
	return parent, nil
}

// outside is the PipelineRun that has the CustomRun which a child was made for. Which run that is, the API
// server keeps true.
func (s *starters) outside(ctx context.Context, child *pipelinev1.PipelineRun, uid string) (*pipelinev1.PipelineRun, error) {
	owner := metav1.GetControllerOf(child)
	if owner == nil || string(owner.UID) != uid || owner.Kind != pipeline.CustomRunControllerName {
		return nil, unknown("PipelineRun %q has lost the CustomRun that it was made for", child.Name)
	}
	run, err := s.tekton.TektonV1beta1().CustomRuns(child.Namespace).Get(ctx, owner.Name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err) || err == nil && run.UID != owner.UID:
		return nil, unknown("CustomRun %q, which PipelineRun %q was made for, is gone", owner.Name, child.Name)
	case err != nil:
		return nil, fmt.Errorf("reading CustomRun %q: %w", owner.Name, err)
	}
	return s.parentOf(ctx, run)
}

// has reports whether a run is a part of a PipelineRun: Tekton has stored so, for a task of the pipeline that
// calls what the run calls, and under the name that Tekton gives to it. What says so of itself Tekton stores too,
// so that the first alone would not do.
func has(parent *pipelinev1.PipelineRun, run *v1beta1.CustomRun) bool {
	if parent.Status.PipelineSpec == nil {
		return false
	}
	tasks := slices.Concat(parent.Status.PipelineSpec.Tasks, parent.Status.PipelineSpec.Finally)
	return slices.ContainsFunc(parent.Status.ChildReferences, func(child pipelinev1.ChildStatusReference) bool {
		return child.Kind == pipeline.CustomRunControllerName && child.Name == run.Name &&
			slices.ContainsFunc(tasks, func(task pipelinev1.PipelineTask) bool {
				return task.Name == child.PipelineTaskName && calls(task, run) && named(parent.Name, task, run.Name)
			})
	})
}

// calls reports whether the task is of the kind and name that the run is of.
func calls(task pipelinev1.PipelineTask, run *v1beta1.CustomRun) bool {
	switch ref, spec := run.Spec.CustomRef, run.Spec.CustomSpec; {
	case ref != nil && task.TaskRef != nil:
		return task.TaskRef.APIVersion == ref.APIVersion && string(task.TaskRef.Kind) == string(ref.Kind) && task.TaskRef.Name == ref.Name
	case spec != nil && task.TaskSpec != nil:
		return task.TaskSpec.APIVersion == spec.APIVersion && task.TaskSpec.Kind == spec.Kind && sameJSON(task.TaskSpec.Spec.Raw, spec.Spec.Raw)
	}
	return false
}

func sameJSON(a, b []byte) bool {
	var one, other any
	return json.Unmarshal(a, &one) == nil && json.Unmarshal(b, &other) == nil && equality.Semantic.DeepEqual(one, other)
}

// named reports whether Tekton gives that name to a run of the task.
func named(parent string, task pipelinev1.PipelineTask, run string) bool {
	base := kmeta.ChildName(parent, "-"+task.Name)
	if run == base {
		return true
	}
	if !task.IsMatrixed() {
		return false
	}
	const longest = 58 // of a name that is cut to make room for the number
	for i := range maxCombinations {
		number := fmt.Sprintf("-%d", i)
		cut, numbered := strings.CutSuffix(run, number)
		if numbered && (run == kmeta.ChildName(parent, "-"+task.Name+number) || len(cut) >= longest && strings.HasPrefix(base, cut)) {
			return true
		}
	}
	return false
}
