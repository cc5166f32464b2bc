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

package conformance

import (
	"fmt"
	"slices"
)

// historyCases judge every version of every run that any case made.
func historyCases() []Case {
	return []Case{
		{Number: "C16", Title: "startTime is stored with a condition, before any child, and before the run is True", check: startsWithTime},
		{Number: "C17", Title: "startTime is not before creationTimestamp and does not move within an attempt", check: startStays},
		{Number: "C18", Title: "conditions[0] is Succeeded, and Tekton can read the status", check: succeededFirst},
		{Number: "C19", Title: "A status that has a condition has an observedGeneration, which is not ahead", check: observed},
		{Number: "C20", Title: "Reasons are CamelCase and documented; messages are at most 1 KiB", check: reasonsAndMessages},
		{Number: "C21", Title: "A condition that does not change keeps its transition time", check: transitionTimeStays},
		{Number: "C22", Title: "A run that was True or False never becomes anything else", check: neverFlips},
		{Number: "C23", Title: "completionTime is set with the end, not before startTime, and never moves", check: completionStays},
		{Number: "C24", Title: "Nothing but observedGeneration changes in the status of a finished run", check: frozen},
		{Number: "C25", Title: "No child is created after the end", unless: noChildren, check: noLateChildren},
		{Number: "C27", Title: "Names of results are unique and of letters, digits, _, . and -", check: resultNames},
		{Number: "C28", Title: "Results are never repeated, dropped or put in another order within an attempt", check: resultOrder},
		{Number: "C30", Title: "extraFields is a JSON object of at most 256 KiB", check: extraFields},
		{Number: "C41", Title: "Entries of retriesStatus are complete, ended False and hold no retriesStatus of their own", unless: noRetries, check: archived},
		{Number: "C42", Title: "There are never more than retries entries in retriesStatus, and none is lost", check: attempts},
		{Number: "C44", Title: "Between attempts the run is Unknown, with a reason and a message", unless: noRetries, check: betweenAttempts},
		{Number: "C54", Title: "Children are owned by their run, which controls them, and are well named", unless: noChildren, check: childrenOwned},
	}
}

func startsWithTime(h history) string {
	if wrong := startsBeforeChildren(h); wrong != "" {
		return wrong
	}
	return h.each(func(v version) string {
		switch start := v.run.Status.StartTime; {
		case start != nil && v.condition() == nil:
			return "startTime was stored without a condition"
		case start == nil && v.has("True"):
			return "it succeeded and has no startTime"
		}
		return ""
	})
}

func startStays(h history) string {
	wrong := h.each(func(v version) string {
		if start := v.run.Status.StartTime; start != nil && start.Time.Before(v.object.GetCreationTimestamp().Time) {
			return fmt.Sprintf("startTime %s is before creationTimestamp %s", start, v.object.GetCreationTimestamp())
		}
		return ""
	})
	if wrong != "" {
		return wrong
	}
	return h.pairs(func(before, after version) string {
		a, b := before.run.Status.StartTime, after.run.Status.StartTime
		if before.attempt() == after.attempt() && a != nil && !sameTime(a, b) {
			return fmt.Sprintf("startTime moved from %s to %s", a, b)
		}
		return ""
	})
}

func succeededFirst(h history) string {
	return h.each(func(v version) string {
		if v.decodeErr != nil {
			return "Tekton cannot read the run: " + v.decodeErr.Error()
		}
		if c := v.run.Status.Conditions; len(c) > 0 && c[0].Type != "Succeeded" {
			return fmt.Sprintf("conditions[0] is %s", c[0].Type)
		}
		return ""
	})
}

func observed(h history) string {
	return h.each(func(v version) string {
		if v.condition() == nil {
			return ""
		}
		if got, generation := v.run.Status.ObservedGeneration, v.object.GetGeneration(); got < 1 || got > generation {
			return fmt.Sprintf("observedGeneration is %d and generation %d", got, generation)
		}
		return ""
	})
}

// tektonReasons are those that every kind may have.
var tektonReasons = []string{"CustomRunCancelled", "CustomRunTimedOut", "CustomRunWorkspaceNotSupported"}

func reasonsAndMessages(h history) string {
	return h.each(func(v version) string {
		c := v.condition()
		switch {
		case c == nil:
			return ""
		case !camelCase.MatchString(c.Reason):
			return fmt.Sprintf("reason %q is not CamelCase", c.Reason)
		case len(h.profile.Reasons) > 0 && !slices.Contains(h.profile.Reasons, c.Reason) && !slices.Contains(tektonReasons, c.Reason):
			return fmt.Sprintf("reason %q is not in the profile's list", c.Reason)
		case len(c.Message) > 1024:
			return fmt.Sprintf("a message has %d bytes", len(c.Message))
		}
		return ""
	})
}

func transitionTimeStays(h history) string {
	return h.pairs(func(before, after version) string {
		a, b := before.condition(), after.condition()
		if a != nil && b != nil && a.Status == b.Status && a.Reason == b.Reason && a.Message == b.Message &&
			!a.LastTransitionTime.Inner.Equal(&b.LastTransitionTime.Inner) {
			return fmt.Sprintf("lastTransitionTime moved from %s to %s while the condition stayed %s",
				a.LastTransitionTime.Inner, b.LastTransitionTime.Inner, after.describe())
		}
		return ""
	})
}

func neverFlips(h history) string {
	end, ok := h.end()
	if !ok {
		return ""
	}
	return h.each(func(v version) string {
		if v.revision() > end.revision() && !v.deleted && !v.has(string(end.condition().Status)) {
			return fmt.Sprintf("it ended with %s, and later was %s", end.describe(), v.describe())
		}
		return ""
	})
}

func completionStays(h history) string {
	wrong := h.each(func(v version) string {
		s := v.run.Status
		switch {
		case v.done() && s.CompletionTime == nil:
			return "it ended without completionTime: " + v.describe()
		case !v.done() && s.CompletionTime != nil:
			return "it has completionTime and has not ended: " + v.describe()
		case s.StartTime != nil && s.CompletionTime != nil && s.CompletionTime.Time.Before(s.StartTime.Time):
			return fmt.Sprintf("completionTime %s is before startTime %s", s.CompletionTime, s.StartTime)
		}
		return ""
	})
	if wrong != "" {
		return wrong
	}
	return h.pairs(func(before, after version) string {
		if a, b := before.run.Status.CompletionTime, after.run.Status.CompletionTime; a != nil && !sameTime(a, b) {
			return fmt.Sprintf("completionTime moved from %s to %s", a, b)
		}
		return ""
	})
}

func frozen(h history) string {
	end, ok := h.end()
	if !ok {
		return ""
	}
	return h.each(func(v version) string {
		if v.revision() > end.revision() && !v.deleted && v.status() != end.status() {
			return fmt.Sprintf("after its end the status changed from\n%s\nto\n%s", end.status(), v.status())
		}
		return ""
	})
}
