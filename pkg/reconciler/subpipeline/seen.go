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

package subpipeline

import (
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"knative.dev/pkg/kmeta"
)

// seen remembers which attempts have a child, so that one that is gone was deleted, and is not made again.
// A controller that starts anew has not seen a child that was deleted before, and makes it again.
type seen struct {
	mu       sync.Mutex
	attempts map[types.UID]sighting
}

// sighting is the attempt whose child was there, and since when that is known.
type sighting struct {
	attempt int
	since   time.Time
}

// follow forgets runs that are deleted.
func (s *seen) follow(runs cache.SharedIndexInformer) error {
	_, err := runs.AddEventHandler(cache.ResourceEventHandlerFuncs{DeleteFunc: func(obj any) {
		if run, err := kmeta.DeletionHandlingAccessor(obj); err == nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			delete(s.attempts, run.GetUID())
		}
	}})
	if err != nil {
		return fmt.Errorf("watching CustomRuns: %w", err)
	}
	return nil
}

// has reports whether the child of the attempt was there, and since when that is known.
func (s *seen) has(run types.UID, attempt int) (since time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.attempts[run]
	return last.since, last.attempt == attempt
}

func (s *seen) mark(run types.UID, attempt int, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.attempts == nil {
		s.attempts = map[types.UID]sighting{}
	}
	if s.attempts[run].attempt != attempt {
		s.attempts[run] = sighting{attempt, now}
	}
}
