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

package subpipeline_test

import (
	"context"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/client/clientset/versioned/fake"
	"github.com/customtasks/customtasks/pkg/client/informers/externalversions"
	client "github.com/customtasks/customtasks/pkg/client/injection/client"
	subpipelineinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/custom/v1alpha1/subpipeline"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/subpipeline"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	tektoninformers "github.com/tektoncd/pipeline/pkg/client/informers/externalversions"
	pipelineinformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1/pipeline"
	pipelineruninformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1/pipelinerun/filtered"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/cache"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"
	"knative.dev/pkg/kmeta"
)

const namespace = customtasktest.Namespace

var pipelineRuns = pipelinev1.SchemeGroupVersion.WithResource("pipelineruns")

// world is a harness of a controller with Tekton's part played by the test.
type world struct {
	*customtasktest.Harness
	t testing.TB
	// custom has the SubPipelines.
	custom *fake.Clientset
	// behind keeps the cache of PipelineRuns as it is, and blind those of SubPipelines and Pipelines.
	behind, blind bool
}

// cached is a cache that may be behind.
type cached struct {
	cache.Indexer
	behind *bool
}

func (c cached) Replace(objects []any, version string) error {
	if *c.behind {
		return nil
	}
	return c.Indexer.Replace(objects, version)
}

func newWorld(t testing.TB, definitions ...*v1alpha1.SubPipeline) *world {
	t.Helper()
	return worldOf(t, subpipeline.Kind, func() customtask.Task[subpipeline.Spec] { return &subpipeline.Task{} }, definitions...)
}

func worldOf(t testing.TB, kind schema.GroupVersionKind, newTask func() customtask.Task[subpipeline.Spec], definitions ...*v1alpha1.SubPipeline) *world {
	t.Helper()
	clientset := fake.NewSimpleClientset()
	for _, d := range definitions {
		if err := clientset.Tracker().Add(d); err != nil {
			t.Fatal(err)
		}
	}
	w := &world{t: t, custom: clientset}
	selector, err := labels.Parse(v1alpha1.ChildSelector)
	if err != nil {
		t.Fatal(err)
	}
	w.Harness = customtasktest.NewFrom(t, kind, newTask, customtasktest.WithContext(
		func(h *customtasktest.Harness, ctx context.Context) context.Context {
			informer := externalversions.NewSharedInformerFactory(clientset, 0).Custom().V1alpha1().SubPipelines()
			h.Follow(clientset, subpipeline.Kind, cached{informer.Informer().GetIndexer(), &w.blind})
			factory := tektoninformers.NewSharedInformerFactory(h.Tekton, 0).Tekton().V1()
			runs, pipelines := factory.PipelineRuns(), factory.Pipelines()
			h.Follow(h.Tekton, pipelinev1.SchemeGroupVersion.WithKind("Pipeline"), cached{pipelines.Informer().GetIndexer(), &w.blind})
			h.Follow(h.Tekton, pipelinev1.SchemeGroupVersion.WithKind("PipelineRun"), cached{runs.Informer().GetIndexer(), &w.behind}, selector)
			for key, value := range map[any]any{
				client.Key{}:              clientset,
				pipelineinformer.Key{}:    pipelines,
				subpipelineinformer.Key{}: informer,
				pipelineruninformer.Key{Selector: v1alpha1.ChildSelector}: runs,
			} {
				ctx = context.WithValue(ctx, key, value)
			}
			return ctx
		}), customtasktest.WithWorld(func(h *customtasktest.Harness) { stopsWhatIsCancelled(t, h) }))
	if err := w.Tekton.Tracker().Add(&pipelinev1.Pipeline{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "build"}}); err != nil {
		t.Fatal(err)
	}
	return w
}

// stopsWhatIsCancelled is Tekton's part: a PipelineRun that is asked to stop does, with the results it has.
func stopsWhatIsCancelled(t testing.TB, h *customtasktest.Harness) {
	t.Helper()
	for _, run := range childrenOf(t, h) {
		if run.Spec.Status == pipelinev1.PipelineRunSpecStatusCancelled && !run.IsDone() {
			end(t, h, &run, corev1.ConditionFalse, "Cancelled", `PipelineRun was cancelled`)
		}
	}
}

// childrenOf lists the PipelineRuns that there are.
func childrenOf(t testing.TB, h *customtasktest.Harness) []pipelinev1.PipelineRun {
	t.Helper()
	list, err := h.Tekton.Tracker().List(pipelineRuns, pipelinev1.SchemeGroupVersion.WithKind("PipelineRun"), namespace)
	if err != nil {
		t.Fatal(err)
	}
	return list.(*pipelinev1.PipelineRunList).Items
}

// child is the one PipelineRun that there is.
func (w *world) child() *pipelinev1.PipelineRun {
	w.t.Helper()
	all := childrenOf(w.t, w.Harness)
	if len(all) != 1 {
		w.t.Fatalf("%d PipelineRuns; want 1", len(all))
	}
	return &all[0]
}

// end ends a PipelineRun as Tekton does.
func end(t testing.TB, h *customtasktest.Harness, run *pipelinev1.PipelineRun, status corev1.ConditionStatus, reason, message string, results ...pipelinev1.PipelineRunResult) {
	t.Helper()
	run = run.DeepCopy()
	now := metav1.NewTime(h.Clock.Now())
	run.Status.Conditions = duckv1.Conditions{{Type: apis.ConditionSucceeded, Status: status, Reason: reason, Message: message}}
	run.Status.CompletionTime = &now
	run.Status.Results = results
	if err := h.Tekton.Tracker().Update(pipelineRuns, run, run.Namespace); err != nil {
		t.Fatal(err)
	}
}

func (w *world) end(status corev1.ConditionStatus, reason, message string, results ...pipelinev1.PipelineRunResult) {
	w.t.Helper()
	end(w.t, w.Harness, w.child(), status, reason, message, results...)
}

// failedPart is a TaskRun of a PipelineRun that has failed.
func failedPart(of *pipelinev1.PipelineRun, task, message string) *pipelinev1.TaskRun {
	run := &pipelinev1.TaskRun{ObjectMeta: metav1.ObjectMeta{
		Namespace: of.Namespace, Name: of.Name + "-" + task, OwnerReferences: []metav1.OwnerReference{*kmeta.NewControllerRef(of)},
		Labels: map[string]string{"tekton.dev/pipelineRunUID": string(of.UID), "tekton.dev/pipelineTask": task},
	}}
	run.Status.Conditions = duckv1.Conditions{{Type: apis.ConditionSucceeded, Status: corev1.ConditionFalse, Reason: "Failed", Message: message}}
	return run
}

// start creates the run, settles it and returns its child.
func (w *world) start(run *v1beta1.CustomRun) *pipelinev1.PipelineRun {
	w.t.Helper()
	w.Create(run)
	w.Settle(run.Name)
	return w.child()
}

func (w *world) want(status corev1.ConditionStatus, reason, message string) {
	w.t.Helper()
	if c := w.Condition("run"); c.Status != status || c.Reason != reason || c.Message != message {
		w.t.Errorf("got %s %s %q; want %s %s %q", c.Status, c.Reason, c.Message, status, reason, message)
	}
}

const build = `{"pipelineRef":{"name":"build"}}`

func newRun(opts ...customtasktest.RunOption) *v1beta1.CustomRun {
	return customtasktest.Run("run", subpipeline.Kind, opts...)
}

func buildRun(opts ...customtasktest.RunOption) *v1beta1.CustomRun {
	return newRun(append([]customtasktest.RunOption{customtasktest.Spec(build)}, opts...)...)
}

func named(name string, spec v1alpha1.SubPipelineSpec) *v1alpha1.SubPipeline {
	return &v1alpha1.SubPipeline{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Spec: spec}
}

func result(name string, value pipelinev1.ParamValue) pipelinev1.PipelineRunResult {
	return pipelinev1.PipelineRunResult{Name: name, Value: value}
}
