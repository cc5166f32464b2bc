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
	"fmt"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/loop"
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
)

// stories are loops that go another way than one iteration after the other.
var stories = map[string]struct {
	atOnce, items int
	more          string
	how           func(p *plane) func(aChild) end
}{
	"one after the other": {1, 4, "", func(*plane) func(aChild) end { return echo }},
	"the failed item runs again": {2, 3, `"retries": 2`, func(p *plane) func(aChild) end {
		return func(c aChild) end {
			if c.number() == 2 && p.tries(2) < 3 {
				return fail
			}
			return echo(c)
		}
	}},
	"a failure, and the others are cancelled": {3, 4, `"failurePolicy": "CancelRunning"`, func(*plane) func(aChild) end {
		return func(c aChild) end {
			if c.number() == 2 {
				return fail
			}
			return nil
		}
	}},
	"until holds": {1, 5, `"until": "results.out == '3'", "maxIterations": 5`, func(*plane) func(aChild) end { return echo }},
}

// tries of an iteration by the run that is there.
func (p *plane) tries(number int) int {
	n, run := 0, p.Get("run")
	for _, c := range p.children() {
		if c.number() == number && run != nil && c.GetOwnerReferences()[0].UID == run.UID {
			n++
		}
	}
	return n
}

func TestC47LoopsEndAsUndisturbed(t *testing.T) {
	for kind, k := range kinds {
		for name, story := range stories {
			t.Run(kind+": "+name, func(t *testing.T) {
				t.Parallel()
				var p *plane
				start := func(t testing.TB) *customtasktest.Harness {
					p = k.new(t, options{})
					return p.Harness
				}
				customtasktest.Disturb(t, start, "run", func(h *customtasktest.Harness) {
					h.Create(k.run(specOf(k.ref, k.width, story.atOnce, story.more), words(story.items)))
					h.Finish("run", p.outcomes(story.how(p)))
					if p.most > story.atOnce {
						t.Errorf("%d children at once; at most %d are allowed", p.most, story.atOnce)
					}
				})
			})
		}
	}
}

// What goes wrong inside of a step is told with shorter loops.
func TestC47AControllerThatIsKilledAtAnyStepOfTwentyItems(t *testing.T) {
	const items, atOnce = 20, 3
	finish := func(t *testing.T, killed int) (p *plane, steps int) {
		t.Helper()
		p = newTaskLoops(t, options{})
		p.Create(taskRun(specOf("taskRef", "concurrency", atOnce, ""), words(items)))
		for next := p.outcomes(echo); !p.Get("run").IsDone(); steps++ {
			if steps == killed {
				p.Restart()
			}
			p.Step("run")
			next(p.Harness)
			if steps > 10*items {
				t.Fatalf("it has not ended after %d steps: %v", steps, p.Condition("run"))
			}
		}
		return p, steps
	}
	undisturbed, steps := finish(t, -1)
	for killed := range steps {
		p, _ := finish(t, killed)
		if diff := cmp.Diff(undisturbed.results("run"), p.results("run")); diff != "" {
			t.Errorf("killed before step %d: results (-undisturbed, +killed):\n%s", killed, diff)
		}
		if n := len(p.children()); n != items || p.most > atOnce {
			t.Errorf("killed before step %d: %d children, %d at once", killed, n, p.most)
		}
	}
	if got := undisturbed.results("run")["last-elem"]; got != "w20" || steps < items {
		t.Errorf("%d steps, and the last item is %q", steps, got)
	}
}

// A cancellation may come at any step. Whatever has begun has ended when the run has, and nothing begins after.
func TestC34ALoopIsCancelledAtAnyStep(t *testing.T) {
	for steps := range 16 {
		for _, restart := range []bool{false, true} {
			t.Run(fmt.Sprintf("after %d steps, restarted %v", steps, restart), func(t *testing.T) {
				p := newTaskLoops(t, options{})
				p.Create(taskRun(specOf("taskRef", "concurrency", 2, ""), words(4)))
				next := p.outcomes(echo)
				for range steps {
					p.Step("run")
					next(p.Harness)
				}
				if p.Get("run").IsDone() {
					return
				}
				p.Cancel("run", "enough")
				before := len(p.children())
				if restart {
					p.Restart()
				}
				p.Finish("run", nil)
				p.want(corev1.ConditionFalse, customtask.ReasonCancelled, "enough")
				if n := len(p.children()); n != before {
					t.Errorf("%d children before the cancellation, and %d after", before, n)
				}
				for _, c := range p.children() {
					if !c.IsDone() {
						t.Errorf("iteration %d is still at work", c.number())
					}
				}
			})
		}
	}
}

func TestC37ATimeoutEndsTheIterations(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.Create(taskRun(specOf("taskRef", "concurrency", 2, ""), words(4), customtasktest.Timeout(time.Minute), customtasktest.Retries(1)))
	p.Settle("run")
	for _, c := range p.children() {
		if left := c.task.Spec.Timeout; left == nil || left.Duration > time.Minute {
			t.Errorf("C40: iteration %d may take %v", c.number(), left)
		}
	}
	p.end(p.children()[0], succeed("out=1"))
	p.Settle("run")
	p.Finish("run", nil)
	p.want(corev1.ConditionFalse, customtask.ReasonTimedOut, "attempt 2 of 2 timed out after 1m0s; 2 of 4 iterations have ended")
	first := p.Get("run").Status.RetriesStatus[0]
	results := map[string]string{}
	for _, r := range first.Results {
		results[r.Name] = r.Value
	}
	if results["out"] != `["1","",""]` || results["succeeded"] != "1" {
		t.Errorf("C26: the first attempt has the results %v", results)
	}
	if n := p.tries(1); n != 2 {
		t.Errorf("C45: the first iteration has %d children; want one for each attempt", n)
	}
}

// Tekton may end the last iteration a moment before the attempt's own time is over.
func TestC40AnIterationThatUsesUpTheTimeTimesTheAttemptOut(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.Create(taskRun(specOf("taskRef", "concurrency", 1, ""), words(1), customtasktest.Timeout(time.Minute)))
	p.Settle("run")
	p.Advance(59 * time.Second)
	p.store(p.children()[0], corev1.ConditionFalse, "TaskRunTimeout", "it took too long")
	p.Finish("run", nil)
	p.want(corev1.ConditionFalse, customtask.ReasonTimedOut, "attempt 1 of 1 timed out after 1m0s; 1 of 1 iterations have ended")
}

func TestALoopThatHadEndedInTimeSucceedsThoughItWasSeenLate(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.Create(taskRun(specOf("taskRef", "concurrency", 1, ""), words(1), customtasktest.Timeout(time.Minute)))
	p.Settle("run")
	p.end(p.children()[0], succeed("out=1"))
	p.Advance(time.Hour)
	p.Settle("run")
	p.want(corev1.ConditionTrue, loop.ReasonSucceeded, "all 1 iterations succeeded")
}

func TestAStubbornIterationDoesNotHoldTheRunForEver(t *testing.T) {
	p := newTaskLoops(t, options{stubborn: true})
	p.Create(taskRun(specOf("taskRef", "concurrency", 1, ""), words(2)))
	p.Settle("run")
	p.Cancel("run", "")
	p.Finish("run", nil)
	if c := p.Condition("run"); c.Reason != customtask.ReasonCancelled {
		t.Errorf("the run ended with %+v", c)
	}
	if n := p.writesOf("patch taskruns"); n != 1 {
		t.Errorf("the iteration was asked to stop %d times; want once", n)
	}
}

// deleteChild deletes a child behind the loop's back.
func (p *plane) deleteChild(c aChild) {
	p.t.Helper()
	resource := "taskruns"
	if c.pipeline != nil {
		resource = "pipelineruns"
	}
	if err := p.Tekton.Tracker().Delete(taskRunKind.GroupVersion().WithResource(resource), c.GetNamespace(), c.GetName()); err != nil {
		p.t.Fatal(err)
	}
}

// A process that starts anew finds the try that is under way, also if nothing more is to be started.
func TestC34C47ARetryUnderWayIsStoppedByANewProcess(t *testing.T) {
	p := newTaskLoops(t, options{stubborn: true})
	p.Create(taskRun(specOf("taskRef", "concurrency", 1, `"retries": 2`), words(3)))
	p.Settle("run")
	p.end(p.children()[0], fail)
	p.Settle("run")
	p.Restart()
	p.Cancel("run", "enough")
	p.Settle("run")
	if second := p.children()[1]; p.Get("run").IsDone() || !second.stopping() {
		t.Fatalf("the run is %v, and its iteration was asked to stop: %v", p.Condition("run"), second.stopping())
	}
	p.end(p.children()[1], cancelled)
	p.Finish("run", nil)
	p.want(corev1.ConditionFalse, customtask.ReasonCancelled, "enough")
}

func TestC45C47ARetryUnderWayGoesOnThoughTheLoopHasFailed(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.Create(taskRun(specOf("taskRef", "concurrency", 4, `"retries": 1`), words(6)))
	p.Settle("run")
	first, second := p.children()[0], p.children()[1]
	p.end(second, fail)
	p.Settle("run") // 2 runs again
	p.end(first, fail)
	p.Settle("run") // 1 runs again
	p.end(p.children()[1], fail)
	p.Restart()
	p.Settle("run")
	p.Finish("run", p.outcomes(echo))
	if got := p.results("run"); got["succeeded"] != "3" || got["out"] != `["","2","3","4"]` {
		t.Errorf("results %v", got)
	}
}

// A child that is gone is told of by nothing else, so it is stored before its successor is made.
func TestC47C51ADeletedChildIsNotMadeAgainBesideItsRetry(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.Create(taskRun(specOf("taskRef", "concurrency", 10, `"retries": 1`), words(20)))
	p.Settle("run")
	first := p.children()[0]
	p.end(first, echo(first)) // which is not stored yet, and starts the eleventh
	p.Settle("run")
	p.deleteChild(p.children()[10])
	p.Settle("run")
	p.Restart()
	p.Finish("run", p.outcomes(echo))
	if p.most > 10 {
		t.Errorf("%d at once", p.most)
	}
	if n := p.tries(11); n != 1 {
		t.Errorf("%d children of the iteration whose first one was deleted; want its retry alone", n)
	}
}

func TestC51AChildThatSomebodyDeletes(t *testing.T) {
	spec := func(more string) *v1beta1.CustomRun {
		return taskRun(specOf("taskRef", "concurrency", 2, more), words(3))
	}
	t.Run("fails its iteration if it had not ended", func(t *testing.T) {
		p := newTaskLoops(t, options{})
		p.Create(spec(""))
		p.Settle("run")
		first := p.children()[0]
		p.deleteChild(first)
		p.Finish("run", p.outcomes(echo))
		p.want(corev1.ConditionFalse, loop.ReasonIterationFailed, fmt.Sprintf(
			"1 of 3 iterations failed, 1 not started: iteration 1 (%s) failed with ChildDeleted: it was deleted before its end was stored", first.GetName()))
	})
	t.Run("fails its iteration, also if it was never seen", func(t *testing.T) {
		p := newTaskLoops(t, options{})
		p.Create(spec(""))
		p.Step("run")
		for _, c := range p.children() {
			p.deleteChild(c)
		}
		p.Finish("run", nil)
		if c := p.Condition("run"); c.Reason != loop.ReasonIterationFailed || p.Clock.Since(customtasktest.Start) > 5*time.Second {
			t.Errorf("after %s it is %s %q", p.Clock.Since(customtasktest.Start), c.Reason, c.Message)
		}
	})
	t.Run("does not hold up a cancellation, also if it was never seen", func(t *testing.T) {
		p := newTaskLoops(t, options{})
		p.Create(spec(""))
		p.Step("run")
		for _, c := range p.children() {
			p.deleteChild(c)
		}
		p.Cancel("run", "enough")
		p.Settle("run")
		p.want(corev1.ConditionFalse, customtask.ReasonCancelled, "enough")
	})
	t.Run("is made again if a retry is left", func(t *testing.T) {
		p := newTaskLoops(t, options{})
		p.Create(spec(`"retries": 1`))
		p.Settle("run")
		p.deleteChild(p.children()[0])
		p.Finish("run", p.outcomes(echo))
		p.want(corev1.ConditionTrue, loop.ReasonSucceeded, "all 3 iterations succeeded")
	})
	t.Run("keeps its results if it had ended", func(t *testing.T) {
		p := newTaskLoops(t, options{})
		p.Create(taskRun(specOf("taskRef", "concurrency", 10, ""), words(12)))
		p.Settle("run")
		for range 3 { // not enough to be stored
			c := p.children()[0]
			p.end(c, echo(c))
			p.Settle("run")
			p.deleteChild(c)
			p.Settle("run")
		}
		p.Finish("run", p.outcomes(echo))
		p.want(corev1.ConditionTrue, loop.ReasonSucceeded, "all 12 iterations succeeded")
		if got := p.results("run")["out"]; got != `["1","2","3","4","5","6","7","8","9","10","11","12"]` {
			t.Errorf("results %s", got)
		}
	})
	t.Run("keeps its results across a restart once they are stored", func(t *testing.T) {
		p := newTaskLoops(t, options{})
		p.Create(taskRun(specOf("taskRef", "concurrency", 1, ""), words(3)))
		p.Settle("run")
		c := p.children()[0]
		p.end(c, echo(c))
		p.Settle("run")
		p.Restart()
		p.deleteChild(c)
		p.Finish("run", p.outcomes(echo))
		if got := p.results("run")["out"]; got != `["1","2","3"]` {
			t.Errorf("results %s", got)
		}
	})
}
