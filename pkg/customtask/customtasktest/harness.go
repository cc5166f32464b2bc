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
	tektonfake "github.com/tektoncd/pipeline/pkg/client/clientset/versioned/fake"
	"github.com/tektoncd/pipeline/pkg/client/informers/externalversions"
	tektonclient "github.com/tektoncd/pipeline/pkg/client/injection/client"
	customruninformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1beta1/customrun"
	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/record"
	clocktesting "k8s.io/utils/clock/testing"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/logging"
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
	kind    schema.GroupVersionKind
	start   func()
	impl    *controller.Impl
	world   func(*Harness)
	unowned []string
	// ended reports whether a child has ended.
	ended func(runtime.Object) bool
	// outside is what the task has begun outside the cluster.
	outside func(*Harness) any
	follows []follow
	sync    []func()
	held    bool
	// disturbed says that something has gone wrong or was seen late.
	disturbed bool
	// restarts has the controller restart after every step.
	restarts bool
}

// Option changes a Harness.
type Option func(*setup)

type setup struct {
	context func(*Harness, context.Context) context.Context
	config  map[string]string
	world   func(*Harness)
	unowned []string
}

// WithContext lets a task find its clients and informers. f is called at the start of every controller,
// with a harness whose Server can serve further clientsets; see [Harness.Follow].
func WithContext(f func(h *Harness, ctx context.Context) context.Context) Option {
	return func(s *setup) { s.context = f }
}

// WithConfig is the data of the ConfigMap of a task that is a ConfigWatcher.
func WithConfig(data map[string]string) Option {
	return func(s *setup) { s.config = data }
}

// WithWorld plays the other controllers: after every step, f does what they would have done by then. It
// ends the children that were asked to stop, for instance. f must not write without need.
func WithWorld(f func(h *Harness)) Option {
	return func(s *setup) { s.world = f }
}

// WithUnowned lets the task create objects of these resources that the run does not own, such as
// "configmaps". Any other object that it creates must be the run's child, so that it goes with the run (C54).
func WithUnowned(resources ...string) Option {
	return func(s *setup) { s.unowned = resources }
}

// New starts the controller of a task on fake clients. Every controller that the harness starts drives
// this one task, so what the task keeps in memory survives a Restart; see [NewFrom].
func New[S any](t testing.TB, gvk schema.GroupVersionKind, task customtask.Task[S], opts ...Option) *Harness {
	t.Helper()
	return NewFrom(t, gvk, func() customtask.Task[S] { return task }, opts...)
}

// NewFrom is New with a task made afresh for every controller, as in a process that starts anew.
func NewFrom[S any](t testing.TB, gvk schema.GroupVersionKind, newTask func() customtask.Task[S], opts ...Option) *Harness {
	t.Helper()
	s := setup{
		context: func(_ *Harness, ctx context.Context) context.Context { return ctx },
		world:   func(*Harness) {},
	}
	for _, opt := range opts {
		opt(&s)
	}
	const events = 100_000
	h := &Harness{
		Clock:   clocktesting.NewFakePassiveClock(Start),
		Tekton:  tektonfake.NewSimpleClientset(),
		Events:  record.NewFakeRecorder(events),
		t:       t,
		kind:    gvk,
		world:   s.world,
		unowned: s.unowned,
		ended:   endedByCondition,
	}
	h.Server = NewServer(h.Clock)
	h.Server.created = h.checkChild
	h.Server.Serve(h.Tekton)
	h.plantBystander()
	h.start = func() {
		h.sync, h.follows = nil, nil
		ctx := controller.WithEventRecorder(quiet(), h.Events)
		ctx = context.WithValue(ctx, tektonclient.Key{}, h.Tekton)
		informer := externalversions.NewSharedInformerFactory(h.Tekton, 0).Tekton().V1beta1().CustomRuns()
		ctx = context.WithValue(ctx, customruninformer.Key{}, informer)
		h.Follow(h.Tekton, customRunKind, informer.Informer().GetIndexer())
		ctx = s.context(h, ctx)
		task := newTask()
		h.impl = customtask.NewController(gvk, task, customtask.WithClock(h.Clock))(ctx, watcher(task, s.config))
		h.syncCaches()
		h.Lead()
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

// Restart stops the controller and starts another one, which knows nothing but what is stored.
func (h *Harness) Restart() {
	h.t.Helper()
	h.held = false
	h.Server.caughtUp()
	h.start()
}
