//go:build e2e

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

package e2e

import (
	"context"
	"slices"
	"time"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	"knative.dev/pkg/apis"
)

// results are what a run that ended gives.
func (b *broken) results(run *v1beta1.CustomRun) {
	run.Status.Results = []v1beta1.CustomRunResult{{Name: "list", Value: `["a","b"]`}, {Name: "one", Value: "1"}}
	switch {
	case b.has("repeats results"):
		run.Status.Results = append(run.Status.Results, run.Status.Results[0])
	case b.has("forgets results"):
		run.Status.Results = nil
	case b.has("gives no results in a pipeline") && run.Labels["tekton.dev/pipelineRun"] != "":
		run.Status.Results = nil
	case b.has("gives lists as text"):
		run.Status.Results[0].Value = "a,b"
	}
}

// afterEnd is what happens to a finished run: only observedGeneration changes.
func (b *broken) afterEnd(run *v1beta1.CustomRun) {
	touched := run.Annotations["conformance.customtasks.dev/touched"]
	if !b.has("stops observing at the end") {
		run.Status.ObservedGeneration = run.Generation
	}
	switch {
	case b.has("flips True to False on a late cancel") && cancelled(run):
		b.finish(run, corev1.ConditionFalse, neverMind, "too late, but still")
	case b.has("starts again when spec.status is cleared") && !cancelled(run) && run.IsFailure() && run.Status.GetCondition(apis.ConditionSucceeded).Reason == neverMind:
		run.Status = v1beta1.CustomRunStatus{}
	case b.has("puts results in another order later") && touched != "":
		slices.Reverse(run.Status.Results)
	case b.has("moves completionTime") && touched != "":
		run.Status.CompletionTime = seconds(run.Status.CompletionTime.Add(time.Second))
	case b.has("adopts runs that arrive finished") && len(run.Status.ExtraFields.Raw) > 0 && run.Status.GetCondition(apis.ConditionSucceeded).Reason == "Ready":
		b.finish(run, corev1.ConditionTrue, "Adopted", "now mine")
	}
}

// spoil changes what is about to be stored, for faults that are of the status alone.
func (b *broken) spoil(stored, run *v1beta1.CustomRun) {
	c := run.Status.GetCondition(apis.ConditionSucceeded)
	if c == nil {
		return
	}
	switch {
	case b.has("forgets startTime") && run.Status.StartTime != nil && c.IsTrue():
		run.Status.StartTime = nil
	case b.has("moves startTime") && c.IsTrue():
		run.Status.StartTime = seconds(run.Status.StartTime.Add(time.Second))
		run.Status.CompletionTime = run.Status.StartTime
	case b.has("starts before the creation") && run.Status.StartTime != nil:
		run.Status.StartTime = seconds(run.CreationTimestamp.Add(-time.Minute))
	case b.has("forgets completionTime"):
		run.Status.CompletionTime = nil
	case b.has("has another condition first"):
		run.Status.Conditions = []apis.Condition{{Type: "Ready", Status: c.Status, Reason: "Ready", LastTransitionTime: c.LastTransitionTime}, *c}
	case b.has("never sets observedGeneration"):
		run.Status.ObservedGeneration = 0
	case b.has("has reasons with blanks"):
		run.Status.Conditions[0].Reason = "it goes on"
	case b.has("has no bound on messages"):
		run.Status.Conditions[0].Message = string(slices.Repeat([]byte("long "), 300))
	case b.has("moves transition times"):
		run.Status.Conditions[0].LastTransitionTime = apis.VolatileTime{Inner: *seconds(run.CreationTimestamp.Add(time.Duration(len(run.Annotations)) * time.Second))}
	case b.has("has text in extraFields"):
		run.Status.ExtraFields.Raw = []byte(`"text"`)
	case b.has("writes at every look"):
		run.Status.Annotations = map[string]string{"seen": time.Now().Format(time.RFC3339Nano)}
		if a := stored.Status.Annotations["seen"]; a != "" {
			// Its own writes must not wake it for ever.
			if at, err := time.Parse(time.RFC3339Nano, a); err == nil && time.Since(at) < 300*time.Millisecond {
				run.Status.Annotations = stored.Status.Annotations
			}
		}
	}
}

// hold gives a run a finalizer that its deletion then waits for, if that is the fault.
func (b *broken) hold(ctx context.Context, run *v1beta1.CustomRun) {
	if b.has("holds deleted runs") && run.DeletionTimestamp == nil && len(run.Finalizers) == 0 {
		b.finalizers(ctx, run, `["example.broken/held"]`)
	}
}

// remember starts a run with the status that one of its name had before, if that is the fault.
func (b *broken) remember(run *v1beta1.CustomRun, past map[string]v1beta1.CustomRunStatus) {
	if !b.has("takes a run for its predecessor") {
		return
	}
	key := run.Namespace + "/" + run.Name
	if old, ok := past[key]; ok && run.Status.GetCondition(apis.ConditionSucceeded) == nil {
		run.Status = *old.DeepCopy()
		run.Status.RetriesStatus = []v1beta1.CustomRunStatus{*old.DeepCopy()}
		return
	}
	past[key] = *run.Status.DeepCopy()
}
