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
	"time"
)

// clock knows how far the cluster's clock is ahead of the one here. It learns that from times that the API server
// stamped, which are to the second: each of them says between which bounds the difference is.
type clock struct {
	mu          sync.Mutex
	known       bool
	least, most time.Duration
}

// learn takes in what the API server stamped on a request that was under way from sent to answered.
func (c *clock) learn(sent, stamped, answered time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// Wall clocks are compared, not the monotonic one.
	least, most := stamped.Sub(answered.Round(0)), stamped.Add(time.Second).Sub(sent.Round(0))
	if narrower, wider := max(least, c.least), min(most, c.most); c.known && narrower <= wider {
		least, most = narrower, wider
	}
	c.known, c.least, c.most = true, least, most
}

// ahead is how far the cluster's clock is ahead, as near to nothing as can be.
func (c *clock) ahead() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return max(c.least, min(0, c.most))
}

// cluster is what the cluster's clock showed at a time here.
func (c *clock) cluster(here time.Time) time.Time { return here.Round(0).Add(c.ahead()) }
