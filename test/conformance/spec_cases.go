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
	"maps"
	"slices"
	"strings"
	"time"
)

// nowhere names an object that does not exist.
const nowhere = "conformance-no-such-object"

func specCases() []Case {
	return []Case{
		{Number: "C6", Title: "An embedded spec that is empty, null or left out gets a condition", run: emptySpec},
		{Number: "C6", Title: "A run with nothing but its kind gets a condition", run: bareRun},
		{Number: "C6", Title: "A name that is not found, or that the kind does not take, ends the run False", run: noSuchName},
		{Number: "C7", Title: "An object created a second after the run that names it is found", unless: noNames, run: lateDefinition},
		{Number: "C8", Title: "The API server takes invalid runs; they end False with a reason", run: invalidAdmitted},
		{Number: "C9", Title: "An unknown field in customSpec.spec ends the run False and is named", unless: noCustomSpec, run: unknownField},
		{Number: "C9", Title: "A customSpec.spec that is no object is refused or ends the run False", unless: noCustomSpec, run: mistypedSpec},
		{Number: "C9", Title: "A param of 300 KiB that is not known is refused or ends the run False", unless: freeParams, run: oversize},
		{Number: "C9", Title: "A negative timeout or negative retries are refused or end the run False", run: negatives},
		{Number: "C10", Title: "customRef.resolver, as a cluster may set by default, is ignored", run: resolverIgnored},
		{Number: "C11", Title: "Workspaces that are not supported end the run with CustomRunWorkspaceNotSupported", unless: func(p Profile) string {
			if p.Supports.Workspaces {
				return "workspaces are supported"
			}
			return ""
		}, run: workspaceRefused},
		{Number: "C12", Title: "Deleting the named object while the run goes on changes nothing", unless: func(p Profile) string {
			if reason := noNames(p); reason != "" {
				return reason
			}
			if p.Definition.For.Duration < 2*time.Second {
				return "a run of the definition is over too soon"
			}
			return ""
		}, run: definitionDeleted},
	}
}

// saysWhy waits for a condition with a reason and a message. A run that is not taken on must be False.
func (r *subject) saysWhy() version {
	v := r.judged()
	if c := v.condition(); c.Reason == "" || c.Message == "" {
		r.scene.fatalf("run %s is %s", r.name, v.describe())
	}
	return v
}

func emptySpec(s *scene) {
	s.expect("the API server refuses the run, or it has a condition with a reason and a message%s",
		map[bool]string{false: ", which is False as customSpec is not supported"}[s.profile.Supports.CustomSpec])
	kind := map[string]any{"apiVersion": s.profile.APIVersion, "kind": s.profile.Kind}
	var seen []string
	for name, embedded := range map[string]map[string]any{
		"empty": merged(kind, map[string]any{"spec": map[string]any{}}),
		"null":  merged(kind, map[string]any{"spec": nil}),
		"none":  kind,
	} {
		run, err := s.try(name, nil, map[string]any{"customSpec": embedded})
		if refused(err) {
			seen = append(seen, name+" was refused")
			continue
		}
		s.must(err, "creating run %s", name)
		v := run.saysWhy()
		if !s.profile.Supports.CustomSpec && !v.has("False") {
			v = run.failsNaming()
		}
		seen = append(seen, name+": "+v.describe())
	}
	s.see("%s", strings.Join(seen, "; "))
}

func bareRun(s *scene) {
	if s.profile.Unnamed {
		s.expect("a condition with a reason and a message")
	} else {
		s.expect("False with a reason and a message, as the kind needs a name or a spec")
	}
	run := s.create("bare", nil, s.profile.runSpec(nil))
	if s.profile.Unnamed {
		run.saysWhy()
		return
	}
	run.failsNaming()
}

func noSuchName(s *scene) {
	run := s.create("nameless", nil, s.profile.runSpec(s.profile.invalidSpec(), withRetries(2)))
	if s.profile.Supports.Named {
		s.expect("False with a message that names %s", nowhere)
		run.failsNaming(nowhere)
		return
	}
	s.expect("False with a reason and a message")
	run.failsNaming()
}

// invalidSpec is a spec that is invalid for any kind: it names an object that does not exist.
func (p Profile) invalidSpec() map[string]any {
	return map[string]any{"customRef": map[string]any{"name": nowhere}}
}

// named is a run of the definition.
func (p Profile) named() *Entry {
	metadata, _ := p.Definition.Object["metadata"].(map[string]any)
	spec := map[string]any{"customRef": map[string]any{"name": metadata["name"]}}
	if len(p.Definition.Params) > 0 {
		spec["params"] = p.Definition.Params
	}
	return &Entry{Spec: spec, Then: p.Definition.Then}
}

func lateDefinition(s *scene) {
	s.expect("the run ends True, as if the object had been there")
	run := s.start("early", s.profile.named())
	s.wait(time.Second)
	s.apply(s.profile.Definition.Object)
	run.endsWith("True", "", "")
}

func invalidAdmitted(s *scene) {
	s.expect("the API server stores each run, and each ends False with a reason and a message")
	runs := []*subject{s.create("invalid", nil, s.profile.runSpec(s.profile.invalidSpec()))}
	for i, invalid := range s.profile.Invalid {
		runs = append(runs, s.create(fmt.Sprintf("invalid-%d", i), nil, s.profile.runSpec(invalid.Spec)))
	}
	for _, run := range runs {
		run.failsNaming()
	}
	s.see("%d runs were stored, and all ended False", len(runs))
}

func unknownField(s *scene) {
	const field = "conformanceNoSuchField"
	s.expect("False with a message that names %s", field)
	run := s.create("unknown-field", nil, s.profile.runSpec(s.profile.Runs.Succeeds.Spec, toSpec, target(func(t map[string]any) {
		spec, _ := t["spec"].(map[string]any)
		t["spec"] = merged(spec, map[string]any{field: "x"})
	})))
	run.failsNaming(field)
}

// refusedOrFails creates runs that the API server may refuse. Those that it takes must end False and say why.
func (s *scene) refusedOrFails(specs map[string]map[string]any) {
	s.expect("the API server refuses them, or each ends False with a reason and a message")
	var seen []string
	for _, name := range slices.Sorted(maps.Keys(specs)) {
		run, err := s.try(name, nil, specs[name])
		if refused(err) {
			seen = append(seen, name+" was refused")
			continue
		}
		s.must(err, "creating run %s", name)
		seen = append(seen, name+": "+run.failsNaming().describe())
	}
	s.see("%s", strings.Join(seen, "; "))
}

func mistypedSpec(s *scene) {
	specs := map[string]map[string]any{}
	for name, value := range map[string]any{"text": "text", "list": []any{}, "number": int64(1)} {
		specs[name] = s.profile.runSpec(s.profile.Runs.Succeeds.Spec, toSpec, target(func(t map[string]any) { t["spec"] = value }))
	}
	s.refusedOrFails(specs)
}

// oversized is more than a run may have in its status, and less than the API server takes.
const oversized = 300 << 10

func oversize(s *scene) {
	s.refusedOrFails(map[string]map[string]any{"oversize": s.profile.runSpec(s.profile.Runs.Succeeds.Spec,
		withParam("conformance-oversize", strings.Repeat("x", oversized)))})
}

func negatives(s *scene) {
	s.refusedOrFails(map[string]map[string]any{
		"negative-timeout": s.profile.runSpec(s.profile.Runs.Succeeds.Spec, withTimeout("-1s")),
		"negative-retries": s.profile.runSpec(s.profile.Runs.Succeeds.Spec, withRetries(-1)),
	})
}

func resolverIgnored(s *scene) {
	entry, resolver := s.profile.Runs.Succeeds, target(func(t map[string]any) { t["resolver"] = "git" })
	if _, embedded := entry.Spec["customSpec"]; !embedded {
		s.expect("the run ends True, as without a resolver")
		s.start("resolver", entry, resolver).endsWith("True", "", "")
		return
	}
	// The kind may need its customSpec: then an unnamed ref must end as it does without a resolver.
	s.expect("the same condition as without a resolver")
	plain := s.create("plain", nil, s.profile.runSpec(nil)).judged()
	with := s.create("resolver", nil, s.profile.runSpec(nil, resolver)).judged()
	if plain.condition().Status != with.condition().Status || plain.condition().Reason != with.condition().Reason {
		s.fatalf("%s with a resolver and %s without", with.describe(), plain.describe())
	}
}

func workspaceRefused(s *scene) {
	s.expect("False with reason CustomRunWorkspaceNotSupported")
	run := s.create("workspace", nil, s.profile.runSpec(s.profile.Runs.Succeeds.Spec,
		with("workspaces", []any{map[string]any{"name": "source", "emptyDir": map[string]any{}}})))
	run.endsWith("False", "CustomRunWorkspaceNotSupported", "")
	run.failsNaming()
}

func definitionDeleted(s *scene) {
	s.expect("the run ends True after %s, as if the object were still there", s.profile.Definition.For.Duration)
	object := s.apply(s.profile.Definition.Object)
	run := s.start("named", s.profile.named())
	run.started()
	s.remove(object)
	end := run.endsWith("True", "", "")
	if took(end) < s.profile.Definition.For.Duration-time.Second {
		s.fatalf("the run took only %s", took(end))
	}
}
