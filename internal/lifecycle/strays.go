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
	"context"
	"errors"
	"sync"

	"github.com/customtasks/customtasks/internal/refusal"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	"go.uber.org/zap"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/logging"
)

// strays remembers runs for which the kind's code ran on a view that turned out to be old. Somebody
// else, another replica above all, may have ended such a run before, and what the code has begun would
// then be left behind. It is a courtesy: a process that ends forgets it.
type strays struct {
	mu   sync.Mutex
	runs map[types.NamespacedName]types.UID
}

func newStrays() *strays { return &strays{runs: map[types.NamespacedName]types.UID{}} }

func (s *strays) add(key types.NamespacedName, uid types.UID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs[key] = uid
}

func (s *strays) has(key types.NamespacedName, uid types.UID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.runs[key] == uid && uid != ""
}

func (s *strays) forget(key types.NamespacedName) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.runs, key)
}

// sweep stops what a pass on an old view may have begun for a run that is done: one of this process, which
// it remembers, or of another one, which a kind may see. The run itself stays as it is (C24, C25).
func (r *Reconciler) sweep(ctx context.Context, key types.NamespacedName, run *v1beta1.CustomRun) error {
	if !run.IsDone() {
		return nil
	}
	if sweeper, ok := r.Work.(Sweeper); ok {
		err := (&pass{Reconciler: r}).guarded(ctx, func(ctx context.Context) error { return sweeper.Sweep(ctx, run) })
		switch {
		case refusal.ForGood(err): // trying again does not help
			logging.FromContext(ctx).Errorw("What goes on after the end of a run could not be stopped.", zap.Error(err))
		case err != nil:
			return err
		}
	}
	if !r.strays.has(key, run.UID) {
		return nil
	}
	step, err := newPass(r, run).askToStop(ctx, StopFailed)
	var failure *Failure
	switch {
	case err != nil && !errors.As(err, &failure):
		return err
	case err == nil && step.Phase == PhaseRunning:
		return errStillStopping
	}
	r.strays.forget(key)
	return nil
}
