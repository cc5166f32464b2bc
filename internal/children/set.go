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

package children

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/client/clientset/versioned"
	tektonclient "github.com/tektoncd/pipeline/pkg/client/injection/client"
	pipelineruninformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1/pipelinerun/filtered"
	taskruninformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1/taskrun/filtered"
	customruninformer "github.com/tektoncd/pipeline/pkg/client/injection/informers/pipeline/v1beta1/customrun"
	listers "github.com/tektoncd/pipeline/pkg/client/listers/pipeline/v1beta1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/pager"
)

// The kinds of children, as LabelChild has them.
const (
	TaskRun     = "TaskRun"
	PipelineRun = "PipelineRun"
)

// byOwner indexes children by the UID of the object that controls them.
const byOwner = "owner-uid"

// Set is all children of one kind, whichever run they belong to.
type Set struct {
	kind    string
	server  server
	indexer cache.Indexer
	runs    listers.CustomRunLister
	client  versioned.Interface
}

// TaskRuns is the set of TaskRuns. A run is looked at whenever one of its own changes. Call it in
// Initialize; ctx has the client and the informer by v1alpha1.ChildSelector.
func TaskRuns(ctx context.Context, env customtask.Env) (*Set, error) {
	tekton := tektonclient.Get(ctx).TektonV1()
	return newSet(ctx, env, TaskRun, serverOf[*pipelinev1.TaskRun, *pipelinev1.TaskRunList]{
		in: func(namespace string) client[*pipelinev1.TaskRun, *pipelinev1.TaskRunList] {
			return tekton.TaskRuns(namespace)
		},
		stop: pipelinev1.TaskRunSpecStatusCancelled,
	}, taskruninformer.Get(ctx, v1alpha1.ChildSelector).Informer())
}

// PipelineRuns is TaskRuns for PipelineRuns.
func PipelineRuns(ctx context.Context, env customtask.Env) (*Set, error) {
	tekton := tektonclient.Get(ctx).TektonV1()
	return newSet(ctx, env, PipelineRun, serverOf[*pipelinev1.PipelineRun, *pipelinev1.PipelineRunList]{
		in: func(namespace string) client[*pipelinev1.PipelineRun, *pipelinev1.PipelineRunList] {
			return tekton.PipelineRuns(namespace)
		},
		stop: pipelinev1.PipelineRunSpecStatusCancelled,
	}, pipelineruninformer.Get(ctx, v1alpha1.ChildSelector).Informer())
}

func newSet(ctx context.Context, env customtask.Env, kind string, s server, informer cache.SharedIndexInformer) (*Set, error) {
	indexer := informer.GetIndexer()
	if _, ok := indexer.GetIndexers()[byOwner]; !ok { // kinds share one cache
		err := errors.Join(informer.SetTransform(strip), informer.AddIndexers(cache.Indexers{byOwner: owners, openByOwner: ownersOfOpen}))
		if err != nil {
			return nil, fmt.Errorf("preparing the cache of %ss: %w", kind, err)
		}
	}
	set := &Set{kind: kind, server: s, indexer: indexer, runs: customruninformer.Get(ctx).Lister(), client: tektonclient.Get(ctx)}
	return set, env.Owns(informer)
}

func owners(obj any) ([]string, error) {
	object, ok := obj.(metav1.Object)
	if !ok {
		return nil, nil
	}
	if owner := metav1.GetControllerOfNoCopy(object); owner != nil {
		return []string{string(owner.UID)}, nil
	}
	return nil, nil
}

// view is an object of the cache or the API server as a Child.
func view(object any) *Child {
	switch run := object.(type) {
	case *pipelinev1.TaskRun:
		return viewTaskRun(run)
	case *pipelinev1.PipelineRun:
		return viewPipelineRun(run)
	}
	return nil
}

// Cached is the child of that name in the cache, whoever owns it; nil if the cache has none.
func (s *Set) Cached(namespace, name string) *Child {
	object, ok, err := s.indexer.GetByKey(types.NamespacedName{Namespace: namespace, Name: name}.String())
	if err != nil || !ok {
		return nil
	}
	return view(object)
}

// Live reads the child of that name from the API server, whoever owns it; nil if there is none.
func (s *Set) Live(ctx context.Context, namespace, name string) (*Child, error) {
	object, err := s.server.get(ctx, namespace, name)
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s %q: %w", s.kind, name, err)
	}
	return view(object), nil
}

// LiveOf reads all children of an owner from the API server, by name.
func (s *Set) LiveOf(ctx context.Context, namespace string, owner types.UID) (map[string]*Child, error) {
	out := map[string]*Child{}
	pages := pager.New(func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return s.server.list(ctx, namespace, options)
	})
	// They may be many and large, and this is one of many runs.
	pages.PageSize, pages.PageBufferSize = 50, 0
	options := metav1.ListOptions{LabelSelector: v1alpha1.LabelChild + "=" + s.kind + "," + v1alpha1.LabelOwner + "=" + string(owner)}
	err := pages.EachListItem(ctx, options, func(object runtime.Object) error {
		if child := view(object); child != nil && child.Owner.UID == owner {
			out[child.Name] = child
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the %ss of a run: %w", s.kind, err)
	}
	return out, nil
}

// Get is Cached, and Live if the cache has none. Nil if there is none, or if what has the name belongs to
// another owner.
func (s *Set) Get(ctx context.Context, owner types.UID, namespace, name string) (*Child, error) {
	child, err := s.Cached(namespace, name), error(nil)
	if child == nil {
		child, err = s.Live(ctx, namespace, name)
	}
	if err != nil || child == nil || child.Owner.UID != owner {
		return nil, err
	}
	return child, nil
}

// Of is all children of an owner that the cache has, by name.
func (s *Set) Of(owner types.UID) []*Child {
	objects, err := s.indexer.ByIndex(byOwner, string(owner))
	if err != nil {
		return nil // the index is there: newSet made it
	}
	children := make([]*Child, 0, len(objects))
	for _, object := range objects {
		if child := view(object); child != nil {
			children = append(children, child)
		}
	}
	slices.SortFunc(children, func(a, b *Child) int { return strings.Compare(a.Name, b.Name) })
	return children
}
