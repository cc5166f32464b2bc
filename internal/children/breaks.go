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
	"strings"

	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
)

// BreakTaskPrefix begins the names of tasks in a Pipeline that break out of the loop around it.
const BreakTaskPrefix = "pipelineloop-break-operation"

// Ref is what a task of a PipelineRun has become.
type Ref struct {
	// Kind is TaskRun or CustomRun.
	Kind, Name string
	// Task is its name in the Pipeline.
	Task string
}

// skipped are the tasks that were skipped by a condition, theirs or that of one before, and not because the
// PipelineRun came to its end.
func skipped(run *pipelinev1.PipelineRun) (kept []pipelinev1.SkippedTask) {
	for _, s := range run.Status.SkippedTasks {
		if s.Reason == pipelinev1.WhenExpressionsSkip || s.Reason == pipelinev1.ParentTasksSkip {
			kept = append(kept, pipelinev1.SkippedTask{Name: s.Name, Reason: s.Reason})
		}
	}
	return kept
}

// breaking are the tasks that break out of a loop.
func breaking(run *pipelinev1.PipelineRun) (kept []pipelinev1.ChildStatusReference) {
	for _, r := range run.Status.ChildReferences {
		if strings.HasPrefix(r.PipelineTaskName, BreakTaskPrefix) {
			kept = append(kept, pipelinev1.ChildStatusReference{TypeMeta: r.TypeMeta, Name: r.Name, PipelineTaskName: r.PipelineTaskName})
		}
	}
	return kept
}
