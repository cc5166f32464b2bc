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
	"errors"
	"fmt"

	"github.com/customtasks/customtasks/internal/exampletest"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
	clocktesting "k8s.io/utils/clock/testing"
	"knative.dev/pkg/apis"
	kubeclient "knative.dev/pkg/client/injection/kube/client"
)

var publishKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Publish"}

// Publish has no fields.
type Publish struct{}

// publish makes a ConfigMap.
type publish struct{ client kubernetes.Interface }

func (p *publish) Initialize(ctx context.Context, _ customtask.Env) error {
	p.client = kubeclient.Get(ctx)
	return nil
}

func (p *publish) Reconcile(ctx context.Context, run *customtask.Run[Publish]) (customtask.Outcome, error) {
	notes := p.client.CoreV1().ConfigMaps(run.Namespace())
	note, err := notes.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{
		Name:            run.ChildName(),
		OwnerReferences: []metav1.OwnerReference{run.OwnerReference()},
	}}, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		note, err = notes.Get(ctx, run.ChildName(), metav1.GetOptions{})
	}
	if err != nil {
		return customtask.Outcome{}, err
	}
	if !metav1.IsControlledBy(note, run.Object()) {
		return customtask.Outcome{}, customtask.FailRun("NameTaken", "ConfigMap "+note.Name+" is not of this run; delete it")
	}
	return customtask.Succeeded("Published", "the note is there"), nil
}

// newPublish starts the task with a client for ConfigMaps that the harness' server stands behind.
func newPublish() *customtasktest.Harness {
	client := fake.NewClientset()
	return customtasktest.New(exampletest.T{}, publishKind, &publish{}, customtasktest.WithContext(
		func(h *customtasktest.Harness, ctx context.Context) context.Context {
			h.Server.Serve(client)
			return context.WithValue(ctx, kubeclient.Key{}, client)
		}))
}

// A task finds its clients in the context.
func ExampleWithContext() {
	client := fake.NewClientset()
	h := customtasktest.New(exampletest.T{}, publishKind, &publish{}, customtasktest.WithContext(
		func(h *customtasktest.Harness, ctx context.Context) context.Context {
			h.Server.Serve(client)
			return context.WithValue(ctx, kubeclient.Key{}, client)
		}))
	h.Create(customtasktest.Run("note", publishKind))
	h.Settle("note")
	fmt.Println(h.Get("note").Status.GetCondition(apis.ConditionSucceeded).Message)
	// Output: the note is there
}

// The server knows all writes, of the test and of the controller.
func ExampleServer() {
	h := newPublish()
	h.Create(customtasktest.Run("note", publishKind))
	h.Settle("note")
	for _, write := range h.Server.Writes() {
		fmt.Println(write)
	}
	// Output:
	// create customruns
	// update customruns/status
	// create configmaps
	// update customruns/status
}

func ExampleServer_Writes() {
	h := newPublish()
	h.Create(customtasktest.Run("note", publishKind))
	before := len(h.Server.Writes())
	h.Step("note")
	fmt.Println(len(h.Server.Writes())-before, "writes in one step")
	// Output: 3 writes in one step
}

// A write that fails is tried again, and the run shows why it waits.
func ExampleServer_FailNext() {
	h := newPublish()
	h.Create(customtasktest.Run("note", publishKind))
	h.Server.FailNext("create configmaps", errors.New("out of room"))
	h.Step("note")
	fmt.Println(h.Get("note").Status.GetCondition(apis.ConditionSucceeded).Message)

	h.Settle("note")
	fmt.Println(h.Get("note").Status.GetCondition(apis.ConditionSucceeded).Message)
	// Output:
	// trying again: out of room
	// the note is there
}

// A write whose answer is lost has taken effect. The task finds its note when it tries again.
func ExampleServer_LoseNext() {
	h := newPublish()
	h.Create(customtasktest.Run("note", publishKind))
	h.Server.LoseNext("create configmaps", errors.New("connection reset"))
	h.Settle("note")
	c := h.Get("note").Status.GetCondition(apis.ConditionSucceeded)
	fmt.Println(c.Status, c.Reason)
	// Output: True Published
}

// A server may also be used alone, for tests of functions that take a client.
func ExampleNewServer() {
	client := fake.NewClientset()
	server := customtasktest.NewServer(clocktesting.NewFakePassiveClock(customtasktest.Start))
	server.Serve(client)

	note := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "note"}}
	note, err := client.CoreV1().ConfigMaps("default").Create(context.Background(), note, metav1.CreateOptions{})
	if err != nil {
		panic(err)
	}
	fmt.Println(note.UID, note.CreationTimestamp.Year())
	// Output: uid-1 2026
}

// Of two writers who have read the same, one fails.
func ExampleServer_Serve() {
	client := fake.NewClientset()
	server := customtasktest.NewServer(clocktesting.NewFakePassiveClock(customtasktest.Start))
	server.Serve(client)

	pods, ctx := client.CoreV1().Pods("default"), context.Background()
	read, err := pods.Create(ctx, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "pod"}}, metav1.CreateOptions{})
	if err != nil {
		panic(err)
	}
	for _, phase := range []corev1.PodPhase{corev1.PodRunning, corev1.PodFailed} {
		read := read.DeepCopy()
		read.Status.Phase = phase
		_, err := pods.UpdateStatus(ctx, read, metav1.UpdateOptions{})
		fmt.Println(phase, err == nil)
	}
	// Output:
	// Running true
	// Failed false
}

// The fake clientsets of all code generators fit.
func ExampleClientset() {
	var clients customtasktest.Clientset = fake.NewClientset()
	customtasktest.NewServer(clocktesting.NewFakePassiveClock(customtasktest.Start)).Serve(clients)

	pods := schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	_, err := clients.Tracker().Get(pods, "default", "pod")
	fmt.Println(err)
	// Output: pods "pod" not found
}

// index keeps an object that outlives its runs.
type index struct{ publish }

func (i *index) Reconcile(ctx context.Context, run *customtask.Run[Publish]) (customtask.Outcome, error) {
	shared := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "index"}}
	_, err := i.client.CoreV1().ConfigMaps(run.Namespace()).Create(ctx, shared, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return customtask.Outcome{}, err
	}
	return customtask.Succeeded("Indexed", "the index is there"), nil
}

// Without it, the harness fails the test: an object that no run owns stays when the run goes.
func ExampleWithUnowned() {
	client := fake.NewClientset()
	h := customtasktest.New(exampletest.T{}, publishKind, &index{}, customtasktest.WithUnowned("configmaps"),
		customtasktest.WithContext(func(h *customtasktest.Harness, ctx context.Context) context.Context {
			h.Server.Serve(client)
			return context.WithValue(ctx, kubeclient.Key{}, client)
		}))
	h.Create(customtasktest.Run("run", publishKind))
	h.Settle("run")
	fmt.Println(h.Condition("run").Message)
	// Output: the index is there
}
