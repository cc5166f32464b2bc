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
	"strings"
)

func selectionCases() []Case {
	return []Case{
		{Number: "C1", Title: "Runs of the kind get a condition, by customRef and by customSpec", run: driven},
		{Number: "C1", Title: "Another version, group or spelling is another kind and is left alone", run: lookalikes},
		{Number: "C2", Title: "Runs of another kind are never written, whatever happens to them", run: foreign},
		{Number: "C2", Title: "Runs of another kind are not written after a restart of the controller", restarts: true, run: foreignRestart},
		{Number: "C3", Title: "Runs with neither customRef nor customSpec, or both, do no harm", run: neitherOrBoth},
	}
}

func driven(s *scene) {
	s.expect("each run has the condition Succeeded")
	s.start("by-ref", s.profile.Runs.Succeeds, toRef).judged()
	s.create("by-spec", nil, s.profile.runSpec(s.profile.Runs.Succeeds.Spec, toSpec)).judged()
}

// toRef turns the spec into one with an unnamed customRef.
func toRef(spec map[string]any) { move(spec, "customSpec", "customRef") }

// toSpec turns the spec into one with an empty customSpec.
func toSpec(spec map[string]any) {
	if _, ok := spec["customSpec"]; !ok {
		move(spec, "customRef", "customSpec")
		spec["customSpec"].(map[string]any)["spec"] = map[string]any{}
	}
}

func move(spec map[string]any, from, to string) {
	if t, ok := spec[from].(map[string]any); ok {
		delete(spec, from)
		spec[to] = map[string]any{"apiVersion": t["apiVersion"], "kind": t["kind"]}
	}
}

func lookalikes(s *scene) {
	s.expect("nobody but the suite writes the runs, and none has Events, %s after a run of the kind was taken up", window)
	group, version, _ := strings.Cut(s.profile.APIVersion, "/")
	others := map[string][2]string{
		"version": {group + "/" + version + "9", s.profile.Kind},
		"group":   {"other." + group + "/" + version, s.profile.Kind},
		"longer":  {s.profile.APIVersion, s.profile.Kind + "s"},
		"case":    {s.profile.APIVersion, otherSpelling(s.profile.Kind)},
	}
	var strangers []*stranger
	for name, other := range others {
		is := target(func(t map[string]any) { t["apiVersion"], t["kind"] = other[0], other[1] })
		strangers = append(strangers,
			s.strange(name+"-ref", s.profile.runSpec(s.profile.Runs.Succeeds.Spec, toRef, is)),
			s.strange(name+"-spec", s.profile.runSpec(s.profile.Runs.Succeeds.Spec, toSpec, is)))
	}
	s.start("ours", s.profile.Runs.Succeeds).judged()
	s.wait(window)
	for _, other := range strangers {
		other.untouched()
	}
	s.see("%d runs, as they were created", len(strangers))
}

// otherSpelling is the kind in other letters.
func otherSpelling(kind string) string {
	if lower := strings.ToLower(kind); lower != kind {
		return lower
	}
	return strings.ToUpper(kind)
}

func foreign(s *scene) {
	s.expect("nobody but the suite writes the runs, and none has Events")
	strangers := s.strangers()
	s.start("ours", s.profile.Runs.Succeeds).judged()
	s.wait(window)
	for _, other := range strangers {
		other.untouched()
	}
	doomed := strangers[0]
	doomed.delete()
	deleting := doomed.await("the deletion to begin", func(v version) bool { return v.object.GetDeletionTimestamp() != nil })
	doomed.revision = deleting.revision()
	s.wait(window / 2)
	doomed.untouched()
	s.see("%d runs, as the suite stored them", len(strangers))
}

func foreignRestart(s *scene) {
	s.expect("nobody but the suite writes the runs, and none has Events, until %s after the controller is back", window)
	strangers := s.strangers()
	s.must(s.restart(), "restarting the controller")
	s.start("ours", s.profile.Runs.Succeeds).judged()
	s.wait(window)
	for _, other := range strangers {
		other.untouched()
	}
	s.see("%d runs, as the suite stored them", len(strangers))
}

func neitherOrBoth(s *scene) {
	s.expect("the API server refuses them, or they are left alone, or they end False")
	ours := map[string]any{"apiVersion": s.profile.APIVersion, "kind": s.profile.Kind}
	var outcome []string
	for name, spec := range map[string]map[string]any{
		"neither": {"params": []any{map[string]any{"name": "a", "value": "b"}}},
		"both":    {"customRef": ours, "customSpec": merged(ours, map[string]any{"spec": map[string]any{}})},
	} {
		run, err := s.try(name, nil, spec)
		if refused(err) {
			outcome = append(outcome, name+" was refused: "+err.Error())
			continue
		}
		s.must(err, "creating a run with %s", name)
		s.start("ours-"+name, s.profile.Runs.Succeeds).judged()
		s.wait(window)
		last := run.now()
		if c := last.condition(); c != nil && (!last.has("False") || c.Reason == "" || c.Message == "") {
			run.focus()
			s.fatalf("run %s is %s", name, last.describe())
		}
		outcome = append(outcome, name+": "+last.describe())
	}
	s.see("%s", strings.Join(outcome, "; "))
}

// writtenBy returns who wrote the object beside the suite.
func (v version) writtenBy() []string {
	var others []string
	for _, name := range v.managers() {
		if name != fieldManager {
			others = append(others, name)
		}
	}
	return others
}
