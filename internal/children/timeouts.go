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
	"time"

	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// RanOut reports whether a child has used up the time of its attempt, which is then about to time out itself. Tekton
// counts from a start and to an end in whole seconds, so that a child may be up to two early. No deadline is the zero
// time.
func (c *Child) RanOut(deadline time.Time) bool {
	const early = 2 * time.Second
	timedOut := c.Reason == string(pipelinev1.TaskRunReasonTimedOut) || c.Reason == string(pipelinev1.PipelineRunReasonTimedOut)
	return timedOut && !deadline.IsZero() && deadline.Sub(c.Completion) <= early
}

// within is a child's timeout: its own, and never more than is left of the attempt. Neither is none: 0, since
// Tekton has a default where nothing is said.
func (p Parent) within(own *metav1.Duration) *metav1.Duration {
	switch {
	case p.left == nil && own == nil:
		return &metav1.Duration{}
	case p.left == nil:
		return own
	case own == nil || own.Duration == 0 || own.Duration > *p.left:
		return &metav1.Duration{Duration: *p.left}
	}
	return own
}

// timeouts are a PipelineRun's, such that Tekton takes them: the parts fit into the whole.
func (p Parent) timeouts(own *pipelinev1.TimeoutFields) *pipelinev1.TimeoutFields {
	out := pipelinev1.TimeoutFields{}
	if own != nil {
		out = *own
	}
	if !positive(out.Pipeline) && positive(out.Tasks) && positive(out.Finally) {
		out.Pipeline = &metav1.Duration{Duration: out.Tasks.Duration + out.Finally.Duration}
	}
	out.Pipeline = p.within(out.Pipeline)
	whole := out.Pipeline.Duration
	if whole == 0 {
		return &out
	}
	// What does not fit is cut: the tasks leave room for the finally tasks, if that is less than all.
	if out.Finally != nil && !fits(out.Finally, whole) {
		out.Finally = nil
	}
	room := whole
	if out.Finally != nil {
		room -= out.Finally.Duration
	}
	if out.Tasks != nil && !fits(out.Tasks, room) {
		if out.Tasks = nil; room > 0 {
			out.Tasks = &metav1.Duration{Duration: room}
		}
	}
	return &out
}

func positive(d *metav1.Duration) bool { return d != nil && d.Duration > 0 }

// fits reports whether a part is bounded and leaves the rest a moment.
func fits(part *metav1.Duration, whole time.Duration) bool {
	return part.Duration > 0 && part.Duration <= whole
}
