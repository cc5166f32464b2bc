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
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/approval"
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
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
