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
)

// restarts lets many cases share one restart of the controller: it happens once every case that still plays has
// asked for it.
type restarts struct {
	restart func() error

	mu      sync.Mutex
	players int
	waiting []chan error
}

func newRestarts(players int, restart func() error) *restarts {
	return &restarts{players: players, restart: restart}
}

// await asks for a restart, and returns when the controller is back.
func (r *restarts) await() error {
	done := make(chan error, 1)
	r.mu.Lock()
	r.waiting = append(r.waiting, done)
	r.goIfAll()
	r.mu.Unlock()
	return <-done
}

// leave says that a case needs no more restarts.
func (r *restarts) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.players--
	r.goIfAll()
}

// goIfAll restarts the controller if nobody is left to be waited for. The caller holds the lock.
func (r *restarts) goIfAll() {
	if len(r.waiting) == 0 || len(r.waiting) < r.players {
		return
	}
	waiting := r.waiting
	r.waiting = nil
	go func() {
		err := r.restart()
		for _, done := range waiting {
			done <- err
		}
	}()
}

// restartHook returns how the controller is restarted, or nil.
func (s *suite) restartHook() func(context.Context) error {
	if s.options.Restart != nil {
		return s.options.Restart
	}
	if s.profile.Restart == "" {
		return nil
	}
	return func(ctx context.Context) error {
		out, _, err := shell(ctx, s.profile.Restart, s.environment)
		if err != nil {
			return fmt.Errorf("the profile's restart command: %w: %s", err, out)
		}
		return nil
	}
}

// restart kills the controller, starts it again, and returns when it gives a new run a condition.
func (s *suite) restart(ctx context.Context) error {
	if err := s.restartHook()(ctx); err != nil {
		return err
	}
	// A controller that was killed leaves a lease, and its successor waits until that has run out.
	const tries = 3
	var err error
	for range tries {
		if err = s.answers(ctx); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return fmt.Errorf("after the restart, which may have to delete the lease of the process that was killed: %w", err)
}
