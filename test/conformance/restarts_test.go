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
	"sync"
	"sync/atomic"
	"testing"
)

func TestOneRestartForAllWhoAskForIt(t *testing.T) {
	var n atomic.Int32
	r := newRestarts(3, func() error { n.Add(1); return nil })
	var group sync.WaitGroup
	for player := range 3 {
		group.Go(func() {
			defer r.leave()
			// One player leaves early, one asks once, and one asks twice.
			for range player {
				if err := r.await(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if got := n.Load(); got != 2 {
		t.Errorf("%d restarts; want 2", got)
	}
}
