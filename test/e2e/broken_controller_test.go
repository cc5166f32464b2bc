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
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"knative.dev/pkg/apis"
)

const brokenAPIVersion = "example.broken/v1"

// broken is a controller as one might write it in an afternoon, with the client alone: it keeps the contract but for
// one fault. Each has a kind of its own, so that many of them work side by side.
type broken struct {
	t     *testing.T
	kind  string
	fault string

	stop   context.CancelFunc
	done   chan struct{}
	memory map[string]time.Time
	past   map[string]v1beta1.CustomRunStatus
	queue  workqueue.TypedDelayingInterface[types.NamespacedName]
}

// brokenState is what it keeps in extraFields.
type brokenState struct {
	Do      string     `json:"do"`
	End     time.Time  `json:"end,omitzero"`
	RetryAt *time.Time `json:"retryAt,omitempty"`
}

// has says whether the controller has the fault.
func (b *broken) has(fault string) bool { return b.fault == fault }

// start lets the controller work until restart or the end of the test.
func (b *broken) start(ctx context.Context) error {
	ctx, b.stop = context.WithCancel(ctx)
	b.memory, b.past, b.done = map[string]time.Time{}, map[string]v1beta1.CustomRunStatus{}, make(chan struct{})
	b.queue = workqueue.NewTypedDelayingQueue[types.NamespacedName]()
	list, err := tasks.TektonV1beta1().CustomRuns("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range list.Items {
		if b.has("writes old runs again after a restart") && b.ours(&list.Items[i]) && list.Items[i].IsDone() {
			list.Items[i].Status.Conditions[0].Message = "seen again"
			_, _ = tasks.TektonV1beta1().CustomRuns(list.Items[i].Namespace).UpdateStatus(ctx, &list.Items[i], metav1.UpdateOptions{})
		}
		if b.has("claims every run after a restart") && len(list.Items[i].Status.Conditions) == 0 && b.nearby(ctx, list.Items[i].Namespace) {
			list.Items[i].Status.SetCondition(&apis.Condition{Type: apis.ConditionSucceeded, Status: corev1.ConditionUnknown, Reason: "Mine"})
			_, _ = tasks.TektonV1beta1().CustomRuns(list.Items[i].Namespace).UpdateStatus(ctx, &list.Items[i], metav1.UpdateOptions{})
		}
		b.enqueue(&list.Items[i])
	}
	go b.watch(ctx, list.ResourceVersion, b.queue)
	go b.work(ctx, b.queue, b.done)
	return nil
}

// restart is a crash: what was in memory is lost.
func (b *broken) restart(ctx context.Context) error {
	b.end()
	return b.start(context.WithoutCancel(ctx))
}

func (b *broken) end() {
	b.stop()
	b.queue.ShutDown()
	<-b.done
}

func (b *broken) watch(ctx context.Context, version string, queue workqueue.TypedDelayingInterface[types.NamespacedName]) {
	for ctx.Err() == nil {
		w, err := tasks.TektonV1beta1().CustomRuns("").Watch(ctx, metav1.ListOptions{ResourceVersion: version})
		if err != nil {
			if ctx.Err() == nil {
				b.t.Errorf("watching for %s: %v", b.kind, err)
			}
			return
		}
		for event := range w.ResultChan() {
			if run, ok := event.Object.(*v1beta1.CustomRun); ok {
				version = run.ResourceVersion
				b.enqueue(run)
			}
		}
	}
}

func (b *broken) enqueue(run *v1beta1.CustomRun) {
	b.queue.Add(types.NamespacedName{Namespace: run.Namespace, Name: run.Name})
}

func (b *broken) work(ctx context.Context, queue workqueue.TypedDelayingInterface[types.NamespacedName], done chan struct{}) {
	defer close(done)
	for {
		key, shutdown := queue.Get()
		if shutdown {
			return
		}
		if again := b.reconcile(ctx, key); again > 0 {
			queue.AddAfter(key, again)
		}
		queue.Done(key)
	}
}

// ours says whether a run is of the kind.
func (b *broken) ours(run *v1beta1.CustomRun) bool {
	apiVersion, kind := "", ""
	switch {
	case run.Spec.CustomRef != nil:
		apiVersion, kind = run.Spec.CustomRef.APIVersion, string(run.Spec.CustomRef.Kind)
	case run.Spec.CustomSpec != nil:
		apiVersion, kind = run.Spec.CustomSpec.APIVersion, run.Spec.CustomSpec.Kind
	}
	if b.has("does not know its runs in a pipeline") && run.Labels["tekton.dev/pipelineRun"] != "" {
		return false
	}
	if b.has("looks at the kind alone") {
		return kind == b.kind
	}
	return apiVersion == brokenAPIVersion && kind == b.kind
}

// reconcile looks at a run, and returns when to look again.
func (b *broken) reconcile(ctx context.Context, key types.NamespacedName) time.Duration {
	stored, err := tasks.TektonV1beta1().CustomRuns(key.Namespace).Get(ctx, key.Name, metav1.GetOptions{})
	if err != nil {
		return 0
	}
	if !b.ours(stored) {
		b.trespass(ctx, stored)
		return 0
	}
	b.hold(ctx, stored)
	run := stored.DeepCopy()
	b.remember(run, b.past)
	again := b.decide(ctx, run)
	b.spoil(stored, run)
	// Transition times do not count in that comparison.
	if equality.Semantic.DeepEqual(stored.Status, run.Status) && !b.has("moves transition times") {
		return again
	}
	if _, err := tasks.TektonV1beta1().CustomRuns(key.Namespace).UpdateStatus(ctx, run, metav1.UpdateOptions{}); err != nil {
		return 50 * time.Millisecond
	}
	b.announce(ctx, run)
	return again
}

// nearby says whether a namespace is one where this very kind is looked at, so that its faults disturb no other.
func (b *broken) nearby(ctx context.Context, namespace string) bool {
	ns, err := kube.CoreV1().Namespaces().Get(ctx, namespace, metav1.GetOptions{})
	return err == nil && ns.Labels["conformance.customtasks.dev/namespace"] == strings.ToLower(b.kind)
}

// trespass writes to a run of another kind, if that is the fault.
func (b *broken) trespass(ctx context.Context, run *v1beta1.CustomRun) {
	if !b.has("writes to foreign runs") || !b.nearby(ctx, run.Namespace) || run.IsDone() || run.Spec.CustomRef == nil || run.Spec.CustomRef.Kind != "Unrelated" {
		return
	}
	run.Status.SetCondition(&apis.Condition{Type: apis.ConditionSucceeded, Status: corev1.ConditionUnknown, Reason: "Mine", Message: b.kind})
	_, _ = tasks.TektonV1beta1().CustomRuns(run.Namespace).UpdateStatus(ctx, run, metav1.UpdateOptions{})
}

// announce records Events, or makes a child, at the wrong time, if that is the fault.
func (b *broken) announce(ctx context.Context, run *v1beta1.CustomRun) {
	if b.has("makes a child after the end") && run.IsDone() {
		run.Status.RetriesStatus = append(run.Status.RetriesStatus, v1beta1.CustomRunStatus{}, v1beta1.CustomRunStatus{})
		b.makeChild(ctx, run)
	}
	if !b.has("records Events all the time") {
		return
	}
	for range 5 {
		_, err := kube.CoreV1().Events(run.Namespace).Create(ctx, &corev1.Event{
			ObjectMeta:     metav1.ObjectMeta{GenerateName: "noise-"},
			InvolvedObject: corev1.ObjectReference{APIVersion: "tekton.dev/v1beta1", Kind: "CustomRun", Namespace: run.Namespace, Name: run.Name, UID: run.UID},
			Reason:         "Looked", Message: "still here", Type: corev1.EventTypeNormal, Count: 1,
		}, metav1.CreateOptions{})
		if err != nil {
			return
		}
	}
}

// condition sets Succeeded, and keeps the transition time if nothing changes.
func condition(run *v1beta1.CustomRun, status corev1.ConditionStatus, reason, message string) {
	old := run.Status.GetCondition(apis.ConditionSucceeded)
	if old != nil && old.Status == status && old.Reason == reason && old.Message == message {
		return
	}
	run.Status.Conditions = []apis.Condition{{
		Type: apis.ConditionSucceeded, Status: status, Reason: reason, Message: message,
		LastTransitionTime: apis.VolatileTime{Inner: metav1.Now().Rfc3339Copy()},
	}}
}

func keep(run *v1beta1.CustomRun, state brokenState) {
	data, err := json.Marshal(state)
	if err != nil {
		panic(err)
	}
	run.Status.ExtraFields.Raw = data
}

func seconds(t time.Time) *metav1.Time {
	at := metav1.NewTime(t).Rfc3339Copy()
	return &at
}

func childName(run *v1beta1.CustomRun, attempt int) string {
	return fmt.Sprintf("child-%s-%d", run.UID, attempt)
}
