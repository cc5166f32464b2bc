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
	"runtime/debug"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// history is every stored version of one run of the kind under test, and of its children.
type history struct {
	profile  Profile
	of       string // What made the run: a case, or the samples.
	versions []version
	children [][]version
}

// histories returns those of the scene's runs that are the kind's alone.
func (s *scene) histories(c Case) []history {
	if s.runs == nil {
		return nil
	}
	var out []history
	for _, versions := range s.runs.all() {
		first := versions[0]
		if s.exempt[first.object.GetUID()] || !s.profile.owns(first.object) {
			continue
		}
		h := history{profile: s.profile, of: "case " + c.Number, versions: versions}
		if c.Number == "" {
			h.of = "the samples"
		}
		for _, observer := range s.children {
			for _, child := range observer.all() {
				if ownedBy(child[0].object, first.object) {
					h.children = append(h.children, child)
				}
			}
		}
		out = append(out, h)
	}
	return out
}

// owns says whether a CustomRun is of the kind under test.
func (p Profile) owns(run *unstructured.Unstructured) bool {
	for _, key := range []string{"customRef", "customSpec"} {
		target, ok, err := unstructured.NestedMap(run.Object, "spec", key)
		if err == nil && ok {
			return target["apiVersion"] == p.APIVersion && target["kind"] == p.Kind
		}
	}
	return false
}

func ownedBy(child, owner *unstructured.Unstructured) bool {
	for _, ref := range child.GetOwnerReferences() {
		if ref.UID == owner.GetUID() {
			return true
		}
	}
	return false
}

// end is the first version that has ended, or false.
func (h history) end() (version, bool) {
	for _, v := range h.versions {
		if v.done() {
			return v, true
		}
	}
	return version{}, false
}

// gap says whether versions of the run, or of a child, may have been missed.
func (h history) gap() bool {
	missed := func(v version) bool { return v.gap }
	return slices.ContainsFunc(h.versions, missed) ||
		slices.ContainsFunc(h.children, func(child []version) bool { return slices.ContainsFunc(child, missed) })
}

// pairs calls f for each version and the one before it, unless there may have been others between them, until f finds
// something wrong.
func (h history) pairs(f func(before, after version) string) string {
	for i := 1; i < len(h.versions); i++ {
		if h.versions[i].deleted {
			break
		}
		if h.versions[i].gap {
			continue
		}
		if wrong := f(h.versions[i-1], h.versions[i]); wrong != "" {
			return wrong
		}
	}
	return ""
}

// each calls f for each version, until f finds something wrong.
func (h history) each(f func(version) string) string {
	for _, v := range h.versions {
		if wrong := f(v); wrong != "" {
			return wrong
		}
	}
	return ""
}

// look is check, where a panic is a finding: one history that nobody thought of must not keep the suite from its end.
func (c Case) look(h history) (wrong string) {
	defer func() {
		if r := recover(); r != nil {
			wrong = fmt.Sprintf("the suite itself panicked: %v\n%s", r, debug.Stack())
		}
	}()
	return c.check(h)
}

// judge looks at all histories. The case passes if nothing is wrong with any of them, and there are some.
func (c Case) judge(histories []history) Outcome {
	o := Outcome{Number: c.Number, Level: c.Level, Title: c.Title, Result: Passed, Expected: "it is so in every version of every run"}
	wrong := 0
	for _, h := range histories {
		found := c.look(h)
		if found == "" {
			continue
		}
		if wrong++; wrong == 1 {
			o.Result = Failed
			o.Seen = fmt.Sprintf("run %s of %s: %s", h.versions[0].object.GetName(), h.of, found)
			o.CustomRun = clipped(h.versions[len(h.versions)-1].yaml())
		}
	}
	switch {
	case len(histories) == 0:
		o.Result, o.Seen = Failed, "no run was seen"
	case wrong > 1:
		o.Seen += fmt.Sprintf(" (and %d other runs)", wrong-1)
	case wrong == 0:
		o.Seen = "nothing else"
	}
	return o
}
