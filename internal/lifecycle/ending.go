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
	"strings"
	"time"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/pkg/apis"
)

const (
	succeeded       = apis.ConditionSucceeded
	cancelledReason = string(v1beta1.CustomRunReasonCancelled)
	timedOutReason  = string(v1beta1.CustomRunReasonTimedOut)
)

// end finishes the run for good.
func (p *pass) end(status corev1.ConditionStatus, reason, message string, results []Result) {
	setCondition(p.run, status, reason, message, p.now)
	if results != nil {
		p.setResults(results)
	}
	if !p.run.HasStarted() {
		// The run ended before it began; both times are then the same instant.
		p.setStartTime()
	}
	done := stamp(p.now)
	if done.Before(p.run.Status.StartTime) {
		done = *p.run.Status.StartTime
	}
	p.run.Status.CompletionTime = &done
	p.extra.Stopping = nil
	p.extra.RetryAt = nil
	p.after = 0
}

// setStartTime starts the attempt now, and never before the run was created (C17).
func (p *pass) setStartTime() {
	start := stamp(p.now)
	if start.Before(&p.run.CreationTimestamp) {
		start = p.run.CreationTimestamp
	}
	p.run.Status.StartTime = &start
}

// fail stops the attempt's work and then retries or ends the run.
func (p *pass) fail(ctx context.Context, f *Failure) error {
	if bad := checkStep(f.Results, nil); bad != nil {
		f = bad
	}
	if f.Results != nil {
		p.setResults(f.Results)
	}
	return p.stop(ctx, stopping{
		Reason:  StopFailed,
		Failure: &storedFailure{Run: f.Run, Reason: f.Reason, Message: f.Message},
	})
}

// stop calls Work.Stop until the work has stopped, for at most StopTimeout, and ends the attempt.
func (p *pass) stop(ctx context.Context, why stopping) error {
	if was := p.extra.Stopping; was == nil || was.Reason != why.Reason {
		why.Since = p.now.UTC()
		if why.Reason == StopTimedOut {
			why.Last = p.heldUpBy()
		}
	} else {
		why = *was
	}
	p.extra.Stopping = &why

	step, err := p.askToStop(ctx, why.Reason)
	var failure *Failure
	switch {
	case err == nil && step.Phase != PhaseRunning:
		if failure = checkStep(step.Results, nil); failure == nil {
			p.keep(step)
			p.stopped(why, step, "")
			return nil
		}
		if why.Reason == StopCancelled {
			p.stopped(why, Step{Phase: PhaseStopped}, "")
			return nil
		}
		p.endAttempt(failure.Run, failure.Reason, failure.Message)
		return nil
	case errors.As(err, &failure):
		p.stoppedWith(why, failure)
		return nil
	}

	left := why.Since.Add(p.StopTimeout).Sub(p.now)
	if left <= 0 {
		p.stopped(why, Step{Phase: PhaseStopped}, fmt.Sprintf(" (its work was not seen to stop within %s)", p.StopTimeout))
		return nil
	}
	message := step.Message
	if err != nil {
		message = "stopping: " + err.Error()
	}
	if c := p.run.Status.GetCondition(succeeded); c == nil || c.Reason != ReasonStopping || err == nil {
		setCondition(p.run, corev1.ConditionUnknown, ReasonStopping, message, p.now)
	}
	p.after = left
	if step.After > 0 && step.After < left {
		p.after = step.After
	}
	return err
}

// heldUpBy is what the attempt last said of itself, if that is more than that it goes on.
func (p *pass) heldUpBy() *told {
	c := p.run.Status.GetCondition(succeeded)
	if c == nil || c.Reason == string(v1beta1.CustomRunReasonStarted) || c.Reason == string(v1beta1.CustomRunReasonRunning) {
		return nil
	}
	return &told{Reason: c.Reason, Message: c.Message}
}

// askToStop calls the kind, which needs the spec to know what it holds.
func (p *pass) askToStop(ctx context.Context, reason StopReason) (step Step, err error) {
	if p.extra.Spec == nil {
		prepared, err := p.resolve(ctx)
		var failure *Failure
		switch {
		case errors.As(err, &failure) && failure.Reason == ReasonPanicked:
			return step, errors.New(failure.Message) // which says nothing of the spec
		case failure != nil:
			return Step{Phase: PhaseStopped}, nil
		}
		if err != nil {
			return step, err
		}
		p.extra.Spec = prepared.Spec
	}
	err = p.guarded(ctx, func(ctx context.Context) error {
		step, err = p.Work.Stop(ctx, p.attempt(), reason)
		return err
	})
	var failure *Failure
	if errors.As(err, &failure) && failure.Reason == ReasonPanicked {
		// What the panic left running is not stopped, so it is asked again.
		err = errors.New(failure.Message)
	}
	return step, err
}

// stoppedWith ends an attempt whose Stop gave a failure. After a timeout that failure says how the
// work had ended before the deadline; otherwise the reason to stop stands.
func (p *pass) stoppedWith(why stopping, f *Failure) {
	if bad := checkStep(f.Results, nil); bad != nil {
		f = bad
	}
	if f.Results != nil {
		p.setResults(f.Results)
	}
	if why.Reason == StopTimedOut {
		p.endAttempt(f.Run, f.Reason, f.Message)
		return
	}
	p.stopped(why, Step{Phase: PhaseStopped}, "")
}

// stopped ends the attempt for the reason that it was stopped for.
func (p *pass) stopped(why stopping, step Step, note string) {
	switch why.Reason {
	case StopCancelled:
		p.end(corev1.ConditionFalse, cancelledReason, p.cancelMessage()+note, nil)
	case StopTimedOut:
		if step.Phase == PhaseSucceeded {
			p.end(corev1.ConditionTrue, step.Reason, step.Message, nil)
			return
		}
		// A kind that says something itself has chosen what to say; of errors it does not know.
		if last := why.Last; last != nil && (step.Message == "" || last.Reason == ReasonTryingAgain) {
			note = "; last: " + strings.TrimSuffix(last.Reason+": "+last.Message, ": ") + note
		}
		if step.Message != "" {
			note = "; " + step.Message + note
		}
		p.endAttempt(false, timedOutReason, fmt.Sprintf("attempt %d of %d timed out after %s%s",
			p.extra.Attempt, p.run.Spec.Retries+1, p.extra.timeout(), note))
	default:
		f := why.Failure
		if f == nil {
			f = &storedFailure{Reason: string(v1beta1.CustomRunReasonFailed), Message: "the attempt failed"}
		}
		p.endAttempt(f.Run, f.Reason, f.Message+note)
	}
}

// endAttempt ends the run, or archives the attempt and waits for the next one if retries are left.
func (p *pass) endAttempt(endRun bool, reason, message string) {
	p.end(corev1.ConditionFalse, reason, message, nil)
	if endRun || p.extra.Attempt > p.run.Spec.Retries {
		return
	}
	archived := p.run.Status.DeepCopy()
	archived.RetriesStatus = nil
	archived.ExtraFields = runtime.RawExtension{}

	p.extra.Attempt++
	retryAt := p.now.Add(retryDelay(p.extra.Attempt)).UTC()
	p.extra.RetryAt = &retryAt
	p.run.Status.RetriesStatus = boundRetries(append(p.run.Status.RetriesStatus, *archived))
	p.extra.FirstError = nil
	p.run.Status.StartTime = nil
	p.run.Status.CompletionTime = nil
	p.run.Status.Results = nil
	setCondition(p.run, corev1.ConditionUnknown, ReasonRetryPending, fmt.Sprintf(
		"attempt %d of %d starts at %s; the one before failed with %s: %s",
		p.extra.Attempt, p.run.Spec.Retries+1, retryAt.Format(time.RFC3339), reason, message), p.now)
	p.wakeAt(retryAt)
}

// retryDelay is the pause before an attempt: 1 s before the second, doubled each time, at most a
// minute (C44).
func retryDelay(attempt int) time.Duration {
	d := minRetryDelay
	for i := 2; i < attempt && d < maxRetryDelay; i++ {
		d *= 2
	}
	return min(d, maxRetryDelay)
}

func (p *pass) setResults(results []Result) {
	p.run.Status.Results = nil
	for _, r := range results {
		p.run.Status.Results = append(p.run.Status.Results, v1beta1.CustomRunResult{Name: r.Name, Value: r.Value})
	}
}

// cancelMessage is what the one who cancelled said (C31).
func (p *pass) cancelMessage() string {
	if m := string(p.run.Spec.StatusMessage); m != "" {
		return m
	}
	return fmt.Sprintf("CustomRun %q was cancelled", p.run.Name)
}

// finalize stops the work of a run that is being deleted, for at most StopTimeout (C57).
func (r *Reconciler) finalize(ctx context.Context, run *v1beta1.CustomRun) error {
	if run.IsDone() || !run.HasStarted() {
		return nil
	}
	p := newPass(r, run)
	if p.now.Sub(run.DeletionTimestamp.Time) > r.StopTimeout {
		return nil
	}
	step, err := p.askToStop(ctx, StopDeleted)
	var failure *Failure
	switch {
	case errors.As(err, &failure):
		return nil
	case err != nil:
		return err
	case step.Phase == PhaseRunning:
		return errStillStopping
	}
	return nil
}

var errStillStopping = errors.New("the work has not stopped yet")
