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

	"github.com/customtasks/customtasks/internal/children"
	"github.com/customtasks/customtasks/pkg/customtask"
)

// makers is how many children of one run are made at the same time, so that the last of many does not wait for
// all others.
const makers = 16

// start makes what is missing. What was made is open from then on, also if something else could not be made.
func (e *engine) start(ctx context.Context, l *look) error {
	missing := l.missing
	if len(missing) == 0 {
		return nil
	}
	parent := children.ParentOf(l.attempt.run)
	errs := make([]error, len(missing))
	work := func(worker, workers int) {
		for k := worker; k < len(missing); k += workers {
			missing[k].child, errs[k] = e.make(ctx, l.attempt, parent, missing[k])
		}
	}
	if workers := min(len(missing), cmp.Or(e.makers, makers)); workers == 1 {
		work(0, 1)
	} else {
		var wg sync.WaitGroup
		for worker := range workers {
			wg.Go(func() { work(worker, workers) })
		}
		wg.Wait()
	}
	l.missing = nil
	for k, t := range missing {
		if errs[k] != nil {
			l.missing = append(l.missing, t)
			continue
		}
		l.memory.made[t.i] = made{try: t.n, at: l.Now(), child: t.child}
		l.open = append(l.open, t)
	}
	slices.SortFunc(l.open, func(a, b try) int { return a.i - b.i })
	return first(errs)
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
