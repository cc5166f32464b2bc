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

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

// openByOwner indexes the children that have not ended by the UID of the object that controls them.
const openByOwner = "open-by-owner-uid"

func ownersOfOpen(obj any) ([]string, error) {
	if child := view(obj); child == nil || child.Done {
		return nil, nil
	}
	return owners(obj)
}

// Sweep asks the children to stop that go on though their run is done. A replica made them that did not
// know (C61).
func (s *Set) Sweep(ctx context.Context, run *v1beta1.CustomRun) error {
	objects, err := s.indexer.ByIndex(openByOwner, string(run.UID))
	if err != nil {
		return fmt.Errorf("looking for the %ss of a run: %w", s.kind, err)
	}
	left := make([]*Child, 0, len(objects))
	for _, object := range objects {
		left = append(left, view(object))
	}
	_, err = s.Cancel(ctx, left...)
	return err
}
