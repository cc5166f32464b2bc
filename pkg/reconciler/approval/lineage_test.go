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

package approval_test

import (
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/approval"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/kmeta"
)

// nested stores a PipelineRun that a controller has made for a CustomRun, which is part of another one.
func (g *gate) nested(name string, change func(child *pipelinev1.PipelineRun, run *v1beta1.CustomRun, outer *pipelinev1.PipelineRun)) {
	g.t.Helper()
	outer := &pipelinev1.PipelineRun{ObjectMeta: metav1.ObjectMeta{
		Namespace: namespace, Name: "outer", UID: "outer", Annotations: map[string]string{v1alpha1.AnnotationStartedBy: "alice"},
	}}
	outer.Status.ChildReferences = []pipelinev1.ChildStatusReference{{TypeMeta: runtime.TypeMeta{Kind: "CustomRun"}, Name: "outer-each", PipelineTaskName: "each"}}
	outer.Status.PipelineSpec = &pipelinev1.PipelineSpec{Tasks: []pipelinev1.PipelineTask{
		{Name: "each", TaskRef: &pipelinev1.TaskRef{APIVersion: "custom.tekton.dev/v1alpha1", Kind: "Loop"}},
	}}
	run := partOf(customtasktest.Run("outer-each", schema.GroupVersionKind{Group: "custom.tekton.dev", Version: "v1alpha1", Kind: "Loop"}), "outer")
	run.Name, run.Namespace, run.UID, run.CreationTimestamp = "outer-each", namespace, "loop", metav1.NewTime(customtasktest.Start)
	child := &pipelinev1.PipelineRun{ObjectMeta: metav1.ObjectMeta{
		Namespace: namespace, Name: name, UID: types.UID(name), OwnerReferences: []metav1.OwnerReference{*kmeta.NewControllerRef(run)},
		Annotations: map[string]string{v1alpha1.AnnotationStartedBy: "system:serviceaccount:loops:controller", v1alpha1.AnnotationStartedFor: "loop"},
	}}
	hasGate(child)
	change(child, run, outer)
	for _, object := range []runtime.Object{outer, run, child} {
		if err := g.Tekton.Tracker().Add(object); err != nil {
			g.t.Fatal(err)
		}
	}
}

func TestWhoStartedTheOutermostPipelineRunDoesNotDecideInsideOfIt(t *testing.T) {
	g := newGate(t)
	g.guard()
	g.nested("deploy-7", func(*pipelinev1.PipelineRun, *v1beta1.CustomRun, *pipelinev1.PipelineRun) {})
	request := g.open(partOf(newRun(approvers("alice", "bob"), customtasktest.Param("preventSelfApproval", "true")), "deploy-7"))
	if by := request.Spec.StartedBy; by == nil || by.Username != "alice" {
		t.Errorf("started by %+v; want who started the outermost", by)
	}
}

func TestAGateInsideOfAChildOpensForNobodyIfTheLineIsBroken(t *testing.T) {
	const because = "the gate prevents self-approval, and "
	for name, row := range map[string]struct {
		change func(child *pipelinev1.PipelineRun, run *v1beta1.CustomRun, outer *pipelinev1.PipelineRun)
		want   string
	}{
		"by an owner that was changed": {
			func(child *pipelinev1.PipelineRun, _ *v1beta1.CustomRun, _ *pipelinev1.PipelineRun) {
				child.OwnerReferences[0].UID = "other"
			}, because + `PipelineRun "deploy-7" has lost the CustomRun that it was made for`,
		},
		"by a CustomRun that was made again": {
			func(_ *pipelinev1.PipelineRun, run *v1beta1.CustomRun, _ *pipelinev1.PipelineRun) { run.UID = "again" },
			because + `CustomRun "outer-each", which PipelineRun "deploy-7" was made for, is gone`,
		},
		"by a CustomRun that somebody has made by hand": {
			func(_ *pipelinev1.PipelineRun, run *v1beta1.CustomRun, _ *pipelinev1.PipelineRun) {
				run.OwnerReferences = nil
			}, because + "this run is not part of a PipelineRun, so that nobody is known to have started it",
		},
		"by a CustomRun that only says that it is part of somebody's PipelineRun": {
			func(_ *pipelinev1.PipelineRun, _ *v1beta1.CustomRun, outer *pipelinev1.PipelineRun) {
				outer.Status.ChildReferences = nil
			}, because + `CustomRun "outer-each" says that it is part of PipelineRun "outer", which does not have it`,
		},
		"by a CustomRun under another name than its task's": {
			func(_ *pipelinev1.PipelineRun, _ *v1beta1.CustomRun, outer *pipelinev1.PipelineRun) {
				outer.Status.PipelineSpec.Tasks[0].Name, outer.Status.ChildReferences[0].PipelineTaskName = "other", "other"
			}, because + `CustomRun "outer-each" says that it is part of PipelineRun "outer", which does not have it`,
		},
		"by a CustomRun that calls something else than its task": {
			func(_ *pipelinev1.PipelineRun, run *v1beta1.CustomRun, _ *pipelinev1.PipelineRun) {
				run.Spec.CustomRef.Name = "mine"
			}, because + `CustomRun "outer-each" says that it is part of PipelineRun "outer", which does not have it`,
		},
		"by a PipelineRun that says nothing": {
			func(_ *pipelinev1.PipelineRun, _ *v1beta1.CustomRun, outer *pipelinev1.PipelineRun) {
				outer.Annotations = nil
			}, because + `PipelineRun "outer" does not say who started it, since the webhook was not asked when it was created; start it again, or ask an administrator whether the webhook answers`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGate(t)
			g.guard()
			g.nested("deploy-7", row.change)
			g.Advance(2 * time.Minute)
			g.create(partOf(newRun(approvers("bob"), customtasktest.Param("preventSelfApproval", "true")), "deploy-7"))
			g.want(corev1.ConditionFalse, approval.ReasonStarterUnknown, row.want)
		})
	}
}

func TestTheNamesThatTektonGives(t *testing.T) {
	matrix := func(task string) pipelinev1.PipelineTask {
		return pipelinev1.PipelineTask{Name: task, Matrix: &pipelinev1.Matrix{Params: pipelinev1.Params{{Name: "x", Value: *pipelinev1.NewStructuredValues("a", "b")}}}}
	}
	long := strings.Repeat("long-", 12)
	for name, row := range map[string]struct {
		parent string
		task   pipelinev1.PipelineTask
		run    string
		want   bool
	}{
		"a task":                        {"outer", pipelinev1.PipelineTask{Name: "each"}, "outer-each", true},
		"a number without a matrix":     {"outer", pipelinev1.PipelineTask{Name: "each"}, "outer-each-0", false},
		"another name":                  {"outer", pipelinev1.PipelineTask{Name: "each"}, "mine", false},
		"a part of a matrix":            {"outer", matrix("each"), "outer-each-1", true},
		"the one part of a matrix":      {"outer", matrix("each"), "outer-each", true},
		"no part of a matrix":           {"outer", matrix("each"), "outer-each-x", false},
		"a name that is shortened":      {long, pipelinev1.PipelineTask{Name: "each"}, kmeta.ChildName(long, "-each"), true},
		"a shortened part of a matrix":  {long, matrix("each"), kmeta.ChildName(long, "-each")[:61] + "-1", true},
		"another shortened of a matrix": {long, matrix("each"), kmeta.ChildName(long, "-else")[:61] + "-1", false},
	} {
		if got := approval.Named(row.parent, row.task, row.run); got != row.want {
			t.Errorf("%s: %s is of %s: %v; want %v", name, row.run, row.parent, got, row.want)
		}
	}
}
