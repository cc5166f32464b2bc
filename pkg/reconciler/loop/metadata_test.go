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

package loop_test

import (
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/loop"
	"github.com/google/go-cmp/cmp"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// As in pipeline-loops and task-loops, what a loop is defined by hands its labels on to the run's iterations, and
// a label may name the task whose skipping ends the loop.
func TestLabelsOfADefinition(t *testing.T) {
	labels := map[string]string{
		loop.LabelLastTask: "last", "team": "of-the-definition", "tekton.dev/pipelineTask": "other", "custom.tekton.dev/child": "TaskRun",
	}
	annotations := map[string]string{
		"note": "for $(params.nope)", "large": strings.Repeat("x", 5000), "approval.tekton.dev/started-by": "mallory", "kubectl.kubernetes.io/last-applied-configuration": "{}",
	}
	spec := v1alpha1.PipelineLoopSpec{Loop: v1alpha1.Loop{IterateParam: "word"}, PipelineRef: &pipelinev1.PipelineRef{Name: "x"}}
	for name, of := range map[string]func() *v1beta1.CustomRun{
		"that is a named object": func() *v1beta1.CustomRun { return pipelineRun(customtasktest.Named("named"), words(3)) },
		"that is embedded": func() *v1beta1.CustomRun {
			run := pipelineRun(specOf("pipelineRef", "parallelism", 1, ""), words(3))
			run.Spec.CustomSpec.Metadata = v1beta1.PipelineTaskMetadata{Labels: labels, Annotations: annotations}
			return run
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPipelineLoops(t, options{})
			definition := &v1alpha1.PipelineLoop{
				ObjectMeta: metav1.ObjectMeta{Namespace: customtasktest.Namespace, Name: "named", Labels: labels, Annotations: annotations}, Spec: spec,
			}
			if err := p.definitions.Tracker().Add(definition); err != nil {
				t.Fatal(err)
			}
			run := of()
			run.Labels = map[string]string{"team": "of-the-run", "own": "yes"}
			p.Create(run)
			p.Settle("run")
			first := p.children()[0]
			got := map[string]string{}
			for _, key := range []string{"team", "own", "tekton.dev/pipelineTask", "custom.tekton.dev/child"} {
				got[key] = first.GetLabels()[key]
			}
			for key := range annotations {
				got[key] = first.GetAnnotations()[key]
			}
			want := map[string]string{
				"team": "of-the-definition", "own": "yes", "tekton.dev/pipelineTask": "", "custom.tekton.dev/child": "PipelineRun",
				"note": "for $(params.nope)", "large": "", "approval.tekton.dev/started-by": "", "kubectl.kubernetes.io/last-applied-configuration": "",
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("labels and annotations of an iteration (-want, +got):\n%s", diff)
			}
			definition.Labels = nil // as of the start of the run
			if err := p.definitions.Tracker().Update(v1alpha1.SchemeGroupVersion.WithResource("pipelineloops"), definition, definition.Namespace); err != nil {
				t.Fatal(err)
			}
			p.end(first, skips("last"))
			p.Finish("run", nil)
			p.want(corev1.ConditionTrue, loop.ReasonBroken, "an iteration broke out of the loop")
		})
	}
}
