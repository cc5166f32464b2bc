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
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/loop"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clienttesting "k8s.io/client-go/testing"
	"knative.dev/pkg/apis"
)

var taskRunsGR = schema.GroupResource{Group: "tekton.dev", Resource: "taskruns"}

// refuse has the API server refuse TaskRuns while why gives an error, and counts how often it was asked.
func (p *plane) refuse(why func() error) (asked *int) {
	asked = new(int)
	p.Tekton.PrependReactor("create", "taskruns", func(clienttesting.Action) (bool, runtime.Object, error) {
		*asked++
		err := why()
		return err != nil, nil, err
	})
	return asked
}

func TestC56AQuotaIsAskedNowAndThen(t *testing.T) {
	p := newTaskLoops(t, options{})
	room, refusals := 5, 0
	asked := p.refuse(func() error {
		if room == 0 {
			refusals++
			return apierrors.NewForbidden(taskRunsGR, "x", fmt.Errorf("exceeded quota: small, asked %d times", refusals))
		}
		room--
		return nil
	})
	wantAsked := func(want int, when string) {
		t.Helper()
		if *asked != want {
			t.Errorf("%s, the API server was asked %d times; want %d", when, *asked, want)
		}
	}
	p.Create(taskRun(specOf("taskRef", "concurrency", 20, ""), words(30)))
	again, _ := p.Settle("run")
	wantAsked(6, "at first")
	if c := p.Condition("run"); c.Reason != loop.ReasonQuotaExceeded || !strings.HasPrefix(c.Message, "0 of 30 iterations have ended; trying again: ") ||
		!strings.HasSuffix(c.Message, "exceeded quota: small, asked 1 times") {
		t.Errorf("the run says %s %q", c.Reason, c.Message)
	}
	if again < 2*time.Second || again > 15*time.Second {
		t.Errorf("it is looked at again after %s", again)
	}
	writes := p.writesOf("update customruns/status")
	p.Settle("run")
	wantAsked(6, "when nothing has changed")
	p.Advance(15 * time.Second)
	p.Settle("run")
	wantAsked(7, "after 15 s")
	if n := p.writesOf("update customruns/status"); n != writes {
		t.Errorf("%d status writes while a quota holds it up", n-writes)
	}
	room = 1
	first := p.children()[0]
	p.end(first, echo(first))
	p.Settle("run")
	wantAsked(9, "when an iteration has ended, which made room for one")
	room = 100
	p.Advance(15 * time.Second)
	p.Settle("run")
	p.want(corev1.ConditionUnknown, loop.ReasonRunning, "0 of 30 iterations have ended")
	p.Finish("run", p.outcomes(echo))
	p.want(corev1.ConditionTrue, loop.ReasonSucceeded, "all 30 iterations succeeded")
}

func TestAQuotaIsOfNoInterestOnceNothingMoreIsStarted(t *testing.T) {
	p := newTaskLoops(t, options{})
	room := 2
	p.refuse(func() error {
		if room--; room >= 0 {
			return nil
		}
		return apierrors.NewForbidden(taskRunsGR, "x", errors.New("exceeded quota: small"))
	})
	p.Create(taskRun(specOf("taskRef", "concurrency", 5, ""), words(5)))
	p.Settle("run")
	p.end(p.children()[0], fail)
	p.Settle("run")
	p.want(corev1.ConditionUnknown, loop.ReasonRunning, "1 of 5 iterations have ended, 1 of them failed")
}

// A quota refuses before the API server looks whether the name is taken, so a refused child may be there.
func TestC51AChildThatWasRefusedAndIsThereIsNotMadeAgain(t *testing.T) {
	p := newTaskLoops(t, options{})
	refused := false
	p.refuse(func() error {
		if !refused {
			return nil
		}
		return apierrors.NewForbidden(taskRunsGR, "x", errors.New("exceeded quota: small"))
	})
	p.Create(taskRun(specOf("taskRef", "concurrency", 1, ""), words(1)))
	p.Server.LoseNext("create taskruns", errors.New("connection lost"))
	p.Step("run")
	made := p.children()[0]
	p.deleteChild(made)
	release := p.HoldCache()
	if err := p.Tekton.Tracker().Create(taskRunKind.GroupVersion().WithResource("taskruns"), made.task, made.GetNamespace()); err != nil {
		t.Fatal(err)
	}
	refused = true
	p.Advance(time.Second)
	p.Step("run")
	release()
	p.Step("run")
	refused = false
	p.deleteChild(made)
	p.Advance(time.Minute)
	p.Finish("run", p.outcomes(echo))
	if c := p.Condition("run"); c.Reason != loop.ReasonIterationFailed || !strings.Contains(c.Message, "ChildDeleted") || len(p.children()) > 0 {
		t.Errorf("%d children, and the run is %s %q", len(p.children()), c.Reason, c.Message)
	}
}

func TestC37ATimeoutTellsOfTheQuota(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.refuse(func() error { return apierrors.NewForbidden(taskRunsGR, "x", errors.New("exceeded quota: small")) })
	p.Create(taskRun(specOf("taskRef", "concurrency", 2, ""), words(3), customtasktest.Timeout(time.Minute)))
	p.Finish("run", nil)
	c := p.Condition("run")
	if c.Reason != customtask.ReasonTimedOut || !strings.HasPrefix(c.Message, "attempt 1 of 1 timed out after 1m0s; 0 of 3 iterations have ended; trying again: ") ||
		!strings.HasSuffix(c.Message, "exceeded quota: small") {
		t.Errorf("the run ended with %s %q", c.Reason, c.Message)
	}
}

func TestC56ARefusalIsTakenForAll(t *testing.T) {
	for atOnce, wantReads := range map[int]string{10: strings.Repeat("get taskruns ", 9), 0: "list taskruns "} {
		t.Run(fmt.Sprintf("%d at once", atOnce), func(t *testing.T) {
			p := newTaskLoops(t, options{})
			asked := p.refuse(func() error { return apierrors.NewForbidden(taskRunsGR, "x", errors.New("no")) })
			p.Create(taskRun(specOf("taskRef", "concurrency", atOnce, ""), words(100)))
			p.Finish("run", nil)
			if c := p.Condition("run"); c.Reason != customtask.ReasonForbidden {
				t.Errorf("the run ended with %s %q", c.Reason, c.Message)
			}
			if *asked != 1 {
				t.Errorf("the API server was asked %d times", *asked)
			}
			if reads := strings.Join(p.Server.Reads(), " ") + " "; reads != wantReads {
				t.Errorf("reads %q, want %q", reads, wantReads)
			}
		})
	}
}

// A cancelled loop asks for all children at once if many may have been made that no cache has shown.
func TestC34ChildrenThatNoCacheHasShownAreStopped(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.Create(taskRun(specOf("taskRef", "concurrency", 0, ""), words(30)))
	p.Step("run")
	p.Restart()
	p.Cancel("run", "enough")
	made := p.children()
	for _, c := range made {
		p.deleteChild(c)
	}
	release := p.HoldCache()
	for _, c := range made {
		if err := p.Tekton.Tracker().Create(taskRunKind.GroupVersion().WithResource("taskruns"), c.task, c.GetNamespace()); err != nil {
			t.Fatal(err)
		}
	}
	p.Step("run")
	if reads := p.Server.Reads(); len(reads) != 1 || reads[0] != "list taskruns" {
		t.Errorf("reads %v", reads)
	}
	for _, c := range p.children() {
		if !c.stopping() {
			t.Errorf("iteration %d was not asked to stop", c.number())
		}
	}
	release()
	p.Finish("run", nil)
	p.want(corev1.ConditionFalse, customtask.ReasonCancelled, "enough")
}

func TestACancellationReadsNothingThatCachesShow(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.Create(taskRun(specOf("taskRef", "concurrency", 0, ""), words(30)))
	p.Settle("run")
	p.Cancel("run", "enough")
	p.Finish("run", nil)
	p.want(corev1.ConditionFalse, customtask.ReasonCancelled, "enough")
	if reads := p.Server.Reads(); len(reads) > 0 {
		t.Errorf("reads %v", reads)
	}
}

func TestC4APanicWhileChildrenAreMade(t *testing.T) {
	p := newTaskLoops(t, options{together: true})
	p.Tekton.PrependReactor("create", "taskruns", func(clienttesting.Action) (bool, runtime.Object, error) { panic("out of luck") })
	p.Create(taskRun(specOf("taskRef", "concurrency", 3, ""), words(3)))
	p.Finish("run", nil)
	p.want(corev1.ConditionFalse, "Panicked", "the controller of TaskLoop panicked: out of luck")
}

// A replica that lost its lease may start an iteration on a view that is old, after another one has ended the run.
func TestC61WhatIsStartedAfterTheEndIsStopped(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.Create(taskRun(specOf("taskRef", "concurrency", 4, ""), words(6)))
	p.Settle("run")
	first := p.children()[0]
	p.end(first, echo(first))
	release := p.HoldCache()
	old := p.Get("run")
	now := metav1.NewTime(p.Clock.Now())
	old.Status.Conditions[0].Status, old.Status.Conditions[0].Reason, old.Status.CompletionTime = corev1.ConditionTrue, "Elsewhere", &now
	p.StoreStatus(old)
	p.Step("run")
	if n := len(p.children()); n != 5 {
		t.Fatalf("%d children; the fifth is what this is about", n)
	}
	p.Restart() // another process, which remembers nothing
	release()
	p.Settle("run")
	for _, c := range p.children()[1:] {
		if !c.stopping() {
			t.Errorf("iteration %d goes on", c.number())
		}
	}
	if c := p.Condition("run"); c.Reason != "Elsewhere" {
		t.Errorf("the run was changed: %v", c)
	}
	if patches := p.writesOf("patch taskruns"); patches != 4 {
		t.Errorf("%d patches; want one for each of four", patches)
	}
}

func TestAChildThatDoesNotStopHoldsUpABreakForFiveMinutes(t *testing.T) {
	p := newPipelineLoops(t, options{stubborn: true})
	p.Create(pipelineRun(specOf("pipelineRef", "parallelism", 2, ""), words(4)))
	p.Settle("run")
	p.breakTask(p.children()[0], "CustomRun", corev1.ConditionTrue)
	p.Settle("run")
	p.want(corev1.ConditionUnknown, customtask.ReasonStopping,
		"0 of 4 iterations have ended; an iteration broke out of the loop, and those under way are being stopped")
	p.Advance(4 * time.Minute)
	p.Settle("run")
	if p.Get("run").IsDone() {
		t.Fatal("it did not wait")
	}
	p.Advance(time.Minute)
	p.Settle("run")
	p.want(corev1.ConditionTrue, loop.ReasonBroken, "an iteration broke out of the loop (2 others were not seen to stop within 5m0s)")
}

func TestABreakTaskThatIsATaskRunIsReadWhenItsPipelineHasChanged(t *testing.T) {
	p := newPipelineLoops(t, options{})
	p.Create(pipelineRun(specOf("pipelineRef", "parallelism", 2, ""), words(4)))
	p.Settle("run")
	p.breakTask(p.children()[0], "TaskRun", corev1.ConditionUnknown)
	p.Settle("run")
	for range 5 {
		p.Step("run")
	}
	if reads := p.Server.Reads(); len(reads) != 1 {
		t.Errorf("reads %v; want one", reads)
	}
	task, err := p.Tekton.TektonV1().TaskRuns(customtasktest.Namespace).Get(t.Context(), "break", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	task.Status.Conditions[0].Status = corev1.ConditionTrue
	if _, err := p.Tekton.TektonV1().TaskRuns(customtasktest.Namespace).UpdateStatus(t.Context(), task, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	c := p.children()[0]
	c.pipeline.Status.SetCondition(&apis.Condition{Type: apis.ConditionSucceeded, Status: corev1.ConditionUnknown, Message: "Tasks Completed: 1"})
	if _, err := p.Tekton.TektonV1().PipelineRuns(customtasktest.Namespace).UpdateStatus(t.Context(), c.pipeline, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	p.Finish("run", nil)
	p.want(corev1.ConditionTrue, loop.ReasonBroken, "an iteration broke out of the loop")
}
