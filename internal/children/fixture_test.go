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

package children_test

import (
	"context"
	"testing"
	"time"

	"github.com/customtasks/customtasks/internal/children"
	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	tektonfake "github.com/tektoncd/pipeline/pkg/client/clientset/versioned/fake"
	"github.com/tektoncd/pipeline/pkg/client/informers/externalversions"
	tektonclient "github.com/tektoncd/pipeline/pkg/client/injection/client"
	pipelineruninformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1/pipelinerun/filtered"
	taskruninformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1/taskrun/filtered"
	customruninformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1beta1/customrun"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	clocktesting "k8s.io/utils/clock/testing"
	"knative.dev/pkg/kmeta"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// world is the sets over a fake API server and caches that the test fills.
type world struct {
	t                      *testing.T
	tekton                 *tektonfake.Clientset
	taskRuns, pipelineRuns *children.Set
	caches                 map[string]cache.Indexer
}

func newWorld(t *testing.T, stored ...runtime.Object) *world {
	t.Helper()
	w := &world{t: t, tekton: tektonfake.NewSimpleClientset(stored...)}
	factory := externalversions.NewSharedInformerFactory(w.tekton, 0).Tekton()
	ctx := context.Background()
	for key, value := range map[any]any{
		tektonclient.Key{}:      w.tekton,
		customruninformer.Key{}: factory.V1beta1().CustomRuns(),
		taskruninformer.Key{Selector: v1alpha1.ChildSelector}:     factory.V1().TaskRuns(),
		pipelineruninformer.Key{Selector: v1alpha1.ChildSelector}: factory.V1().PipelineRuns(),
	} {
		ctx = context.WithValue(ctx, key, value)
	}
	env := customtask.NewEnv(clocktesting.NewFakePassiveClock(now), record.NewFakeRecorder(1), func(types.NamespacedName) {})
	var err error
	if w.taskRuns, err = children.TaskRuns(ctx, env); err != nil {
		t.Fatal(err)
	}
	for range 2 { // kinds share the cache
		if w.pipelineRuns, err = children.PipelineRuns(ctx, env); err != nil {
			t.Fatal(err)
		}
	}
	w.caches = map[string]cache.Indexer{
		children.TaskRun:     factory.V1().TaskRuns().Informer().GetIndexer(),
		children.PipelineRun: factory.V1().PipelineRuns().Informer().GetIndexer(),
		"CustomRun":          factory.V1beta1().CustomRuns().Informer().GetIndexer(),
	}
	return w
}

// cached puts objects into the caches alone.
func (w *world) cached(objects ...runtime.Object) {
	w.t.Helper()
	for _, object := range objects {
		kind := "CustomRun"
		switch object.(type) {
		case *pipelinev1.TaskRun:
			kind = children.TaskRun
		case *pipelinev1.PipelineRun:
			kind = children.PipelineRun
		}
		if err := w.caches[kind].Add(object); err != nil {
			w.t.Fatal(err)
		}
	}
}

// writes are the requests that change something, as "verb resource".
func (w *world) requests() []string {
	var out []string
	for _, action := range w.tekton.Actions() {
		out = append(out, action.GetVerb()+" "+action.GetResource().Resource)
	}
	return out
}

// run is an attempt of a CustomRun.
type run struct {
	*v1beta1.CustomRun
	left time.Duration
}

func newRun(name string) run {
	return run{CustomRun: &v1beta1.CustomRun{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: name, UID: types.UID(name + "-uid")}}}
}

func (r run) Namespace() string                     { return r.CustomRun.Namespace }
func (r run) OwnerReference() metav1.OwnerReference { return *kmeta.NewControllerRef(r.CustomRun) }
func (r run) Now() time.Time                        { return now }
func (r run) Deadline() (time.Time, bool)           { return now.Add(r.left), r.left != 0 }
func (r run) Object() *v1beta1.CustomRun            { return r.CustomRun.DeepCopy() }
