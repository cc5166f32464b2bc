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
	"context"
	"strings"

	"github.com/customtasks/customtasks/internal/children"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

const (
	// LabelLastTask on a run names a task of the loop's Pipeline: the loop ends with success once an iteration
	// has skipped that task.
	LabelLastTask = "last-loop-task"
	// BreakTaskPrefix begins the names of tasks in the loop's Pipeline which end the loop with success once
	// they have ended.
	BreakTaskPrefix = children.BreakTaskPrefix
)

// breaks finds out whether an iteration of a PipelineLoop has broken out of it.
type breaks struct {
	// ended reports whether a task of a Pipeline has ended.
	ended func(ctx context.Context, namespace string, ref children.Ref) (bool, error)
}

func (b breaks) broken(ctx context.Context, object *v1beta1.CustomRun, child *children.Child) (bool, error) {
	if last := object.Labels[LabelLastTask]; last != "" {
		for _, skipped := range child.Skipped {
			if skipped == last {
				return true, nil
			}
		}
	}
	for _, ref := range child.Breaks {
		if !strings.HasPrefix(ref.Task, BreakTaskPrefix) {
			continue
		}
		// A PipelineRun that was not asked to stop ends after all of its tasks.
		if child.Done && !child.Stopping {
			return true, nil
		}
		if ended, err := b.ended(ctx, child.Namespace, ref); ended || err != nil {
			return ended, err
		}
	}
	return false, nil
}
