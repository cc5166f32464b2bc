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

package lifecycle

import (
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
)

// writeGuard remembers the resourceVersion of our last write to a run until the cache has it, so
// that no pass works on what we know to be out of date. It holds only runs whose write the cache has
// not seen yet.
type writeGuard struct {
	mu   sync.Mutex
	last map[types.NamespacedName]ownWrite
}

type ownWrite struct {
	uid     types.UID
	version string
}

func newWriteGuard() *writeGuard {
	return &writeGuard{last: map[types.NamespacedName]ownWrite{}}
}

// wrote records the version that a write returned.
func (g *writeGuard) wrote(key types.NamespacedName, uid types.UID, version string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last[key] = ownWrite{uid: uid, version: version}
}

// behind reports whether version, as read from the cache, is older than our last write. A version
// that has caught up, or another object of the same name, clears the entry.
func (g *writeGuard) behind(key types.NamespacedName, uid types.UID, version string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	w, ok := g.last[key]
	if !ok {
		return false
	}
	if w.uid == uid {
		if cmp, err := resourceversion.CompareResourceVersion(version, w.version); err == nil && cmp < 0 {
			return true
		}
	}
	delete(g.last, key)
	return false
}

// forget drops the entry of a run that is gone.
func (g *writeGuard) forget(key types.NamespacedName) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.last, key)
}
