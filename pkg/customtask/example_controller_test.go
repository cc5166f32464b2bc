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

package customtask_test

import (
	"context"
	"fmt"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	tektonfake "github.com/tektoncd/pipeline/pkg/client/clientset/versioned/fake"
	"github.com/tektoncd/pipeline/pkg/client/informers/externalversions"
	tektonclient "github.com/tektoncd/pipeline/pkg/client/injection/client"
	customruninformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1beta1/customrun"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/record"
	clocktesting "k8s.io/utils/clock/testing"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/injection"
)

var pauseKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Pause"}

// Pause has no fields.
type Pause struct{}

type pause struct{}

func (pause) Reconcile(context.Context, *customtask.Run[Pause]) (customtask.Outcome, error) {
	return customtask.Succeeded("Paused", "the pause is over"), nil
}

// timed is a task that prints the time of its clock.
type timed struct{ pause }

func (timed) Initialize(_ context.Context, env customtask.Env) error {
	fmt.Println("the year is", env.Clock.Now().Year())
	return nil
}

// construct does with a constructor what sharedmain does, with a fake client in place of a cluster.
func construct(constructor injection.ControllerConstructor) *controller.Impl {
	client := tektonfake.NewSimpleClientset()
	ctx := controller.WithEventRecorder(context.Background(), record.NewFakeRecorder(10))
	ctx = context.WithValue(ctx, tektonclient.Key{}, client)
	ctx = context.WithValue(ctx, customruninformer.Key{},
		externalversions.NewSharedInformerFactory(client, 0).Tekton().V1beta1().CustomRuns())
	return constructor(ctx, configmap.NewStaticWatcher())
}

// The whole of a program is
//
//	func main() {
//		sharedmain.Main("controller", customtask.NewController(pauseKind, pause{}))
//	}
func ExampleNewController() {
	impl := construct(customtask.NewController(pauseKind, pause{}))
	fmt.Println(impl.Name)
	// Output: pause.example.dev
}

// The queue, the lease and the source of Events of a kind have one name.
func ExampleControllerName() {
	fmt.Println(customtask.ControllerName(schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Pause"}))
	// Output: pause.example.dev
}

// Options come last.
func ExampleOption() {
	options := []customtask.Option{
		customtask.WithWorkers(32),
		customtask.WithClock(clocktesting.NewFakePassiveClock(customtasktest.Start)),
	}
	impl := construct(customtask.NewController(pauseKind, timed{}, options...))
	fmt.Println(impl.Concurrency, "workers")
	// Output:
	// the year is 2026
	// 32 workers
}

func ExampleWithWorkers() {
	impl := construct(customtask.NewController(pauseKind, pause{}, customtask.WithWorkers(4)))
	fmt.Println(impl.Concurrency, "workers")
	// Output: 4 workers
}

// Two versions of one kind have one ControllerName, and need a lease each.
func ExampleWithName() {
	impl := construct(customtask.NewController(pauseKind, pause{}, customtask.WithName("v1.pause.example.dev")))
	fmt.Println(impl.Name)
	// Output: v1.pause.example.dev
}

// The task's Env and its runs have the clock that is given here.
func ExampleWithClock() {
	clock := clocktesting.NewFakePassiveClock(customtasktest.Start)
	construct(customtask.NewController(pauseKind, timed{}, customtask.WithClock(clock)))
	// Output: the year is 2026
}
