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

package lifecycle

import (
	"context"
	"testing"
	"time"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	"github.com/tektoncd/pipeline/pkg/client/clientset/versioned"
	tektonfake "github.com/tektoncd/pipeline/pkg/client/clientset/versioned/fake"
	typed "github.com/tektoncd/pipeline/pkg/client/clientset/versioned/typed/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	clocktesting "k8s.io/utils/clock/testing"
)

var (
	probeKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Probe"}
	runKey    = types.NamespacedName{Namespace: "test", Name: "run"}
	start     = time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)
)

// counting is Work that never ends and counts its calls.
type counting struct{ prepared, reconciled, stopped int }

func (c *counting) Prepare(context.Context, *v1beta1.CustomRun) (Prepared, error) {
	c.prepared++
	return Prepared{Spec: []byte(`{}`)}, nil
}

func (c *counting) Reconcile(context.Context, Attempt) (Step, error) {
	c.reconciled++
	return Step{Reason: "Working"}, nil
}

func (c *counting) Stop(context.Context, Attempt, StopReason) (Step, error) {
	c.stopped++
	return Step{Phase: PhaseStopped}, nil
}

// newRun is a run of the kind as the API server has it.
func newRun() *v1beta1.CustomRun {
	return &v1beta1.CustomRun{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: runKey.Namespace, Name: runKey.Name, UID: "uid-1", ResourceVersion: "1", Generation: 1,
			CreationTimestamp: metav1.NewTime(start.Truncate(time.Second)),
		},
		Spec: v1beta1.CustomRunSpec{CustomRef: &v1beta1.TaskRef{APIVersion: "example.dev/v1", Kind: "Probe"}},
	}
}

func newReconciler(work Work, client versioned.Interface) *Reconciler {
	return New(Options{
		Kind: probeKind, Work: work, Client: client,
		Recorder: record.NewFakeRecorder(100), Clock: clocktesting.NewFakePassiveClock(start),
	})
}

func TestC57ARunThatIsBeingDeletedIsNotWorkedOn(t *testing.T) {
	// The generated reconciler does not pass such runs on; what calls ReconcileKind past it may.
	run := newRun()
	now := metav1.NewTime(start)
	run.DeletionTimestamp, run.Finalizers = &now, []string{"somebody.else/finalizer"}
	work, client := &counting{}, tektonfake.NewSimpleClientset(run)
	if err := newReconciler(work, client).ReconcileKind(t.Context(), run.DeepCopy()); err != nil {
		t.Errorf("got %v; want nothing to do", err)
	}
	if n := len(client.Actions()); n > 0 || *work != (counting{}) {
		t.Errorf("%d requests, calls %+v; want none", n, *work)
	}
}

func TestObserveDeletionLeavesNothing(t *testing.T) {
	run := newRun()
	r := newReconciler(&counting{}, tektonfake.NewSimpleClientset(run))
	r.guard.wrote(runKey, run.UID, "2")
	r.strays.add(runKey, run.UID)
	r.backoff.When(runKey)
	if err := r.ObserveDeletion(t.Context(), runKey); err != nil {
		t.Fatal(err)
	}
	if len(r.guard.last) > 0 || len(r.strays.runs) > 0 || r.backoff.NumRequeues(runKey) > 0 {
		t.Errorf("kept: %d writes, %d strays, %d errors", len(r.guard.last), len(r.strays.runs), r.backoff.NumRequeues(runKey))
	}
}

func TestOursObjectSeesThroughATombstone(t *testing.T) {
	ours, other := newRun(), newRun()
	other.Spec.CustomRef.Kind = "Other"
	r := newReconciler(&counting{}, nil)
	for name, row := range map[string]struct {
		object any
		want   bool
	}{
		"a run of the kind":               {ours, true},
		"a run of another kind":           {other, false},
		"a deletion that was missed":      {cache.DeletedFinalStateUnknown{Key: "test/run", Obj: ours}, true},
		"such a deletion of another kind": {cache.DeletedFinalStateUnknown{Key: "test/run", Obj: other}, false},
		"such a deletion without a run":   {cache.DeletedFinalStateUnknown{Key: "test/run"}, false},
		"no run":                          {(*v1beta1.CustomRun)(nil), false},
		"something that is no run at all": {"test/run", false},
		"a deletion of something like it": {cache.DeletedFinalStateUnknown{Key: "test/run", Obj: "test/run"}, false},
		"a run that names no kind":        {&v1beta1.CustomRun{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := r.OursObject(row.object); got != row.want {
				t.Errorf("got %v; want %v", got, row.want)
			}
		})
	}
}

// seeing is a clientset that keeps the contexts of status writes.
type seeing struct {
	versioned.Interface
	contexts []context.Context
}

type seeingV1beta1 struct {
	typed.TektonV1beta1Interface
	seen *seeing
}

type seeingCustomRuns struct {
	typed.CustomRunInterface
	seen *seeing
}

func (s *seeing) TektonV1beta1() typed.TektonV1beta1Interface {
	return seeingV1beta1{s.Interface.TektonV1beta1(), s}
}

func (s seeingV1beta1) CustomRuns(namespace string) typed.CustomRunInterface {
	return seeingCustomRuns{s.TektonV1beta1Interface.CustomRuns(namespace), s.seen}
}

func (s seeingCustomRuns) UpdateStatus(ctx context.Context, run *v1beta1.CustomRun, opts metav1.UpdateOptions) (*v1beta1.CustomRun, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.seen.contexts = append(s.seen.contexts, ctx)
	return s.CustomRunInterface.UpdateStatus(ctx, run, opts)
}

func TestWhatIsComputedIsStoredAlsoWhenTheProcessIsAskedToEnd(t *testing.T) {
	run := newRun()
	client := &seeing{Interface: tektonfake.NewSimpleClientset(run)}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := newReconciler(&counting{}, client).ReconcileKind(ctx, run.DeepCopy()); err != nil {
		t.Errorf("got %v; want the status stored", err)
	}
	if len(client.contexts) != 2 {
		t.Fatalf("%d writes; want Started and Working", len(client.contexts))
	}
	if _, bounded := client.contexts[0].Deadline(); !bounded {
		t.Error("the write has no deadline")
	}
}

// meddling is Work that changes what it is shown.
type meddling struct{ counting }

func (m *meddling) Prepare(ctx context.Context, run *v1beta1.CustomRun) (Prepared, error) {
	meddle(run)
	return m.counting.Prepare(ctx, run)
}

func (m *meddling) Reconcile(ctx context.Context, a Attempt) (Step, error) {
	meddle(a.Run)
	return m.counting.Reconcile(ctx, a)
}

func meddle(run *v1beta1.CustomRun) {
	run.Status.Results = []v1beta1.CustomRunResult{{Name: "meddled", Value: "1"}}
	run.Status.StartTime = &metav1.Time{Time: start.Add(-time.Hour)}
	run.Generation = 42
}

func TestC52WhatWorkDoesToARunIsNotStored(t *testing.T) {
	run := newRun()
	client := tektonfake.NewSimpleClientset(run)
	if err := newReconciler(&meddling{}, client).ReconcileKind(t.Context(), run.DeepCopy()); err != nil {
		t.Fatal(err)
	}
	stored, err := client.TektonV1beta1().CustomRuns(runKey.Namespace).Get(t.Context(), runKey.Name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	status := stored.Status
	if len(status.Results) > 0 || status.ObservedGeneration != 1 || status.StartTime.Time.Before(run.CreationTimestamp.Time) {
		t.Errorf("stored: %+v", status)
	}
}
