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

package customtasktest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/pkg/apis"
)

// invariants are what must hold of every run after every reconcile.
type invariants struct{}

// check compares a run as it was stored before a reconcile and after it.
func (invariants) check(t testing.TB, before, after *v1beta1.CustomRun, writes int) {
	t.Helper()
	if before == nil || after == nil {
		return
	}
	if len(after.Status.Conditions) > 0 && after.Status.Conditions[0].Type != apis.ConditionSucceeded {
		t.Errorf("C18: conditions[0] of %s is %s", after.Name, after.Status.Conditions[0].Type)
	}
	if before.IsDone() {
		was, is := before.Status.DeepCopy(), after.Status.DeepCopy()
		was.ObservedGeneration, is.ObservedGeneration = 0, 0
		if diff := cmp.Diff(was, is); diff != "" {
			t.Errorf("C24: the finished run %s changed (-was, +is):\n%s", after.Name, diff)
		}
	}
	status := after.Status
	switch {
	case after.IsDone() != (status.CompletionTime != nil):
		t.Errorf("C23: %s has completionTime %v and condition %v", after.Name, status.CompletionTime, status.GetCondition(apis.ConditionSucceeded))
	case status.CompletionTime != nil && status.CompletionTime.Before(status.StartTime):
		t.Errorf("C23: %s completed at %v, before it started at %v", after.Name, status.CompletionTime, status.StartTime)
	}
	if status.StartTime != nil && status.StartTime.Before(&after.CreationTimestamp) {
		t.Errorf("C17: %s started at %v, before it was created at %v", after.Name, status.StartTime, after.CreationTimestamp)
	}
	const maxMessage = 1024
	if c := status.GetCondition(apis.ConditionSucceeded); c != nil && len(c.Message) > maxMessage {
		t.Errorf("C20: the message of %s is %d bytes", after.Name, len(c.Message))
	}
	if before.Status.StartTime != nil && status.StartTime != nil && len(before.Status.RetriesStatus) == len(status.RetriesStatus) &&
		!before.Status.StartTime.Equal(status.StartTime) {
		t.Errorf("C17: startTime of %s moved within an attempt", after.Name)
	}
	if n := len(status.RetriesStatus); n > max(after.Spec.Retries, 0) && n > len(before.Status.RetriesStatus) {
		t.Errorf("C42: %s has %d finished attempts and one more, and %d retries", after.Name, n, after.Spec.Retries)
	}
	for i, attempt := range status.RetriesStatus {
		if c := attempt.GetCondition(apis.ConditionSucceeded); !c.IsFalse() || len(attempt.RetriesStatus) > 0 {
			t.Errorf("C41: retriesStatus[%d] of %s has condition %v and %d retries of its own", i, after.Name, c, len(attempt.RetriesStatus))
		}
	}
	if writes > 0 && status.ObservedGeneration != 0 && status.ObservedGeneration > after.Generation {
		t.Errorf("C19: %s has observedGeneration %d of %d", after.Name, status.ObservedGeneration, after.Generation)
	}
}

// copyCache keeps what the cache holds, to see that nobody changes it.
func (h *Harness) copyCache() map[string]runtime.Object {
	out := map[string]runtime.Object{}
	for _, key := range h.runs.ListKeys() {
		if obj, ok, _ := h.runs.GetByKey(key); ok { //nolint:errcheck // an indexer never fails
			out[key] = obj.(runtime.Object).DeepCopyObject()
		}
	}
	return out
}

func (h *Harness) checkCache(before map[string]runtime.Object) {
	h.t.Helper()
	for key, was := range before {
		is, _, _ := h.runs.GetByKey(key) //nolint:errcheck // an indexer never fails
		if diff := cmp.Diff(was, is); diff != "" {
			h.t.Errorf("C52: the cached %s was changed (-was, +is):\n%s", key, diff)
		}
	}
}
