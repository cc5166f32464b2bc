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
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/approval"
	"github.com/google/go-cmp/cmp"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
)

func newPolicyGate(t testing.TB, objects ...runtime.Object) *gate {
	t.Helper()
	return gateOf(t, approval.PolicyKind, func() customtask.Task[approval.PolicySpec] { return &approval.PolicyTask{} }, objects...)
}

func policyRun(name string, opts ...customtasktest.RunOption) *v1beta1.CustomRun {
	return customtasktest.Run("gate", approval.PolicyKind, append([]customtasktest.RunOption{customtasktest.Named(name)}, opts...)...)
}

func policy(name string, change func(*v1alpha1.ApprovalPolicySpec)) *v1alpha1.ApprovalPolicy {
	no := false
	p := &v1alpha1.ApprovalPolicy{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec:       v1alpha1.ApprovalPolicySpec{Gate: v1alpha1.Gate{Approvers: []string{"alice", "bob"}, PreventSelfApproval: &no}},
	}
	if change != nil {
		change(&p.Spec)
	}
	return p
}

// partOf makes a run that of the task "gate" of a PipelineRun.
func partOf(run *v1beta1.CustomRun, pipelineRun string) *v1beta1.CustomRun {
	yes := true
	run.Name = pipelineRun + "-gate"
	run.OwnerReferences = []metav1.OwnerReference{{
		APIVersion: "tekton.dev/v1", Kind: "PipelineRun", Name: pipelineRun, UID: types.UID(pipelineRun), Controller: &yes,
	}}
	return run
}

func TestConformanceOfPolicies(t *testing.T) {
	var g *gate
	decide := func(decision v1alpha1.Decision) func(*customtasktest.Harness) {
		return func(*customtasktest.Harness) {
			for _, request := range g.requests() {
				if request.Status.State == "" {
					g.vote(request, "alice", decision, "")
				}
			}
		}
	}
	customtasktest.Conformance(t, customtasktest.Kind{
		New: func(t testing.TB) *customtasktest.Harness {
			g = newPolicyGate(t, policy("production", nil))
			return g.Harness
		},
		Succeeds:  customtasktest.Scenario{Run: policyRun("production"), Then: decide(v1alpha1.DecisionApprove)},
		Fails:     &customtasktest.Scenario{Run: policyRun("production"), Then: decide(v1alpha1.DecisionReject)},
		NeverEnds: policyRun("production", customtasktest.Timeout(0)),
		Invalid: map[string]*v1beta1.CustomRun{
			"no-such-policy":          policyRun("no-such-policy"),
			"approvers":               policyRun("production", customtasktest.Param("approvers", "mallory")),
			"required":                policyRun("production", customtasktest.Param("required", "1")),
			"spec.customSpec":         customtasktest.Run("gate", approval.PolicyKind, customtasktest.Spec(`{"approvers":["mallory"],"policy":{"kind":"ApprovalPolicy","name":"production"}}`)),
			"set spec.customRef.name": customtasktest.Run("gate", approval.PolicyKind),
		},
		ChildEnded: func(request runtime.Object) bool { return request.(*v1alpha1.ApprovalRequest).Status.State.Final() },
	})
}

func TestAPolicyCannotBeWeakened(t *testing.T) {
	rows := map[string]struct {
		run     *v1beta1.CustomRun
		reason  string
		message string
	}{
		"by a longer timeout as param": {
			policyRun("production", customtasktest.Param("timeout", "3h")), customtask.ReasonInvalidSpec,
			"3h0m0s is longer than the policy's maxTimeout of 2h0m0s: timeout",
		},
		"by no timeout as param": {
			policyRun("production", customtasktest.Param("timeout", "0")), customtask.ReasonInvalidSpec,
			"0, which is without end, is longer than the policy's maxTimeout of 2h0m0s: timeout",
		},
		"by the timeout of the run": {
			policyRun("production", customtasktest.Timeout(3*time.Hour)), customtask.ReasonInvalidSpec,
			`the timeout of the run is longer than ApprovalPolicy "production" allows; set it to 2h0m0s or less`,
		},
		"by no timeout of the run": {
			policyRun("production", customtasktest.Timeout(0)), customtask.ReasonInvalidSpec,
			`the timeout of the run is longer than ApprovalPolicy "production" allows; set it to 2h0m0s or less`,
		},
		"by a longer timeout than its own": {
			policyRun("detailed", customtasktest.Param("timeout", "61m")), customtask.ReasonInvalidParams,
			`param "timeout" is longer than the 1h0m0s of ApprovalPolicy "detailed"; a run may only shorten it`,
		},
		"by no timeout at all in place of its own": {
			policyRun("detailed", customtasktest.Param("timeout", "0")), customtask.ReasonInvalidParams,
			`param "timeout" is longer than the 1h0m0s of ApprovalPolicy "detailed"; a run may only shorten it`,
		},
		"by rules as params": {
			policyRun("production", customtasktest.Param("preventSelfApproval", "false")), customtask.ReasonInvalidParams,
			`param "preventSelfApproval" is unknown; the params are details, message, timeout`,
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			g := newPolicyGate(t, policy("production", func(p *v1alpha1.ApprovalPolicySpec) { p.MaxTimeout = "2h" }), policy("detailed", nil))
			g.Create(row.run)
			g.Settle("gate")
			g.want(corev1.ConditionFalse, row.reason, row.message)
			if n := len(g.requests()); n > 0 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestWhatARunShowsStandsBesideWhatThePolicyShows(t *testing.T) {
	g := newPolicyGate(t, policy("production", func(p *v1alpha1.ApprovalPolicySpec) {
		p.Message, p.Details = "Production!", map[string]string{"risk": "high"}
	}))
	request := g.open(policyRun("production", customtasktest.Param("message", "Deploy?"), customtasktest.Param("timeout", "10m"),
		customtasktest.ObjectParam("details", map[string]string{"risk": "none", "image": "app:1"})))
	if diff := cmp.Diff(map[string]string{"risk": "high", "image": "app:1"}, request.Spec.Details); diff != "" {
		t.Errorf("details (-want, +got):\n%s", diff)
	}
	if request.Spec.Message != "Production!\n\nDeploy?" || request.Spec.Timeout != "10m0s" {
		t.Errorf("message %q, timeout %s", request.Spec.Message, request.Spec.Timeout)
	}
}

func TestAPolicyThatChangesIsForGatesToCome(t *testing.T) {
	g := newPolicyGate(t, policy("production", nil))
	request := g.open(policyRun("production", customtasktest.Param("message", "deploy?"), customtasktest.Timeout(0)))
	if p := request.Spec.Policy; p == nil || p.Name != "production" || p.Kind != "ApprovalPolicy" || request.Spec.Message != "deploy?" {
		t.Errorf("the request is %+v", request.Spec)
	}
	weaker := policy("production", func(p *v1alpha1.ApprovalPolicySpec) { p.Approvers = []string{"mallory"} })
	if err := g.clientset.Tracker().Update(v1alpha1.SchemeGroupVersion.WithResource("approvalpolicies"), weaker, namespace); err != nil {
		t.Fatal(err)
	}
	g.Restart()
	g.vote(request, "mallory", v1alpha1.DecisionApprove, "")
	g.Settle("gate")
	g.want(corev1.ConditionUnknown, approval.ReasonPending, "0 of 1; awaiting alice, bob; tkn approval approve "+request.Name)
}

func TestClusterPolicies(t *testing.T) {
	p := &v1alpha1.ClusterApprovalPolicy{ObjectMeta: metav1.ObjectMeta{Name: "production"}, Spec: policy("", nil).Spec}
	p.Spec.RequireRBAC = true
	g := gateOf(t, approval.ClusterPolicyKind, func() customtask.Task[approval.PolicySpec] { return &approval.ClusterPolicyTask{} }, p)
	request := g.open(customtasktest.Run("gate", approval.ClusterPolicyKind, customtasktest.Named("production")))
	if p := request.Spec.Policy; p == nil || *p != (v1alpha1.PolicyReference{Kind: "ClusterApprovalPolicy", Name: "production", RequireRBAC: true}) {
		t.Errorf("the policy is %+v", p)
	}
	g.vote(request, "alice", v1alpha1.DecisionApprove, "")
	g.Settle("gate")
	g.want(corev1.ConditionTrue, "Approved", "approved by alice")
}

func TestFloors(t *testing.T) {
	floor := func(name string, spec v1alpha1.ApprovalFloorSpec) *v1alpha1.ApprovalFloor {
		return &v1alpha1.ApprovalFloor{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Spec: spec}
	}
	for name, row := range map[string]struct {
		floors []runtime.Object
		opts   []customtasktest.RunOption
		want   string
	}{
		"too few approvals": {
			[]runtime.Object{floor("least", v1alpha1.ApprovalFloorSpec{MinRequired: 2})}, []customtasktest.RunOption{approvers("alice", "bob")},
			`ApprovalFloor "least" asks for 2 approvals at least, and the gate requires 1`,
		},
		"a group that is not allowed": {
			[]runtime.Object{floor("groups", v1alpha1.ApprovalFloorSpec{AllowedGroups: []string{"sec", "ops"}})}, []customtasktest.RunOption{approvers("group:interns")},
			`ApprovalFloor "groups" does not allow group "interns"; the groups allowed are sec, ops`,
		},
		"approvers of one's own": {
			[]runtime.Object{floor("policy", v1alpha1.ApprovalFloorSpec{RequirePolicy: true})}, []customtasktest.RunOption{approvers("alice")},
			`ApprovalFloor "policy" allows no gate that names its own approvers; use an ApprovalPolicy or a ClusterApprovalPolicy`,
		},
		"no approval at all, after a timeout": {
			[]runtime.Object{floor("least", v1alpha1.ApprovalFloorSpec{MinRequired: 1})},
			[]customtasktest.RunOption{approvers("alice"), customtasktest.Param("onTimeout", "Continue"), customtasktest.Param("timeout", "1s")},
			`ApprovalFloor "least" allows no gate that continues after a timeout; set onTimeout to Fail`,
		},
		"a rejection that is none": {
			[]runtime.Object{floor("groups", v1alpha1.ApprovalFloorSpec{AllowedGroups: []string{"sec"}})},
			[]customtasktest.RunOption{approvers("alice"), customtasktest.Param("onReject", "Continue")},
			`ApprovalFloor "groups" allows no gate that continues after a rejection; set onReject to Fail`,
		},
		"one of several floors that does not allow it": {
			[]runtime.Object{floor("a", v1alpha1.ApprovalFloorSpec{AllowContinue: true}), floor("b", v1alpha1.ApprovalFloorSpec{})},
			[]customtasktest.RunOption{approvers("alice"), customtasktest.Param("onReject", "Continue")},
			`ApprovalFloor "b" allows no gate that continues after a rejection; set onReject to Fail`,
		},
		"floors that leave nobody": {
			[]runtime.Object{floor("a", v1alpha1.ApprovalFloorSpec{AllowedGroups: []string{"x"}}), floor("b", v1alpha1.ApprovalFloorSpec{AllowedGroups: []string{"y"}})},
			[]customtasktest.RunOption{approvers("alice")},
			`ApprovalFloor "b" and another one have no allowed group in common, so that nobody could decide`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGate(t, row.floors...)
			g.Create(newRun(append(row.opts, customtasktest.Retries(2))...))
			g.Settle("gate")
			g.want(corev1.ConditionFalse, approval.ReasonBelowFloor, row.want)
			if n := len(g.requests()); n > 0 {
				t.Errorf("%d requests", n)
			}
		})
	}
	t.Run("who decides must be in an allowed group, also if named in person", func(t *testing.T) {
		g := newGate(t, floor("groups", v1alpha1.ApprovalFloorSpec{AllowedGroups: []string{"sec"}}))
		request := g.open(newRun(approvers("alice", "bob")))
		g.vote(request, "alice", v1alpha1.DecisionApprove, "")
		g.Settle("gate")
		g.want(corev1.ConditionUnknown, approval.ReasonPending, "0 of 1; awaiting alice, bob")
		g.vote(request, "bob", v1alpha1.DecisionApprove, "", "sec")
		g.Settle("gate")
		g.want(corev1.ConditionTrue, "Approved", "approved by bob")
	})
	t.Run("a policy's gate is held to it too", func(t *testing.T) {
		g := newPolicyGate(t, floor("least", v1alpha1.ApprovalFloorSpec{}), policy("lenient", func(p *v1alpha1.ApprovalPolicySpec) { p.OnTimeout = v1alpha1.AfterContinue }))
		g.Create(policyRun("lenient"))
		g.Settle("gate")
		g.want(corev1.ConditionFalse, approval.ReasonBelowFloor, `ApprovalFloor "least" allows no gate that continues after a timeout; set onTimeout to Fail`)
	})
	t.Run("a floor may let gates continue", func(t *testing.T) {
		g := newGate(t, floor("least", v1alpha1.ApprovalFloorSpec{AllowContinue: true}))
		g.open(newRun(approvers("alice"), customtasktest.Param("onReject", "Continue"), customtasktest.Param("onTimeout", "Continue")))
	})
	t.Run("a floor of another namespace is no matter", func(t *testing.T) {
		other := floor("least", v1alpha1.ApprovalFloorSpec{MinRequired: 2})
		other.Namespace = "elsewhere"
		g := newGate(t, other)
		g.open(newRun(approvers("alice")))
	})
}

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
