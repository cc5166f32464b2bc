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

package loop

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/customtasks/customtasks/internal/lifecycle"
	"github.com/customtasks/customtasks/internal/sentence"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/progress"
)

const (
	// pendingFor is how long what has ended may go unstored, as long as status writes are few.
	pendingFor = time.Minute
	// spareWrites is how many writes there may be beyond two for each round of concurrent iterations.
	spareWrites = 5
)

// due reports whether the state is to be stored now: at first, when a verdict is known, and when half as
// many iterations have ended as run at once. So n iterations, c at a time, take 2n/c writes and a few more.
func (l *look) due() bool {
	pending := len(l.memory.ended)
	return l.was.Writes == 0 || l.verdict != l.was.Verdict || l.verdict != "" && l.was.VerdictTime == nil || pending >= (l.width()+1)/2 ||
		pending > 0 && l.thrifty() && l.Now().Sub(l.memory.since) >= pendingFor
}

// width is how many iterations run at once at most.
func (l *look) width() int { return max(1, min(l.atOnce, l.list.Len())) }

// thrifty reports whether writes were few enough for one that is not necessary.
func (l *look) thrifty() bool { return l.was.Writes < 2*l.ended/l.width()+spareWrites }

// running says that the loop goes on, and stores where it stands if asked to. Else nothing is written.
func (l *look) running(store bool) customtask.Outcome {
	if !store {
		return customtask.Running(l.stands(l.was)).After(l.after(store))
	}
	s := l.state()
	out := customtask.Running(l.stands(s)).After(l.after(store)).WithState(s.Showing(l.details()))
	for _, r := range l.results(s, "") {
		out = out.WithResult(r.name, r.value)
	}
	return out
}

// stands is where the loop stands, for people. The message changes only with what is stored.
func (l *look) stands(s progress.State) (reason, message string) {
	switch {
	case l.verdict == progress.Break && len(l.open) > 0:
		return customtask.ReasonStopping, s.Message() + "; an iteration broke out of the loop, and those under way are being stopped"
	case l.memory.refusal != "" && l.verdict == "":
		return ReasonQuotaExceeded, s.Message() + "; trying again: " + l.memory.refusal
	}
	return ReasonRunning, s.Message()
}

// after is when something is to be done though nothing happens; 0 is never.
func (l *look) after(store bool) time.Duration {
	var after time.Duration
	wake := func(d time.Duration) {
		if d = max(d, time.Millisecond); after == 0 || d < after {
			after = d
		}
	}
	if len(l.memory.ended) > 0 && !store && l.thrifty() {
		wake(pendingFor - l.Now().Sub(l.memory.since))
	}
	if len(l.missing) > 0 && l.memory.refusal != "" {
		wake(l.memory.heldUntil.Sub(l.Now()))
	}
	for _, t := range l.open {
		switch known := l.memory.made[t.i]; {
		case known.child == nil: // the cache has it
		case t.child.Done:
			wake(0) // it was made before, by a call whose answer was lost
		default:
			wake(unseenFor - l.Now().Sub(known.at))
		}
	}
	return after
}

// state is the one to store.
func (l *look) state() progress.State {
	ends := make([]progress.Iteration, 0, len(l.memory.ended))
	for _, i := range slices.Sorted(maps.Keys(l.memory.ended)) {
		ends = append(ends, l.memory.ended[i].Iteration)
	}
	s := l.was.With(ends...)
	if s.Verdict = l.verdict; s.Verdict != "" && (s.Verdict != l.was.Verdict || s.VerdictTime == nil) {
		now := l.Now()
		s.VerdictTime = &now
	}
	s.Writes++
	for s.Started < s.Items && (s.HasEnded(s.Started) || l.started(s.Started)) {
		s.Started++
	}
	s.Tries = map[int]int{}
	for _, t := range l.open {
		if t.n > 0 {
			s.Tries[t.i+1] = t.n
		}
	}
	for _, t := range l.missing { // the try before was made
		if t.n > 1 {
			s.Tries[t.i+1] = t.n - 1
		}
	}
	return s
}

// endedAfter reports whether an iteration has ended after that time, of those that are not stored.
func (l *look) endedAfter(t time.Time) bool {
	for _, end := range l.memory.ended {
		if end.End == nil || end.End.After(t) {
			return true
		}
	}
	return false
}

// started reports whether the iteration has a child.
func (l *look) started(i int) bool {
	_, ok := l.memory.made[i]
	return ok
}

// details of what is under way.
func (l *look) details() []progress.Iteration {
	out := make([]progress.Iteration, 0, min(len(l.open), progress.MaxDetails))
	for _, t := range l.open {
		if len(out) == progress.MaxDetails {
			break
		}
		d := progress.Iteration{Number: t.i + 1, Name: t.name, Phase: progress.Running}
		if !t.child.Start.IsZero() {
			d.Start = &t.child.Start
		}
		out = append(out, d)
	}
	return out
}

type result struct{ name, value string }

// results so far; with a condition, all that a loop that has ended gives.
func (l *look) results(s progress.State, condition string) []result {
	values := progress.ReadResults(l.object.Status.Results)
	values.Declare(l.declared...)
	for i, end := range l.memory.ended {
		for _, r := range end.results {
			values.Set(r.Name, i, r.Text())
		}
	}
	var out []result
	give := func(name, value string) { out = append(out, result{name, value}) }
	count := s.Count()
	values.Stored(count, give)
	if condition == "" {
		return out
	}
	last := ""
	if count > 0 {
		last = l.list.At(count - 1).Text
	}
	give(progress.ResultCount, strconv.Itoa(count))
	give(progress.ResultSucceeded, strconv.Itoa(s.Succeeded))
	give(progress.ResultFailed, strconv.Itoa(s.Failed))
	give(progress.ResultLastIndex, strconv.Itoa(count))
	give(progress.ResultLastElement, last)
	give(progress.ResultCondition, condition)
	return out
}

const (
	conditionSucceeded = "succeeded"
	conditionPass      = "pass"
	conditionFailed    = "failed"
)

// conclude ends the loop.
func (l *look) conclude(ctx context.Context) (customtask.Outcome, error) {
	s := l.state()
	succeeded := func(condition, reason, message string) (customtask.Outcome, error) {
		return l.ending(customtask.Succeeded(reason, message), s, l.results(s, condition)), nil
	}
	switch {
	case l.verdict == progress.Break && len(l.open) > 0:
		return succeeded(conditionPass, ReasonBroken, fmt.Sprintf(
			"an iteration broke out of the loop (%d others were not seen to stop within %s)", len(l.open), breakTimeout))
	case l.verdict == progress.Break, l.verdict == progress.Last:
		return succeeded(conditionPass, ReasonBroken, "an iteration broke out of the loop")
	case l.verdict == progress.Until:
		return succeeded(conditionPass, ReasonUntilMet, fmt.Sprintf("until holds after iteration %d", s.Count()))
	case l.loop.Until != "" && l.verdict == "":
		return customtask.Outcome{}, l.failed(s, ReasonUntilNotMet, fmt.Sprintf(
			"until was not true after any of %d iterations", s.Items))
	case s.Failed > 0:
		return l.iterationFailed(ctx, s)
	case s.Items == 0:
		return succeeded(conditionSucceeded, ReasonSucceeded, "there are no items")
	}
	return succeeded(conditionSucceeded, ReasonSucceeded, fmt.Sprintf("all %d iterations succeeded", s.Items))
}

// mostOfFailure bounds, in bytes, what is told of an iteration that failed (C20). Both ends are kept: the last is the
// innermost cause.
const mostOfFailure = 900

// iterationFailed tells of the first iteration that failed, and what inside of it.
func (l *look) iterationFailed(ctx context.Context, s progress.State) (customtask.Outcome, error) {
	first, _ := s.FirstFailed()
	message := fmt.Sprintf("%s: iteration %d (%s) failed with %s: %s", s.Failures(), first.Number, first.Name, first.Reason, first.Message)
	if child := l.set.Cached(l.Namespace(), first.Name); child != nil && child.Owner.UID == l.uid() {
		why, err := l.set.Why(ctx, child, l.Now())
		switch {
		case err != nil:
			return customtask.Outcome{}, err
		case why != "":
			message += "; " + why
		}
	}
	return customtask.Outcome{}, l.failed(s, ReasonIterationFailed, sentence.Ends(message, mostOfFailure))
}

// fitting are those of the results that can be stored, and the loop's own in any case.
func fitting(all []result) (kept []result) {
	const own = 80 << 10 // more than the loop's own can be, of which one is an item
	total := 0
	for _, r := range all {
		size := lifecycle.Encoded(r.value)
		if !progress.Reserved(r.name) {
			if size > lifecycle.MaxResult || total+size > lifecycle.MaxResults-own {
				continue
			}
			total += size
		}
		kept = append(kept, r)
	}
	return kept
}

// ending is an outcome with all that a loop leaves behind.
func (l *look) ending(out customtask.Outcome, s progress.State, results []result) customtask.Outcome {
	out = out.WithState(s)
	for _, r := range results {
		out = out.WithResult(r.name, r.value)
	}
	return out
}

func (l *look) failed(s progress.State, reason, message string) error {
	failure := customtask.FailAttempt(reason, message)
	for _, r := range l.results(s, conditionFailed) {
		failure = failure.WithResult(r.name, r.value)
	}
	return failure
}

func reservedResult(where, name string) error {
	return customtask.FailRun(ReasonReservedResult, fmt.Sprintf(
		"result %q of %s has the name of a result that the loop itself gives; rename it", name, where))
}
