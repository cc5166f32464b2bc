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
	"context"
	"fmt"

	"github.com/customtasks/customtasks/internal/refusal"
	"github.com/customtasks/customtasks/pkg/customtask"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	// ReasonForeign: an object that is not the run's own has the child's name (False).
	ReasonForeign = "ChildForeign"
	// ReasonDeleted: somebody deleted a child that had not ended (False, when no retries are left).
	ReasonDeleted = "ChildDeleted"
)

// Create makes a child. If one of its name is there already and the same run controls it, an earlier call
// made it and its answer was lost: that one is returned.
//
// A *customtask.Failure ends the run: the name is taken by an object of somebody else, which stays as it is
// (C49), or the API server refuses the child for good (C56). Any other error may pass; see [refusal.OverQuota].
func (s *Set) Create(ctx context.Context, object metav1.Object) (*Child, error) {
	name := object.GetName()
	made, err := s.server.create(ctx, object)
	if apierrors.IsAlreadyExists(err) {
		if made, err = s.server.get(ctx, object.GetNamespace(), name); err == nil && !sameOwner(made, object) {
			return nil, Foreign(s.kind, name)
		}
	}
	switch {
	case refusal.ForGood(err):
		return nil, customtask.FailRun(customtask.ReasonForbidden, fmt.Sprintf(
			"%s %q could not be created: %v", s.kind, name, err)).WithCause(err)
	case err != nil:
		return nil, fmt.Errorf("creating %s %q: %w", s.kind, name, err)
	}
	return view(made), nil
}

// Foreign is the failure of a run whose child's name is taken.
func Foreign(kind, name string) *customtask.Failure {
	return customtask.FailRun(ReasonForeign, fmt.Sprintf(
		"%s %q was not made by this run; start another run, whose children have other names", kind, name))
}

// Deleted is the failure of an attempt whose child was deleted before it had ended.
func Deleted(kind, name string) *customtask.Failure {
	return customtask.FailAttempt(ReasonDeleted, fmt.Sprintf("%s %q was deleted before it had ended", kind, name))
}

func sameOwner(a, b metav1.Object) bool {
	one, other := metav1.GetControllerOfNoCopy(a), metav1.GetControllerOfNoCopy(b)
	return one != nil && other != nil && one.UID == other.UID
}
