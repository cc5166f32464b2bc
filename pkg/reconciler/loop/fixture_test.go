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

package loop_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/client/clientset/versioned/fake"
	"github.com/customtasks/customtasks/pkg/client/informers/externalversions"
	client "github.com/customtasks/customtasks/pkg/client/injection/client"
	pipelineloopinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/custom/v1alpha1/pipelineloop"
	taskloopinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/custom/v1alpha1/taskloop"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/loop"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/resources"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	tektonversions "github.com/tektoncd/pipeline/pkg/client/informers/externalversions"
	pipelineruninformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1/pipelinerun/filtered"
	taskruninformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1/taskrun/filtered"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/pkg/apis"
)

var (
	taskRunKind     = pipelinev1.SchemeGroupVersion.WithKind("TaskRun")
	pipelineRunKind = pipelinev1.SchemeGroupVersion.WithKind("PipelineRun")
)

// plane is a harness beside a Tekton that does what the test says.
type plane struct {
	*customtasktest.Harness
	t testing.TB
	// definitions holds TaskLoops and PipelineLoops.
	definitions *fake.Clientset
	// most is how many children were ever unfinished at once, made how many there were in all.
	most int
}

// options of a plane.
type options struct {
	config  map[string]string
	objects []runtime.Object
	// stubborn children do not stop when they are asked to.
	stubborn bool
	// together makes several children at the same time.
	together bool
}

// newTaskLoops starts the TaskLoop controller.
func newTaskLoops(t testing.TB, o options) *plane {
	t.Helper()
	p := &plane{t: t}
	newTask := func() customtask.Task[loop.TaskSpec] {
		if o.together {
			return &loop.TaskLoop{}
		}
		return loop.OneByOne(&loop.TaskLoop{})
	}
	p.Harness = customtasktest.NewFrom(t, loop.TaskLoopKind, newTask, p.setUp(o)...)
	return p
}

// newPipelineLoops starts the PipelineLoop controller.
func newPipelineLoops(t testing.TB, o options) *plane {
	t.Helper()
	p := &plane{t: t}
	newTask := func() customtask.Task[loop.PipelineSpec] { return loop.PipelinesOneByOne(&loop.PipelineLoop{}) }
	p.Harness = customtasktest.NewFrom(t, loop.PipelineLoopKind, newTask, p.setUp(o)...)
	return p
}

func (p *plane) setUp(o options) []customtasktest.Option {
	p.t.Helper()
	clientset := fake.NewSimpleClientset()
	p.definitions = clientset
	for _, object := range o.objects {
		if err := clientset.Tracker().Add(object); err != nil {
			p.t.Fatal(err)
		}
	}
	selector, err := labels.Parse(v1alpha1.ChildSelector)
	if err != nil {
		p.t.Fatal(err)
	}
	return []customtasktest.Option{
		customtasktest.WithConfig(o.config),
		customtasktest.WithContext(func(h *customtasktest.Harness, ctx context.Context) context.Context {
			p.Harness = h
			own := externalversions.NewSharedInformerFactory(clientset, 0).Custom().V1alpha1()
			h.Follow(clientset, loop.TaskLoopKind, own.TaskLoops().Informer().GetIndexer())
			h.Follow(clientset, loop.PipelineLoopKind, own.PipelineLoops().Informer().GetIndexer())
			tekton := tektonversions.NewSharedInformerFactory(h.Tekton, 0).Tekton().V1()
			h.Follow(h.Tekton, taskRunKind, tekton.TaskRuns().Informer().GetIndexer(), selector)
			h.Follow(h.Tekton, pipelineRunKind, tekton.PipelineRuns().Informer().GetIndexer(), selector)
			for key, value := range map[any]any{
				client.Key{}:               clientset,
				taskloopinformer.Key{}:     own.TaskLoops(),
				pipelineloopinformer.Key{}: own.PipelineLoops(),
				taskruninformer.Key{Selector: v1alpha1.ChildSelector}:     tekton.TaskRuns(),
				pipelineruninformer.Key{Selector: v1alpha1.ChildSelector}: tekton.PipelineRuns(),
			} {
				ctx = context.WithValue(ctx, key, value)
			}
			return ctx
		}),
		customtasktest.WithWorld(func(*customtasktest.Harness) {
			p.count()
			if o.stubborn {
				return
			}
			for _, c := range p.children() {
				if c.stopping() && !c.IsDone() {
					p.end(c, cancelled)
				}
			}
		}),
	}
}

// child is a TaskRun or a PipelineRun.
type child interface {
	metav1.Object
	IsDone() bool
	IsSuccessful() bool
}

type aChild struct {
	child
	task     *pipelinev1.TaskRun
	pipeline *pipelinev1.PipelineRun
}

func (c aChild) stopping() bool {
	if c.task != nil {
		return c.task.Spec.Status == pipelinev1.TaskRunSpecStatusCancelled
	}
	return c.pipeline.Spec.Status == pipelinev1.PipelineRunSpecStatusCancelled
}

// number of the iteration, from 1.
func (c aChild) number() int {
	text := c.GetLabels()[resources.LabelTaskIteration] + c.GetLabels()[resources.LabelPipelineIteration]
	n, _ := strconv.Atoi(text) //nolint:errcheck // 0 then
	return n
}

func (c aChild) params() pipelinev1.Params {
	if c.task != nil {
		return c.task.Spec.Params
	}
	return c.pipeline.Spec.Params
}

// children in the order of their iterations; of one iteration, in that of their creation.
func (p *plane) children() []aChild {
	p.t.Helper()
	var out []aChild
	tasks, err := p.Tekton.TektonV1().TaskRuns(customtasktest.Namespace).List(context.Background(), metav1.ListOptions{})
	if err != nil {
		p.t.Fatal(err)
	}
	for i := range tasks.Items {
		out = append(out, aChild{child: &tasks.Items[i], task: &tasks.Items[i]})
	}
	pipelines, err := p.Tekton.TektonV1().PipelineRuns(customtasktest.Namespace).List(context.Background(), metav1.ListOptions{})
	if err != nil {
		p.t.Fatal(err)
	}
	for i := range pipelines.Items {
		out = append(out, aChild{child: &pipelines.Items[i], pipeline: &pipelines.Items[i]})
	}
	out = slices.DeleteFunc(out, func(c aChild) bool { return c.number() == 0 })
	slices.SortFunc(out, func(a, b aChild) int {
		if a.number() != b.number() {
			return a.number() - b.number()
		}
		return version(a) - version(b)
	})
	return out
}

func version(c aChild) int {
	uid, _ := strconv.Atoi(strings.TrimPrefix(string(c.GetUID()), "uid-")) //nolint:errcheck // 0 then
	return uid
}

// count sees how many children are unfinished.
func (p *plane) count() {
	open := 0
	for _, c := range p.children() {
		if !c.IsDone() {
			open++
		}
	}
	p.most = max(p.most, open)
}

// end is how a child ends.
type end func(*plane, aChild)

// succeed with results, as "name=value".
func succeed(results ...string) end {
	return func(p *plane, c aChild) {
		for _, r := range results {
			name, value, _ := strings.Cut(r, "=")
			if c.task != nil {
				c.task.Status.Results = append(c.task.Status.Results, pipelinev1.TaskRunResult{Name: name, Value: *pipelinev1.NewStructuredValues(value)})
			} else {
				c.pipeline.Status.Results = append(c.pipeline.Status.Results, pipelinev1.PipelineRunResult{Name: name, Value: *pipelinev1.NewStructuredValues(value)})
			}
		}
		p.store(c, corev1.ConditionTrue, "Succeeded", "done")
	}
}

func fail(p *plane, c aChild) { p.store(c, corev1.ConditionFalse, "Failed", "a step failed") }

func cancelled(p *plane, c aChild) {
	p.store(c, corev1.ConditionFalse, "TaskRunCancelled", "it was cancelled")
}

func (p *plane) end(c aChild, how end) { how(p, c) }

func (p *plane) store(c aChild, status corev1.ConditionStatus, reason, message string) {
	p.t.Helper()
	now := metav1.NewTime(p.Clock.Now())
	condition := apis.Condition{Type: apis.ConditionSucceeded, Status: status, Reason: reason, Message: message}
	var err error
	if c.task != nil {
		c.task.Status.SetCondition(&condition)
		c.task.Status.StartTime, c.task.Status.CompletionTime = &now, &now
		_, err = p.Tekton.TektonV1().TaskRuns(c.GetNamespace()).UpdateStatus(context.Background(), c.task, metav1.UpdateOptions{})
	} else {
		c.pipeline.Status.SetCondition(&condition)
		c.pipeline.Status.StartTime, c.pipeline.Status.CompletionTime = &now, &now
		_, err = p.Tekton.TektonV1().PipelineRuns(c.GetNamespace()).UpdateStatus(context.Background(), c.pipeline, metav1.UpdateOptions{})
	}
	if err != nil {
		p.t.Fatalf("ending %s: %v", c.GetName(), err)
	}
}

// outcomes is a Then: it ends the unfinished children, one at a time, as how says.
func (p *plane) outcomes(how func(c aChild) end) func(*customtasktest.Harness) {
	return func(*customtasktest.Harness) {
		for _, c := range p.children() {
			if !c.IsDone() {
				if e := how(c); e != nil {
					p.end(c, e)
					return
				}
			}
		}
	}
}

// echo ends every child with success, and gives back its number as the result out.
func echo(c aChild) end { return succeed("out=" + strconv.Itoa(c.number())) }

func taskRun(opts ...customtasktest.RunOption) *v1beta1.CustomRun {
	return customtasktest.Run("run", loop.TaskLoopKind, opts...)
}

func pipelineRun(opts ...customtasktest.RunOption) *v1beta1.CustomRun {
	return customtasktest.Run("run", loop.PipelineLoopKind, opts...)
}

// items are n values for the param word.
func words(n int) customtasktest.RunOption {
	values := make([]string, 0, n)
	for i := range n {
		values = append(values, fmt.Sprintf("w%d", i+1))
	}
	return func(run *v1beta1.CustomRun) {
		run.Spec.Params = append(run.Spec.Params, v1beta1.Param{
			Name: "word", Value: v1beta1.ParamValue{Type: v1beta1.ParamTypeArray, ArrayVal: values},
		})
	}
}

// results of a run by name.
func (p *plane) results(name string) map[string]string {
	out := map[string]string{}
	for _, r := range p.Get(name).Status.Results {
		out[r.Name] = r.Value
	}
	return out
}

// writesOf counts the writes of a name.
func (p *plane) writesOf(name string) int {
	n := 0
	for _, w := range p.Server.Writes() {
		if w == name {
			n++
		}
	}
	return n
}

func (p *plane) want(status corev1.ConditionStatus, reason, message string) {
	p.t.Helper()
	c := p.Condition("run")
	if c.Status != status || c.Reason != reason || c.Message != message {
		p.t.Errorf("got %s %s %q\nwant %s %s %q", c.Status, c.Reason, c.Message, status, reason, message)
	}
}
