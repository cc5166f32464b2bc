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

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"
	"knative.dev/pkg/kmeta"
)

// floor measures the writer that does nothing but a gate's writes, straight from the watch: the status, the
// request, the status again. It is the API server's own cost.
func (b *bench) floor(ctx context.Context, sizes sizes) error {
	const ns = "floor"
	if err := b.namespace(ctx, ns); err != nil {
		return err
	}
	runs, err := b.tasks.TektonV1beta1().CustomRuns(ns).Watch(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	defer runs.Stop()
	requests, err := b.suite.ApprovalV1alpha1().ApprovalRequests(ns).Watch(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	defer requests.Stop()
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	go b.writeNothing(ctx, fail, ns, runs.ResultChan())
	b.own, err = b.burst(ctx, ns, "example.dev/v1", "Nothing", sizes.burst, "a do-nothing writer", requests.ResultChan())
	return err
}

// burst creates gates at once and measures until each has its request, and how long all of it takes.
func (b *bench) burst(ctx context.Context, namespace, apiVersion, kind string, n int, writer string, requests <-chan watch.Event) (time.Duration, error) {
	started := time.Now()
	asked, err := b.create(ctx, namespace, apiVersion, kind, n)
	if err != nil {
		return 0, err
	}
	created := time.Since(started)
	there, err := seen(ctx, requests, n, requestOf)
	if err != nil {
		return 0, err
	}
	all := time.Since(started)
	row(fmt.Sprintf("%d gates at once, %s: until the request of each is there", n, writer), "%s", spreadOf(asked, there))
	row(fmt.Sprintf("%d gates at once, %s: from the first creation to the last request", n, writer), "%s, of which the creations took %s",
		all.Round(time.Millisecond), created.Round(time.Millisecond))
	return all, nil
}

func (b *bench) writeNothing(ctx context.Context, fail context.CancelCauseFunc, namespace string, events <-chan watch.Event) {
	const writers = 16
	added := make(chan *v1beta1.CustomRun, 10_000)
	for range writers {
		go func() {
			for run := range added {
				if err := b.writeOne(ctx, namespace, run); err != nil {
					fail(fmt.Errorf("the do-nothing writer: %w", err))
				}
			}
		}()
	}
	defer close(added)
	for event := range events {
		if run, ok := event.Object.(*v1beta1.CustomRun); ok && event.Type == watch.Added {
			added <- run
		}
	}
}

func (b *bench) writeOne(ctx context.Context, namespace string, run *v1beta1.CustomRun) error {
	condition := func(reason string) {
		run.Status.Conditions = duckv1.Conditions{{Type: apis.ConditionSucceeded, Status: corev1.ConditionUnknown, Reason: reason,
			LastTransitionTime: apis.VolatileTime{Inner: metav1.Now()}}}
	}
	client := b.tasks.TektonV1beta1().CustomRuns(namespace)
	condition("Started")
	run, err := client.UpdateStatus(ctx, run, metav1.UpdateOptions{})
	if err != nil {
		return err
	}
	request := &v1alpha1.ApprovalRequest{
		ObjectMeta: metav1.ObjectMeta{Name: run.Name, OwnerReferences: []metav1.OwnerReference{*kmeta.NewControllerRef(run)}},
		Spec: v1alpha1.ApprovalRequestSpec{
			Gate: v1alpha1.Gate{Approvers: []string{"alice"}, Required: 1}, Run: v1alpha1.RunReference{Name: run.Name, UID: run.UID, Attempt: 1},
		},
	}
	if _, err := b.suite.ApprovalV1alpha1().ApprovalRequests(namespace).Create(ctx, request, metav1.CreateOptions{}); err != nil {
		return err
	}
	condition("ApprovalPending")
	_, err = client.UpdateStatus(ctx, run, metav1.UpdateOptions{})
	return err
}

func requestOf(event watch.Event) (string, bool) {
	request, ok := event.Object.(*v1alpha1.ApprovalRequest)
	if !ok {
		return "", false
	}
	return pendingRun(request)
}

// gates measures how long it takes until people are asked.
func (b *bench) gates(ctx context.Context, sizes sizes) error {
	const ns = "burst"
	if err := b.namespace(ctx, ns); err != nil {
		return err
	}
	requests, err := b.suite.ApprovalV1alpha1().ApprovalRequests(ns).Watch(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	defer requests.Stop()
	all, err := b.burst(ctx, ns, gateAPIVersion, gateKind, sizes.burst, "this controller", requests.ResultChan())
	if err != nil {
		return err
	}
	row("share of that which is the API server's own", "%.0f %%", 100*b.own.Seconds()/all.Seconds())
	return nil
}

// votes measures how long it takes from a vote to the run's condition while others wait.
func (b *bench) votes(ctx context.Context, sizes sizes) error {
	const ns = "votes"
	if err := b.namespace(ctx, ns); err != nil {
		return err
	}
	requests, err := b.suite.ApprovalV1alpha1().ApprovalRequests(ns).Watch(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	defer requests.Stop()
	n := sizes.pending + sizes.votes
	if _, err := b.create(ctx, ns, gateAPIVersion, gateKind, n); err != nil {
		return err
	}
	names := make(map[string]string, n) // of the request, by run
	_, err = seen(ctx, requests.ResultChan(), n, func(event watch.Event) (string, bool) {
		run, ok := requestOf(event)
		if ok {
			names[run] = event.Object.(*v1alpha1.ApprovalRequest).Name
		}
		return run, ok
	})
	if err != nil {
		return err
	}
	if err := b.settled(ctx, ns, n); err != nil {
		return err
	}
	runs, err := b.tasks.TektonV1beta1().CustomRuns(ns).Watch(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	defer runs.Stop()
	cast, decided := map[string]time.Time{}, map[string]time.Time{}
	for i := range sizes.votes { // one after another: each has the whole controller to itself, and the rest wait
		name := fmt.Sprintf("gate-%05d", i)
		vote := &v1alpha1.ApprovalDecision{
			ObjectMeta: metav1.ObjectMeta{GenerateName: "vote-"},
			Spec:       v1alpha1.ApprovalDecisionSpec{Request: names[name], Decision: v1alpha1.DecisionApprove},
		}
		if _, err := b.alice.ApprovalV1alpha1().ApprovalDecisions(ns).Create(ctx, vote, metav1.CreateOptions{}); err != nil {
			return err
		}
		cast[name] = time.Now()
		at, err := seen(ctx, runs.ResultChan(), 1, func(event watch.Event) (string, bool) {
			run, ok := event.Object.(*v1beta1.CustomRun)
			return name, ok && run.Name == name && run.IsSuccessful()
		})
		if err != nil {
			return err
		}
		decided[name] = at[name]
	}
	row(fmt.Sprintf("a vote, while %d gates wait: until the run is True", sizes.pending), "%s", spreadOf(cast, decided))
	count, err := b.requests(ns)
	if err != nil {
		return err
	}
	row("requests of the controller", "%d for %d gates, %d of them decided: %.2f a gate", count, n, sizes.votes, float64(count)/float64(n))
	return nil
}

// settled waits until all gates of a namespace say that they wait.
func (b *bench) settled(ctx context.Context, namespace string, n int) error {
	for {
		list, err := b.tasks.TektonV1beta1().CustomRuns(namespace).List(ctx, metav1.ListOptions{ResourceVersion: "0"})
		if err != nil {
			return err
		}
		pending := 0
		for i := range list.Items {
			if c := list.Items[i].Status.GetCondition(apis.ConditionSucceeded); c != nil && c.Reason == "ApprovalPending" {
				pending++
			}
		}
		if pending >= n {
			return nil
		}
		select {
		case <-time.After(500 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// idle measures what many gates cost that wait.
func (b *bench) idle(ctx context.Context, sizes sizes) error {
	const ns = "idle"
	const watched = time.Minute
	if err := b.namespace(ctx, ns); err != nil {
		return err
	}
	before, err := b.memory()
	if err != nil {
		return err
	}
	started := time.Now()
	if _, err := b.create(ctx, ns, gateAPIVersion, gateKind, sizes.idle); err != nil {
		return err
	}
	if err := b.settled(ctx, ns, sizes.idle); err != nil {
		return err
	}
	row(fmt.Sprintf("%d gates: until all wait", sizes.idle), "%s", time.Since(started).Round(time.Second))
	first, err := b.requests(ns)
	if err != nil {
		return err
	}
	select {
	case <-time.After(watched):
	case <-ctx.Done():
		return ctx.Err()
	}
	last, err := b.requests(ns)
	if err != nil {
		return err
	}
	after, err := b.memory()
	if err != nil {
		return err
	}
	row(fmt.Sprintf("%d gates that wait: requests of the controller in %s", sizes.idle, watched), "%d", last-first)
	row("memory of the controller", "%d MiB with %d gates, %d MiB before them", after, sizes.idle, before)
	return nil
}
