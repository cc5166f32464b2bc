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

package children

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Cancel asks every child that has not ended to stop, and reports whether all have. One that is nil, that
// has ended or that is gone has stopped; one that was asked already is waited for and not asked again. All
// are tried though one fails (C34).
func (s *Set) Cancel(ctx context.Context, children ...*Child) (stopped bool, err error) {
	stopped = true
	failed := 0
	for _, child := range children {
		if ctx.Err() != nil {
			return false, cmp.Or(err, ctx.Err())
		}
		if child == nil || child.Done {
			continue
		}
		if !child.Stopping {
			gone, patchErr := s.cancel(ctx, child)
			if gone {
				continue
			}
			if patchErr != nil {
				failed++
				err = cmp.Or(err, patchErr)
			}
		}
		stopped = false
	}
	if failed > 1 {
		err = fmt.Errorf("%w; so it is with %d others", err, failed-1)
	}
	return stopped && err == nil, err
}

// cancel patches this very child, and no other that has its name by now.
func (s *Set) cancel(ctx context.Context, child *Child) (gone bool, err error) {
	type operation struct {
		Op    string `json:"op"`
		Path  string `json:"path"`
		Value string `json:"value"`
	}
	patch, err := json.Marshal([]operation{
		{"test", "/metadata/uid", string(child.UID)},
		{"add", "/spec/status", s.server.stopped()},
	})
	if err == nil {
		err = s.server.patch(ctx, child.Namespace, child.Name, patch)
	}
	switch {
	case apierrors.IsNotFound(err):
		return true, nil
	case err == nil:
		return false, nil
	}
	// Tekton lets nobody change one that has ended, which the cache may not have seen.
	switch live, liveErr := s.Live(ctx, child.Namespace, child.Name); {
	case liveErr != nil:
	case live == nil, live.UID != child.UID:
		return true, nil
	case live.Done:
		return false, nil
	}
	return false, fmt.Errorf("cancelling %s %q: %w", s.kind, child.Name, err)
}
