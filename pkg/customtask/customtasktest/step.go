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

package customtasktest

import (
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/apis"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/reconciler"
)

// Step reconciles a run once and reports when the controller wants to look again; ok is false if it
// waits for events only.
func (h *Harness) Step(name string) (again time.Duration, ok bool) {
	h.t.Helper()
	h.syncCaches()
	cached, events := h.copyCaches(), len(h.Events.Events)
	s := step{before: h.Get(name), fresh: !h.held && !h.Server.lagging()}
	h.Server.beginStep()
	err, survived := h.reconcile(types.NamespacedName{Namespace: Namespace, Name: name})
	s.writes, s.fresh = h.Server.endStep(s.fresh && survived)
	h.disturbed = h.disturbed || !s.fresh
	s.always = !h.disturbed
	s.after, s.events = h.Get(name), len(h.Events.Events)-events
	h.checkCaches(cached)
	for _, broken := range append(h.Server.takeViolations(), s.violations()...) {
		h.t.Error(broken)
	}
	h.checkBystander()
	h.checkStopped(s)
	h.world(h)
	if !survived {
		h.Restart()
		if late := h.Server.takeLate(); late != nil {
			h.Step(name)
			late()
		}
		return 0, true
	}
	if h.restarts {
		h.Restart()
	}
	if err == nil || controller.IsSkipKey(err) { // skipped: another process leads
		return 0, false
	}
	if ok, d := controller.IsRequeueKey(err); ok {
		return d, true
	}
	h.t.Fatalf("reconcile of %s returned an error that knative would record: %v", name, err)
	return 0, false
}

// blocked is for how long a step may take, by the clock on the wall, before it is taken to wait.
const blocked = 20 * time.Second

// reconcile has a goroutine of its own, which ends early if the process is to die.
func (h *Harness) reconcile(key types.NamespacedName) (err error, survived bool) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.Server.stepsHere()
		err = h.impl.Reconciler.Reconcile(quiet(), key.String())
		survived = true
	}()
	select {
	case <-done:
	case <-time.After(blocked):
		h.t.Fatalf("the task has not returned for %s; it must not wait: return Running(…).After(d)", blocked)
	}
	if !survived && !h.Server.takeKilled() {
		h.t.FailNow() // the test itself gave up, inside of the task
	}
	return err, survived
}

// Settle steps until a step writes nothing, then reports as Step does. All steps are at one time of the
// clock, also those after an error, which a controller would take after a pause.
func (h *Harness) Settle(name string) (again time.Duration, ok bool) {
	h.t.Helper()
	const enough = 50
	for range enough {
		lagging, writes := h.Server.lagging(), len(h.Server.Writes())
		again, ok = h.Step(name)
		if len(h.Server.Writes()) == writes && !lagging {
			return again, ok
		}
	}
	writes := h.Server.Writes()
	h.t.Fatalf("%s does not settle: %d steps and still writing; the last was %q, and the run says %q",
		name, enough, writes[len(writes)-1], h.Condition(name).Message)
	return 0, false
}

// Finish drives a run to its end and returns it; nil if it was deleted. Whenever the run has settled and its
// task is at work, the world does what then says, again and again until then changes nothing any more; when
// nothing else happens, time passes until the controller wants to look again. A run that waits for nothing
// at all fails the test.
func (h *Harness) Finish(name string, then func(*Harness)) *v1beta1.CustomRun {
	h.t.Helper()
	const enough = 1000
	for range enough {
		again, ok := h.Settle(name)
		run := h.Get(name)
		if run == nil || run.IsDone() {
			return run
		}
		if then != nil && atWork(run) {
			writes, now := len(h.Server.Writes()), h.Clock.Now()
			then(h)
			if len(h.Server.Writes()) != writes || !h.Clock.Now().Equal(now) {
				continue
			}
		}
		if !ok {
			h.t.Fatalf("%s has not ended, and nothing will make its controller look again: %v", name, run.Status.Conditions)
		}
		h.Advance(max(again, time.Millisecond))
	}
	h.t.Fatalf("%s does not end: %v", name, h.Get(name).Status.Conditions)
	return nil
}

// atWork tells a run that its task is busy with from one between attempts, errors or ends.
func atWork(run *v1beta1.CustomRun) bool {
	c := run.Status.GetCondition(apis.ConditionSucceeded)
	if c == nil {
		return false
	}
	switch c.Reason {
	case customtask.ReasonRetryPending, customtask.ReasonStopping, customtask.ReasonTryingAgain:
		return false
	}
	return true
}

// Lead makes the controller the leader, which it is from the start.
func (h *Harness) Lead() {
	h.t.Helper()
	enqueue := func(_ reconciler.Bucket, key types.NamespacedName) {
		if key == bystanderKey {
			h.t.Errorf("C2: on becoming the leader, the controller took up a run of another kind")
		}
	}
	if err := h.impl.Reconciler.(reconciler.LeaderAware).Promote(reconciler.UniversalBucket(), enqueue); err != nil {
		h.t.Fatalf("becoming the leader: %v", err)
	}
}

// StandBy makes the controller one that does not lead.
func (h *Harness) StandBy() {
	h.impl.Reconciler.(reconciler.LeaderAware).Demote(reconciler.UniversalBucket())
}
