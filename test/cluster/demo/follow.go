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

package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"
)

var (
	pipelineRuns     = schema.GroupVersionResource{Group: "tekton.dev", Version: "v1", Resource: "pipelineruns"}
	taskRuns         = schema.GroupVersionResource{Group: "tekton.dev", Version: "v1", Resource: "taskruns"}
	customRuns       = schema.GroupVersionResource{Group: "tekton.dev", Version: "v1beta1", Resource: "customruns"}
	approvalRequests = schema.GroupVersionResource{Group: "approval.tekton.dev", Version: "v1alpha1", Resource: "approvalrequests"}
)

// patience is how long any one step of the demo may take.
const patience = 2 * time.Minute

// follower watches the runs in a namespace, prints each change of what describe says of one, and remembers them.
type follower struct {
	out     io.Writer
	started time.Time

	mu      sync.Mutex
	objects map[types.UID]*unstructured.Unstructured
	said    map[types.UID]string
	changed chan struct{}
}

// follow begins to watch, until ctx is done.
func follow(ctx context.Context, client dynamic.Interface, namespace string, out io.Writer) (*follower, error) {
	f := &follower{
		out:     out,
		started: time.Now(),
		objects: map[types.UID]*unstructured.Unstructured{},
		said:    map[types.UID]string{},
		changed: make(chan struct{}),
	}
	factory := dynamicinformer.NewFilteredDynamicSharedInformerFactory(client, 0, namespace, nil)
	for _, resource := range []schema.GroupVersionResource{pipelineRuns, taskRuns, customRuns, approvalRequests} {
		_, err := factory.ForResource(resource).Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc:    f.see,
			UpdateFunc: func(_, object any) { f.see(object) },
		})
		if err != nil {
			return nil, fmt.Errorf("watching %s: %w", resource.Resource, err)
		}
	}
	factory.Start(ctx.Done())
	for resource, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return nil, fmt.Errorf("watching %s: %w", resource.Resource, context.Cause(ctx))
		}
	}
	return f, nil
}

// see takes in one object as it is now.
func (f *follower) see(object any) {
	u, ok := object.(*unstructured.Unstructured)
	if !ok {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.objects[u.GetUID()] = u
	if text := describe(u); text != f.said[u.GetUID()] {
		f.said[u.GetUID()] = text
		f.printf("%-15s %-14s %s", u.GetKind(), title(u), text)
	}
	close(f.changed)
	f.changed = make(chan struct{})
}

// say prints a line of the demo's own.
func (f *follower) say(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.printf(format, args...)
}

func (f *follower) printf(format string, args ...any) {
	fmt.Fprintf(f.out, "%6.1fs  %s\n", time.Since(f.started).Seconds(), fmt.Sprintf(format, args...))
}

// find returns an object of the kind for which match is true, or nil.
func (f *follower) find(kind string, match func(*unstructured.Unstructured) bool) *unstructured.Unstructured {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, object := range f.objects {
		if object.GetKind() == kind && match(object) {
			return object
		}
	}
	return nil
}

// errNotYet is what a condition given to until returns while there is reason to wait on.
var errNotYet = errors.New("not yet")

// until calls holds after each change until it returns nil, or an error other than errNotYet. It gives up when
// patience is over.
func (f *follower) until(ctx context.Context, what string, holds func() error) error {
	deadline := time.After(patience)
	for {
		f.mu.Lock()
		changed := f.changed
		f.mu.Unlock()
		err := holds()
		if err == nil {
			return nil
		}
		if !errors.Is(err, errNotYet) {
			return fmt.Errorf("waiting for %s: %w", what, err)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, context.Cause(ctx))
		case <-deadline:
			return fmt.Errorf("waiting for %s: not after %s", what, patience)
		}
	}
}
