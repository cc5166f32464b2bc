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

	"github.com/customtasks/customtasks/pkg/customtask"
)

// ReasonBreak: a BreakTask has run (True). It always succeeds.
const ReasonBreak = "Break"

// BreakTask is a task that succeeds at once. In the Pipeline of a PipelineLoop, under a name that begins
// with BreakTaskPrefix, its end is what ends the loop.
type BreakTask struct{}

// BreakSpec is empty.
type BreakSpec struct{}

var (
	_ customtask.Task[BreakSpec]       = BreakTask{}
	_ customtask.Referencer[BreakSpec] = BreakTask{}
	_ customtask.SideEffectFree        = BreakTask{}
)

// SideEffectFree marks the task: it changes nothing.
func (BreakTask) SideEffectFree() {}

// GetSpec takes any name: compilers of pipelines give one, and there are no objects.
func (BreakTask) GetSpec(context.Context, string, string) (*BreakSpec, error) {
	return &BreakSpec{}, nil
}

// Reconcile ends the run.
func (BreakTask) Reconcile(context.Context, *customtask.Run[BreakSpec]) (customtask.Outcome, error) {
	return customtask.Succeeded(ReasonBreak, "the loop around this pipeline ends"), nil
}
