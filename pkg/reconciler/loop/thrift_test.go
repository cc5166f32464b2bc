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
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/loop"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestALoopIsThrifty(t *testing.T) {
	for _, row := range []struct{ items, atOnce int }{{12, 1}, {12, 2}, {30, 3}, {60, 10}, {60, 50}, {60, 0}} {
		t.Run(fmt.Sprintf("%d items, %d at once", row.items, row.atOnce), func(t *testing.T) {
			p := newTaskLoops(t, options{})
			p.Create(taskRun(specOf("taskRef", "concurrency", row.atOnce, ""), words(row.items)))
			p.Finish("run", p.outcomes(echo))
			p.want(corev1.ConditionTrue, loop.ReasonSucceeded, fmt.Sprintf("all %d iterations succeeded", row.items))
			width := row.atOnce
			if width <= 0 {
				width = row.items
			}
			if creates := p.writesOf("create taskruns"); creates != row.items {
				t.Errorf("%d creates; want %d", creates, row.items)
			}
			if writes, most := p.writesOf("update customruns/status")-1, 2*row.items/width+10; writes > most { // less the test's own
				t.Errorf("%d status writes; want at most %d", writes, most)
			} else {
				t.Logf("%d status writes; at most %d", writes, most)
			}
			if reads := p.Server.Reads(); len(reads) > 0 {
				t.Errorf("reads: %v", reads)
			}
			if p.most != width {
				t.Errorf("%d children at once; want %d", p.most, width)
			}
		})
	}
}

func TestManyChildrenAreMadeAtTheSameTime(t *testing.T) {
	p := newTaskLoops(t, options{together: true})
	p.Create(taskRun(specOf("taskRef", "concurrency", 40, ""), words(100)))
	p.Finish("run", func(*customtasktest.Harness) {
		for _, c := range p.children() {
			if !c.IsDone() {
				p.end(c, echo(c))
			}
		}
	})
	p.want(corev1.ConditionTrue, loop.ReasonSucceeded, "all 100 iterations succeeded")
	if n := len(p.children()); n != 100 || p.most != 40 {
		t.Errorf("%d children, %d at once; want 100, 40 at once", n, p.most)
	}
}

func TestWhatHasEndedIsStoredWithinAMinute(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.Create(taskRun(specOf("taskRef", "concurrency", 10, ""), words(10)))
	p.Settle("run")
	c := p.children()[0]
	p.end(c, echo(c))
	again, ok := p.Settle("run")
	if !ok || again > time.Minute {
		t.Fatalf("the next look is after %v", again)
	}
	p.want(corev1.ConditionUnknown, loop.ReasonRunning, "0 of 10 iterations have ended")
	p.Advance(again)
	p.Settle("run")
	p.want(corev1.ConditionUnknown, loop.ReasonRunning, "1 of 10 iterations have ended")
	if got := p.results("run")["out"]; got != `["1","","","","","","","","",""]` {
		t.Errorf("results %s", got)
	}
}

func TestC48AnOldCacheStartsNoMoreThanThereMayBe(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.Create(taskRun(specOf("taskRef", "concurrency", 3, ""), words(9)))
	p.Settle("run")
	release := p.HoldCache()
	for range 3 { // a new process each time, which has seen nothing since
		p.end(p.children()[0], echo(p.children()[0]))
		p.Step("run")
	}
	release()
	p.Finish("run", p.outcomes(echo))
	if p.most > 3 {
		t.Errorf("%d children at once; want at most 3", p.most)
	}
	p.want(corev1.ConditionTrue, loop.ReasonSucceeded, "all 9 iterations succeeded")
}

func TestC30AThousandIterationsStaySmall(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.Create(taskRun(specOf("taskRef", "concurrency", 0, ""), words(1000)))
	p.Settle("run")
	for _, c := range p.children() {
		p.end(c, echo(c))
	}
	p.Finish("run", nil)
	p.want(corev1.ConditionTrue, loop.ReasonSucceeded, "all 1000 iterations succeeded")
	run := p.Get("run")
	if n := len(run.Status.ExtraFields.Raw); n > 256<<10 {
		t.Errorf("extraFields has %d bytes", n)
	}
	var values []string
	if err := json.Unmarshal([]byte(p.results("run")["out"]), &values); err != nil || len(values) != 1000 || values[0] != "1" || values[999] != "1000" {
		t.Errorf("results %v, %v", len(values), err)
	}
}

func TestC29ResultsThatDoNotFitFailTheRun(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.Create(taskRun(specOf("taskRef", "concurrency", 1, ""), words(20)))
	p.Finish("run", p.outcomes(func(aChild) end { return succeed("out=" + strings.Repeat("x", 8<<10)) }))
	if c := p.Condition("run"); c.Reason != "InvalidResult" || !strings.Contains(c.Message, `result "out"`) {
		t.Errorf("the run ended with %s %q", c.Reason, c.Message)
	}
	n := len(p.children())
	if n >= 20 {
		t.Errorf("%d iterations ran", n)
	}
	if got := p.results("run"); got["count"] != strconv.Itoa(n) || got["condition"] != "failed" || got["out"] != "" {
		t.Errorf("C28: the results are %v of %d iterations", got, n)
	}
}

func TestADamagedStateIsFoundAgainInTheChildren(t *testing.T) {
	for name, damaged := range map[string]func(stored string) string{
		"that is gone":                       func(string) string { return "{}" },
		"that counts more than have ended":   func(stored string) string { return strings.Replace(stored, `"succeeded":2`, `"succeeded":3`, 1) },
		"that says that nobody has begun":    func(stored string) string { return strings.Replace(stored, `"phases":"SS"`, `"phases":""`, 1) },
		"that says that more was to be done": func(stored string) string { return strings.Replace(stored, `"phases":"SS"`, `"phases":"SSSSSSSS"`, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newTaskLoops(t, options{})
			p.Create(taskRun(specOf("taskRef", "concurrency", 1, ""), words(4)))
			p.Settle("run")
			next := p.outcomes(echo)
			for range 2 {
				next(p.Harness)
				p.Settle("run")
			}
			run := p.Get("run")
			stored := string(run.Status.ExtraFields.Raw)
			run.Status.ExtraFields.Raw = []byte(damaged(stored))
			if string(run.Status.ExtraFields.Raw) == stored {
				t.Fatalf("nothing was damaged of %s", stored)
			}
			p.StoreStatus(run)
			p.Restart()
			p.Finish("run", next)
			p.want(corev1.ConditionTrue, loop.ReasonSucceeded, "all 4 iterations succeeded")
			if n := len(p.children()); n != 4 {
				t.Errorf("%d children; want 4", n)
			}
			if got := p.results("run")["out"]; got != `["1","2","3","4"]` {
				t.Errorf("results %s", got)
			}
		})
	}
}

func TestRetriesAreOfTheItemThatFailed(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.Create(taskRun(specOf("taskRef", "concurrency", 2, `"retries": 1`), words(4)))
	p.Finish("run", p.outcomes(func(c aChild) end {
		if c.number() == 2 && p.tries(2) == 1 {
			return fail
		}
		return echo(c)
	}))
	p.want(corev1.ConditionTrue, loop.ReasonSucceeded, "all 4 iterations succeeded")
	var words []string
	for _, c := range p.children() {
		words = append(words, c.params()[0].Value.StringVal)
	}
	if got := strings.Join(words, " "); got != "w1 w2 w2 w3 w4" {
		t.Errorf("the items were %s", got)
	}
	if p.most != 2 {
		t.Errorf("%d at once; want 2", p.most)
	}
}

func TestWhatWasToRunAgainHasFailedWhenTheLoopGivesUp(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.Create(taskRun(specOf("taskRef", "concurrency", 2, `"retries": 1`), words(5)))
	p.Settle("run")
	p.end(p.children()[1], fail)
	p.Settle("run")
	for _, c := range p.children() { // the first try of 1 and the second of 2
		if !c.IsDone() {
			p.end(c, func(p *plane, c aChild) {
				if c.number() == 1 {
					c.task.Status.Results = []pipelinev1.TaskRunResult{{Name: "count", Value: *pipelinev1.NewStructuredValues("9")}}
				}
				fail(p, c)
			})
		}
	}
	p.Finish("run", nil)
	if c := p.Condition("run"); c.Reason != loop.ReasonIterationFailed || !strings.HasPrefix(c.Message, "2 of 5 iterations failed, 3 not started: ") {
		t.Errorf("the loop ended with %s %q", c.Reason, c.Message)
	}
	if n := len(p.children()); n != 3 || p.results("run")["failed"] != "2" {
		t.Errorf("%d children, results %v", n, p.results("run"))
	}
}

func TestAChildThatSomebodyCancelsIsNotRunAgain(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.Create(taskRun(customtasktest.Spec(`{"iterateParam": "word", "taskRef": {"name": "x"}, "retries": 3}`), words(1)))
	p.Settle("run")
	c := p.children()[0]
	c.task.Spec.Status = "TaskRunCancelled"
	if _, err := p.Tekton.TektonV1().TaskRuns(customtasktest.Namespace).Update(t.Context(), c.task, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	p.Finish("run", nil)
	if n := len(p.children()); n != 1 || p.Condition("run").Reason != loop.ReasonIterationFailed {
		t.Errorf("%d children, and the run is %+v", n, p.Condition("run"))
	}
}
