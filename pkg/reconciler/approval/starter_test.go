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
	"context"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/approval"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
)

// guard stands for config/700-started-by.yaml.
func (g *gate) guard() {
	g.guardedBy(func(*admissionregistrationv1.ValidatingAdmissionPolicyBinding) {})
}

func (g *gate) guardedBy(change func(*admissionregistrationv1.ValidatingAdmissionPolicyBinding)) {
	g.t.Helper()
	admission := g.kube.AdmissionregistrationV1()
	meta := metav1.ObjectMeta{Name: v1alpha1.StartedByGuard}
	_, err := admission.ValidatingAdmissionPolicies().Create(context.Background(), &admissionregistrationv1.ValidatingAdmissionPolicy{ObjectMeta: meta}, metav1.CreateOptions{})
	if err != nil {
		g.t.Fatal(err)
	}
	binding := &admissionregistrationv1.ValidatingAdmissionPolicyBinding{ObjectMeta: meta, Spec: admissionregistrationv1.ValidatingAdmissionPolicyBindingSpec{
		PolicyName: v1alpha1.StartedByGuard, ValidationActions: []admissionregistrationv1.ValidationAction{admissionregistrationv1.Deny},
	}}
	change(binding)
	if _, err := admission.ValidatingAdmissionPolicyBindings().Create(context.Background(), binding, metav1.CreateOptions{}); err != nil {
		g.t.Fatal(err)
	}
}

// hasGate lets a PipelineRun have the run of its task "gate", as Tekton stores it.
func hasGate(parent *pipelinev1.PipelineRun) {
	parent.Status.ChildReferences = []pipelinev1.ChildStatusReference{{
		TypeMeta: runtime.TypeMeta{Kind: "CustomRun"}, Name: parent.Name + "-gate", PipelineTaskName: "gate",
	}}
	parent.Status.PipelineSpec = &pipelinev1.PipelineSpec{Tasks: []pipelinev1.PipelineTask{{
		Name: "gate", TaskRef: &pipelinev1.TaskRef{APIVersion: approval.Kind.GroupVersion().String(), Kind: pipelinev1.TaskKind(approval.Kind.Kind)},
	}}}
}

// pipelineRun stores a PipelineRun that somebody has started.
func (g *gate) pipelineRun(name, stamp string) {
	g.t.Helper()
	parent := &pipelinev1.PipelineRun{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, UID: types.UID(name)}}
	if stamp != "" {
		parent.Annotations = map[string]string{v1alpha1.AnnotationStartedBy: stamp}
	}
	hasGate(parent)
	if err := g.Tekton.Tracker().Add(parent); err != nil {
		g.t.Fatal(err)
	}
}

func TestWhoStartedThePipelineRunDoesNotDecide(t *testing.T) {
	prevent := customtasktest.Param("preventSelfApproval", "true")
	g := newGate(t)
	g.guard()
	g.pipelineRun("deploy-7", "alice")
	forged := partOf(newRun(approvers("alice", "bob"), prevent), "deploy-7")
	forged.Annotations = map[string]string{v1alpha1.AnnotationStartedBy: "mallory"} // the copy on the run is not believed
	request := g.open(forged)
	if by := request.Spec.StartedBy; by == nil || by.Username != "alice" {
		t.Errorf("started by %+v", by)
	}
	g.want(corev1.ConditionUnknown, approval.ReasonPending, "0 of 1; awaiting bob")
	g.vote(request, "alice", v1alpha1.DecisionApprove, "")
	g.settle()
	g.want(corev1.ConditionUnknown, approval.ReasonPending, "0 of 1; awaiting bob")
	g.vote(request, "bob", v1alpha1.DecisionApprove, "")
	g.settle()
	g.want(corev1.ConditionTrue, "Approved", "approved by bob")
}

func TestAGateThatCannotKnowItsStarterOpensForNobody(t *testing.T) {
	prevent := customtasktest.Param("preventSelfApproval", "true")
	const because = "the gate prevents self-approval, and "
	for name, row := range map[string]struct {
		prepare func(*gate)
		run     *v1beta1.CustomRun
		reason  string
		want    string
	}{
		"where nothing records it": {
			func(g *gate) { g.pipelineRun("deploy-7", "alice") }, partOf(newRun(approvers("bob"), prevent), "deploy-7"), approval.ReasonStarterUnknown,
			because + "nothing in this cluster records who starts a PipelineRun; ask an administrator to install config/700-started-by.yaml",
		},
		"where the guard only warns": {
			func(g *gate) {
				g.pipelineRun("deploy-7", "alice")
				g.guardedBy(func(b *admissionregistrationv1.ValidatingAdmissionPolicyBinding) {
					b.Spec.ValidationActions = []admissionregistrationv1.ValidationAction{admissionregistrationv1.Warn}
				})
			}, partOf(newRun(approvers("bob"), prevent), "deploy-7"), approval.ReasonStarterUnknown,
			because + "nothing in this cluster records who starts a PipelineRun; ask an administrator to install config/700-started-by.yaml",
		},
		"where the guard leaves something out": {
			func(g *gate) {
				g.pipelineRun("deploy-7", "alice")
				g.guardedBy(func(b *admissionregistrationv1.ValidatingAdmissionPolicyBinding) {
					b.Spec.MatchResources = &admissionregistrationv1.MatchResources{}
				})
			}, partOf(newRun(approvers("bob"), prevent), "deploy-7"), approval.ReasonStarterUnknown,
			because + "nothing in this cluster records who starts a PipelineRun; ask an administrator to install config/700-started-by.yaml",
		},
		"outside of a PipelineRun": {
			(*gate).guard, newRun(approvers("bob"), prevent), approval.ReasonStarterUnknown,
			because + "this run is not part of a PipelineRun, so that nobody is known to have started it",
		},
		"of a PipelineRun that is gone": {
			(*gate).guard, partOf(newRun(approvers("bob"), prevent), "deploy-7"), approval.ReasonStarterUnknown,
			because + `its PipelineRun "deploy-7" is gone`,
		},
		"of one that does not have it": {
			func(g *gate) {
				g.guard()
				g.pipelineRun("deploy-7", "alice")
				g.Advance(2 * time.Minute)
			}, func() *v1beta1.CustomRun {
				run := partOf(newRun(approvers("bob"), prevent), "deploy-7")
				run.Name = "deploy-8-gate" // what Tekton would take for the gate of another one
				run.CreationTimestamp = metav1.NewTime(customtasktest.Start)
				return run
			}(), approval.ReasonStarterUnknown,
			because + `CustomRun "deploy-8-gate" says that it is part of PipelineRun "deploy-7", which does not have it`,
		},
		"of one that was created before": {
			func(g *gate) { g.guard(); g.pipelineRun("deploy-7", "") }, partOf(newRun(approvers("bob"), prevent), "deploy-7"), approval.ReasonStarterUnknown,
			because + `PipelineRun "deploy-7" does not say who started it, since the webhook was not asked when it was created; start it again, or ask an administrator whether the webhook answers`,
		},
		"whose only approver started it": {
			func(g *gate) { g.guard(); g.pipelineRun("deploy-7", "bob") }, partOf(newRun(approvers("bob"), prevent), "deploy-7"), approval.ReasonNotFeasible,
			`"bob" started the PipelineRun and may not decide, and the others named cannot meet the rules, which need 1; name more or require fewer: required`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGate(t)
			row.prepare(g)
			g.create(row.run)
			g.want(corev1.ConditionFalse, row.reason, row.want)
			if n := len(g.requests()); n > 0 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestAGateWaitsUntilTektonHasStoredThatThePipelineRunHasIt(t *testing.T) {
	g := newGate(t)
	g.guard()
	g.pipelineRun("deploy-7", "alice")
	parent, err := g.Tekton.TektonV1().PipelineRuns(namespace).Get(context.Background(), "deploy-7", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	stored := parent.DeepCopy()
	stored.Status.ChildReferences = nil
	if err := g.Tekton.Tracker().Update(pipelinev1.SchemeGroupVersion.WithResource("pipelineruns"), stored, namespace); err != nil {
		t.Fatal(err)
	}
	run := partOf(newRun(approvers("bob"), customtasktest.Param("preventSelfApproval", "true")), "deploy-7")
	g.run = run.Name
	g.Create(run)
	g.Step(run.Name)
	g.want(corev1.ConditionUnknown, "Started", "attempt 1 of 1 has started")
	if n := len(g.requests()); n != 0 {
		t.Fatalf("%d requests", n)
	}
	if err := g.Tekton.Tracker().Update(pipelinev1.SchemeGroupVersion.WithResource("pipelineruns"), parent, namespace); err != nil {
		t.Fatal(err)
	}
	g.settle()
	g.want(corev1.ConditionUnknown, approval.ReasonPending, "0 of 1; awaiting bob")
}

func TestARunThatIsGivenToAnotherPipelineRunBetweenAttemptsAsksNobodyAgain(t *testing.T) {
	g := newGate(t)
	g.guard()
	g.pipelineRun("deploy-7", "alice")
	run := partOf(newRun(approvers("alice", "bob"), customtasktest.Param("preventSelfApproval", "true"), customtasktest.Retries(1), customtasktest.Timeout(time.Minute)), "deploy-7")
	g.open(run)
	parent, err := g.Tekton.TektonV1().PipelineRuns(namespace).Get(context.Background(), "deploy-7", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	parent.Annotations[v1alpha1.AnnotationStartedBy] = "bob"
	if err := g.Tekton.Tracker().Update(pipelinev1.SchemeGroupVersion.WithResource("pipelineruns"), parent, namespace); err != nil {
		t.Fatal(err)
	}
	g.Advance(2 * time.Minute)
	g.settle()
	g.Advance(time.Minute)
	g.settle()
	g.want(corev1.ConditionFalse, approval.ReasonStarterUnknown,
		`the gate prevents self-approval, and this run was started by "alice" before and by "bob" now; its owner was changed`)
}
