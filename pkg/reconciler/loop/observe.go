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
	"slices"
	"strconv"

	"github.com/customtasks/customtasks/internal/children"
	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/progress"
)

// look is what one look at the iterations has found.
type look struct {
	attempt
	// stopping says that nothing is started any more, and that what had failed is of no interest.
	stopping bool
	set      *children.Set
	memory   *memory
	// was is the state as stored.
	was progress.State
	// missing are tries to be started, open those under way, in order.
	missing, open []try
	// ended is how many iterations have ended.
	ended int
	// verdict is why nothing more is started.
	verdict progress.Verdict
}

// unstored says that a child is gone that nothing else tells of: neither what is stored nor the cache.
func (l *look) unstored() bool { return l.memory.storeAfter == l.was.Writes+1 }

// try of an iteration; i and n count from 0.
type try struct {
	i, n  int
	name  string
	child *children.Child
}

func childName(a attempt, i, n int) string { return a.ChildName(strconv.Itoa(i+1), strconv.Itoa(n)) }

// observe looks at every iteration that may have been started and has not ended. When stopping, what is in
// no cache is looked for, and nothing is to be started.
func (e *engine) observe(ctx context.Context, a attempt, stopping bool) (*look, error) {
	l := &look{attempt: a, stopping: stopping, set: e.set, memory: e.memory.of(a.uid(), a.Attempt())}
	if !a.State(&l.was) || !l.was.Plausible(a.list.Len()) {
		l.was = progress.State{} // the children say what has happened
	}
	l.was.Items = a.list.Len()
	l.memory.stored(l.was, a.Now())
	if l.verdict = l.was.Verdict; l.verdict == "" {
		l.verdict = l.memory.verdict
	}
	l.ended = l.was.Ended() + len(l.memory.ended)
	if stopping {
		if err := e.lookAround(ctx, l); err != nil {
			return nil, err
		}
	}
	// The more have ended, the more may have been started.
	for i := l.was.FirstOpen(); i < l.may(); i++ {
		if _, known := l.memory.ended[i]; known || l.was.HasEnded(i) {
			continue
		}
		if err := e.iteration(ctx, l, i); err != nil {
			return nil, err
		}
	}
	if l.verdict != "" || stopping {
		l.giveUp()
	}
	l.memory.verdict = l.verdict
	return l, nil
}

// lookAround asks for all children at once if there are many that may have been made and are in no cache.
func (e *engine) lookAround(ctx context.Context, l *look) error {
	const many = 20
	var unseen []try
	for i := l.was.FirstOpen(); i < l.may(); i++ {
		if _, known := l.memory.ended[i]; known || l.was.HasEnded(i) {
			continue
		}
		n := max(l.was.Tries[i+1], l.memory.tries[i])
		t := try{i: i, n: n, name: l.memory.nameOf(l.attempt, i, n)}
		if _, mine := l.memory.made[i]; !mine && !l.memory.absent[t.name] && e.set.Cached(l.Namespace(), t.name) == nil {
			unseen = append(unseen, t)
		}
	}
	if len(unseen) <= many {
		return nil
	}
	live, err := e.set.LiveOf(ctx, l.Namespace(), l.uid())
	if err != nil {
		return err
	}
	for _, t := range unseen {
		switch child := live[t.name]; {
		case child != nil:
			l.memory.made[t.i] = made{try: t.n, at: l.Now(), child: child}
		case t.i >= l.was.Started: // else it was deleted
			l.memory.absent[t.name] = true
		}
	}
	return nil
}

// may is the number of iterations that may have been started.
func (l *look) may() int {
	if l.ended > l.list.Len()-l.atOnce {
		return l.list.Len()
	}
	return l.ended + l.atOnce
}

// iteration finds where one stands, which its last try says.
func (e *engine) iteration(ctx context.Context, l *look, i int) error {
	for n := max(l.was.Tries[i+1], l.memory.tries[i]); ; n++ {
		t := try{i: i, n: n, name: l.memory.nameOf(l.attempt, i, n)}
		child, deleted, err := e.find(ctx, l, t)
		switch {
		case err != nil:
			return err
		case child == nil && !deleted:
			l.missing = append(l.missing, t)
			return nil
		}
		if child != nil {
			if err := l.lookForBreak(ctx, i, child); err != nil {
				return err
			}
			if t.child = child; !child.Done || !l.stopping && l.ranOut(child) {
				l.open = append(l.open, t)
				return nil
			}
		}
		end := l.endOf(t)
		// Also when nothing more is started: another process may have started the next try, which is under way then.
		if n < l.loop.Retries && (deleted || end.Phase == progress.Failed && !child.Ending) {
			l.memory.tries[i], l.memory.last[i] = n+1, end
			if deleted && !l.storedTry(t) {
				l.memory.storeAfter = l.was.Writes + 1
			}
			continue
		}
		return l.settle(ctx, end)
	}
}

// find is the child of a try. deleted says that it was there and is no more; neither, that it was not made.
func (e *engine) find(ctx context.Context, l *look, t try) (child *children.Child, deleted bool, err error) {
	known, mine := l.memory.made[t.i]
	mine = mine && known.try == t.n
	child = e.set.Cached(l.Namespace(), t.name)
	if child == nil && mine && known.child != nil && l.Now().Sub(known.at) < unseenFor {
		return known.child, false, nil
	}
	stored := l.storedTry(t)
	if child == nil {
		if !mine && !stored && !l.stopping || l.memory.absent[t.name] {
			return nil, false, nil
		}
		if child, err = e.set.Live(ctx, l.Namespace(), t.name); err != nil {
			return nil, false, err
		}
		if child == nil {
			l.memory.absent[t.name] = l.stopping && !mine && !stored
			return nil, mine || stored, nil
		}
		known = made{try: t.n, at: l.Now(), child: child}
	} else {
		known = made{try: t.n}
	}
	switch {
	case child.Owner.UID == l.uid():
		delete(l.memory.absent, t.name)
		l.memory.made[t.i] = known
		return child, false, nil
	case l.stopping:
		return nil, false, nil
	}
	return nil, false, children.Foreign(child.Kind, t.name)
}

// storedTry reports whether what is stored says that the try was made.
func (l *look) storedTry(t try) bool { return t.i < l.was.Started && t.n <= l.was.Tries[t.i+1] }

// endOf is how a try has ended whose child is done or gone.
func (l *look) endOf(t try) ended {
	end := ended{Iteration: progress.Iteration{Number: t.i + 1, Name: t.name, Phase: progress.Failed}}
	if t.child == nil {
		now := l.Now()
		end.Reason, end.Message, end.End = children.ReasonDeleted, "it was deleted before its end was stored", &now
		if l.stopping {
			end.Phase = progress.Cancelled
		}
		return end
	}
	end.Reason, end.Message, end.results = t.child.Reason, t.child.Message, t.child.Results
	if !t.child.Start.IsZero() {
		end.Start = &t.child.Start
	}
	if !t.child.Completion.IsZero() {
		end.End = &t.child.Completion
	}
	switch {
	case t.child.Succeeded:
		end.Phase = progress.Succeeded
	case l.ranOut(t.child), t.child.Stopping && (l.stopping || l.cancels() && l.verdict == l.was.Verdict):
		end.Phase = progress.Cancelled
	}
	return end
}

// ranOut reports whether a child has used up the time of its attempt, which is then about to time out itself.
func (l *look) ranOut(child *children.Child) bool {
	deadline, _ := l.Deadline()
	return child.RanOut(deadline)
}

// settle takes note of the end of an iteration and of what follows from it for the loop.
func (l *look) settle(ctx context.Context, end ended) error {
	var err error
	if end.results, err = l.own(end); err != nil {
		return err
	}
	if l.verdict == "" && end.Phase != progress.Cancelled {
		met, err := l.untilMet(ctx, end)
		switch {
		case err != nil && end.Phase != progress.Failed && !l.stopping:
			return err // one that failed may lack the results that until asks for
		case met:
			l.verdict = progress.Until
		case end.Phase == progress.Failed && l.loop.FailurePolicy != v1alpha1.FailurePolicyContinue:
			l.verdict = progress.Failure
		}
	}
	l.memory.settle(end.Number-1, end, l.Now())
	l.ended++
	return nil
}

// own are the results of an iteration, without any that is named as one of the loop's own, which fails the
// run.
func (l *look) own(end ended) ([]children.Result, error) {
	var out []children.Result
	for _, r := range end.results {
		switch {
		case !progress.Reserved(r.Name):
			out = append(out, r)
		case !l.stopping:
			return nil, reservedResult(fmt.Sprintf("%q", end.Name), r.Name)
		}
	}
	return out, nil
}

// giveUp ends what would have been run again.
func (l *look) giveUp() {
	for _, t := range l.missing {
		if last, ok := l.memory.last[t.i]; ok && t.n > 0 {
			last.results = slices.DeleteFunc(slices.Clone(last.results), func(r children.Result) bool { return progress.Reserved(r.Name) })
			l.memory.settle(t.i, last, l.Now())
			l.ended++
		}
	}
	l.missing = nil
}

func (l *look) lookForBreak(ctx context.Context, i int, child *children.Child) error {
	if l.verdict != "" && l.verdict != progress.Last || l.stopping || l.broken == nil {
		return nil
	}
	how, err := l.broken(ctx, l.object, child, l.memory.asked[i] != child.Version)
	if err != nil {
		return err
	}
	if l.memory.asked[i] = child.Version; how != "" {
		l.verdict = how
	}
	return nil
}

// gone ends the iterations whose children could not be asked to stop, since they are no more.
func (l *look) gone(ctx context.Context) error {
	open := l.open
	l.open = nil
	for _, t := range open {
		t.child = nil
		if err := l.settle(ctx, l.endOf(t)); err != nil {
			return err
		}
	}
	return nil
}

// cancels reports whether the verdict is one that cancels what is under way.
func (l *look) cancels() bool {
	return l.verdict == progress.Break || l.verdict == progress.Failure && l.loop.FailurePolicy == v1alpha1.FailurePolicyCancelRunning
}

// over reports whether nothing is under way and nothing is left to start.
func (l *look) over() bool {
	return len(l.open) == 0 && (l.verdict != "" || len(l.missing) == 0 && l.ended == l.list.Len())
}

// children under way.
func (l *look) children() []*children.Child {
	out := make([]*children.Child, 0, len(l.open))
	for _, t := range l.open {
		out = append(out, t.child)
	}
	return out
}
