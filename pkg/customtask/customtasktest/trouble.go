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
	"errors"
	"runtime"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	apiruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clienttesting "k8s.io/client-go/testing"
)

// trouble is what can go wrong at a write of the controller.
type trouble string

const (
	noTrouble      trouble = ""
	conflicts      trouble = "meets a write of somebody else"
	fails          trouble = "fails"
	losesItsAnswer trouble = "takes effect and loses its answer"
	diesBefore     trouble = "is the last that the process was about to do"
	diesAfter      trouble = "is the last that the process did"
	arrivesLate    trouble = "arrives after the process has died and another one has looked"
	staysUnseen    trouble = "is not seen in the caches for the next looks"
	childrenUnseen trouble = "is not seen in the caches of children for the next looks"
	runsUnseen     trouble = "is not seen in the cache of runs for the next looks"
)

// troubles are all of them.
var troubles = []trouble{conflicts, fails, losesItsAnswer, diesBefore, diesAfter, arrivesLate, staysUnseen, childrenUnseen, runsUnseen}

// meets reports whether the trouble can come at a write of that name: nobody else writes what is only being
// created, and a manager's own finalizers meet nobody.
func (t trouble) meets(write string) bool {
	return t != conflicts || strings.HasPrefix(write, "update ")
}

// everyWrite stands for all of them.
const everyWrite = -1

// unseenFor is for how many steps the caches stay as they are after a write that staysUnseen.
const unseenFor = 3

// stepped is what a Server knows of the steps of its controller.
type stepped struct {
	// stepping is set while the controller reconciles; other writes are those of the test.
	stepping bool
	// from is where the writes of the step begin.
	from int
	// wrong says that a write of this step did not do what it was to do.
	wrong bool
	// broken is what the writes of this step violated.
	broken []string
	// count is how many writes the controller has made, and made are their names.
	count int
	made  []string
	// at is the write, by count, that the trouble hits.
	at      int
	trouble trouble
	killed  bool
	// panic is what becomes of the next write of the task's own.
	panic panicking
	late  func()
	// arriving is set while the late write is done.
	arriving bool
	// steps is the goroutine that the controller steps in: only there can a process die or panic.
	steps string
	// unseen counts the steps for which the caches stay as they are; behind says so of the step under way.
	unseen int
	behind bool
}

// panicking is a panic that waits for a write, or has been.
type panicking int

const (
	calm panicking = iota
	panics
	hasPanicked
)

// panicNext has the next write that is not of a run panic, as a bug in a task would.
func (s *Server) panicNext() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.panic = panics
}

func (s *Server) panicked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.panic == hasPanicked
}

// disturb makes the n-th write of the controller, counted from 0, go wrong.
func (s *Server) disturb(n int, what trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at, s.trouble = n, what
}

func (s *Server) beginStep() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stepping, s.from, s.wrong, s.broken = true, len(s.writes), false, nil
	s.behind = s.unseen > 0
	s.unseen = max(0, s.unseen-1)
}

// endStep returns the writes of the step, and whether it was fresh to its end.
func (s *Server) endStep(fresh bool) ([]string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stepping, s.behind = false, false
	return append([]string(nil), s.writes[s.from:]...), fresh && !s.wrong
}

func (s *Server) takeViolations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.broken
	s.broken = nil
	return out
}

func (s *Server) takeKilled() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	killed := s.killed
	s.killed = false
	return killed
}

func (s *Server) takeLate() func() {
	s.mu.Lock()
	defer s.mu.Unlock()
	late := s.late
	s.late = nil
	return late
}

// goroutine names the goroutine that calls it, as the first line of its stack does.
func goroutine() string {
	const enough = 32
	line := make([]byte, enough)
	line = line[:runtime.Stack(line, false)]
	name, _, _ := strings.Cut(string(line), " [")
	return name
}

// lagging reports whether caches are to stay as they are.
func (s *Server) lagging() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unseen > 0
}

// hides reports whether the cache of a kind is to stay as it is.
func (s *Server) hides(kind schema.GroupVersionKind) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unseen == 0 {
		return false
	}
	switch s.trouble {
	case childrenUnseen:
		return kind != customRunKind
	case runsUnseen:
		return kind == customRunKind
	}
	return true
}

// stepsHere says that the controller steps in the goroutine that calls it.
func (s *Server) stepsHere() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steps = goroutine()
}

// caughtUp lets the caches see everything.
func (s *Server) caughtUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unseen = 0
}

// allChildren are the objects that the controller has created, each once.
func (s *Server) allChildren() []child {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []child
	seen := map[string]bool{}
	for _, c := range s.children {
		if key := c.resource.String() + " " + c.name.String(); !seen[key] {
			seen[key] = true
			out = append(out, c)
		}
	}
	return out
}

// controllerWriteNames are the writes that the controller has made, in order.
func (s *Server) controllerWriteNames() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.made...)
}

// controllerWrites is how many writes the controller has made.
func (s *Server) controllerWrites() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// happens lets the trouble come that is due at this write. It is called with the lock held. A process
// dies by ending its goroutine, so that none of its code sees an error.
func (s *Server) happens(tracker clienttesting.ObjectTracker, action clienttesting.Action, do func() (apiruntime.Object, error)) (apiruntime.Object, error, bool) {
	if !s.stepping {
		return nil, nil, false
	}
	here := goroutine() == s.steps
	if s.panic == panics && here && action.GetResource().Resource != customRuns.Resource {
		s.panic = hasPanicked
		panic("a bug in the task")
	}
	n := s.count
	s.count++
	s.made = append(s.made, name(action))
	if n != s.at && s.at != everyWrite || s.trouble == noTrouble {
		return nil, nil, false
	}
	if kills := s.trouble == diesBefore || s.trouble == diesAfter || s.trouble == arrivesLate; kills && !here {
		return nil, nil, false // this goroutine's end would not be the process's
	}
	s.wrong = true
	switch s.trouble {
	case conflicts:
		s.touch(tracker, action)
		return nil, nil, false
	case fails:
		return nil, apierrors.NewInternalError(errors.New("etcdserver: leader changed")), true
	case losesItsAnswer:
		_, _ = do() //nolint:errcheck // the answer is lost
		return nil, errors.New("read: connection reset by peer"), true
	case staysUnseen, childrenUnseen, runsUnseen:
		if !s.behind { // else what is unseen would never end
			s.unseen = unseenFor
		}
		return nil, nil, false
	case arrivesLate:
		s.late = func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.arriving = true
			defer func() { s.arriving = false }()
			_, _ = do() //nolint:errcheck // nobody is there to hear the answer
		}
	case diesAfter:
		_, _ = do() //nolint:errcheck // nobody is there to hear the answer
	case diesBefore, noTrouble:
	}
	s.killed = true
	runtime.Goexit()
	return nil, nil, true
}

// touch makes the object of an update newer, as another writer would.
func (s *Server) touch(tracker clienttesting.ObjectTracker, action clienttesting.Action) {
	update, ok := action.(clienttesting.UpdateAction)
	if !ok || action.GetVerb() != "update" {
		return
	}
	m, err := meta.Accessor(update.GetObject())
	if err != nil {
		return
	}
	object, err := tracker.Get(action.GetResource(), m.GetNamespace(), m.GetName())
	if err != nil {
		return
	}
	object = object.DeepCopyObject()
	stored, err := meta.Accessor(object)
	if err != nil {
		return
	}
	labels := map[string]string{"example.dev/touched": "yes"}
	for key, value := range stored.GetLabels() {
		labels[key] = value
	}
	stored.SetLabels(labels)
	s.stamp(stored)
	_ = tracker.Update(action.GetResource(), object, m.GetNamespace()) //nolint:errcheck // gone: the update fails as well
}
