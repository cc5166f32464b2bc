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

// Package progress is what a loop keeps of its iterations in the status of its run. It is small however
// many iterations there are: a letter for each, and details of some.
package progress

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/customtasks/customtasks/internal/sentence"
)

// Phase of an iteration.
type Phase string

const (
	// Running: it has a child that has not ended.
	Running Phase = "Running"
	// Succeeded: its child has ended with success.
	Succeeded Phase = "Succeeded"
	// Failed: its last child has failed, and no retries are left.
	Failed Phase = "Failed"
	// Cancelled: its child was cancelled with the loop.
	Cancelled Phase = "Cancelled"
)

// open stands for an iteration that has not ended.
const open = '.'

// letters are how phases are kept.
var letters = map[Phase]byte{Succeeded: 'S', Failed: 'F', Cancelled: 'C'}

// What is described of iterations beyond their phase. Every write of the status has it, so it is what a write costs.
const (
	// MaxDetails is how many are described in all. Those that failed are kept longest, from the lowest number.
	MaxDetails = 200
	// MaxSucceeded is how many of them have succeeded: those of the highest numbers.
	MaxSucceeded = 20
)

// Verdict is why a loop ends before all items are done.
type Verdict string

const (
	// Break: an iteration broke out of the loop, and the others are cancelled.
	Break Verdict = "Break"
	// Last: an iteration skipped the last task of the loop, and those under way go on to their end.
	Last Verdict = "Last"
	// Until: the condition of until holds.
	Until Verdict = "Until"
	// Failure: an iteration failed, and the loop does not go on.
	Failure Verdict = "Failure"
)

// State is what is stored. The zero State is a loop that has started nothing.
type State struct {
	// Items is how many iterations there are, at most.
	Items int `json:"items"`
	// Started says that the first so many iterations were started, if not more.
	Started int `json:"started"`
	// Succeeded, Failed and Cancelled count the iterations that have ended.
	Succeeded int `json:"succeeded"`
	Failed    int `json:"failed"`
	Cancelled int `json:"cancelled"`
	// Phases has a letter for each iteration, in order: S, F or C if it has ended so, a dot if it has not;
	// without the dots at the end.
	Phases string `json:"phases,omitempty"`
	// Tries says of the iterations under way how many retries have been started, if any, by number.
	Tries map[int]int `json:"tries,omitempty"`
	// Details of some iterations, in order.
	Details []Iteration `json:"iterations,omitempty"`
	// Verdict is why no more iterations are started; empty while they are.
	Verdict Verdict `json:"verdict,omitempty"`
	// VerdictTime is when the verdict was found.
	VerdictTime *time.Time `json:"verdictTime,omitempty"`
	// Writes counts how often this was stored.
	Writes int `json:"writes"`
}

// Iteration describes one.
type Iteration struct {
	// Number counts from 1.
	Number int `json:"number"`
	// Name of its child, the last if there were retries.
	Name    string     `json:"name"`
	Phase   Phase      `json:"phase"`
	Reason  string     `json:"reason,omitempty"`
	Message string     `json:"message,omitempty"`
	Start   *time.Time `json:"startTime,omitempty"`
	End     *time.Time `json:"completionTime,omitempty"`
}

// Plausible reports whether the state can be that of a loop with so many items. One that was damaged is not.
func (s State) Plausible(items int) bool {
	count := func(phase Phase) int { return strings.Count(s.Phases, string(letters[phase])) }
	return len(s.Phases) <= items && 0 <= s.Started && s.Started <= items &&
		s.Succeeded == count(Succeeded) && s.Failed == count(Failed) && s.Cancelled == count(Cancelled) &&
		len(s.Phases) == s.Ended()+strings.Count(s.Phases, string(open)) &&
		slices.Contains([]Verdict{"", Break, Last, Until, Failure}, s.Verdict)
}

// Ended is how many iterations have ended.
func (s State) Ended() int { return s.Succeeded + s.Failed + s.Cancelled }

// HasEnded reports whether the iteration, from 0, has ended.
func (s State) HasEnded(i int) bool { return i < len(s.Phases) && s.Phases[i] != open }

// FirstOpen is the first iteration that has not ended, from 0.
func (s State) FirstOpen() int {
	if i := strings.IndexByte(s.Phases, open); i >= 0 {
		return i
	}
	return len(s.Phases)
}

// Count is how many iterations have been started, as far as the phases and Started say.
func (s State) Count() int { return max(s.Started, len(s.Phases)) }

// With is the state after these iterations have ended. Details of running ones are left out.
func (s State) With(ended ...Iteration) State {
	phases := []byte(s.Phases)
	details := slices.DeleteFunc(slices.Clone(s.Details), func(d Iteration) bool { return d.Phase == Running })
	for _, d := range ended {
		i := d.Number - 1
		if s.HasEnded(i) {
			continue
		}
		for len(phases) <= i {
			phases = append(phases, open)
		}
		phases[i] = letters[d.Phase]
		switch d.Phase {
		case Succeeded:
			s.Succeeded++
		case Failed:
			s.Failed++
		case Cancelled:
			s.Cancelled++
		case Running:
		}
		if d.Message = clip(d.Message, len(details)); d.Phase == Succeeded {
			d.Message = ""
		}
		details = append(details, d)
	}
	s.Phases = strings.TrimRight(string(phases), string(open))
	s.Details = bounded(details)
	return s
}

// clip bounds what a child says of its failure, of which the end is often what matters. The first few may say
// more.
func clip(text string, others int) string {
	most := 300
	if others >= 10 {
		most = 100
	}
	return sentence.Ends(text, most)
}

// Showing is the state with details of running iterations too, as far as they fit.
func (s State) Showing(running []Iteration) State {
	room := min(MaxDetails-len(s.Details), len(running))
	s.Details = append(slices.Clone(s.Details), running[:max(room, 0)]...)
	slices.SortFunc(s.Details, byNumber)
	return s
}

// bounded drops what is over MaxSucceeded and MaxDetails: those that succeeded, from the lowest number, and then the
// others, from the highest.
func bounded(details []Iteration) []Iteration {
	slices.SortFunc(details, byNumber)
	succeeded := 0
	for _, d := range details {
		if d.Phase == Succeeded {
			succeeded++
		}
	}
	over := max(0, succeeded-MaxSucceeded, len(details)-MaxDetails)
	kept := details[:0]
	for _, d := range details {
		if d.Phase == Succeeded && over > 0 {
			over--
			continue
		}
		kept = append(kept, d)
	}
	for i := len(kept) - 1; i >= 0 && len(kept) > MaxDetails; i-- {
		if kept[i].Phase != Failed {
			kept = slices.Delete(kept, i, i+1)
		}
	}
	return kept[:min(len(kept), MaxDetails)]
}

func byNumber(a, b Iteration) int { return a.Number - b.Number }

// FirstFailed is the iteration of the lowest number that failed and that details are known of.
func (s State) FirstFailed() (Iteration, bool) {
	for _, d := range s.Details {
		if d.Phase == Failed {
			return d, true
		}
	}
	return Iteration{}, false
}

// Message is where the loop stands, for people.
func (s State) Message() string {
	text := fmt.Sprintf("%d of %d iterations have ended", s.Ended(), s.Items)
	if s.Failed > 0 {
		text += fmt.Sprintf(", %d of them failed", s.Failed)
	}
	return text
}

// Failures counts those that failed, and those that were never started, for people.
func (s State) Failures() string {
	text := fmt.Sprintf("%d of %d iterations failed", s.Failed, s.Items)
	if left := s.Items - s.Count(); left > 0 {
		text += fmt.Sprintf(", %d not started", left)
	}
	return text
}
