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

func paramCases() []Case {
	return []Case{
		{Number: "C13", Title: "An unknown param ends the run False and is named", unless: freeParams, run: unknownParam},
		{Number: "C13", Title: "Missing, wrong and mistyped input ends the run False and is named", unless: func(p Profile) string {
			if len(p.Invalid) == 0 {
				return "the profile has no invalid runs"
			}
			return ""
		}, run: invalidNamed},
		{Number: "C14", Title: "$(params.NAME) in customSpec.spec is replaced", unless: noSubstitution, run: substituted},
		{Number: "C14", Title: "A reference to a param that the run lacks ends the run False and is named", unless: noSubstitution, run: undefinedReference},
		{Number: "C14", Title: "What was put in for a reference is not looked at again", unless: func(p Profile) string {
			if reason := noSubstitution(p); reason != "" {
				return reason
			}
			if !p.Substitution.LiteralFails {
				return "the field takes any text"
			}
			return ""
		}, run: replacedOnce},
		{Number: "C15", Title: "A % in a name survives in the message about it", unless: freeParams, run: percentInParam},
	}
}

func freeParams(p Profile) string {
	if p.FreeParams {
		return "any param is accepted"
	}
	return ""
}

func noSubstitution(p Profile) string {
	if reason := noCustomSpec(p); reason != "" {
		return reason
	}
	if p.Substitution == nil {
		return "the profile has no substitution"
	}
	return ""
}

func unknownParam(s *scene) {
	const name = "conformance-unknown"
	s.expect("False with a message that names %s", name)
	s.create("unknown-param", nil, s.profile.runSpec(s.profile.Runs.Succeeds.Spec, withParam(name, "x"))).failsNaming(name)
}

func percentInParam(s *scene) {
	const name = "100%s-%d%%"
	s.expect("False with a message that names %s", name)
	s.create("percent", nil, s.profile.runSpec(s.profile.Runs.Succeeds.Spec, withParam(name, "x"))).failsNaming(name)
}

func invalidNamed(s *scene) {
	s.expect("False with a message that has what `mentions` says")
	runs := make([]*subject, len(s.profile.Invalid))
	for i, invalid := range s.profile.Invalid {
		runs[i] = s.create(fmt.Sprintf("invalid-%d", i), nil, s.profile.runSpec(invalid.Spec))
	}
	for i, run := range runs {
		run.failsNaming(s.profile.Invalid[i].Mentions)
	}
	s.see("all %d runs ended so", len(runs))
}

func substituted(s *scene) {
	s.expect("the run is taken on: it does not end False")
	run := s.start("substituted", &s.profile.Substitution.Entry)
	v := run.await("a start or the end", func(v version) bool { return v.running() || v.done() })
	if v.has("False") {
		s.fatalf("the run ended with %s", v.describe())
	}
}

func undefinedReference(s *scene) {
	sub := s.profile.Substitution
	s.expect("False with a message that names %s", sub.Param)
	spec := copyOf(sub.Spec)
	spec["params"] = withoutParam(spec, sub.Param)
	if paramsOf(spec) == nil {
		delete(spec, "params")
	}
	s.create("undefined", nil, s.profile.runSpec(spec)).failsNaming(sub.Param)
}

func replacedOnce(s *scene) {
	const other = "conformance-other"
	sub := s.profile.Substitution
	s.expect("False: the param holds $(params.%s), which is no value for the field, though that param holds one", other)
	var good any
	for _, param := range paramsOf(sub.Spec) {
		if p, _ := param.(map[string]any); p["name"] == sub.Param {
			good = p["value"]
		}
	}
	run := s.create("once", nil, s.profile.runSpec(sub.Spec, setParam(sub.Param, "$(params."+other+")"), withParam(other, good)))
	run.failsNaming()
}
