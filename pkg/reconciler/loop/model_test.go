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
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// random is a loop that nobody thought of, and what becomes of its iterations.
type random struct {
	*plane
	*rand.Rand
	seed                    uint64
	kind, policy            string
	items, width            int
	retries, again, failing int
	cancelled, stubborn     bool
	until                   int
	log                     []string
	// of has the attempt that a child was made in, tries the children of an iteration of an attempt.
	of    map[string]int
	tries map[string][]string
}

// TestC47RandomLoopsUnderRandomTrouble plays loops while restarts, stale caches, conflicts, lost answers, quotas and
// cancellations come between, and compares their ends with what became of their children.
func TestC47RandomLoopsUnderRandomTrouble(t *testing.T) {
	for seed := range uint64(200) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { newRandom(t, seed).play() })
	}
}

func newRandom(t *testing.T, seed uint64) *random {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 0))
	m := &random{Rand: r, seed: seed, of: map[string]int{}, tries: map[string][]string{}}
	m.kind = []string{"TaskLoop", "PipelineLoop"}[r.IntN(2)]
	m.policy = []string{"Stop", "CancelRunning", "Continue"}[r.IntN(3)]
	m.items, m.width, m.retries, m.again, m.failing = r.IntN(9), r.IntN(6), r.IntN(3), r.IntN(2), []int{0, 10, 30, 60}[r.IntN(4)]
	m.stubborn = r.IntN(2) == 0
	more := fmt.Sprintf(`"retries": %d, "failurePolicy": %q`, m.retries, m.policy)
	if m.items > 0 && r.IntN(5) == 0 {
		m.width, m.until = 1, 1+r.IntN(m.items+1)
		more += fmt.Sprintf(`, "until": "index == %d", "maxIterations": %d`, m.until, m.items)
	}
	k := kinds[m.kind]
	m.plane = k.new(t, options{stubborn: m.stubborn})
	m.Create(k.run(specOf(k.ref, k.width, m.width, more), words(m.items), customtasktest.Retries(m.again)))
	return m
}

func (m *random) play() {
	m.trouble()
	for range 3000 {
		if m.Get("run").IsDone() {
			break
		}
		again, ok := m.Step("run")
		m.look()
		if !m.endOne() && ok {
			m.Advance(min(again, 2*time.Second))
		}
	}
	m.check()
	if m.t.Failed() {
		m.t.Logf("%+v\n%v\n%s", *m, m.Condition("run"), strings.Join(m.log, "\n"))
	}
}

// trouble is what happens for a while.
func (m *random) trouble() {
	release := func() {}
	child := "taskruns"
	if m.kind == "PipelineLoop" {
		child = "pipelineruns"
	}
	conflict := apierrors.NewConflict(taskRunsGR, "x", errors.New("changed"))
	faults := []error{errors.New("no route to host"), conflict, apierrors.NewTooManyRequests("slowly", 1)}
	for range 30 + m.IntN(120) {
		if m.Get("run").IsDone() {
			break
		}
		switch d := m.IntN(100); {
		case d < 45:
			m.Step("run")
		case d < 70:
			m.endOne()
		case d < 76:
			m.say("restart")
			m.Restart()
		case d < 79:
			m.Server.LoseNext("create "+child, faults[m.IntN(3)])
		case d < 81:
			m.Server.FailNext("create "+child, apierrors.NewForbidden(taskRunsGR, "x", errors.New("exceeded quota: small")))
		case d < 84:
			m.Server.FailNext([]string{"create " + child, "patch " + child, "update customruns/status"}[m.IntN(3)], faults[m.IntN(3)])
		case d < 88:
			release()
			release = m.HoldCache()
		case d < 94:
			release()
		case d < 99:
			m.Advance(time.Duration(m.IntN(4000)) * time.Millisecond)
		case m.IntN(4) == 0:
			m.say("cancel")
			m.cancelled = true
			m.Cancel("run", "enough")
		}
		m.look()
	}
	release()
}

func (m *random) say(format string, args ...any) { m.log = append(m.log, fmt.Sprintf(format, args...)) }

// look takes note of new children.
func (m *random) look() {
	attempt := len(m.Get("run").Status.RetriesStatus) + 1
	for _, c := range m.children() {
		if m.of[c.GetName()] == 0 {
			m.of[c.GetName()] = attempt
			key := fmt.Sprint(attempt, "/", c.number())
			m.tries[key] = append(m.tries[key], c.GetName())
			m.say("%s is try %d of %s", c.GetName(), len(m.tries[key]), key)
		}
	}
}

// endOne ends a child, and reports whether there was one.
func (m *random) endOne() bool {
	m.look()
	var open []aChild
	for _, c := range m.children() {
		if !c.IsDone() {
			open = append(open, c)
		}
	}
	if len(open) == 0 {
		return false
	}
	c := open[m.IntN(len(open))]
	how, result := end(fail), m.IntN(100) >= m.failing
	switch {
	case c.stopping() && m.IntN(4) > 0:
		how = cancelled
	case result:
		how = echo(c)
	}
	m.say("%s ends", c.GetName())
	m.end(c, how)
	return true
}

// check compares the end of the run with its children.
func (m *random) check() {
	m.t.Helper()
	run, c := m.Get("run"), m.Condition("run")
	if !run.IsDone() {
		m.t.Fatalf("it hangs: %v", c)
	}
	if limit := m.width; limit > 0 && m.most > limit {
		m.t.Errorf("C48: %d children at once; at most %d are allowed", m.most, limit)
	}
	last := map[int]aChild{}
	attempt := len(run.Status.RetriesStatus) + 1
	for _, child := range m.children() {
		if !child.IsDone() {
			m.t.Errorf("C25: iteration %d is still at work", child.number())
		}
		tries := m.tries[fmt.Sprint(attempt, "/", child.number())]
		if len(tries) > m.retries+1 {
			m.t.Errorf("C42: iteration %d has %d tries", child.number(), len(tries))
		}
		if len(tries) > 0 && tries[len(tries)-1] == child.GetName() {
			last[child.number()] = child
		}
	}
	if len(last) == 0 {
		return
	}
	results := m.results("run")
	var out []string
	if err := json.Unmarshal([]byte(results["out"]), &out); err != nil && results["succeeded"] != "0" {
		m.t.Errorf("C28: the results are %v", results)
	}
	succeeded := 0
	for n, child := range last {
		want, got := "", ""
		if child.IsSuccessful() {
			succeeded++
			want = strconv.Itoa(n)
		}
		if n <= len(out) {
			got = out[n-1]
		}
		if got != want {
			m.t.Errorf("C28: the result of iteration %d is %q; want %q", n, got, want)
		}
	}
	if results["succeeded"] != strconv.Itoa(succeeded) || results["count"] != strconv.Itoa(len(last)) {
		m.t.Errorf("C28: the results are %v; %d of %d have succeeded", results, succeeded, len(last))
	}
	switch {
	case c.Reason == customtask.ReasonCancelled && !m.cancelled:
		m.t.Error("C33: it was cancelled, and nobody asked")
	case c.Status == corev1.ConditionTrue && m.until == 0 && succeeded != m.items:
		m.t.Errorf("it succeeded with %d of %d", succeeded, m.items)
	case c.Status == corev1.ConditionTrue && m.until > 0 && len(last) != m.until:
		m.t.Errorf("until holds after %d iterations, and %d ran", m.until, len(last))
	case c.Status == corev1.ConditionFalse && !m.cancelled && m.until == 0 && succeeded == m.items:
		m.t.Errorf("it failed, and all %d succeeded", m.items)
	}
}
