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
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// The second kind on the cluster, which has nothing to do with the one under test. The suite is its controller.
const (
	unrelatedAPIVersion = "conformance.customtasks.dev/v1"
	unrelatedKind       = "Unrelated"
	unrelatedFinalizer  = "conformance.customtasks.dev/finalizer"
)

func unrelatedRef() map[string]any {
	return map[string]any{"customRef": map[string]any{"apiVersion": unrelatedAPIVersion, "kind": unrelatedKind}}
}

// stranger is a run of another kind. The suite knows which version it stored last.
type stranger struct {
	*subject
	revision uint64
}

func (s *scene) strange(name string, spec map[string]any) *stranger {
	run := s.create(name, nil, spec)
	return &stranger{run, run.now().revision()}
}

// strangers makes runs of the unrelated kind, one for each thing that happens to runs. The first has a finalizer.
func (s *scene) strangers() []*stranger {
	held := s.strange("held", unrelatedRef())
	held.write(map[string]any{"metadata": map[string]any{"finalizers": []any{unrelatedFinalizer}}})
	s.cleanup(func(ctx context.Context) {
		_, err := s.resource(customRuns).Patch(ctx, "held", types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`),
			metav1.PatchOptions{FieldManager: fieldManager})
		if err != nil && !apierrors.IsNotFound(err) {
			s.problem("taking the suite's own finalizer off: %v", err)
		}
	})
	held.store(unrelatedStatus("Unknown", "Working"))

	fresh := s.strange("fresh", unrelatedRef())
	embedded := s.strange("embedded", map[string]any{"customSpec": map[string]any{"apiVersion": unrelatedAPIVersion, "kind": unrelatedKind, "spec": map[string]any{"a": "b"}}})
	edited := s.strange("edited", unrelatedRef())
	edited.write(map[string]any{"metadata": map[string]any{"labels": map[string]any{"edited": "true"}}, "spec": map[string]any{"retries": 3}})

	cancelled := s.strange("cancelled", unrelatedRef())
	cancelled.store(unrelatedStatus("Unknown", "Working"))
	cancelled.write(map[string]any{"spec": map[string]any{"status": "RunCancelled", "statusMessage": "enough"}})

	overdue := s.strange("overdue", merged(unrelatedRef(), map[string]any{"timeout": "1s", "retries": int64(1)}))
	overdue.store(unrelatedStatus("Unknown", "Working"))

	done := s.strange("done", unrelatedRef())
	done.store(unrelatedStatus("True", "Ready"))
	return []*stranger{held, fresh, embedded, edited, cancelled, overdue, done}
}

// write changes the run as its user or its controller would.
func (r *stranger) write(change map[string]any, subresources ...string) {
	r.revision = r.patch(change, subresources...).revision()
}

// store writes the run's status, as its controller.
func (r *stranger) store(status map[string]any) {
	r.write(map[string]any{"status": status}, "status")
}

// unrelatedStatus is the status of a run of the unrelated kind.
func unrelatedStatus(succeeded, reason string) map[string]any {
	now := time.Now().UTC().Format(time.RFC3339)
	status := map[string]any{
		"observedGeneration": int64(1),
		"startTime":          now,
		"conditions": []any{map[string]any{
			"type": "Succeeded", "status": succeeded, "reason": reason, "message": "100%s by the suite", "lastTransitionTime": now,
		}},
		"extraFields": map[string]any{"owner": "suite"},
	}
	if succeeded != "Unknown" {
		status["completionTime"] = now
		status["results"] = []any{map[string]any{"name": "one", "value": "1"}}
	}
	return status
}

// untouched fails the case if anybody else wrote the run or recorded an Event on it.
func (r *stranger) untouched() {
	r.focus()
	last := r.now()
	if others := last.writtenBy(); len(others) > 0 {
		r.scene.fatalf("run %s was written by %v: %s", r.name, others, last.describe())
	}
	if last.revision() != r.revision {
		r.scene.fatalf("run %s was written after the suite's last write: %s", r.name, last.describe())
	}
	if events := r.events(); len(events) > 0 {
		r.scene.fatalf("run %s has the Event %s by %s: %s", r.name, events[0].Reason, events[0].Source.Component, events[0].Message)
	}
}

var events = schema.GroupVersionResource{Version: "v1", Resource: "events"}

// events returns the Events on the run.
func (r *subject) events() []corev1.Event {
	list, err := r.scene.resource(events).List(r.scene.ctx, metav1.ListOptions{FieldSelector: "involvedObject.uid=" + string(r.uid)})
	r.scene.must(err, "listing Events of run %s", r.name)
	var out []corev1.Event
	for _, item := range list.Items {
		out = append(out, r.scene.event(item))
	}
	return out
}

func (s *scene) event(item unstructured.Unstructured) corev1.Event {
	var event corev1.Event
	s.must(runtime.DefaultUnstructuredConverter.FromUnstructured(item.Object, &event), "reading an Event")
	return event
}
