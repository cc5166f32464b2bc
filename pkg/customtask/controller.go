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

package customtask

import (
	"context"
	"strings"
	"time"

	"github.com/customtasks/customtasks/internal/lifecycle"
	tektonclient "github.com/tektoncd/pipeline/pkg/client/injection/client"
	customruninformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1beta1/customrun"
	customrunreconciler "github.com/tektoncd/pipeline/pkg/client/injection/reconciler/pipeline/v1beta1/customrun"
	"go.uber.org/zap"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/utils/clock"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/injection"
	"knative.dev/pkg/logging"
)

// DefaultWorkers is how many runs of one kind are looked at at once.
const DefaultWorkers = 16

// Option changes what [NewController] makes.
type Option func(*options)

type options struct {
	workers int
	clock   clock.PassiveClock
	name    string
}

// WithWorkers sets how many runs of the kind are looked at at once. Default [DefaultWorkers].
func WithWorkers(n int) Option { return func(o *options) { o.workers = n } }

// WithClock sets the controller's source of time. Default: the wall clock.
func WithClock(c clock.PassiveClock) Option { return func(o *options) { o.clock = c } }

// WithName sets the name of the queue, the lease and the source of Events. Default: [ControllerName], which two
// versions of one kind have in common.
func WithName(name string) Option { return func(o *options) { o.name = name } }

// NewController returns the constructor of a controller that drives the runs of one kind with a task,
// to be listed in knative's sharedmain, alone or beside any others. Each kind has a queue, workers and
// a lease of its own over the one CustomRun informer; the lease and the queue are named after the kind.
//
// A task that cannot be initialised ends the process, as is usual in sharedmain.
func NewController[S any](gvk schema.GroupVersionKind, task Task[S], opts ...Option) injection.ControllerConstructor {
	o := options{workers: DefaultWorkers, clock: clock.RealClock{}, name: ControllerName(gvk)}
	for _, opt := range opts {
		opt(&o)
	}
	return func(ctx context.Context, cmw configmap.Watcher) *controller.Impl {
		name := o.name
		logger := logging.FromContext(ctx).Named(name)
		informer := customruninformer.Get(ctx)
		recorder := newRecorder(ctx, name)

		lc := newLifecycle(gvk, task, o.clock)
		lc.Client = tektonclient.Get(ctx)
		lc.Recorder = recorder
		lc.Work.(*work[S]).config = watchConfig(cmw, task)

		driver := lifecycle.NewDriver(lc, informer.Lister(), func(inner customrunreconciler.Interface) controller.Reconciler {
			return customrunreconciler.NewReconciler(ctx, logger, lc.Client, informer.Lister(), reticent{recorder}, inner, controller.Options{
				SkipStatusUpdates:               true,
				FinalizerName:                   lc.FinalizerName(),
				UseServerSideApplyForFinalizers: true,
				FinalizerFieldManager:           lc.FinalizerName(),
				ForceApplyFinalizers:            true,
			})
		})
		impl := controller.NewContext(ctx, driver, controller.ControllerOptions{
			WorkQueueName: name,
			Logger:        logger,
			Concurrency:   o.workers,
			// Per item only: knative's default limiter also holds all keys together.
			RateLimiter: workqueue.NewTypedItemExponentialFailureRateLimiter[any](100*time.Millisecond, 30*time.Second),
		})
		if _, err := informer.Informer().AddEventHandler(cache.FilteringResourceEventHandler{
			FilterFunc: lc.OursObject,
			Handler:    controller.HandleAll(impl.Enqueue),
		}); err != nil {
			logger.Fatalw("watching CustomRuns", zap.Error(err))
		}
		if i, ok := any(task).(Initializer); ok {
			env := Env{Clock: o.clock, Recorder: recorder, enqueue: impl.EnqueueKey}
			if err := i.Initialize(ctx, env); err != nil {
				logger.Fatalw("initialising the task", zap.Error(err))
			}
		}
		return impl
	}
}

// ControllerName is the name of a kind's queue, lease and Event source: "wait.custom.tekton.dev".
func ControllerName(gvk schema.GroupVersionKind) string {
	return strings.ToLower(gvk.Kind + "." + gvk.Group)
}

// newLifecycle makes the lifecycle of a task, without what comes from the cluster.
func newLifecycle[S any](gvk schema.GroupVersionKind, task Task[S], c clock.PassiveClock) *lifecycle.Reconciler {
	_, external := any(task).(External)
	_, workspaces := any(task).(WorkspaceUser)
	_, sideEffectFree := any(task).(SideEffectFree)
	return lifecycle.New(lifecycle.Options{
		Kind:           gvk,
		Work:           &work[S]{kind: gvk, task: task, clock: c},
		Clock:          c,
		External:       external,
		Workspaces:     workspaces,
		SideEffectFree: sideEffectFree,
	})
}
