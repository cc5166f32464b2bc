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

package customtasktest

import (
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/cache"
)

var customRunKind = v1beta1.SchemeGroupVersion.WithKind("CustomRun")

// follow is a cache and what it shows.
type follow struct {
	clients  Clientset
	kind     schema.GroupVersionKind
	indexer  cache.Indexer
	selector labels.Selector
}

// Follow makes the cache of one of the task's own informers show what a clientset holds of a kind, and
// has the harness check that nobody changes what is in it. With a selector, as of a filtered informer, it
// shows what matches. Call it in [WithContext]; the clientset is served by the harness' Server.
func (h *Harness) Follow(clients Clientset, kind schema.GroupVersionKind, indexer cache.Indexer, selector ...labels.Selector) {
	h.Server.Serve(clients)
	f := follow{clients: clients, kind: kind, indexer: indexer, selector: labels.Everything()}
	if len(selector) > 0 {
		f.selector = selector[0]
	}
	h.follows = append(h.follows, f)
}

// OnSync adds what else brings a task up to date with what is stored.
func (h *Harness) OnSync(f func()) { h.sync = append(h.sync, f) }

// HoldCache keeps the caches as they are now until release is called.
func (h *Harness) HoldCache() (release func()) {
	h.syncCaches()
	h.held = true
	return func() { h.held = false }
}

func (h *Harness) syncCaches() {
	h.t.Helper()
	if h.held {
		return
	}
	for _, f := range h.follows {
		if h.Server.hides(f.kind) {
			continue
		}
		resource, _ := meta.UnsafeGuessKindToResource(f.kind)
		list, err := f.clients.Tracker().List(resource, f.kind, "")
		if err != nil {
			h.t.Fatalf("listing %s: %v", f.kind.Kind, err)
		}
		stored, err := meta.ExtractList(list)
		if err != nil {
			h.t.Fatalf("listing %s: %v", f.kind.Kind, err)
		}
		objects := make([]any, 0, len(stored))
		for _, object := range stored {
			if m, err := meta.Accessor(object); err == nil && f.selector.Matches(labels.Set(m.GetLabels())) {
				objects = append(objects, object.DeepCopyObject())
			}
		}
		if err := f.indexer.Replace(objects, ""); err != nil {
			h.t.Fatalf("filling the cache of %s: %v", f.kind.Kind, err)
		}
	}
	if h.Server.lagging() {
		return
	}
	for _, f := range h.sync {
		f()
	}
}

// copyCaches keeps what the caches hold, to see that nobody changes it.
func (h *Harness) copyCaches() []map[string]runtime.Object {
	out := make([]map[string]runtime.Object, 0, len(h.follows))
	for _, f := range h.follows {
		was := map[string]runtime.Object{}
		for _, key := range f.indexer.ListKeys() {
			if obj, ok, _ := f.indexer.GetByKey(key); ok { //nolint:errcheck // an indexer never fails
				was[key] = obj.(runtime.Object).DeepCopyObject()
			}
		}
		out = append(out, was)
	}
	return out
}

func (h *Harness) checkCaches(before []map[string]runtime.Object) {
	h.t.Helper()
	for i, was := range before {
		for key, object := range was {
			is, _, _ := h.follows[i].indexer.GetByKey(key) //nolint:errcheck // an indexer never fails
			if diff := difference(object, is); diff != "" {
				h.t.Errorf("C52: the cached %s %s was changed (-was, +is):\n%s", h.follows[i].kind.Kind, key, diff)
			}
		}
	}
}

// difference is cmp.Diff, which is slow, for two that are nearly always equal.
func difference(was, is any) string {
	if equality.Semantic.DeepEqual(was, is) {
		return ""
	}
	return cmp.Diff(was, is)
}
