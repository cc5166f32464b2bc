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

package conformance

import (
	"context"
	"fmt"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
)

var customRuns = schema.GroupVersionResource{Group: "tekton.dev", Version: "v1beta1", Resource: "customruns"}

// observer records every version of every object of one resource in one namespace.
type observer struct {
	client dynamic.ResourceInterface

	mu      sync.Mutex
	changed chan struct{}
	order   []types.UID
	history map[types.UID][]version
	// err is set if the watch broke for good.
	err error
	// bell, if set, is another observer whose waiters look again too when something was recorded here.
	bell *observer
}

// observe starts to record. It returns once every later change will be seen, and ends with ctx.
func observe(ctx context.Context, client dynamic.ResourceInterface, bell *observer) (*observer, error) {
	o := &observer{client: client, bell: bell, changed: make(chan struct{}), history: map[types.UID][]version{}}
	list, err := client.List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("listing what is there before the watch: %w", err)
	}
	for i := range list.Items {
		o.record(newVersion(&list.Items[i], false))
	}
	go o.follow(ctx, list.GetResourceVersion())
	return o, nil
}

// follow watches, and takes the watch up again where the API server ended it.
func (o *observer) follow(ctx context.Context, resourceVersion string) {
	for ctx.Err() == nil {
		w, err := o.client.Watch(ctx, metav1.ListOptions{ResourceVersion: resourceVersion, AllowWatchBookmarks: true})
		if err != nil {
			o.fail(ctx, fmt.Errorf("watching: %w", err))
			return
		}
		for event := range w.ResultChan() {
			object, ok := event.Object.(*unstructured.Unstructured)
			if !ok || event.Type == watch.Error {
				o.fail(ctx, fmt.Errorf("the watch ended: %v", event.Object))
				w.Stop()
				return
			}
			resourceVersion = object.GetResourceVersion()
			if event.Type != watch.Bookmark {
				o.record(newVersion(object, event.Type == watch.Deleted))
			}
		}
		w.Stop()
	}
}

func (o *observer) fail(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err = err
	o.wake()
}

func (o *observer) record(v version) {
	if o.bell != nil {
		defer o.bell.ring()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	uid := v.object.GetUID()
	if _, known := o.history[uid]; !known {
		o.order = append(o.order, uid)
	}
	o.history[uid] = append(o.history[uid], v)
	o.wake()
}

// ring wakes the waiters for something that is recorded elsewhere.
func (o *observer) ring() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.wake()
}

// wake tells those who wait in await to look again. The caller holds the lock.
func (o *observer) wake() {
	close(o.changed)
	o.changed = make(chan struct{})
}

// versions returns what is recorded of an object so far, the oldest first.
func (o *observer) versions(uid types.UID) []version {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.history[uid]
}

// all returns the versions of all objects, in the order in which the objects appeared.
func (o *observer) all() [][]version {
	o.mu.Lock()
	defer o.mu.Unlock()
	var all [][]version
	for _, uid := range o.order {
		all = append(all, o.history[uid])
	}
	return all
}

// await calls look each time something was recorded, until it returns true.
func (o *observer) await(ctx context.Context, look func() bool) error {
	for {
		o.mu.Lock()
		changed, err := o.changed, o.err
		o.mu.Unlock()
		if look() {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
