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

import "fmt"

func completionCases() []Case {
	return []Case{
		{Number: "C22", Title: "A run that succeeds ends True", run: succeeds},
		{Number: "C22", Title: "A run that fails ends False", run: fails},
		{Number: "C22", Title: "A run is not True before its time", run: takesItsTime},
		{Number: "C24", Title: "A late cancel, edits and touches change nothing in a run that succeeded", run: finalTrue},
		{Number: "C24", Title: "A late cancel, edits and touches change nothing in a run that failed", run: finalFalse},
		{Number: "C24", Title: "Deleting a child of a finished run changes nothing in the run", unless: noChildren, run: finalWithoutChild},
		{Number: "C24", Title: "A restart of the controller changes nothing in finished runs", restarts: true, run: finalAfterRestart},
		{Number: "C25", Title: "A run that arrives finished is left alone", run: arrivesFinished},
	}
}

func succeeds(s *scene) {
	s.expect("True, with a reason")
	if c := s.start("succeeds", s.profile.Runs.Succeeds).endsWith("True", "", "").condition(); c.Reason == "" {
		s.fatalf("there is no reason")
	}
}

func fails(s *scene) {
	s.expect("False, with a reason and a message")
	s.start("fails", &s.profile.Runs.Fails.Entry).failsNaming()
}

func takesItsTime(s *scene) {
	takes := s.profile.Runs.Takes
	switch {
	case takes != nil:
	case s.profile.Instant:
		s.expect("True at the first look, as there is nothing to wait for")
		s.start("takes", s.profile.Runs.Succeeds).endsWith("True", "", "")
		return
	default:
		s.expect("still Unknown %s after its start", window)
		run := s.start("takes", s.profile.Runs.NeverEnds)
		run.started()
		s.wait(window)
		if last := run.now(); !last.has("Unknown") {
			s.fatalf("the run is %s", last.describe())
		}
		return
	}
	s.expect("True, %s or more after it started", takes.For.Duration)
	run := s.start("takes", &takes.Entry)
	end := run.endsWith("True", "", "")
	if seen := end.at.Sub(run.asked); seen < takes.For.Duration {
		s.fatalf("the run was over within %s of its creation", seen)
	}
}

// disturb does to a finished run all that must not matter any more.
func (r *subject) disturb(end version) {
	for _, step := range []struct {
		what string
		do   func() version
	}{
		{"a late cancel", func() version { return r.cancel("too late") }},
		{"the same cancel again", func() version { return r.cancel("too late") }},
		{"clearing spec.status", func() version { return r.patchSpec(map[string]any{"status": nil, "statusMessage": nil}) }},
		{"edits of timeout and retries", func() version { return r.patchSpec(map[string]any{"timeout": "1s", "retries": int64(5)}) }},
		{"a touch", func() version { return r.annotate("late") }},
	} {
		stored := step.do()
		r.settles(stored.object.GetGeneration())
		r.unchangedSince(end, step.what)
	}
	r.scene.wait(window)
	r.unchangedSince(end, "all of that")
}

func finalTrue(s *scene) {
	s.expect("the status, but for observedGeneration, stays as it was at the end")
	run := s.start("succeeds", s.profile.Runs.Succeeds)
	run.disturb(run.endsWith("True", "", ""))
}

func finalFalse(s *scene) {
	s.expect("the status, but for observedGeneration, stays as it was at the end")
	run := s.start("fails", &s.profile.Runs.Fails.Entry)
	run.disturb(run.endsWith("False", "", ""))
}

func finalWithoutChild(s *scene) {
	s.expect("the status stays as it was at the end, and no other child is made")
	run := s.start("succeeds", s.profile.Runs.Succeeds)
	end := run.endsWith("True", "", "")
	children := run.children()
	if len(children) == 0 {
		s.skip("a run that succeeds has no children")
	}
	for _, child := range children {
		s.remove(child[0].object)
	}
	s.wait(window)
	run.unchangedSince(end, "the deletion of its children")
	if n := len(run.children()); n != len(children) {
		s.fatalf("there were %d children, and now there have been %d", len(children), n)
	}
	s.see("%d children were deleted, and the run is %s", len(children), run.now().describe())
}

func finalAfterRestart(s *scene) {
	s.expect("the status, but for observedGeneration, stays as it was at the end")
	runs := []*subject{s.start("succeeds", s.profile.Runs.Succeeds), s.start("fails", &s.profile.Runs.Fails.Entry)}
	var ends []version
	for _, run := range runs {
		ends = append(ends, run.ended())
	}
	s.must(s.restart(), "restarting the controller")
	s.wait(window)
	for i, run := range runs {
		run.unchangedSince(ends[i], "the restart")
	}
}

func arrivesFinished(s *scene) {
	s.expect("no write but of observedGeneration, no finalizer and no Event")
	var seen []string
	for _, succeeded := range []string{"True", "False"} {
		run := s.strange("was-"+map[string]string{"True": "good", "False": "bad"}[succeeded], unrelatedRef())
		run.exempt()
		run.store(unrelatedStatus(succeeded, "Ready"))
		end := run.awaitAfter(run.revision-1, "its end", version.done)
		run.write(map[string]any{"spec": map[string]any{"customRef": map[string]any{"apiVersion": s.profile.APIVersion, "kind": s.profile.Kind}}})
		s.start("ours-"+run.name, s.profile.Runs.Succeeds).judged()
		s.wait(window)
		run.unchangedSince(end, "it became one of the kind")
		last := run.now()
		if len(last.object.GetFinalizers()) > 0 || len(last.object.GetOwnerReferences()) > 0 {
			s.fatalf("the metadata of run %s was written by %v", run.name, last.writtenBy())
		}
		if n := run.countEvents(); n > 0 {
			s.fatalf("run %s has %d Events", run.name, n)
		}
		if n := len(run.children()); n > 0 {
			s.fatalf("run %s got %d children", run.name, n)
		}
		seen = append(seen, fmt.Sprintf("%s stayed %s", run.name, last.describe()))
	}
	s.see("%v", seen)
}
