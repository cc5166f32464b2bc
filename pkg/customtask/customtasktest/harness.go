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
	"context"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	tektonfake "github.com/tektoncd/pipeline/pkg/client/clientset/versioned/fake"
	"github.com/tektoncd/pipeline/pkg/client/informers/externalversions"
	tektonclient "github.com/tektoncd/pipeline/pkg/client/injection/client"
	customruninformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1beta1/customrun"
	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	clocktesting "k8s.io/utils/clock/testing"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/logging"
	"knative.dev/pkg/reconciler"
)

// Namespace is where the harness keeps its runs.
const Namespace = "test"

// Start is when the harness' clock begins.
var Start = time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)

// Harness drives the controller of one task.
type Harness struct {
	// Clock is the controller's. Advance moves it.
	Clock *clocktesting.FakePassiveClock
	// Server stands behind the clients.
	Server *Server
	// Tekton is the fake clientset that holds the runs.
	Tekton *tektonfake.Clientset
	// Events are what the controller recorded.
	Events *record.FakeRecorder

	t       testing.TB
	start   func()
	impl    *controller.Impl
	runs    cache.Indexer
	sync    []func()
	held    bool
	requeue map[string]time.Duration
	seen    invariants
}

// Option changes a Harness.
type Option func(*setup)

type setup struct {
	context func(*Harness, context.Context) context.Context
	config  map[string]string
}

// WithContext lets a task find its clients and informers. f is called at the start of every controller,
// with a harness whose Server can serve further clientsets; see [Harness.OnSync].
func WithContext(f func(h *Harness, ctx context.Context) context.Context) Option {
	return func(s *setup) { s.context = f }
}

// WithConfig is the data of the ConfigMap of a task that is a ConfigWatcher.
func WithConfig(data map[string]string) Option {
	return func(s *setup) { s.config = data }
}

// New starts the controller of a task on fake clients.
func New[S any](t testing.TB, gvk schema.GroupVersionKind, task customtask.Task[S], opts ...Option) *Harness {
	t.Helper()
	s := setup{context: func(_ *Harness, ctx context.Context) context.Context { return ctx }}
	for _, opt := range opts {
		opt(&s)
	}
	const events = 100_000
	h := &Harness{
		Clock:  clocktesting.NewFakePassiveClock(Start),
		Tekton: tektonfake.NewSimpleClientset(),
		Events: record.NewFakeRecorder(events),
		t:      t,
	}
	h.Server = NewServer(h.Clock)
	h.Server.Serve(h.Tekton)
	h.start = func() {
		h.sync, h.requeue = nil, map[string]time.Duration{}
		ctx := controller.WithEventRecorder(quiet(), h.Events)
		ctx = context.WithValue(ctx, tektonclient.Key{}, h.Tekton)
		informer := externalversions.NewSharedInformerFactory(h.Tekton, 0).Tekton().V1beta1().CustomRuns()
		ctx = context.WithValue(ctx, customruninformer.Key{}, informer)
		h.runs = informer.Informer().GetIndexer()
		ctx = s.context(h, ctx)
		h.impl = customtask.NewController(gvk, task, customtask.WithClock(h.Clock))(ctx, watcher(task, s.config))
		if err := h.impl.Reconciler.(reconciler.LeaderAware).Promote(reconciler.UniversalBucket(), nil); err != nil {
			t.Fatalf("becoming the leader: %v", err)
		}
	}
	h.start()
	return h
}

// watcher shows a task its ConfigMap, if it has one.
func watcher(task any, data map[string]string) configmap.Watcher {
	w, ok := task.(customtask.ConfigWatcher)
	if !ok {
		return configmap.NewStaticWatcher()
	}
	return configmap.NewStaticWatcher(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: w.ConfigName()}, Data: data})
}

// quiet is a context whose logger says nothing: what matters is in the run.
func quiet() context.Context {
	return logging.WithLogger(context.Background(), zap.NewNop().Sugar())
}

// OnSync adds what brings the caches of a task's own informers up to date.
func (h *Harness) OnSync(f func()) { h.sync = append(h.sync, f) }

// Restart stops the controller and starts another one, which knows nothing but what is stored.
func (h *Harness) Restart() {
	h.t.Helper()
	h.held = false
	h.start()
}

// HoldCache keeps the caches as they are now until release is called.
func (h *Harness) HoldCache() (release func()) {
	h.syncCaches()
	h.held = true
	return func() { h.held = false }
}

func (h *Harness) syncCaches() {
	h.t.Helper()
	if h.held {
		return
	}
	list, err := h.Tekton.TektonV1beta1().CustomRuns(metav1.NamespaceAll).List(context.Background(), metav1.ListOptions{})
	if err != nil {
		h.t.Fatalf("listing runs: %v", err)
	}
	objects := make([]any, 0, len(list.Items))
	for i := range list.Items {
		objects = append(objects, &list.Items[i])
	}
	if err := h.runs.Replace(objects, ""); err != nil {
		h.t.Fatalf("filling the cache: %v", err)
	}
	for _, f := range h.sync {
		f()
	}
}

// Create stores a run, in Namespace unless it says otherwise.
func (h *Harness) Create(run *v1beta1.CustomRun) *v1beta1.CustomRun {
	h.t.Helper()
	if run.Namespace == "" {
		run.Namespace = Namespace
	}
	run, err := h.Tekton.TektonV1beta1().CustomRuns(run.Namespace).Create(context.Background(), run, metav1.CreateOptions{})
	if err != nil {
		h.t.Fatalf("creating the run: %v", err)
	}
	return run
}

// Get reads a run as it is stored; nil if there is none.
func (h *Harness) Get(name string) *v1beta1.CustomRun {
	h.t.Helper()
	run, err := h.Tekton.TektonV1beta1().CustomRuns(Namespace).Get(context.Background(), name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		h.t.Fatalf("reading the run: %v", err)
	}
	return run
}

// Edit changes a run's spec as a user does.
func (h *Harness) Edit(name string, change func(*v1beta1.CustomRun)) {
	h.t.Helper()
	run := h.Get(name)
	change(run)
	if _, err := h.Tekton.TektonV1beta1().CustomRuns(run.Namespace).Update(context.Background(), run, metav1.UpdateOptions{}); err != nil {
		h.t.Fatalf("editing the run: %v", err)
	}
}

// StoreStatus stores a run's status as another writer would.
func (h *Harness) StoreStatus(run *v1beta1.CustomRun) {
	h.t.Helper()
	if _, err := h.Tekton.TektonV1beta1().CustomRuns(run.Namespace).UpdateStatus(context.Background(), run, metav1.UpdateOptions{}); err != nil {
		h.t.Fatalf("storing the run's status: %v", err)
	}
}

// Cancel cancels a run as Tekton does, with a message.
func (h *Harness) Cancel(name, message string) {
	h.t.Helper()
	h.Edit(name, func(run *v1beta1.CustomRun) {
		run.Spec.Status = v1beta1.CustomRunSpecStatusCancelled
		run.Spec.StatusMessage = v1beta1.CustomRunSpecStatusMessage(message)
	})
}

// Delete deletes a run. One with a finalizer stays, marked, until the finalizer is gone.
func (h *Harness) Delete(name string) {
	h.t.Helper()
	gvr := v1beta1.SchemeGroupVersion.WithResource("customruns")
	run := h.Get(name)
	var err error
	if len(run.Finalizers) == 0 {
		err = h.Tekton.Tracker().Delete(gvr, run.Namespace, name)
	} else {
		now := metav1.NewTime(h.Clock.Now())
		run.DeletionTimestamp = &now
		err = h.Tekton.Tracker().Update(gvr, run, run.Namespace)
	}
	if err != nil {
		h.t.Fatalf("deleting the run: %v", err)
	}
}

// Advance moves the clock.
func (h *Harness) Advance(d time.Duration) { h.Clock.SetTime(h.Clock.Now().Add(d)) }

// Step reconciles a run once and reports when the controller wants to look again; ok is false if it
// waits for events only.
func (h *Harness) Step(name string) (again time.Duration, ok bool) {
	h.t.Helper()
	h.syncCaches()
	before := h.copyCache()
	writes := len(h.Server.Writes())
	stored := h.Get(name)
	err := h.impl.Reconciler.Reconcile(quiet(), types.NamespacedName{Namespace: Namespace, Name: name}.String())
	h.checkCache(before)
	h.seen.check(h.t, stored, h.Get(name), len(h.Server.Writes())-writes)
	if err == nil {
		return 0, false
	}
	if ok, d := controller.IsRequeueKey(err); ok {
		return d, true
	}
	h.t.Fatalf("reconcile of %s returned an error that knative would record: %v", name, err)
	return 0, false
}

// Settle steps until a step writes nothing, then reports as Step does.
func (h *Harness) Settle(name string) (again time.Duration, ok bool) {
	h.t.Helper()
	const enough = 50
	for range enough {
		writes := len(h.Server.Writes())
		again, ok = h.Step(name)
		if len(h.Server.Writes()) == writes {
			return again, ok
		}
	}
	h.t.Fatalf("%s does not settle: %d steps and still writing", name, enough)
	return 0, false
}

// RecordedEvents drains the Events recorded so far, each as "Type Reason Message".
func (h *Harness) RecordedEvents() []string {
	var out []string
	for {
		select {
		case e := <-h.Events.Events:
			out = append(out, e)
		default:
			return out
		}
	}
}
