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
	"time"

	"github.com/customtasks/customtasks/internal/exampletest"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
	batchlisters "k8s.io/client-go/listers/batch/v1"
	"k8s.io/client-go/tools/record"
	clocktesting "k8s.io/utils/clock/testing"
	"knative.dev/pkg/apis"
	kubeclient "knative.dev/pkg/client/injection/kube/client"
	jobinformer "knative.dev/pkg/client/injection/kube/informers/batch/v1/job"
)

var migrationKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Migration"}

// Migration has no fields.
type Migration struct{}

// migration does its work in a Job.
type migration struct {
	client kubernetes.Interface
	jobs   batchlisters.JobLister
}

var _ customtask.Initializer = (*migration)(nil)

// Initialize takes the client and the informer of Jobs, and has runs looked at when their Job changes.
func (m *migration) Initialize(ctx context.Context, env customtask.Env) error {
	informer := jobinformer.Get(ctx)
	m.client, m.jobs = kubeclient.Get(ctx), informer.Lister()
	return env.Owns(informer.Informer())
}

func (m *migration) Reconcile(ctx context.Context, run *customtask.Run[Migration]) (customtask.Outcome, error) {
	job, err := m.jobs.Jobs(run.Namespace()).Get(run.ChildName())
	if apierrors.IsNotFound(err) {
		job = &batchv1.Job{ObjectMeta: metav1.ObjectMeta{
			Name:            run.ChildName(),
			OwnerReferences: []metav1.OwnerReference{run.OwnerReference()},
		}}
		job, err = m.client.BatchV1().Jobs(run.Namespace()).Create(ctx, job, metav1.CreateOptions{})
	}
	if err != nil {
		return customtask.Outcome{}, err // such as AlreadyExists, from a cache that is behind
	}
	if !metav1.IsControlledBy(job, run.Object()) {
		return customtask.Outcome{}, customtask.FailRun("NameTaken", "Job "+job.Name+" is not of this run; delete it")
	}
	if job.Status.Succeeded == 0 {
		return customtask.Running("Migrating", "Job "+job.Name+" is at work"), nil
	}
	return customtask.Succeeded("Migrated", "Job "+job.Name+" is done"), nil
}

// A task with a child object.
func ExampleInitializer() {
	client := fake.NewClientset()
	h := customtasktest.New(exampletest.T{}, migrationKind, &migration{}, customtasktest.WithContext(
		func(h *customtasktest.Harness, ctx context.Context) context.Context {
			jobs := informers.NewSharedInformerFactory(client, 0).Batch().V1().Jobs()
			h.Follow(client, batchv1.SchemeGroupVersion.WithKind("Job"), jobs.Informer().GetIndexer())
			ctx = context.WithValue(ctx, kubeclient.Key{}, client)
			return context.WithValue(ctx, jobinformer.Key{}, jobs)
		}))
	h.Create(customtasktest.Run("migrate", migrationKind))
	h.Settle("migrate")
	fmt.Println(h.Get("migrate").Status.GetCondition(apis.ConditionSucceeded).Message)

	// The cluster does the work.
	ctx := context.Background()
	list, err := client.BatchV1().Jobs(customtasktest.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		panic(err)
	}
	job := list.Items[0].DeepCopy()
	job.Status.Succeeded = 1
	if _, err := client.BatchV1().Jobs(job.Namespace).UpdateStatus(ctx, job, metav1.UpdateOptions{}); err != nil {
		panic(err)
	}
	h.Settle("migrate")
	fmt.Println(h.Get("migrate").Status.GetCondition(apis.ConditionSucceeded).Message)
	// Output:
	// Job migrate-cf6140266c is at work
	// Job migrate-cf6140266c is done
}

// A change of a child leads to a look at its run.
func ExampleEnv_Owns() {
	job := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{
		Namespace: "default",
		Name:      "migrate-1a2b3c",
		OwnerReferences: []metav1.OwnerReference{{
			APIVersion: "tekton.dev/v1beta1", Kind: "CustomRun", Name: "migrate", Controller: new(true),
		}},
	}}
	looks := make(chan types.NamespacedName)
	env := customtask.NewEnv(nil, nil, func(run types.NamespacedName) { looks <- run })

	factory := informers.NewSharedInformerFactory(fake.NewClientset(job), 0)
	if err := env.Owns(factory.Batch().V1().Jobs().Informer()); err != nil {
		panic(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	factory.Start(ctx.Done())

	fmt.Println("a look at", <-looks)
	// Output: a look at default/migrate
}

// In a test of Initialize, an Env tells the test what is asked of it.
func ExampleNewEnv() {
	env := customtask.NewEnv(
		clocktesting.NewFakePassiveClock(customtasktest.Start),
		record.NewFakeRecorder(10),
		func(run types.NamespacedName) { fmt.Println("a look at", run) },
	)
	env.Enqueue("default", "migrate")
	// Output: a look at default/migrate
}

// A task that hears of its work from elsewhere, as by a webhook, asks for a look at the run.
func ExampleEnv_Enqueue() {
	env := customtask.NewEnv(nil, nil, func(run types.NamespacedName) { fmt.Println("a look at", run) })
	heard := func(namespace, run string) { env.Enqueue(namespace, run) }
	heard("default", "migrate")
	// Output: a look at default/migrate
}

// pager records an Event on its runs.
type pager struct{ env customtask.Env }

func (p *pager) Initialize(_ context.Context, env customtask.Env) error {
	p.env = env
	return nil
}

func (p *pager) Reconcile(_ context.Context, run *customtask.Run[Migration]) (customtask.Outcome, error) {
	p.env.Recorder.Event(run.Object(), corev1.EventTypeNormal, "Calling", "the call began at "+p.env.Clock.Now().Format(time.Kitchen))
	return customtask.Succeeded("Called", "somebody answered"), nil
}

// A task keeps its Env, to tell the time and to record Events of its own.
func ExampleEnv() {
	h := customtasktest.New(exampletest.T{}, migrationKind, &pager{})
	h.Create(customtasktest.Run("page", migrationKind))
	h.Settle("page")
	for _, event := range h.RecordedEvents() {
		fmt.Println(event)
	}
	// Output:
	// Normal Started attempt 1 of 1 has started
	// Normal Calling the call began at 3:04AM
	// Normal Called somebody answered
}
