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

package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"time"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/clock"
	"knative.dev/pkg/logging"
)

// Reasons that the lifecycle sets beside Tekton's own.
const (
	// ReasonRetryPending: an attempt ended and the next one has not started.
	ReasonRetryPending = "RetryPending"
	// ReasonStopping: the work of the attempt is being stopped.
	ReasonStopping = "Stopping"
	// ReasonTryingAgain: the kind's code met an error that is tried again.
	ReasonTryingAgain = "TryingAgain"
	// ReasonPanicked: the kind's code panicked, which fails the attempt.
	ReasonPanicked = "Panicked"
	// ReasonStoppedItself: the kind's code said that it stopped though nothing asked it to.
	ReasonStoppedItself = "StoppedItself"
	// ReasonInvalidStatus: the API server refused the run's status for good, as being too large.
	ReasonInvalidStatus = "InvalidStatus"
	// ReasonInvalidSpec: the run or its definition cannot be used as it is.
	ReasonInvalidSpec = "InvalidSpec"
)

// pass is one look at one run: it computes the status that the run should have.
type pass struct {
	*Reconciler
	run   *v1beta1.CustomRun
	extra extraFields
	now   time.Time
	// after is when to look again; 0 is never.
	after time.Duration
	// goOn says that the run goes on in the same reconcile once this status is stored.
	goOn bool
	// worked says that the kind's Reconcile was called.
	worked bool
}

func newPass(r *Reconciler, run *v1beta1.CustomRun) *pass {
	run = run.DeepCopy()
	return &pass{Reconciler: r, run: run, extra: readExtraFields(run), now: r.Clock.Now()}
}

// decide computes the new status, in the order that the package documents. An error asks for another
// try; the status is stored all the same.
func (p *pass) decide(ctx context.Context) error {
	generation := p.run.Generation
	p.distrustFuture()
	switch {
	case p.run.IsDone():
		// A run that arrives finished was never observed by us and is left alone (C25).
		if p.run.Status.ObservedGeneration != 0 {
			p.run.Status.ObservedGeneration = generation
		}
		return nil
	case p.run.IsCancelled() && !p.run.HasStarted():
		p.end(corev1.ConditionFalse, cancelledReason, p.cancelMessage(), nil)
	case p.run.IsCancelled():
		return p.observed(p.stop(ctx, stopping{Reason: StopCancelled}))
	case p.extra.Kind != "" && !p.named(p.run):
		return p.observed(p.renamed(ctx))
	case p.extra.Stopping != nil:
		return p.observed(p.stop(ctx, *p.extra.Stopping))
	case !p.run.HasStarted():
		return p.start(ctx)
	case p.timedOut():
		return p.observed(p.stop(ctx, stopping{Reason: StopTimedOut}))
	default:
		return p.observed(p.work(ctx))
	}
	return p.observed(nil)
}

// renamed ends a run whose spec names another kind than the one that started it.
func (p *pass) renamed(ctx context.Context) error {
	message := fmt.Sprintf("the run was started as %s and its spec names another kind now; create another run instead", p.extra.Kind)
	if !p.run.HasStarted() {
		p.end(corev1.ConditionFalse, ReasonInvalidSpec, message, nil)
		return nil
	}
	return p.fail(ctx, &Failure{Run: true, Reason: ReasonInvalidSpec, Message: message})
}

// distrustFuture bounds what a clock that was ahead has stored: nothing waits longer than it would have
// with the right time (C39).
func (p *pass) distrustFuture() {
	const skew = 2 * time.Second
	if p.run.HasStarted() && !p.run.IsDone() && p.extra.Start == nil && p.run.Status.StartTime.Sub(p.now) > skew {
		now := p.now.UTC()
		p.extra.Start = &now
	}
	if at := p.extra.RetryAt; at != nil && at.Sub(p.now) > maxRetryDelay+skew {
		p.extra.RetryAt = nil
	}
	if s := p.extra.Stopping; s != nil && s.Since.Sub(p.now) > skew {
		s.Since = p.now.UTC()
	}
}

// attemptStart is when the attempt's time began to run.
func (p *pass) attemptStart() time.Time {
	switch {
	case p.extra.Start != nil:
		return *p.extra.Start
	case p.run.HasStarted():
		return p.run.Status.StartTime.Time
	default:
		return p.now
	}
}

// began is when the attempt started, as exactly as it is known.
func (p *pass) began() time.Time {
	start := p.attemptStart()
	if b := p.extra.Began; b != nil && !b.Before(start) && b.Sub(start) < time.Second {
		return *b
	}
	return start
}

// observed completes a status that is to be stored.
func (p *pass) observed(err error) error {
	p.run.Status.ObservedGeneration = p.run.Generation
	if !p.run.IsDone() && p.extra.Stopping == nil {
		p.wakeAt(p.deadline())
	}
	if storeErr := p.extra.store(p.run); storeErr != nil {
		return errors.Join(err, storeErr)
	}
	return err
}

// wakeAt makes sure that the run is looked at just after t.
func (p *pass) wakeAt(t time.Time) {
	if t.IsZero() {
		return
	}
	// HasTimedOut is strict, so a look at the very instant would be too early.
	const strictly = time.Millisecond
	d := max(min(t.Sub(p.now), math.MaxInt64-strictly)+strictly, strictly)
	if p.after == 0 || d < p.after {
		p.after = d
	}
}

// start begins an attempt: the first one resolves the spec and keeps it, a retry waits for its time.
func (p *pass) start(ctx context.Context) error {
	if at := p.extra.RetryAt; at != nil && p.now.Before(*at) {
		err := p.observed(nil)
		p.wakeAt(*at)
		return err
	}
	if n := len(p.run.Status.RetriesStatus); p.extra.Attempt > p.run.Spec.Retries+1 && n > 0 {
		// Retries were taken away meanwhile: what failed last is the end (C42).
		last := p.run.Status.RetriesStatus[n-1].GetCondition(succeeded)
		p.end(corev1.ConditionFalse, last.Reason, last.Message, nil)
		return p.observed(nil)
	}
	if p.extra.Spec == nil {
		if done, err := p.prepare(ctx); done || err != nil {
			return err
		}
	}
	p.extra.Kind = p.kindName()
	p.extra.RetryAt, p.extra.Start, p.extra.FirstError = nil, nil, nil
	p.extra.State = nil
	p.setStartTime()
	began := p.now.UTC()
	p.extra.Began = &began
	setCondition(p.run, corev1.ConditionUnknown, string(v1beta1.CustomRunReasonStarted),
		fmt.Sprintf("attempt %d of %d has started", p.extra.Attempt, p.run.Spec.Retries+1), p.now)
	if p.SideEffectFree {
		return p.observed(p.work(ctx))
	}
	p.announce(ctx)
	p.goOn = true
	return p.observed(nil)
}

// announce lets the kind say what it is about to do. One that panics says nothing.
func (p *pass) announce(ctx context.Context) {
	announcer, ok := p.Work.(Announcer)
	if !ok {
		return
	}
	var step Step
	err := p.guarded(ctx, func(context.Context) error {
		step = announcer.Announce(p.attempt())
		return nil
	})
	if err != nil || step.Reason == "" || checkStep(nil, step.State) != nil {
		return
	}
	p.extra.State = step.State
	setCondition(p.run, corev1.ConditionUnknown, step.Reason, step.Message, p.now)
}

// work lets the kind move the attempt on and applies what it says.
func (p *pass) work(ctx context.Context) error {
	if p.extra.Spec == nil {
		// The record was lost or damaged; resolving again is the way back (C30).
		if done, err := p.prepare(ctx); done || err != nil {
			return err
		}
		p.extra.Kind = p.kindName()
		if p.timedOut() {
			return p.stop(ctx, stopping{Reason: StopTimedOut})
		}
	}
	var step Step
	p.worked = true
	err := p.guarded(ctx, func(ctx context.Context) (err error) {
		step, err = p.Work.Reconcile(ctx, p.attempt())
		return err
	})
	var failure *Failure
	if err == nil && step.Phase == PhaseStopped {
		failure = &Failure{Reason: ReasonStoppedItself, Message: "the work stopped though nobody asked it to"}
	} else if err == nil {
		failure = checkStep(step.Results, step.State)
	} else if !errors.As(err, &failure) {
		if !passing(err) {
			p.showError(err)
		}
		return err
	}
	if failure != nil {
		return p.fail(ctx, failure)
	}
	p.keep(step)
	if step.Phase == PhaseSucceeded {
		p.end(corev1.ConditionTrue, step.Reason, step.Message, step.Results)
		return nil
	}
	setCondition(p.run, corev1.ConditionUnknown, step.Reason, step.Message, p.now)
	if p.after = step.After; p.after < 0 {
		p.after = time.Millisecond
	}
	return nil
}

// keep takes over the state and the results that a step gave so far.
func (p *pass) keep(step Step) {
	if step.State != nil {
		p.extra.State = step.State
	}
	if step.Results != nil {
		p.setResults(step.Results)
	}
}

// showError says in the run what is being tried again. The first error stays until something else
// happens, so that a text that differs each time does not cause a write each time (C21).
func (p *pass) showError(err error) {
	if c := p.run.Status.GetCondition(succeeded); c != nil && c.Reason == ReasonTryingAgain {
		return
	}
	setCondition(p.run, corev1.ConditionUnknown, ReasonTryingAgain, "trying again: "+err.Error(), p.now)
}

func (p *pass) attempt() Attempt {
	return Attempt{
		Run:      p.run.DeepCopy(),
		Number:   p.extra.Attempt,
		Spec:     p.extra.Spec,
		State:    p.extra.State,
		Start:    p.began(),
		Deadline: p.deadline(),
		Now:      p.now,
	}
}

// deadline is when the attempt times out; zero if it never does or has not started.
func (p *pass) deadline() time.Time {
	t := p.extra.timeout()
	if t <= 0 || !p.run.HasStarted() {
		return time.Time{}
	}
	return p.began().Add(t)
}

// timedOut asks Tekton's own HasTimedOut, with the kind's default in place of Tekton's.
func (p *pass) timedOut() bool {
	run := p.run.DeepCopy()
	run.Spec.Timeout = &metav1.Duration{Duration: p.extra.timeout()}
	if run.HasStarted() {
		run.Status.StartTime = &metav1.Time{Time: p.began()}
	}
	return run.HasTimedOut(at(p.now))
}

// at is a clock that stands at one time, so that a pass has one idea of now.
type at time.Time

var _ clock.PassiveClock = at{}

func (t at) Now() time.Time                      { return time.Time(t) }
func (t at) Since(start time.Time) time.Duration { return time.Time(t).Sub(start) }

// guarded calls the kind's code with a deadline. A panic fails the attempt and nothing else (C4).
func (p *pass) guarded(ctx context.Context, f func(context.Context) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, p.WorkTimeout)
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			logging.FromContext(ctx).Errorf("panic in the code of %s: %v\n%s", p.Kind.Kind, v, debug.Stack())
			err = &Failure{Reason: ReasonPanicked, Message: fmt.Sprintf("the controller of %s panicked: %v", p.Kind.Kind, v)}
		}
	}()
	return f(ctx)
}
