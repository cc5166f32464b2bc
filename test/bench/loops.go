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
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/customtasks/customtasks/test/cluster"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"
)

const (
	// atOnce is how many TaskRuns of a loop run at once.
	atOnce = 50
	// taskRunTakes is how long each of them runs, give or take half of it.
	taskRunTakes = time.Second
	// tektonController is the process that would run the TaskRuns.
	tektonController = "tekton-controller"
)

// loops measures how soon a loop starts the next TaskRun when one has ended, and what that costs. Tekton's
// controller is stopped: the bench ends the TaskRuns itself, so that its speed is not what is measured.
func (b *bench) loops(ctx context.Context, sizes sizes) (err error) {
	if err := b.plane.Process(tektonController).Stop(30 * time.Second); err != nil {
		return err
	}
	defer func() {
		if startErr := b.plane.Process(tektonController).Restart(); err == nil {
			err = startErr
		}
	}()
	gaps, _, err := b.gaps(ctx, "loop-floor", sizes.items, func(ctx context.Context, ns string) error {
		return b.startByHand(ctx, ns, sizes.items)
	})
	if err != nil {
		return err
	}
	row(fmt.Sprintf("%d TaskRuns, %d at once, a do-nothing writer: from an end to the next TaskRun", sizes.items, atOnce), "%s", gaps)

	before, err := b.memory()
	if err != nil {
		return err
	}
	var peak atomic.Int64
	watching, done := context.WithCancel(ctx)
	go func() {
		for watching.Err() == nil {
			if now, err := b.memory(); err == nil {
				peak.Store(max(peak.Load(), int64(now)))
			}
			time.Sleep(200 * time.Millisecond)
		}
	}()
	const ns = "loop"
	gaps, most, err := b.gaps(ctx, ns, sizes.items, func(ctx context.Context, ns string) error { return b.startLoop(ctx, ns, sizes.items) })
	done()
	if err != nil {
		return err
	}
	row(fmt.Sprintf("a loop of %d items, %d at once: from an end to the next TaskRun", sizes.items, atOnce), "%s", gaps)
	row(fmt.Sprintf("a loop of %d items: TaskRuns at once, at most", sizes.items), "%d", most)
	if err := b.loopEnded(ctx, ns); err != nil {
		return err
	}
	counts := map[string]int{}
	if _, err := b.plane.Requests(func(r cluster.Request) bool {
		if r.User == "system:serviceaccount:tekton-custom-tasks:tekton-custom-tasks-controller" && r.Namespace == ns && r.Resource != "events" {
			counts[r.Verb+" "+r.Resource]++
		}
		return false
	}); err != nil {
		return err
	}
	row(fmt.Sprintf("a loop of %d items: requests of the controller", sizes.items), "%v", counts)
	row(fmt.Sprintf("a loop of %d items: memory of the controller", sizes.items), "%d MiB at most, %d MiB before", peak.Load(), before)
	return nil
}

// loopTask is what every TaskRun runs.
const loopTask = `{"params": [{"name": "number", "default": ""}], "results": [{"name": "out"}], "steps": [{"name": "s", "image": "none", "script": "true"}]}`

// startLoop creates the loop.
func (b *bench) startLoop(ctx context.Context, ns string, n int) error {
	spec := fmt.Sprintf(`{"iterateNumeric": "number", "concurrency": %d, "taskSpec": %s}`, atOnce, loopTask)
	_, err := b.tasks.TektonV1beta1().CustomRuns(ns).Create(ctx, &v1beta1.CustomRun{
		ObjectMeta: metav1.ObjectMeta{Name: "loop"},
		Spec: v1beta1.CustomRunSpec{
			CustomSpec: &v1beta1.EmbeddedCustomRunSpec{
				TypeMeta: runtime.TypeMeta{APIVersion: "custom.tekton.dev/v1alpha1", Kind: "TaskLoop"},
				Spec:     runtime.RawExtension{Raw: []byte(spec)},
			},
			Params: v1beta1.Params{
				{Name: "from", Value: *v1beta1.NewStructuredValues("1")}, {Name: "to", Value: *v1beta1.NewStructuredValues(fmt.Sprint(n))},
			},
			Timeout: &metav1.Duration{},
		},
	}, metav1.CreateOptions{})
	return err
}

// startByHand creates as many TaskRuns as run at once, and the next one for each that ends, straight from the
// watch.
func (b *bench) startByHand(ctx context.Context, ns string, n int) error {
	events, err := b.tasks.TektonV1().TaskRuns(ns).Watch(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	next := make(chan int, n)
	for range 16 {
		go func() {
			for i := range next {
				run := &pipelinev1.TaskRun{
					ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("by-hand-%05d", i)},
					Spec: pipelinev1.TaskRunSpec{TaskSpec: &pipelinev1.TaskSpec{
						Results: []pipelinev1.TaskResult{{Name: "out"}},
						Steps:   []pipelinev1.Step{{Name: "s", Image: "none", Script: "true"}},
					}},
				}
				if _, err := b.tasks.TektonV1().TaskRuns(ns).Create(ctx, run, metav1.CreateOptions{}); err != nil && ctx.Err() == nil {
					fmt.Printf("the do-nothing writer: %v\n", err)
				}
			}
		}()
	}
	go func() {
		defer close(next)
		defer events.Stop()
		made := min(atOnce, n)
		for i := range made {
			next <- i
		}
		ended := map[string]bool{}
		for event := range events.ResultChan() {
			run, ok := event.Object.(*pipelinev1.TaskRun)
			if !ok || !run.IsDone() || ended[run.Name] {
				continue
			}
			if ended[run.Name] = true; made < n {
				next <- made
				made++
			}
			if len(ended) == n {
				return
			}
		}
	}()
	return nil
}

// gaps has start begin TaskRuns, ends each after about a second, and returns how long it took from the j-th end to
// the TaskRun that may take its place, and how many were unfinished at once. Both are seen by one watch.
func (b *bench) gaps(ctx context.Context, ns string, n int, start func(context.Context, string) error) (spread, int, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := b.namespace(ctx, ns); err != nil {
		return spread{}, 0, err
	}
	events, err := b.tasks.TektonV1().TaskRuns(ns).Watch(ctx, metav1.ListOptions{})
	if err != nil {
		return spread{}, 0, err
	}
	defer events.Stop()
	if err := start(ctx, ns); err != nil {
		return spread{}, 0, err
	}
	var added, ends []time.Time
	seen, most := map[string]bool{}, 0
	timer := time.NewTimer(5 * time.Minute)
	defer timer.Stop()
	for len(ends) < n {
		select {
		case event, open := <-events.ResultChan():
			run, ok := event.Object.(*pipelinev1.TaskRun)
			switch {
			case !open:
				return spread{}, 0, fmt.Errorf("the watch ended with %d of %d", len(ends), n)
			case !ok:
			case event.Type == watch.Added:
				added = append(added, time.Now())
				most = max(most, len(added)-len(ends))
				time.AfterFunc(taskRunTakes/2+rand.N(taskRunTakes), func() { b.endTaskRun(ctx, run) })
			case run.IsDone() && !seen[run.Name]:
				seen[run.Name] = true
				ends = append(ends, time.Now())
			}
		case <-timer.C:
			return spread{}, 0, fmt.Errorf("%d of %d TaskRuns after 5 minutes", len(ends), n)
		case <-ctx.Done():
			return spread{}, 0, ctx.Err()
		}
	}
	var all []time.Duration
	for j := range max(0, len(added)-atOnce) {
		all = append(all, added[atOnce+j].Sub(ends[j]))
	}
	return spreadOfDurations(all), most, nil
}

// endTaskRun does what Tekton would have done.
func (b *bench) endTaskRun(ctx context.Context, run *pipelinev1.TaskRun) {
	now := metav1.Now()
	run.Status.Status = duckv1.Status{Conditions: duckv1.Conditions{{
		Type: apis.ConditionSucceeded, Status: corev1.ConditionTrue, Reason: "Succeeded", LastTransitionTime: apis.VolatileTime{Inner: now},
	}}}
	run.Status.StartTime, run.Status.CompletionTime = &run.CreationTimestamp, &now
	run.Status.Results = []pipelinev1.TaskRunResult{{Name: "out", Type: pipelinev1.ResultsTypeString, Value: *pipelinev1.NewStructuredValues("ok")}}
	if _, err := b.tasks.TektonV1().TaskRuns(run.Namespace).UpdateStatus(ctx, run, metav1.UpdateOptions{}); err != nil && ctx.Err() == nil {
		fmt.Printf("ending a TaskRun: %v\n", err)
	}
}

// loopEnded waits for the loop to succeed.
func (b *bench) loopEnded(ctx context.Context, ns string) error {
	for {
		run, err := b.tasks.TektonV1beta1().CustomRuns(ns).Get(ctx, "loop", metav1.GetOptions{})
		switch {
		case err != nil:
			return err
		case run.IsSuccessful():
			return nil
		case run.IsDone():
			return fmt.Errorf("the loop ended with %v", run.Status.Conditions)
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
