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
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/customtasks/customtasks/internal/children"
	"github.com/customtasks/customtasks/internal/refusal"
	"github.com/customtasks/customtasks/pkg/customtask"
)

// makers is how many children of one run are made at the same time, so that the last of many does not wait for
// all others.
const makers = 16

// start makes what is missing. What was made is open from then on, also if something else could not be made: after
// an error no more are tried, since what refuses one mostly refuses all.
func (e *engine) start(ctx context.Context, l *look) error {
	missing := l.missing
	if len(missing) == 0 || l.memory.refusal != "" && l.Now().Before(l.memory.heldUntil) {
		return nil
	}
	parent := children.ParentOf(l.attempt.run)
	errs := make([]error, len(missing))
	var stop atomic.Bool
	e.share(len(missing), l.memory.refusal == "", func(k int) {
		if stop.Load() {
			return
		}
		if missing[k].child, errs[k] = e.make(ctx, l.attempt, parent, missing[k]); errs[k] != nil {
			stop.Store(true)
		}
	})
	l.missing = nil
	for k, t := range missing {
		if t.child == nil {
			l.missing = append(l.missing, t)
			switch {
			case refusal.ForGood(errs[k]), refusal.OverQuota(errs[k]):
				l.memory.absent[t.name] = true
			case errs[k] != nil: // it may have been made
				delete(l.memory.absent, t.name)
			}
			continue
		}
		delete(l.memory.absent, t.name)
		l.memory.made[t.i] = made{try: t.n, at: l.Now(), child: t.child}
		l.open = append(l.open, t)
	}
	slices.SortFunc(l.open, func(a, b try) int { return a.i - b.i })
	err := first(errs)
	if !refusal.OverQuota(err) {
		l.memory.refusal = ""
		return err
	}
	// What was said first stays: a text that differs each time would cause a write each time (C21).
	l.memory.refusal, l.memory.heldUntil = cmp.Or(l.memory.refusal, err.Error()), l.Now().Add(refusal.QuotaPause)
	return nil
}

// share calls do for 0 to n-1, several at a time if it may. A panic in any of them is one of the caller.
func (e *engine) share(n int, together bool, do func(k int)) {
	workers := min(n, cmp.Or(e.makers, makers))
	if workers == 1 || !together {
		for k := range n {
			do(k)
		}
		return
	}
	var wg sync.WaitGroup
	var panicked atomic.Pointer[any]
	for worker := range workers {
		wg.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					panicked.Store(&v)
				}
			}()
			for k := worker; k < n; k += workers {
				do(k)
			}
		})
	}
	wg.Wait()
	if v := panicked.Load(); v != nil {
		panic(*v)
	}
}

func (e *engine) make(ctx context.Context, a attempt, parent children.Parent, t try) (*children.Child, error) {
	object, err := a.build(parent, t.name, a.list.At(t.i), t.i)
	if err != nil {
		return nil, err
	}
	return e.set.Create(ctx, object)
}

// first is the failure that ends the run, if there is one, and the first error otherwise: what many children
// have in common is said once.
func first(errs []error) error {
	var failure *customtask.Failure
	for _, err := range errs {
		if errors.As(err, &failure) {
			return failure
		}
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
