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
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func childCases() []Case {
	return []Case{
		{Number: "C54", Title: "A run controls the children that it makes", unless: noChildren, run: ownChildren},
		{Number: "C45", Title: "Children of different attempts are different objects", unless: anyOf(noChildren, noRetries), run: childrenOfAttempts},
		{Number: "C34", Title: "A cancelled run ends once its children have ended", unless: anyOf(noChildren, instant), run: childrenStopped},
		{Number: "C51", Title: "A run whose child was deleted ends, within its timeout", unless: anyOf(noChildren, instant, noTimeout), run: childDeleted},
		{Number: "C55", Title: "What belongs to the run alone is not copied to its children", unless: noChildren, run: notCopied},
	}
}

// children returns the histories of the run's children.
func (r *subject) children() [][]version {
	owner := r.versions()[0].object
	var children [][]version
	for _, observer := range r.scene.children {
		for _, child := range observer.all() {
			if ownedBy(child[0].object, owner) {
				children = append(children, child)
			}
		}
	}
	return children
}

// awaitChildren waits until the run has had n children.
func (r *subject) awaitChildren(n int) [][]version {
	r.scene.patiently(r.scene.runs, fmt.Sprintf("%d children of run %s", n, r.name), func() bool { return len(r.children()) >= n })
	return r.children()
}

// ownChildren finds out kinds whose children nobody owns: no other case would see them.
func ownChildren(s *scene) {
	s.expect("a child of one of the kinds that the profile names, with the run as its controller")
	run := s.start("parent", s.profile.sample())
	s.patiently(s.runs, "a child of run "+run.name+", or anything of its children's kinds", func() bool {
		return len(run.children()) > 0 || len(s.strayed(run)) > 0
	})
	if strays := s.strayed(run); len(strays) > 0 {
		s.fatalf("the run does not control %s: ownerReferences must name it, with controller true", strings.Join(strays, ", "))
	}
	s.see("%d children", len(run.children()))
}

// strayed names what is of the kinds of children, came to be in the case's namespace, and is not the run's.
func (s *scene) strayed(run *subject) []string {
	owner := run.versions()[0].object
	var names []string
	for _, observer := range s.children {
		for _, child := range observer.all() {
			if o := child[0].object; !ownedBy(o, owner) && o.GetCreationTimestamp().Unix() >= owner.GetCreationTimestamp().Unix() {
				names = append(names, o.GetKind()+" "+o.GetName())
			}
		}
	}
	return names
}

// sample is an entry whose run lasts long enough to have children.
func (p Profile) sample() *Entry {
	if p.Runs.NeverEnds != nil {
		return p.Runs.NeverEnds
	}
	return p.Runs.Succeeds
}

func childrenOfAttempts(s *scene) {
	s.expect("at least one child for each of two attempts, with different names and UIDs")
	run := s.retrying("retried", 1)
	run.ended()
	children := run.awaitChildren(2)
	names := map[string]bool{}
	for _, child := range children {
		names[child[0].object.GetName()] = true
	}
	if len(names) != len(children) {
		s.fatalf("%d children have %d names", len(children), len(names))
	}
	s.see("%d children", len(children))
}

func childrenStopped(s *scene) {
	s.expect("when the run is False with CustomRunCancelled, each of its children is gone or has ended")
	run := s.start("cancelled", s.profile.Runs.NeverEnds)
	run.started()
	run.awaitChildren(1)
	run.calm()
	run.cancel("enough")
	end := run.endsWith("False", "CustomRunCancelled", "")
	for _, child := range run.children() {
		before := slices.IndexFunc(child, func(v version) bool { return v.revision() < end.revision() && s.childEnded(v) })
		if before < 0 {
			s.fatalf("the run had ended and child %s had not", child[0].object.GetName())
		}
	}
	s.see("%d children ended before the run", len(run.children()))
}

// childEnded says whether a child is gone or has ended, by the field that the profile names.
func (s *scene) childEnded(v version) bool {
	if v.deleted {
		return true
	}
	for _, child := range s.profile.Children {
		if child.Kind != v.object.GetKind() || child.APIVersion != v.object.GetAPIVersion() {
			continue
		}
		if child.EndedField != "" {
			value, _, err := unstructured.NestedString(v.object.Object, strings.Split(child.EndedField, ".")...)
			return err == nil && slices.Contains(child.EndedValues, value)
		}
	}
	conditions, _, err := unstructured.NestedSlice(v.object.Object, "status", "conditions")
	if err != nil {
		return false
	}
	return slices.ContainsFunc(conditions, func(c any) bool {
		condition, _ := c.(map[string]any)
		return condition["type"] == "Succeeded" && (condition["status"] == "True" || condition["status"] == "False")
	})
}

func childDeleted(s *scene) {
	// What else the run has begun may have to stop first (C34), which is up to Tekton.
	const timeout, stopping = 10 * time.Second, 10 * time.Second
	s.expect("an end, not later than the timeout of %s, and %s for other children to stop", timeout, stopping)
	run := s.start("bereft", s.profile.Runs.NeverEnds, withTimeout(timeout.String()))
	run.started()
	for _, child := range run.awaitChildren(1) {
		s.remove(child[0].object)
	}
	end := run.ended()
	if took(end) > timeout+lateness+stopping {
		s.fatalf("the run ended after %s", took(end))
	}
}

func notCopied(s *scene) {
	s.expect("children without these labels and annotations")
	labels := map[string]any{"tekton.dev/memberOf": "tasks", "tekton.dev/pipelineTask": "conformance"}
	annotations := map[string]any{
		"chains.tekton.dev/signed":                         "true",
		"kubectl.kubernetes.io/last-applied-configuration": "{}",
	}
	entry := s.profile.sample()
	s.acts("labelled", entry)
	run := s.create("labelled", map[string]any{"labels": labels, "annotations": annotations}, s.profile.runSpec(entry.Spec))
	for _, child := range run.awaitChildren(1) {
		object := child[0].object
		for key := range labels {
			if _, ok := object.GetLabels()[key]; ok {
				s.fatalf("child %s has the label %s", object.GetName(), key)
			}
		}
		for key := range annotations {
			if _, ok := object.GetAnnotations()[key]; ok {
				s.fatalf("child %s has the annotation %s", object.GetName(), key)
			}
		}
	}
}
