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
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
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
	// trouble is why nothing can be seen just now, or nil.
	trouble error
	// missed is set once versions may have been missed, or seen late.
	missed bool
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

// The pause before a broken watch is taken up again: the first one, and the longest.
const (
	firstPause   = 50 * time.Millisecond
	longestPause = time.Second
)

// follow watches until ctx ends. It takes the watch up again where it broke, or, if the API server no longer knows that
// revision, lists what is there now and goes on from that.
func (o *observer) follow(ctx context.Context, resourceVersion string) {
	for pause := firstPause; ctx.Err() == nil; {
		before := resourceVersion
		err := o.watch(ctx, &resourceVersion)
		if apierrors.IsResourceExpired(err) || apierrors.IsGone(err) {
			err = o.resume(ctx, &resourceVersion)
		}
		if ctx.Err() != nil {
			return
		}
		o.troubled(err)
		if resourceVersion != before {
			pause = firstPause
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		pause = min(2*pause, longestPause)
	}
}

// watch records what changes after a revision, which it keeps up to date, until the watch ends.
func (o *observer) watch(ctx context.Context, resourceVersion *string) error {
	w, err := o.client.Watch(ctx, metav1.ListOptions{ResourceVersion: *resourceVersion, AllowWatchBookmarks: true})
	if err != nil {
		return fmt.Errorf("watching: %w", err)
	}
	defer w.Stop()
	for event := range w.ResultChan() {
		object, ok := event.Object.(*unstructured.Unstructured)
		if !ok || event.Type == watch.Error {
			return fmt.Errorf("the watch ended: %w", apierrors.FromObject(event.Object))
		}
		*resourceVersion = object.GetResourceVersion()
		if event.Type != watch.Bookmark {
			o.record(newVersion(object, event.Type == watch.Deleted))
		}
	}
	return nil
}

// resume records what is there now, after versions may have been missed.
func (o *observer) resume(ctx context.Context, resourceVersion *string) error {
	list, err := o.client.List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("listing what is there after a broken watch: %w", err)
	}
	o.mu.Lock()
	o.missed = true
	o.mu.Unlock()
	there := map[types.UID]bool{}
	for i := range list.Items {
		v := newVersion(&list.Items[i], false)
		v.gap = true
		there[v.object.GetUID()] = true
		if seen := o.versions(v.object.GetUID()); len(seen) == 0 || seen[len(seen)-1].revision() != v.revision() {
			o.record(v)
		}
	}
	for _, seen := range o.all() {
		last := seen[len(seen)-1]
		if last.deleted || there[last.object.GetUID()] {
			continue
		}
		object := last.object.DeepCopy()
		object.SetResourceVersion(list.GetResourceVersion())
		v := newVersion(object, true)
		v.gap = true
		o.record(v)
	}
	*resourceVersion = list.GetResourceVersion()
	return nil
}

// troubled notes why nothing can be seen, or that all is well again.
func (o *observer) troubled(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.trouble = err
	o.missed = o.missed || err != nil
}

// unsure says whether versions may have been missed, or seen late.
func (o *observer) unsure() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.missed
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

// troubles returns why nothing can be seen just now, or nil.
func (o *observer) troubles() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.trouble
}

// await calls look each time something was recorded, until it returns true.
func (o *observer) await(ctx context.Context, look func() bool) error {
	for {
		o.mu.Lock()
		changed := o.changed
		o.mu.Unlock()
		if look() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
