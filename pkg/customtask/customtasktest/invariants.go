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
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	"knative.dev/pkg/apis"
)

// step is what one reconcile made of one run.
type step struct {
	before, after *v1beta1.CustomRun
	// fresh says that the caches were up to date and that nothing went wrong; always, that this was so in
	// all steps.
	fresh, always bool
	// writes that the controller made, as [Server.Writes] names them.
	writes []string
	// events that it recorded.
	events int
}

// violations are what must hold after every reconcile and does not, each named after its statement in
// the contract.
func (s step) violations() []string {
	if s.before == nil || s.after == nil {
		return nil
	}
	var out []string
	for _, check := range []func(step) string{
		unknownBeforeWork, startTimeStays, succeededFirst, generationObserved, wellWorded, transitionTimeStays,
		notFalseWithRetriesLeft, completionTime, finishedIsFinal, nothingAfterTheEnd, resultsOnce, extraFieldsObject,
		retriesArchived, eventsOnChange,
	} {
		if broken := check(s); broken != "" {
			out = append(out, broken)
		}
	}
	return out
}

// attemptEnded reports whether the step archived an attempt: its end was a transition too.
func (s step) attemptEnded() bool {
	return !cmp.Equal(s.before.Status.RetriesStatus, s.after.Status.RetriesStatus)
}

func condition(run *v1beta1.CustomRun) *apis.Condition {
	return run.Status.GetCondition(apis.ConditionSucceeded)
}

// reason is that of an attempt's condition.
func reason(status v1beta1.CustomRunStatus) string {
	if c := status.GetCondition(apis.ConditionSucceeded); c != nil {
		return c.Reason
	}
	return ""
}

func unknownBeforeWork(s step) string {
	c := condition(s.after)
	if c == nil || s.after.Status.StartTime != nil {
		return ""
	}
	if c.Reason == customtask.ReasonRetryPending || c.Reason == customtask.ReasonTryingAgain && c.IsUnknown() {
		return ""
	}
	return fmt.Sprintf("C16: %s is %s (%s) and has no startTime", s.after.Name, c.Status, c.Reason)
}

func startTimeStays(s step) string {
	was, is := s.before.Status, s.after.Status
	switch {
	case is.StartTime != nil && is.StartTime.Before(&s.after.CreationTimestamp):
		return fmt.Sprintf("C17: %s started at %v, before it was created at %v", s.after.Name, is.StartTime, s.after.CreationTimestamp)
	case was.StartTime != nil && is.StartTime != nil && len(was.RetriesStatus) == len(is.RetriesStatus) && !was.StartTime.Equal(is.StartTime):
		return fmt.Sprintf("C17: startTime of %s moved within an attempt", s.after.Name)
	}
	return ""
}

func succeededFirst(s step) string {
	if c := s.after.Status.Conditions; len(c) > 0 && c[0].Type != apis.ConditionSucceeded {
		return fmt.Sprintf("C18: conditions[0] of %s is %s", s.after.Name, c[0].Type)
	}
	return ""
}

func generationObserved(s step) string {
	is, want := s.after.Status.ObservedGeneration, s.after.Generation
	// A run that arrived finished is left alone, and one that could not be started is not written.
	arrived := s.before.IsDone() && s.before.Status.ObservedGeneration == 0
	silent := len(s.writes) == 0 && condition(s.after) == nil
	if is > want || s.fresh && is != want && !arrived && !silent {
		return fmt.Sprintf("C19: %s has observedGeneration %d of %d", s.after.Name, is, want)
	}
	return ""
}

var camelCase = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)

func wellWorded(s step) string {
	const maxMessage = 1024
	c := condition(s.after)
	switch {
	case c == nil || s.before.IsDone():
		return ""
	case !camelCase.MatchString(c.Reason):
		return fmt.Sprintf("C20: the reason of %s is %q; it must be CamelCase", s.after.Name, c.Reason)
	case len(c.Message) > maxMessage:
		return fmt.Sprintf("C20: the message of %s is %d bytes; at most %d are allowed", s.after.Name, len(c.Message), maxMessage)
	}
	return ""
}

func transitionTimeStays(s step) string {
	was, is := condition(s.before), condition(s.after)
	if s.attemptEnded() {
		return ""
	}
	if was != nil && is != nil && was.Status == is.Status && !was.LastTransitionTime.Inner.Equal(&is.LastTransitionTime.Inner) {
		return fmt.Sprintf("C21: %s is %s as before, and its transition time moved", s.after.Name, is.Status)
	}
	return ""
}

func notFalseWithRetriesLeft(s step) string {
	c := condition(s.after)
	if c.IsFalse() && c.Reason == customtask.ReasonTimedOut && s.before.Status.StartTime != nil && !s.before.IsDone() &&
		len(s.after.Status.RetriesStatus) < s.after.Spec.Retries {
		return fmt.Sprintf("C22: %s is False after %d of %d retries", s.after.Name, len(s.after.Status.RetriesStatus), s.after.Spec.Retries)
	}
	return ""
}

func completionTime(s step) string {
	is := s.after.Status
	switch {
	case s.after.IsDone() != (is.CompletionTime != nil):
		return fmt.Sprintf("C23: %s has completionTime %v and condition %v", s.after.Name, is.CompletionTime, condition(s.after))
	case is.CompletionTime != nil && is.CompletionTime.Before(is.StartTime):
		return fmt.Sprintf("C23: %s completed at %v, before it started at %v", s.after.Name, is.CompletionTime, is.StartTime)
	}
	return ""
}

func finishedIsFinal(s step) string {
	if !s.before.IsDone() {
		return ""
	}
	was, is := s.before.Status.DeepCopy(), s.after.Status.DeepCopy()
	was.ObservedGeneration, is.ObservedGeneration = 0, 0
	if diff := cmp.Diff(was, is); diff != "" {
		return fmt.Sprintf("C24: the finished run %s changed (-was, +is):\n%s", s.after.Name, diff)
	}
	return ""
}

// nothingAfterTheEnd allows for the status, whose observedGeneration follows, for the finalizer, and for
// ending what was begun on an old view of the run.
func nothingAfterTheEnd(s step) string {
	if !s.before.IsDone() || !s.fresh {
		return ""
	}
	for _, write := range s.writes {
		if write != "update customruns/status" && write != "patch customruns" && (s.always || strings.HasPrefix(write, "create ")) {
			return fmt.Sprintf("C25: %s is finished, and its controller did %q", s.after.Name, write)
		}
	}
	return ""
}

var resultName = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)

func resultsOnce(s step) string {
	seen := map[string]bool{}
	for _, r := range s.after.Status.Results {
		if !resultName.MatchString(r.Name) {
			return fmt.Sprintf("C27: a result of %s is called %q", s.after.Name, r.Name)
		}
		if seen[r.Name] {
			return fmt.Sprintf("C28: %s has result %q twice", s.after.Name, r.Name)
		}
		seen[r.Name] = true
	}
	return ""
}

func extraFieldsObject(s step) string {
	raw := s.after.Status.ExtraFields.Raw
	var fields struct {
		SchemaVersion int `json:"schemaVersion"`
	}
	if len(raw) == 0 || s.before.IsDone() || len(s.writes) == 0 {
		return ""
	}
	if err := json.Unmarshal(raw, &fields); err != nil || fields.SchemaVersion == 0 {
		return fmt.Sprintf("C30: extraFields of %s is no object with a schemaVersion: %s", s.after.Name, raw)
	}
	return ""
}

func retriesArchived(s step) string {
	all := s.after.Status.RetriesStatus
	if n := len(all); n > max(s.after.Spec.Retries, 0) && n > len(s.before.Status.RetriesStatus) {
		return fmt.Sprintf("C42: %s has %d finished attempts and one more, and %d retries", s.after.Name, n, s.after.Spec.Retries)
	}
	for i, attempt := range all {
		if c := attempt.GetCondition(apis.ConditionSucceeded); !c.IsFalse() || len(attempt.RetriesStatus) > 0 {
			return fmt.Sprintf("C41: retriesStatus[%d] of %s has condition %v and %d retries of its own", i, s.after.Name, c, len(attempt.RetriesStatus))
		}
	}
	return ""
}

func eventsOnChange(s step) string {
	if s.events > 0 && len(s.writes) == 0 {
		return fmt.Sprintf("C63: %d Events about %s, and nothing changed", s.events, s.after.Name)
	}
	return ""
}
