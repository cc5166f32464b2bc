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
	"encoding/json"
	"maps"
	"time"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/apis"
)

const neverMind = "CustomRunCancelled"

// decide computes the new status in place, and returns when to look again.
func (b *broken) decide(ctx context.Context, run *v1beta1.CustomRun) time.Duration {
	between := b.has("shows False between attempts") && run.Status.StartTime == nil && len(run.Status.RetriesStatus) > 0
	switch c := run.Status.GetCondition(apis.ConditionSucceeded); {
	case run.DeletionTimestamp != nil:
		return b.release(ctx, run)
	case between:
	case c != nil && !c.IsUnknown():
		b.afterEnd(run)
		return 0
	case c == nil:
		return b.begin(ctx, run)
	}
	run.Status.ObservedGeneration = run.Generation
	if cancelled(run) && !b.deaf(run) || run.Spec.Status != "" && b.has("takes any spec.status for a cancellation") {
		b.cancel(ctx, run)
		return 0
	}
	state, err := b.state(ctx, run)
	if err != nil {
		return 0
	}
	if run.Status.StartTime == nil {
		if state.RetryAt != nil && time.Now().Before(*state.RetryAt) {
			return time.Until(*state.RetryAt)
		}
		b.attempt(run, state)
		return time.Millisecond
	}
	return b.carryOn(ctx, run, state)
}

// deaf says whether a cancel is not heard.
func (b *broken) deaf(run *v1beta1.CustomRun) bool {
	return b.has("ignores cancellation") || b.has("ignores cancellation by a pipeline") && run.Labels["tekton.dev/pipelineRun"] != ""
}

func cancelled(run *v1beta1.CustomRun) bool {
	return run.Spec.Status == v1beta1.CustomRunSpecStatusCancelled
}

// state reads extraFields. If they are damaged, the spec says again what to do.
func (b *broken) state(ctx context.Context, run *v1beta1.CustomRun) (brokenState, error) {
	var state brokenState
	err := json.Unmarshal(run.Status.ExtraFields.Raw, &state)
	if err != nil && b.has("gives up on damaged extraFields") {
		return state, err
	}
	if err != nil || state.Do == "" || b.has("reads the definition again and again") {
		do, failure := b.resolve(ctx, run)
		if failure != nil {
			do = "fail"
		}
		state.Do = do
	}
	return state, nil
}

// begin starts a run that was never seen.
func (b *broken) begin(ctx context.Context, run *v1beta1.CustomRun) time.Duration {
	run.Status.ObservedGeneration = run.Generation
	if cancelled(run) && !b.has("starts what was cancelled before") {
		b.cancel(ctx, run)
		return 0
	}
	do, failure := b.resolve(ctx, run)
	if failure != nil && failure.wait {
		return 200 * time.Millisecond
	}
	if failure != nil && failure.silent {
		run.Status = v1beta1.CustomRunStatus{}
		return 0
	}
	if failure != nil && b.has("tries invalid input again") {
		do, failure = "fail", nil
	}
	if failure != nil {
		b.finish(run, corev1.ConditionFalse, failure.reason, failure.message)
		return 0
	}
	b.attempt(run, brokenState{Do: do})
	if b.has("makes the child before it says so") {
		b.makeChild(ctx, run)
	}
	return time.Millisecond
}

// attempt starts one.
func (b *broken) attempt(run *v1beta1.CustomRun, state brokenState) {
	now := time.Now()
	run.Status.StartTime, run.Status.CompletionTime = seconds(now), nil
	if n := len(run.Status.RetriesStatus); n > 0 && b.has("keeps startTime over all attempts") {
		run.Status.StartTime = run.Status.RetriesStatus[n-1].StartTime
	}
	state.RetryAt, state.End = nil, time.Time{}
	if d, err := time.ParseDuration(state.Do); err == nil {
		state.End = now.Add(d)
	}
	keep(run, state)
	condition(run, corev1.ConditionUnknown, "Running", "it goes on")
}

// carryOn looks whether an attempt has ended.
func (b *broken) carryOn(ctx context.Context, run *v1beta1.CustomRun, state brokenState) time.Duration {
	b.makeChild(ctx, run)
	if b.has("waits for ever for a child that is gone") && b.childGone(ctx, run) {
		return 0
	}
	if wait, due := b.timeout(run); due && wait <= 0 {
		b.endChild(ctx, run)
		b.failed(run, state, "CustomRunTimedOut", "it took too long")
		return 500 * time.Millisecond
	}
	switch end := b.endOf(run, state); {
	case state.Do == "succeed" || !end.IsZero() && !time.Now().Before(end):
		b.results(run)
		b.finish(run, corev1.ConditionTrue, "Succeeded", "done")
		b.endChild(ctx, run)
		return 0
	case state.Do == "fail":
		b.results(run)
		b.endChild(ctx, run)
		b.failed(run, state, "Failed", "asked to")
		return 500 * time.Millisecond
	case !end.IsZero():
		return time.Until(end)
	}
	wait, _ := b.timeout(run)
	return wait
}

// endOf is when a run that takes a time is over.
func (b *broken) endOf(run *v1beta1.CustomRun, state brokenState) time.Time {
	d, err := time.ParseDuration(state.Do)
	switch {
	case err != nil:
		return time.Time{}
	case b.has("is done before it is done"):
		return run.Status.StartTime.Time
	case b.has("waits from the start again after a restart"):
		key := string(run.UID)
		if _, ok := b.memory[key]; !ok {
			b.memory[key] = time.Now().Add(d)
		}
		return b.memory[key]
	case state.End.IsZero():
		return run.Status.StartTime.Add(d)
	}
	return state.End
}

// timeout returns how much time is left, and whether there is a timeout at all.
func (b *broken) timeout(run *v1beta1.CustomRun) (time.Duration, bool) {
	timeout, from := time.Hour, run.Status.StartTime.Time
	if run.Spec.Timeout != nil {
		timeout = run.Spec.Timeout.Duration
	}
	switch {
	case timeout == 0 && !b.has("takes timeout 0 for no time at all"):
		return 0, false
	case b.has("never times out"):
		return 0, false
	case b.has("times out late"):
		timeout += 5 * time.Second
	case b.has("times out early"):
		timeout = 0
	case b.has("counts the timeout from its own start"):
		key := "timeout" + string(run.UID) + from.String()
		if _, ok := b.memory[key]; !ok {
			b.memory[key] = time.Now()
		}
		from = b.memory[key]
	case b.has("counts the timeout over all attempts") && len(run.Status.RetriesStatus) > 0:
		from = run.CreationTimestamp.Time
	}
	return time.Until(from.Add(timeout)), true
}

// failed ends an attempt, and the run if no retry is left.
func (b *broken) failed(run *v1beta1.CustomRun, state brokenState, reason, message string) {
	used := len(run.Status.RetriesStatus)
	switch {
	case b.has("tries once more than it may"):
		used--
	case b.has("counts attempts in memory"):
		key := "attempts" + string(run.UID)
		used = int(b.memory[key].Unix())
		if b.memory[key].IsZero() {
			used = 0
		}
		b.memory[key] = time.Unix(int64(used+1), 0)
	}
	if used >= run.Spec.Retries {
		b.finish(run, corev1.ConditionFalse, reason, message)
		return
	}
	entry := *run.Status.DeepCopy()
	entry.RetriesStatus = nil
	if b.has("archives the archive") {
		entry.RetriesStatus = append(entry.RetriesStatus, run.Status.RetriesStatus...)
	}
	entry.Conditions = []apis.Condition{{Type: apis.ConditionSucceeded, Status: corev1.ConditionFalse, Reason: reason, Message: message}}
	entry.CompletionTime = seconds(time.Now())
	if b.has("archives without times") {
		entry.CompletionTime = nil
	}
	run.Status.RetriesStatus = append(run.Status.RetriesStatus, entry)
	if b.has("keeps the last attempt only") && len(run.Status.RetriesStatus) > 1 {
		run.Status.RetriesStatus = run.Status.RetriesStatus[1:]
		run.Spec.Retries = 0
	}
	retryAt := time.Now().Add(500 * time.Millisecond)
	if b.has("pauses far too long") {
		retryAt = retryAt.Add(time.Hour)
	}
	state.RetryAt = &retryAt
	keep(run, state)
	run.Status.StartTime, run.Status.CompletionTime, run.Status.Results = nil, nil, nil
	if b.has("shows False between attempts") {
		condition(run, corev1.ConditionFalse, reason, message)
		run.Status.CompletionTime = seconds(time.Now())
		return
	}
	condition(run, corev1.ConditionUnknown, "Retrying", "after: "+message)
}

// cancel ends the run because somebody wants it to.
func (b *broken) cancel(ctx context.Context, run *v1beta1.CustomRun) {
	if !b.has("lets children go on after a cancel") {
		defer b.endChild(ctx, run)
	}
	reason, message := neverMind, string(run.Spec.StatusMessage)
	if message == "" {
		message = "cancelled"
	}
	switch {
	case b.has("cancels with a reason of its own"):
		reason = "Cancelled"
	case b.has("takes a cancel by a timed-out pipeline for a timeout") && message == string(v1beta1.CustomRunCancelledByPipelineTimeoutMsg):
		reason = "CustomRunTimedOut"
	case b.has("drops retriesStatus at a cancel"):
		run.Status.RetriesStatus = nil
	case b.has("uses a retry for a cancel") && run.Spec.Retries > 0 && run.Status.StartTime != nil:
		run.Spec.Status = ""
		b.failed(run, brokenState{Do: "fail"}, reason, message)
		return
	case b.has("takes messages for format strings"):
		run.Status.MarkCustomRunFailed(reason, message)
		return
	}
	b.finish(run, corev1.ConditionFalse, reason, message)
}

func (b *broken) finish(run *v1beta1.CustomRun, status corev1.ConditionStatus, reason, message string) {
	condition(run, status, reason, message)
	run.Status.CompletionTime = seconds(time.Now())
}

// release lets go of a run that is being deleted.
func (b *broken) release(ctx context.Context, run *v1beta1.CustomRun) time.Duration {
	if len(run.Finalizers) == 0 {
		return 0
	}
	if late := time.Since(run.DeletionTimestamp.Time); late < 30*time.Second {
		return 30*time.Second - late
	}
	b.finalizers(ctx, run, `null`)
	return 0
}

func (b *broken) finalizers(ctx context.Context, run *v1beta1.CustomRun, list string) {
	_, _ = tasks.TektonV1beta1().CustomRuns(run.Namespace).Patch(ctx, run.Name, types.MergePatchType, []byte(`{"metadata":{"finalizers":`+list+`}}`), metav1.PatchOptions{})
}

// makeChild makes the ConfigMap that is all the work there is.
func (b *broken) makeChild(ctx context.Context, run *v1beta1.CustomRun) {
	attempt, yes := len(run.Status.RetriesStatus), true
	if b.has("gives children of all attempts one name") {
		attempt = 0
	}
	child := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{
			Name: childName(run, attempt),
			OwnerReferences: []metav1.OwnerReference{{
				APIVersion: "tekton.dev/v1beta1", Kind: "CustomRun", Name: run.Name, UID: run.UID, Controller: &yes,
			}},
		},
		Data: map[string]string{"ended": "false"},
	}
	switch {
	case b.has("does not control its children"):
		child.OwnerReferences[0].Controller = nil
	case b.has("copies all labels and annotations to children"):
		child.Labels, child.Annotations = maps.Clone(run.Labels), maps.Clone(run.Annotations)
	case b.has("waits for ever for a child that is gone"):
		key := "made" + child.Name
		if !b.memory[key].IsZero() {
			return
		}
		b.memory[key] = time.Now()
	case b.has("makes a second child after a restart"):
		key := "child" + string(run.UID)
		if b.memory[key].IsZero() {
			b.memory[key] = time.Now()
			child.GenerateName, child.Name = "child-", ""
			break
		}
		return
	}
	_, _ = kube.CoreV1().ConfigMaps(run.Namespace).Create(ctx, child, metav1.CreateOptions{})
}

func (b *broken) endChild(ctx context.Context, run *v1beta1.CustomRun) {
	if len(run.Status.RetriesStatus) == 0 && run.Status.StartTime == nil {
		return
	}
	_, _ = kube.CoreV1().ConfigMaps(run.Namespace).Patch(ctx, childName(run, len(run.Status.RetriesStatus)), types.MergePatchType,
		[]byte(`{"data":{"ended":"true"}}`), metav1.PatchOptions{})
}

func (b *broken) childGone(ctx context.Context, run *v1beta1.CustomRun) bool {
	_, err := kube.CoreV1().ConfigMaps(run.Namespace).Get(ctx, childName(run, len(run.Status.RetriesStatus)), metav1.GetOptions{})
	return apierrors.IsNotFound(err)
}
