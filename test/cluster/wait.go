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
	"fmt"
	"time"
)

const pollEvery = 50 * time.Millisecond

// waitFor calls check until it returns nil. It gives up after the timeout, or as soon as one of the processes that
// it depends on has ended; the error then shows what check said last and the end of those processes' logs.
func waitFor(ctx context.Context, what string, timeout time.Duration, needs []*Process, check func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("not after %s", timeout))
	defer cancel()
	for {
		err := check(ctx)
		if err == nil {
			return nil
		}
		for _, p := range needs {
			if how, ended := p.exited(); ended {
				return fmt.Errorf("waiting for %s: %s ended (%s): %w\n%s", what, p.Name, how, err, ends(p))
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w: %w\n%s", what, context.Cause(ctx), err, ends(needs...))
		case <-time.After(pollEvery):
		}
	}
}

// ends shows the end of each process's log.
func ends(processes ...*Process) string {
	text := ""
	for _, p := range processes {
		text += fmt.Sprintf("--- the end of %s\n%s\n", p.LogPath, p.Tail(tailLines))
	}
	return text
}
