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
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// subject is a run that a case looks at.
type subject struct {
	scene *scene
	name  string
	uid   types.UID
	// asked is when the suite sent the run, which is before it was stored.
	asked time.Time
}

// start creates a run of the kind under test, with the commands that belong to it.
func (s *scene) start(name string, entry *Entry, changes ...change) *subject {
	s.acts(name, entry)
	return s.create(name, nil, s.profile.runSpec(entry.Spec, changes...))
}

// create makes a CustomRun. A refusal fails the case.
func (s *scene) create(name string, metadata, spec map[string]any) *subject {
	run, err := s.try(name, metadata, spec)
	s.must(err, "creating CustomRun %s", name)
	return run
}

// try makes a CustomRun that the API server may refuse.
func (s *scene) try(name string, metadata, spec map[string]any) (*subject, error) {
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "tekton.dev/v1beta1",
		"kind":       "CustomRun",
		"metadata":   merged(metadata, map[string]any{"name": name}),
		"spec":       spec,
	}}
	asked := time.Now()
	stored, err := s.resource(customRuns).Create(s.ctx, object, metav1.CreateOptions{FieldManager: fieldManager})
	if err != nil {
		return nil, err
	}
	run := s.about(name, stored.GetUID())
	run.asked = asked
	run.await("the run itself", func(version) bool { return true })
	return run, nil
}

// refused says whether an error is the API server's no to what was sent.
func refused(err error) bool {
	return apierrors.IsInvalid(err) || apierrors.IsRequestEntityTooLargeError(err) || apierrors.IsBadRequest(err) || apierrors.IsForbidden(err)
}

// about makes a run the one that the report shows.
func (s *scene) about(name string, uid types.UID) *subject {
	r := &subject{scene: s, name: name, uid: uid}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.subject = r
	return r
}

// focus makes the run the one that the report shows.
func (r *subject) focus() *subject {
	r.scene.mu.Lock()
	defer r.scene.mu.Unlock()
	r.scene.subject = r
	return r
}

func (r *subject) versions() []version { return r.scene.runs.versions(r.uid) }

// now is the latest version that was seen.
func (r *subject) now() version {
	versions := r.versions()
	return versions[len(versions)-1]
}

// await returns the first version, of all that there ever were, that is as wanted.
func (r *subject) await(what string, wanted func(version) bool) version {
	return r.awaitAfter(0, what, wanted)
}

// awaitAfter is await for versions that were stored after a revision.
func (r *subject) awaitAfter(revision uint64, what string, wanted func(version) bool) version {
	r.focus()
	var found version
	r.scene.patiently(r.scene.runs, fmt.Sprintf("%s of run %s", what, r.name), func() bool {
		for _, v := range r.versions() {
			if v.revision() > revision && wanted(v) {
				found = v
				return true
			}
		}
		return false
	})
	return found
}

// started waits for the first attempt.
func (r *subject) started() version {
	return r.await("a start (Succeeded Unknown and startTime)", version.running)
}

// judged waits for any condition.
func (r *subject) judged() version {
	return r.await("a condition", func(v version) bool { return v.condition() != nil })
}

// ended waits for the end, and returns the first version that has it.
func (r *subject) ended() version { return r.await("the end", version.done) }

// endsWith waits for the end and fails the case if it is another one. An empty reason or message is any.
func (r *subject) endsWith(status, reason, message string) version {
	end := r.ended()
	c := end.condition()
	if string(c.Status) != status || reason != "" && c.Reason != reason || message != "" && c.Message != message {
		r.scene.fatalf("run %s ended with %s", r.name, end.describe())
	}
	return end
}

// failsNaming waits for an end with False, a reason, and a message that has all of the words.
func (r *subject) failsNaming(words ...string) version {
	end := r.endsWith("False", "", "")
	c := end.condition()
	if c.Reason == "" || strings.TrimSpace(c.Message) == "" {
		r.scene.fatalf("run %s failed without saying why: %s", r.name, end.describe())
	}
	for _, word := range words {
		if !strings.Contains(c.Message, word) {
			r.scene.fatalf("the message of run %s does not mention %s: %s", r.name, word, end.describe())
		}
	}
	return end
}

// patch writes to the run as its user would, and returns what was stored.
func (r *subject) patch(change map[string]any, subresources ...string) version {
	data, err := json.Marshal(change)
	r.scene.must(err, "encoding a patch")
	stored, err := r.scene.resource(customRuns).Patch(r.scene.ctx, r.name, types.MergePatchType, data,
		metav1.PatchOptions{FieldManager: fieldManager}, subresources...)
	r.scene.must(err, "patching run %s with %s", r.name, data)
	return newVersion(stored, false)
}

func (r *subject) patchSpec(fields map[string]any) version {
	return r.patch(map[string]any{"spec": fields})
}

// cancel cancels the run.
func (r *subject) cancel(message string) version {
	fields := map[string]any{}
	cancelled(message)(fields)
	return r.patchSpec(fields)
}

// annotate touches the run's metadata.
func (r *subject) annotate(value string) version {
	return r.patch(map[string]any{"metadata": map[string]any{"annotations": map[string]any{"conformance.customtasks.dev/touched": value}}})
}

// delete deletes the run and does not wait.
func (r *subject) delete() {
	background := metav1.DeletePropagationBackground
	err := r.scene.resource(customRuns).Delete(r.scene.ctx, r.name, metav1.DeleteOptions{PropagationPolicy: &background})
	r.scene.must(err, "deleting run %s", r.name)
}

// gone waits until the run is no more.
func (r *subject) gone() version {
	return r.await("the deletion", func(v version) bool { return v.deleted })
}

// exempt leaves the run out of the checks of all histories, as its status was not the controller's alone.
func (r *subject) exempt() *subject {
	r.scene.mu.Lock()
	defer r.scene.mu.Unlock()
	r.scene.exempt[r.uid] = true
	return r
}

// unchangedSince fails the case if the status, but for observedGeneration, became another one after a version.
func (r *subject) unchangedSince(end version, after string) {
	r.focus()
	for _, v := range r.versions() {
		if v.revision() > end.revision() && !v.deleted && v.status() != end.status() {
			r.scene.fatalf("after %s the status of run %s was changed to %s:\n%s", after, r.name, v.describe(), v.status())
		}
	}
}

// settles waits until observedGeneration is the generation, which it is once the controller has seen the latest spec.
func (r *subject) settles(generation int64) version {
	return r.await(fmt.Sprintf("observedGeneration %d", generation), func(v version) bool {
		return v.run.Status.ObservedGeneration >= generation
	})
}

// took is the time between two of the run's times.
func took(v version) time.Duration {
	if v.run.Status.StartTime == nil || v.run.Status.CompletionTime == nil {
		return 0
	}
	return v.run.Status.CompletionTime.Sub(v.run.Status.StartTime.Time)
}
