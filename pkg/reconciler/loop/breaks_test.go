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

package loop_test

import (
	"errors"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/loop"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	corev1 "k8s.io/api/core/v1"
)

// The answer to the creation of the third iteration is lost, and the cache shows that the second breaks the loop
// before it shows the third.
func TestC25AChildThatNoCacheHasShownIsStoppedBeforeABrokenLoopEnds(t *testing.T) {
	p := newPipelineLoops(t, options{})
	p.Create(pipelineRun(specOf("pipelineRef", "parallelism", 2, ""), words(5)))
	p.Settle("run")
	first := p.children()[0]
	p.end(first, echo(first))
	p.Server.LoseNext("create pipelineruns", errors.New("connection lost"))
	p.Step("run")
	third := p.children()[2].pipeline.DeepCopy()
	tracker, kind := p.Tekton.Tracker(), pipelinev1.SchemeGroupVersion.WithResource("pipelineruns")
	if err := tracker.Delete(kind, customtasktest.Namespace, third.GetName()); err != nil {
		t.Fatal(err)
	}
	p.breakTask(p.children()[1], "CustomRun", corev1.ConditionTrue)
	p.end(p.children()[1], echo(p.children()[1]))
	release := p.HoldCache()
	if err := tracker.Create(kind, third, customtasktest.Namespace); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		p.Step("run")
		p.Advance(100 * time.Millisecond)
	}
	if p.Get("run").IsDone() {
		t.Errorf("the loop has ended while an iteration runs: %v", p.Condition("run"))
	}
	release()
	for range 4 {
		for _, c := range p.children() {
			if c.stopping() && !c.IsDone() {
				p.end(c, fail)
			}
		}
		p.Settle("run")
		p.Advance(time.Second)
	}
	for _, c := range p.children() {
		if !c.IsDone() {
			t.Errorf("iteration %d is still at work", c.number())
		}
	}
	if c := p.Condition("run"); c.Status != corev1.ConditionTrue || c.Reason != loop.ReasonBroken {
		t.Errorf("the loop ended with %s %s %q", c.Status, c.Reason, c.Message)
	}
}
