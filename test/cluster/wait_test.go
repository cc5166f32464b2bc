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

package cluster

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// quiet holds when the number has stayed as it is from one call to the next.
func quiet(number func() int64) func(context.Context) error {
	last := int64(-1)
	return func(context.Context) error {
		now := number()
		if now != last {
			last = now
			return errors.New("it changes")
		}
		return nil
	}
}

func TestWaitForShowsWhyAProcessEnded(t *testing.T) {
	c := newTestCluster(t)
	p := shell(t, c, "server", "echo the port is taken; echo ready; exit 3")
	started := time.Now()
	err := waitFor(t.Context(), "the server", time.Minute, []*Process{p}, func(context.Context) error {
		return errors.New("connection refused")
	})
	if err == nil {
		t.Fatal("waitFor succeeded")
	}
	for _, want := range []string{"the server", "exit status 3", "connection refused", "the port is taken", p.LogPath} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error %q does not say %q", err, want)
		}
	}
	if waited := time.Since(started); waited > 10*time.Second {
		t.Errorf("it took %s to see that the process had ended", waited)
	}
}

func TestWaitForGivesUpInTime(t *testing.T) {
	p := shell(t, newTestCluster(t), "server", "echo busy; "+forever)
	err := waitFor(t.Context(), "the server", 50*time.Millisecond, []*Process{p}, func(context.Context) error {
		return errors.New("connection refused")
	})
	if err == nil {
		t.Fatal("waitFor succeeded")
	}
	for _, want := range []string{"not after 50ms", "connection refused", "busy"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error %q does not say %q", err, want)
		}
	}
}

func TestWaitForEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := waitFor(ctx, "the server", time.Minute, nil, func(context.Context) error { return errors.New("no") })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("waitFor with a context that is done: %v, want %v", err, context.Canceled)
	}
}
