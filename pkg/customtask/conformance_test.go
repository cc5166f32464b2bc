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
	"errors"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	tekton "github.com/tektoncd/pipeline/pkg/client/clientset/versioned"
	"github.com/tektoncd/pipeline/pkg/client/informers/externalversions"
	tektonclient "github.com/tektoncd/pipeline/pkg/client/injection/client"
	taskruninformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1/taskrun"
	listers "github.com/tektoncd/pipeline/pkg/client/listers/pipeline/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/apis"
)

func TestConformanceOfAnInstantTask(t *testing.T) {
	customtasktest.Conformance(t, customtasktest.Kind{
		New: func(t testing.TB) *customtasktest.Harness {
			return customtasktest.New(t, probeKind, &sideEffectFreeProbe{probe{reconcile: succeed}})
		},
		Succeeds: customtasktest.Scenario{Run: newRun()},
		Invalid:  map[string]*v1beta1.CustomRun{"text": newRun(customtasktest.Param("text", "invalid"))},
	})
}

// counting succeeds at its third look, and keeps count in its state.
func counting(run *probeRun) (customtask.Outcome, error) {
	var looks int
	run.State(&looks)
	looks++
	switch {
	case run.Spec.Text == "forever":
		return customtask.Running("Working", "at work").After(time.Hour), nil
	case looks < 3:
		return customtask.Running("Working", "counting").WithState(looks).After(time.Minute), nil
	case run.Spec.Text == "fails":
		return failAttempt(run)
	}
	return succeed(run)
}

func TestConformanceOfATaskWithState(t *testing.T) {
	fails := customtasktest.Scenario{Run: newRun(customtasktest.Param("text", "fails"), customtasktest.Retries(1))}
	kind := customtasktest.Kind{
		Succeeds:  customtasktest.Scenario{Run: newRun()},
		Fails:     &fails,
		NeverEnds: newRun(customtasktest.Param("text", "forever")),
		Invalid: map[string]*v1beta1.CustomRun{
			"text":   newRun(customtasktest.Param("text", "invalid")),
			"colour": newRun(customtasktest.Param("colour", "red")),
		},
	}
	for name, task := range map[string]func() customtask.Task[probeSpec]{
		"in the cluster":       func() customtask.Task[probeSpec] { return &probe{reconcile: counting} },
		"outside of it":        func() customtask.Task[probeSpec] { return &externalProbe{probe{reconcile: counting}} },
		"free of side effects": func() customtask.Task[probeSpec] { return &sideEffectFreeProbe{probe{reconcile: counting}} },
	} {
		t.Run(name, func(t *testing.T) {
			kind.New = func(t testing.TB) *customtasktest.Harness { return customtasktest.NewFrom(t, probeKind, task) }
			customtasktest.Conformance(t, kind)
		})
	}
}

// parent runs a TaskRun for each attempt, as a loop does for each item.
type parent struct {
	client tekton.Interface
	lister listers.TaskRunLister
}

func (p *parent) Initialize(ctx context.Context, env customtask.Env) error {
	p.client = tektonclient.Get(ctx)
	informer := taskruninformer.Get(ctx)
	p.lister = informer.Lister()
	return env.Owns(informer.Informer())
}

func (p *parent) Reconcile(ctx context.Context, run *probeRun) (customtask.Outcome, error) {
	child, err := p.child(ctx, run)
	if apierrors.IsNotFound(err) {
		child = &pipelinev1.TaskRun{ObjectMeta: metav1.ObjectMeta{
			Namespace: run.Object().Namespace, Name: run.ChildName("task"),
			OwnerReferences: []metav1.OwnerReference{run.OwnerReference()},
		}}
		child, err = p.client.TektonV1().TaskRuns(child.Namespace).Create(ctx, child, metav1.CreateOptions{})
	}
	if err != nil {
		return customtask.Outcome{}, err
	}
	switch c := child.Status.GetCondition(apis.ConditionSucceeded); {
	case c.IsTrue():
		return customtask.Succeeded("Done", "the TaskRun succeeded").WithResult("child", child.Name), nil
	case c.IsFalse():
		return customtask.Outcome{}, customtask.FailAttempt("TaskRunFailed", "the TaskRun failed")
	}
	return customtask.Running("Working", "the TaskRun is at work"), nil
}

func (p *parent) Stop(ctx context.Context, run *probeRun, _ customtask.StopReason) (customtask.Outcome, error) {
	child, err := p.child(ctx, run)
	switch {
	case apierrors.IsNotFound(err) || err == nil && child.IsDone():
		return customtask.Stopped(), nil
	case err != nil:
		return customtask.Outcome{}, err
	case !child.IsCancelled():
		child = child.DeepCopy()
		child.Spec.Status = pipelinev1.TaskRunSpecStatusCancelled
		if _, err := p.client.TektonV1().TaskRuns(child.Namespace).Update(ctx, child, metav1.UpdateOptions{}); err != nil {
			return customtask.Outcome{}, err
		}
	}
	return customtask.Running("Stopping", "1 TaskRun is stopping"), nil
}

// child is the attempt's, from the cache or, if that has none, from the API server.
func (p *parent) child(ctx context.Context, run *probeRun) (*pipelinev1.TaskRun, error) {
	namespace, name := run.Object().Namespace, run.ChildName("task")
	child, err := p.lister.TaskRuns(namespace).Get(name)
	if apierrors.IsNotFound(err) {
		child, err = p.client.TektonV1().TaskRuns(namespace).Get(ctx, name, metav1.GetOptions{})
	}
	if err == nil && !metav1.IsControlledBy(child, run.Object()) {
		return nil, errors.New("the name is taken")
	}
	return child, err
}

// taskRuns plays Tekton: TaskRuns that are cancelled end.
func taskRuns(t testing.TB, h *customtasktest.Harness, end func(*pipelinev1.TaskRun) (corev1.ConditionStatus, bool)) {
	t.Helper()
	client := h.Tekton.TektonV1().TaskRuns(customtasktest.Namespace)
	list, err := client.List(context.Background(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, child := range list.Items {
		status, ended := end(&child)
		if child.IsDone() || !ended {
			continue
		}
		child.Status.SetCondition(&apis.Condition{Type: apis.ConditionSucceeded, Status: status})
		if _, err := client.UpdateStatus(context.Background(), &child, metav1.UpdateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestConformanceOfATaskWithChildren(t *testing.T) {
	finish := func(status corev1.ConditionStatus) func(*customtasktest.Harness) {
		return func(h *customtasktest.Harness) {
			taskRuns(t, h, func(*pipelinev1.TaskRun) (corev1.ConditionStatus, bool) { return status, true })
		}
	}
	customtasktest.Conformance(t, customtasktest.Kind{
		New: func(t testing.TB) *customtasktest.Harness {
			return customtasktest.NewFrom(t, probeKind, func() customtask.Task[probeSpec] { return &parent{} },
				customtasktest.WithContext(func(h *customtasktest.Harness, ctx context.Context) context.Context {
					informer := externalversions.NewSharedInformerFactory(h.Tekton, 0).Tekton().V1().TaskRuns()
					h.Follow(h.Tekton, pipelinev1.SchemeGroupVersion.WithKind("TaskRun"), informer.Informer().GetIndexer())
					return context.WithValue(ctx, taskruninformer.Key{}, informer)
				}),
				customtasktest.WithWorld(func(h *customtasktest.Harness) {
					taskRuns(t, h, func(child *pipelinev1.TaskRun) (corev1.ConditionStatus, bool) {
						return corev1.ConditionFalse, child.IsCancelled()
					})
				}))
		},
		Succeeds:  customtasktest.Scenario{Run: newRun(), Then: finish(corev1.ConditionTrue)},
		Fails:     &customtasktest.Scenario{Run: newRun(customtasktest.Retries(1)), Then: finish(corev1.ConditionFalse)},
		NeverEnds: newRun(),
	})
}

// yard is a remote system. It knows its operations by the key that they were started under.
type yard struct{ jobs map[string]string }

func (y *yard) Start(_ context.Context, run *probeRun) (string, error) {
	if _, known := y.jobs[run.AttemptKey()]; !known {
		y.jobs[run.AttemptKey()] = "at work"
	}
	return run.AttemptKey(), nil
}

func (y *yard) Poll(_ context.Context, run *probeRun, key string) (customtask.Outcome, error) {
	switch {
	case run.Spec.Text == "forever" || run.Now().Before(run.StartTime().Add(10*time.Minute)):
		return customtask.Running("Working", "the job is at work").After(5 * time.Minute), nil
	case run.Spec.Text == "fails":
		y.jobs[key] = "failed"
		return customtask.Outcome{}, customtask.FailAttempt("JobFailed", "the job failed")
	}
	y.jobs[key] = "done"
	return customtask.Succeeded("JobDone", "the job is done").WithResult("key", key), nil
}

func (y *yard) Cancel(_ context.Context, _ *probeRun, key string, _ customtask.StopReason) (customtask.Outcome, error) {
	if y.jobs[key] == "at work" {
		y.jobs[key] = "cancelled"
	}
	return customtask.Stopped(), nil
}

func TestConformanceOfARemoteTask(t *testing.T) {
	var y *yard
	customtasktest.Conformance(t, customtasktest.Kind{
		New: func(t testing.TB) *customtasktest.Harness {
			y = &yard{jobs: map[string]string{}}
			return customtasktest.NewFrom(t, probeKind, func() customtask.Task[probeSpec] { return customtask.Remote[probeSpec, string](y) })
		},
		Succeeds:  customtasktest.Scenario{Run: newRun()},
		Fails:     &customtasktest.Scenario{Run: newRun(customtasktest.Param("text", "fails"), customtasktest.Retries(1))},
		NeverEnds: newRun(customtasktest.Param("text", "forever")),
		Outside:   func(*customtasktest.Harness) any { return y.jobs },
	})
}

func TestConformanceOfATaskThatStopsSlowly(t *testing.T) {
	customtasktest.Conformance(t, customtasktest.Kind{
		New: func(t testing.TB) *customtasktest.Harness {
			asked := map[string]time.Time{}
			task := &probe{reconcile: counting}
			task.stop = func(run *probeRun, _ customtask.StopReason) (customtask.Outcome, error) {
				if _, ok := asked[run.AttemptKey()]; !ok {
					asked[run.AttemptKey()] = run.Now()
				}
				if left := asked[run.AttemptKey()].Add(10 * time.Second).Sub(run.Now()); left > 0 {
					return customtask.Running("Stopping", "it takes its time").After(left), nil
				}
				return customtask.Stopped(), nil
			}
			return customtasktest.New(t, probeKind, task)
		},
		Succeeds:  customtasktest.Scenario{Run: newRun()},
		NeverEnds: newRun(customtasktest.Param("text", "forever")),
	})
}
