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
	"encoding/json"
	"strings"
	"time"

	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"
)

// Child is what a run needs to know of a TaskRun or PipelineRun. It shares memory with the cache: nothing
// in it may be changed.
type Child struct {
	// Kind is TaskRun or PipelineRun.
	Kind            string
	Namespace, Name string
	UID             types.UID
	// Version is its resourceVersion.
	Version string
	// Owner is the object that controls it; zero if none does.
	Owner metav1.OwnerReference
	// Labels and Annotations of this project's own.
	Labels, Annotations map[string]string
	// Deleting says that it is being deleted.
	Deleting bool
	// Stopping says that it was asked to stop, as this project does, and Ending that it was so in any way, also
	// such that its finally tasks, or what runs, go on to their end.
	Stopping, Ending bool
	// Done says that it has ended, and Succeeded with which end.
	Done, Succeeded bool
	// Reason and Message of its condition; empty before it has one.
	Reason, Message string
	// Start and Completion are zero until they are known.
	Start, Completion time.Time
	// Results so far; those of a failed child too.
	Results []Result
	// Skipped are the tasks of a PipelineRun that it has skipped by a condition.
	Skipped []string
	// Breaks are the tasks of a PipelineRun whose names begin with BreakTaskPrefix and that were started.
	Breaks []Ref
}

// Result of a child, as Tekton has it.
type Result struct {
	Name  string
	Value pipelinev1.ParamValue
}

// Text is the value as a CustomRun can give it: a string as it is, an array as a JSON array of strings, an
// object as JSON with its keys in order (C27).
func (r Result) Text() string {
	var value any
	switch r.Value.Type {
	case pipelinev1.ParamTypeArray:
		if value = r.Value.ArrayVal; r.Value.ArrayVal == nil {
			value = []string{}
		}
	case pipelinev1.ParamTypeObject:
		if value = r.Value.ObjectVal; r.Value.ObjectVal == nil {
			value = map[string]string{}
		}
	default:
		return r.Value.StringVal
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) //nolint:errcheck // strings are always encoded
	return strings.TrimSuffix(text.String(), "\n")
}

func viewOf(kind string, object metav1.Object, status duckv1.Status) *Child {
	child := &Child{
		Kind: kind, Namespace: object.GetNamespace(), Name: object.GetName(), UID: object.GetUID(), Version: object.GetResourceVersion(),
		Labels: object.GetLabels(), Annotations: object.GetAnnotations(), Deleting: object.GetDeletionTimestamp() != nil,
	}
	if owner := metav1.GetControllerOfNoCopy(object); owner != nil {
		child.Owner = *owner
	}
	if c := status.GetCondition(apis.ConditionSucceeded); c != nil {
		child.Done, child.Succeeded = !c.IsUnknown(), c.IsTrue()
		child.Reason, child.Message = c.Reason, c.Message
	}
	return child
}

func viewTaskRun(run *pipelinev1.TaskRun) *Child {
	child := viewOf(TaskRun, run, run.Status.Status)
	child.Stopping = run.Spec.Status == pipelinev1.TaskRunSpecStatusCancelled
	child.Ending = child.Stopping
	child.Start, child.Completion = timeOf(run.Status.StartTime), timeOf(run.Status.CompletionTime)
	for _, r := range run.Status.Results {
		child.Results = append(child.Results, Result{Name: r.Name, Value: r.Value})
	}
	return child
}

func viewPipelineRun(run *pipelinev1.PipelineRun) *Child {
	child := viewOf(PipelineRun, run, run.Status.Status)
	child.Stopping = run.Spec.Status == pipelinev1.PipelineRunSpecStatusCancelled
	child.Ending = child.Stopping || run.Spec.Status == pipelinev1.PipelineRunSpecStatusCancelledRunFinally ||
		run.Spec.Status == pipelinev1.PipelineRunSpecStatusStoppedRunFinally
	child.Start, child.Completion = timeOf(run.Status.StartTime), timeOf(run.Status.CompletionTime)
	for _, r := range run.Status.Results {
		child.Results = append(child.Results, Result{Name: r.Name, Value: r.Value})
	}
	for _, s := range skipped(run) {
		child.Skipped = append(child.Skipped, s.Name)
	}
	for _, r := range breaking(run) {
		child.Breaks = append(child.Breaks, Ref{Kind: r.Kind, Name: r.Name, Task: r.PipelineTaskName})
	}
	return child
}

func timeOf(t *metav1.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.Time
}
