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

package loop

import (
	"maps"
	"strings"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Metadata are the labels and annotations of the object that defines a loop, as of the start of the run.
type Metadata struct {
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// metadataOf are those of an object; nil if it has none.
func metadataOf(object metav1.Object) *Metadata {
	m := Metadata{Labels: handedOn(object.GetLabels()), Annotations: handedOn(object.GetAnnotations())}
	if len(m.Labels)+len(m.Annotations) == 0 {
		return nil
	}
	return &m
}

// mostOfValue bounds, in bytes, an annotation that is handed on. What is larger is a tool's record of the object.
const mostOfValue = 4 << 10

// handedOn leaves out what Tekton, this project and kubectl say of the object itself.
func handedOn(all map[string]string) map[string]string {
	kept := maps.Clone(all)
	maps.DeleteFunc(kept, func(key, value string) bool {
		domain, _, _ := strings.Cut(key, "/")
		return len(value) > mostOfValue || domain == "tekton.dev" || strings.HasSuffix(domain, ".tekton.dev") || domain == "kubectl.kubernetes.io"
	})
	return kept
}

// labelled is a run that has the labels and annotations of its definition too, in place of its own of the same
// names: pipeline-loops and task-loops read them there and handed them on to the iterations.
type labelled struct {
	run
	object *v1beta1.CustomRun
}

// Object is the run with those labels.
func (l labelled) Object() *v1beta1.CustomRun { return l.object }

// withLabels is the run with the labels of the named object, or of an embedded spec.
func withLabels(r run, named *Metadata) (labelled, error) {
	object := r.Object()
	if spec := object.Spec.CustomSpec; spec != nil {
		if named != nil {
			return labelled{}, customtask.FailRun(customtask.ReasonInvalidSpec, `spec has unknown field "metadata"; remove it`)
		}
		named = metadataOf(&metav1.ObjectMeta{Labels: spec.Metadata.Labels, Annotations: spec.Metadata.Annotations})
	}
	if named != nil {
		object.Labels, object.Annotations = merged(object.Labels, named.Labels), merged(object.Annotations, named.Annotations)
	}
	return labelled{run: r, object: object}, nil
}

func merged(own, over map[string]string) map[string]string {
	out := make(map[string]string, len(own)+len(over))
	maps.Copy(out, own)
	maps.Copy(out, over)
	return out
}
