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

package customtasktest_test

import (
	"context"
	"fmt"

	"github.com/customtasks/customtasks/internal/exampletest"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	batchv1 "k8s.io/api/batch/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
	listers "k8s.io/client-go/listers/batch/v1"
	kubeclient "knative.dev/pkg/client/injection/kube/client"
	jobinformer "knative.dev/pkg/client/injection/kube/informers/batch/v1/job"
)

var (
	verifyKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Verify"}
	jobKind    = batchv1.SchemeGroupVersion.WithKind("Job")
)

// verify runs a Job and waits for it.
type verify struct {
	client kubernetes.Interface
	jobs   listers.JobLister
}

func (v *verify) Initialize(ctx context.Context, env customtask.Env) error {
	v.client, v.jobs = kubeclient.Get(ctx), jobinformer.Get(ctx).Lister()
	return env.Owns(jobinformer.Get(ctx).Informer())
}

func (v *verify) Reconcile(ctx context.Context, run *customtask.Run[struct{}]) (customtask.Outcome, error) {
	job, err := v.jobs.Jobs(run.Namespace()).Get(run.ChildName())
	if apierrors.IsNotFound(err) {
		job, err = v.client.BatchV1().Jobs(run.Namespace()).Create(ctx, &batchv1.Job{ObjectMeta: metav1.ObjectMeta{
			Name: run.ChildName(), OwnerReferences: []metav1.OwnerReference{run.OwnerReference()},
		}}, metav1.CreateOptions{})
	}
	switch {
	case err != nil:
		return customtask.Outcome{}, err
	case job.Status.Succeeded > 0:
		return customtask.Succeeded("Verified", "the Job has succeeded"), nil
	}
	return customtask.Running("Verifying", "waiting for the Job"), nil
}

// newVerify starts the task with a cache of Jobs that shows what the client holds. The client is made
// once, so that it is the same after a restart.
func newVerify(opts ...customtasktest.Option) (*customtasktest.Harness, kubernetes.Interface) {
	client := fake.NewClientset()
	jobs := customtasktest.WithContext(func(h *customtasktest.Harness, ctx context.Context) context.Context {
		informer := informers.NewSharedInformerFactory(client, 0).Batch().V1().Jobs()
		h.Follow(client, jobKind, informer.Informer().GetIndexer())
		return context.WithValue(context.WithValue(ctx, kubeclient.Key{}, client), jobinformer.Key{}, informer)
	})
	return customtasktest.New(exampletest.T{}, verifyKind, &verify{}, append(opts, jobs)...), client
}

// finishJobs plays the Job controller.
func finishJobs(client kubernetes.Interface) {
	jobs := client.BatchV1().Jobs(customtasktest.Namespace)
	list, err := jobs.List(context.Background(), metav1.ListOptions{})
	if err != nil {
		panic(err)
	}
	for _, job := range list.Items {
		if job.Status.Succeeded > 0 {
			continue
		}
		job.Status.Succeeded = 1
		if _, err := jobs.UpdateStatus(context.Background(), &job, metav1.UpdateOptions{}); err != nil {
			panic(err)
		}
	}
}

// The task sees its Job in the cache, and never asks the API server for it.
func ExampleHarness_Follow() {
	h, client := newVerify()
	h.Create(customtasktest.Run("verify", verifyKind))
	h.Settle("verify")
	fmt.Println(h.Condition("verify").Message)

	finishJobs(client)
	h.Settle("verify")
	fmt.Println(h.Condition("verify").Message)
	// Output:
	// waiting for the Job
	// the Job has succeeded
}

// What a task reads past its caches costs the API server something in every look.
func ExampleServer_Reads() {
	h, _ := newVerify()
	h.Create(customtasktest.Run("verify", verifyKind))
	h.Settle("verify")
	fmt.Println("reads:", len(h.Server.Reads()))
	// Output: reads: 0
}

// In this world every Job has succeeded by the next step.
func ExampleWithWorld() {
	var client kubernetes.Interface
	h, client := newVerify(customtasktest.WithWorld(func(*customtasktest.Harness) { finishJobs(client) }))
	h.Create(customtasktest.Run("verify", verifyKind))
	h.Settle("verify")
	fmt.Println(h.Condition("verify").Message)
	// Output: the Job has succeeded
}
