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
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/pkg/apis"
	"sigs.k8s.io/yaml"
)

// version is one stored state of an object, as the watch showed it.
type version struct {
	object *unstructured.Unstructured
	// run is the object as Tekton reads it, if it is a CustomRun. decodeErr is set if Tekton could not.
	run       *v1beta1.CustomRun
	decodeErr error
	// deleted is set on the last version of an object that is gone.
	deleted bool
	// gap is set if there may have been versions between the one before and this one that were not seen.
	gap bool
	// at is when the suite saw it.
	at time.Time
}

func newVersion(object *unstructured.Unstructured, deleted bool) version {
	v := version{object: object, deleted: deleted, at: time.Now(), run: &v1beta1.CustomRun{}}
	if object.GetKind() == "CustomRun" {
		v.decodeErr = runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, v.run)
	}
	return v
}

// condition returns the condition Succeeded, or nil.
func (v version) condition() *apis.Condition {
	for i, c := range v.run.Status.Conditions {
		if c.Type == apis.ConditionSucceeded {
			return &v.run.Status.Conditions[i]
		}
	}
	return nil
}

func (v version) has(status string) bool {
	c := v.condition()
	return c != nil && string(c.Status) == status
}

func (v version) done() bool { return v.has("True") || v.has("False") }

// running says that an attempt has started and the run has not ended.
func (v version) running() bool { return v.has("Unknown") && v.run.Status.StartTime != nil }

// attempt is the number of the attempt that the version is about, from 1.
func (v version) attempt() int { return len(v.run.Status.RetriesStatus) + 1 }

// revision orders the versions of all objects by when they were stored.
func (v version) revision() uint64 {
	n, err := strconv.ParseUint(v.object.GetResourceVersion(), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (v version) result(name string) (string, bool) {
	for _, r := range v.run.Status.Results {
		if r.Name == name {
			return r.Value, true
		}
	}
	return "", false
}

// status is the whole status but observedGeneration, to compare it with another one.
func (v version) status() string {
	status, _, err := unstructured.NestedMap(v.object.Object, "status")
	if err != nil || status == nil {
		return ""
	}
	delete(status, "observedGeneration")
	return asYAML(status)
}

// describe says in one line what the version's condition is.
func (v version) describe() string {
	c := v.condition()
	if c == nil {
		return "no condition"
	}
	return fmt.Sprintf("%s %s %q", c.Status, c.Reason, c.Message)
}

// yaml is the object without managedFields.
func (v version) yaml() string {
	object := v.object.DeepCopy()
	object.SetManagedFields(nil)
	return asYAML(object.Object)
}

// managers returns who wrote the object, sorted.
func (v version) managers() []string {
	var names []string
	for _, entry := range v.object.GetManagedFields() {
		names = append(names, entry.Manager)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func asYAML(value any) string {
	out, err := yaml.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(bytes.TrimRight(out, "\n"))
}

// sameTime compares times of which either may be missing.
func sameTime(a, b *metav1.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(b)
}
