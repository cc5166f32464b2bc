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
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/customtasks/customtasks/internal/sentence"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/logging"
)

const (
	// whyFor is for how long after the end of a child an error keeps its run from ending.
	whyFor = 30 * time.Second
	// whyMost bounds what failed, in bytes, so that what tells it further out has room beside it.
	whyMost = 600
)

// Why says which task made a PipelineRun fail, and what the task says of it:
//
//	task "test": StepFailed: "step-unit" exited with code 3: Error
//
// Where several failed, it is the first of them. A task that is a run of this project says in turn what failed in
// its own children, and that stands at the end. It is empty where no task is to blame: for a child that has not
// failed, was cancelled or timed out, and for a TaskRun, whose own message says it.
//
// It takes two reads, so ask once, at the end. An error may pass and is worth another try; some time after the end
// of the child, by now, there is none any more, so that nothing keeps the run from its end.
func (s *Set) Why(ctx context.Context, child *Child, now time.Time) (string, error) {
	if child == nil || child.Kind != PipelineRun || !child.Done || child.Succeeded ||
		child.Reason != string(pipelinev1.PipelineRunReasonFailed) {
		return "", nil
	}
	failed, err := s.failedIn(ctx, child)
	if err != nil {
		if !apierrors.IsForbidden(err) && now.Sub(child.Completion).Abs() < whyFor {
			return "", err
		}
		logging.FromContext(ctx).Warnw("It is not known what failed in a child.", "kind", child.Kind, "namespace", child.Namespace, "name", child.Name, "error", err)
	}
	if len(failed) == 0 {
		return "", nil
	}
	first := slices.MinFunc(failed, func(a, b *Child) int {
		return cmp.Or(a.Completion.Compare(b.Completion), cmp.Compare(a.Name, b.Name))
	})
	return fmt.Sprintf("task %q: %s", first.Labels[pipeline.PipelineTaskLabelKey], sentence.Ends(first.Reason+": "+first.Message, whyMost)), nil
}

// failedIn are the TaskRuns and CustomRuns of a PipelineRun that made it fail.
func (s *Set) failedIn(ctx context.Context, child *Child) (failed []*Child, err error) {
	// The children of its own runs have the label of the PipelineRun too, but not that of a task.
	of := metav1.ListOptions{LabelSelector: pipeline.PipelineRunUIDLabelKey + "=" + string(child.UID) + "," + pipeline.PipelineTaskLabelKey}
	taskRuns, err := s.client.TektonV1().TaskRuns(child.Namespace).List(ctx, of)
	if err != nil {
		return nil, fmt.Errorf("reading the TaskRuns of PipelineRun %q: %w", child.Name, err)
	}
	customRuns, err := s.client.TektonV1beta1().CustomRuns(child.Namespace).List(ctx, of)
	if err != nil {
		return nil, fmt.Errorf("reading the CustomRuns of PipelineRun %q: %w", child.Name, err)
	}
	for i := range taskRuns.Items {
		if run := viewTaskRun(&taskRuns.Items[i]); run.Annotations[pipelinev1.PipelineTaskOnErrorAnnotation] != string(pipelinev1.PipelineTaskContinue) {
			failed = append(failed, run)
		}
	}
	for i := range customRuns.Items {
		run := &customRuns.Items[i]
		part := viewOf(pipeline.CustomRunControllerName, run, run.Status.Status)
		part.Completion = timeOf(run.Status.CompletionTime)
		failed = append(failed, part)
	}
	return slices.DeleteFunc(failed, func(part *Child) bool {
		return part.Owner.UID != child.UID || !part.Done || part.Succeeded ||
			part.Reason == string(pipelinev1.TaskRunReasonCancelled) || part.Reason == string(v1beta1.CustomRunReasonCancelled)
	}), nil
}
