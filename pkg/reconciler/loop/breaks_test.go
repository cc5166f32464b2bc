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

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/loop"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The answer to the creation of the third iteration is lost, and the cache shows that the second breaks the loop
// before it shows the third.
// lostChild is a loop whose second iteration breaks out of it while the third has been made, which no cache shows yet.
func lostChild(t *testing.T, breaks func(p *plane, second aChild)) (p *plane, release func()) {
	t.Helper()
	p = newPipelineLoops(t, options{})
	run := pipelineRun(specOf("pipelineRef", "parallelism", 2, ""), words(5))
	run.Labels = map[string]string{loop.LabelLastTask: "last"}
	p.Create(run)
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
	breaks(p, p.children()[1])
	release = p.HoldCache()
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
	return p, release
}

func TestC25AChildThatNoCacheHasShownIsStoppedBeforeABrokenLoopEnds(t *testing.T) {
	p, release := lostChild(t, func(p *plane, second aChild) {
		p.breakTask(second, "CustomRun", corev1.ConditionTrue)
		p.end(p.children()[1], echo(second))
	})
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
	p.want(corev1.ConditionTrue, loop.ReasonBroken, "an iteration broke out of the loop")
}

func TestC25AChildThatNoCacheHasShownEndsBeforeItsLoop(t *testing.T) {
	p, release := lostChild(t, func(p *plane, second aChild) { p.end(second, skips("last")) })
	release()
	p.Settle("run")
	third := p.children()[2]
	if third.stopping() || p.Get("run").IsDone() {
		t.Fatalf("the run is %v, and the iteration that goes on was stopped: %v", p.Condition("run"), third.stopping())
	}
	p.Finish("run", p.outcomes(echo))
	p.want(corev1.ConditionTrue, loop.ReasonBroken, "an iteration broke out of the loop")
	if got := p.results("run"); got["count"] != "3" || got["out"] != `["1","","3"]` {
		t.Errorf("results %v", got)
	}
}

func TestABreakLongAfterTheLastTaskStopsTheOthers(t *testing.T) {
	p := newPipelineLoops(t, options{stubborn: true})
	run := pipelineRun(specOf("pipelineRef", "parallelism", 3, ""), words(3))
	run.Labels = map[string]string{loop.LabelLastTask: "last"}
	p.Create(run)
	p.Settle("run")
	first := p.children()[0]
	first.pipeline.Status.SkippedTasks = []pipelinev1.SkippedTask{{Name: "last", Reason: pipelinev1.WhenExpressionsSkip}}
	if _, err := p.Tekton.TektonV1().PipelineRuns(first.GetNamespace()).UpdateStatus(t.Context(), first.pipeline, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	p.Settle("run")
	p.Advance(10 * time.Minute)
	p.breakTask(p.children()[1], "CustomRun", corev1.ConditionTrue)
	p.Settle("run")
	for _, c := range p.children() {
		if !c.stopping() {
			t.Errorf("iteration %d was not asked to stop", c.number())
		}
	}
	if c := p.Condition("run"); c.Reason != customtask.ReasonStopping {
		t.Errorf("the run is %s %q", c.Reason, c.Message)
	}
}

// However long ago the break was stored, its iterations are asked to stop before the loop ends.
func TestABreakIsTakenUpAfterALongTime(t *testing.T) {
	p := newPipelineLoops(t, options{stubborn: true})
	p.Create(pipelineRun(specOf("pipelineRef", "parallelism", 2, ""), words(2)))
	p.Settle("run")
	p.breakTask(p.children()[0], "CustomRun", corev1.ConditionTrue)
	for range 5 {
		p.Server.FailNext("patch pipelineruns", errors.New("no route to host"))
	}
	p.Step("run")
	p.Restart()
	p.Advance(time.Hour)
	p.Settle("run")
	for _, c := range p.children() {
		if !c.stopping() {
			t.Errorf("iteration %d was not asked to stop", c.number())
		}
	}
}

func TestABreakTaskThatATimeoutEndedIsNoBreak(t *testing.T) {
	p := newPipelineLoops(t, options{})
	p.Create(pipelineRun(specOf("pipelineRef", "parallelism", 1, ""), words(2)))
	p.Settle("run")
	p.breakTask(p.children()[0], "CustomRun", corev1.ConditionUnknown)
	p.store(p.children()[0], corev1.ConditionFalse, string(pipelinev1.PipelineRunReasonTimedOut), "it took too long")
	p.Finish("run", p.outcomes(echo))
	if c := p.Condition("run"); c.Reason != loop.ReasonIterationFailed {
		t.Errorf("the loop ended with %s %q", c.Reason, c.Message)
	}
}
