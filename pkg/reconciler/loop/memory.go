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

package loop

import (
	"sync"
	"time"

	"github.com/customtasks/customtasks/internal/children"
	"github.com/customtasks/customtasks/internal/expression"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/items"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/progress"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"knative.dev/pkg/kmeta"
)

const (
	// unseenFor is how long a child that this process has made may be missing in the cache before the API
	// server is asked for it.
	unseenFor = 3 * time.Second
	// retryDelay is when to try again what failed in a look that had something to store.
	retryDelay = time.Second
)

// ended is an iteration that has ended, with what it gave.
type ended struct {
	progress.Iteration
	results []children.Result
}

// made is the child of a try that this process has made or read, and when.
type made struct {
	try   int
	at    time.Time
	child *children.Child
}

// memory is what this process knows of an attempt beyond what is stored and cached. It spares requests, and
// keeps what a child gave that is deleted before that is stored. Nothing is wrong without it.
type memory struct {
	attempt int
	// list is what the attempt iterates over.
	list *items.List
	// made are children that may not be in the cache yet, by iteration.
	made map[int]made
	// tries under way, by iteration, and how the try before ended.
	tries map[int]int
	last  map[int]ended
	// ended are iterations that have ended and that are not stored so yet.
	ended map[int]ended
	// since is when the first of them was seen.
	since time.Time
	// names of the children of open iterations.
	names map[int]name
	// absent are children that do not exist: the API server refused them, or they were looked for when nothing more
	// was to be started.
	absent map[string]bool
	// asked is the version of a child of which it was asked whether it has broken out of the loop, by iteration.
	asked map[int]string
	// refusal is what a quota said that has no room for another child. None is made until heldUntil, or until an
	// iteration ends.
	refusal   string
	heldUntil time.Time
	// storeAfter is one more than the number of writes after which the state must be written again; 0 is none.
	storeAfter int
	// until is the compiled condition.
	until *expression.Program
	// verdict is known and may not be stored yet.
	verdict progress.Verdict
}

type name struct {
	try  int
	name string
}

// memories are those of all runs.
type memories struct {
	mu sync.Mutex
	by map[types.UID]*memory
}

// of is the memory of an attempt. A run is looked at by one worker at a time, so what is returned needs no
// lock.
func (m *memories) of(uid types.UID, attempt int) *memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.by == nil {
		m.by = map[types.UID]*memory{}
	}
	if known, ok := m.by[uid]; ok && known.attempt == attempt {
		return known
	}
	fresh := &memory{
		attempt: attempt, made: map[int]made{}, tries: map[int]int{}, last: map[int]ended{}, ended: map[int]ended{},
		names: map[int]name{}, absent: map[string]bool{}, asked: map[int]string{},
	}
	m.by[uid] = fresh
	return fresh
}

func (m *memories) forget(uid types.UID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.by, uid)
}

// follow forgets runs that have ended or are gone.
func (m *memories) follow(informer cache.SharedIndexInformer) error {
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		UpdateFunc: func(_, obj any) {
			if run, ok := obj.(*v1beta1.CustomRun); ok && run.IsDone() {
				m.forget(run.UID)
			}
		},
		DeleteFunc: func(obj any) {
			if run, err := kmeta.DeletionHandlingAccessor(obj); err == nil {
				m.forget(run.GetUID())
			}
		},
	})
	return err
}

// nameOf is the name of a child; computing it for every open iteration in every look would be most of the work.
func (m *memory) nameOf(a attempt, i, try int) string {
	if known, ok := m.names[i]; ok && known.try == try {
		return known.name
	}
	full := childName(a, i, try)
	m.names[i] = name{try: try, name: full}
	return full
}

// settle takes note of an end.
func (m *memory) settle(i int, e ended, now time.Time) {
	if len(m.ended) == 0 {
		m.since = now
	}
	m.ended[i] = e
	delete(m.made, i)
	delete(m.tries, i)
	delete(m.last, i)
	delete(m.names, i)
	delete(m.asked, i)
	m.heldUntil = time.Time{}
}

// stored drops what is stored by now.
func (m *memory) stored(s progress.State, now time.Time) {
	before := len(m.ended)
	for i := range m.ended {
		if s.HasEnded(i) {
			delete(m.ended, i)
		}
	}
	if len(m.ended) < before {
		m.since = now
	}
}
