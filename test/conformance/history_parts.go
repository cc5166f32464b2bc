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
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
)

var resultName = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)

func resultNames(h history) string {
	return h.each(func(v version) string {
		seen := map[string]bool{}
		for _, r := range v.run.Status.Results {
			if seen[r.Name] {
				return fmt.Sprintf("result %q is there twice", r.Name)
			}
			if seen[r.Name] = true; !resultName.MatchString(r.Name) {
				return fmt.Sprintf("%q is no name for a result", r.Name)
			}
		}
		return ""
	})
}

func resultOrder(h history) string {
	names := func(v version) []string {
		var names []string
		for _, r := range v.run.Status.Results {
			names = append(names, r.Name)
		}
		return names
	}
	return h.pairs(func(before, after version) string {
		a, b := names(before), names(after)
		if before.attempt() != after.attempt() {
			return ""
		}
		// What was there is still there, in that order; more may have come.
		rest := slices.DeleteFunc(slices.Clone(b), func(name string) bool { return !slices.Contains(a, name) })
		if !slices.Equal(a, rest) {
			return fmt.Sprintf("the results were %q and became %q", a, b)
		}
		return ""
	})
}

const extraFieldsLimit = 256 << 10

func extraFields(h history) string {
	return h.each(func(v version) string {
		raw := v.run.Status.ExtraFields.Raw
		if len(raw) == 0 || string(raw) == "null" {
			return ""
		}
		var object map[string]any
		if err := json.Unmarshal(raw, &object); err != nil {
			return fmt.Sprintf("extraFields is no JSON object: %.80s", raw)
		}
		if len(raw) > extraFieldsLimit {
			return fmt.Sprintf("extraFields has %d bytes", len(raw))
		}
		return ""
	})
}

func archived(h history) string {
	return h.each(func(v version) string {
		for i, entry := range v.run.Status.RetriesStatus {
			field := fmt.Sprintf("retriesStatus[%d]", i)
			c := entry.GetCondition("Succeeded")
			switch {
			case c == nil || !c.IsFalse():
				return field + " has no condition Succeeded that is False"
			case len(entry.RetriesStatus) > 0:
				return field + " has a retriesStatus of its own"
			case entry.StartTime == nil || entry.CompletionTime == nil:
				return field + " lacks startTime or completionTime"
			case entry.CompletionTime.Time.Before(entry.StartTime.Time):
				return field + " has a completionTime before its startTime"
			}
		}
		return ""
	})
}

func attempts(h history) string {
	wrong := h.each(func(v version) string {
		if n := len(v.run.Status.RetriesStatus); n > max(0, v.run.Spec.Retries) {
			return fmt.Sprintf("retriesStatus has %d entries and retries is %d", n, v.run.Spec.Retries)
		}
		return ""
	})
	if wrong != "" {
		return wrong
	}
	return h.pairs(func(before, after version) string {
		a, b := before.run.Status.RetriesStatus, after.run.Status.RetriesStatus
		if len(b) < len(a) {
			return fmt.Sprintf("retriesStatus had %d entries and then %d", len(a), len(b))
		}
		if len(b) > len(a)+1 {
			return fmt.Sprintf("retriesStatus went from %d entries to %d at once", len(a), len(b))
		}
		if len(b) == len(a) && before.run.Status.StartTime != nil && after.run.Status.StartTime == nil {
			return "startTime was reset, as for another attempt, and nothing was archived"
		}
		return ""
	})
}

func betweenAttempts(h history) string {
	return h.pairs(func(before, after version) string {
		if after.attempt() == before.attempt() {
			return ""
		}
		c := after.condition()
		switch {
		case c == nil:
			return "an attempt was archived, and the run has no condition"
		case c.IsFalse() && c.Reason == "CustomRunCancelled":
			return ""
		case !after.has("Unknown"):
			return "an attempt was archived, and the run is " + after.describe()
		case c.Reason == "" || c.Message == "":
			return "an attempt was archived, and nothing says what goes on: " + after.describe()
		case after.run.Status.CompletionTime != nil:
			return "an attempt was archived, and completionTime was not reset"
		case len(after.run.Status.Results) > 0 && len(before.run.Status.Results) > 0:
			return "an attempt was archived, and its results were not reset"
		}
		return ""
	})
}

// started is the first version that says that work has begun.
func (h history) started() (version, bool) {
	for _, v := range h.versions {
		if v.running() {
			return v, true
		}
	}
	return version{}, false
}

func startsBeforeChildren(h history) string {
	if h.gap() {
		return ""
	}
	start, ok := h.started()
	for _, child := range h.children {
		if !ok || child[0].revision() < start.revision() {
			return fmt.Sprintf("child %s was there before Succeeded Unknown was stored with startTime", child[0].object.GetName())
		}
	}
	return ""
}

func noLateChildren(h history) string {
	end, ok := h.end()
	for _, child := range h.children {
		if ok && !child[0].gap && child[0].revision() > end.revision() {
			return fmt.Sprintf("child %s was created after the run had ended with %s", child[0].object.GetName(), end.describe())
		}
	}
	return ""
}

var dnsLabel = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)

func childrenOwned(h history) string {
	for _, child := range h.children {
		object := child[0].object
		refs := object.GetOwnerReferences()
		ref := refs[0]
		switch {
		case ref.UID != h.versions[0].object.GetUID() || ref.Kind != "CustomRun":
			return fmt.Sprintf("ownerReferences[0] of child %s is %s %s", object.GetName(), ref.Kind, ref.Name)
		case ref.Controller == nil || !*ref.Controller:
			return fmt.Sprintf("the run does not control child %s", object.GetName())
		case !dnsLabel.MatchString(object.GetName()) || len(object.GetName()) > 63:
			return fmt.Sprintf("%q is no name for a child: it must be a DNS label of at most 63 characters", object.GetName())
		}
	}
	return ""
}
