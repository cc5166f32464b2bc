//go:build e2e

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

package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/test/cluster"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	tekton "github.com/tektoncd/pipeline/pkg/client/clientset/versioned"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/apis"
	"sigs.k8s.io/yaml"
)

// grant lets somebody do something in a namespace, or everywhere if it is empty.
func grant(t *testing.T, namespace, user string, rule rbacv1.PolicyRule) {
	t.Helper()
	role := rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{GenerateName: "e2e-"}, Rules: []rbacv1.PolicyRule{rule}}
	stored, err := kube.RbacV1().ClusterRoles().Create(t.Context(), &role, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	subjects := []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user}}
	ref := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: stored.Name}
	meta := metav1.ObjectMeta{GenerateName: "e2e-"}
	if namespace == "" {
		_, err = kube.RbacV1().ClusterRoleBindings().Create(t.Context(), &rbacv1.ClusterRoleBinding{ObjectMeta: meta, RoleRef: ref, Subjects: subjects}, metav1.CreateOptions{})
	} else {
		_, err = kube.RbacV1().RoleBindings(namespace).Create(t.Context(), &rbacv1.RoleBinding{ObjectMeta: meta, RoleRef: ref, Subjects: subjects}, metav1.CreateOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// pipelineGate is a PipelineRun of one gate.
func pipelineGate(name, kind, ref string, params ...string) string {
	named := ""
	if ref != "" {
		named = ", name: " + ref
	}
	return fmt.Sprintf(`apiVersion: tekton.dev/v1
kind: PipelineRun
metadata: {name: %s}
spec:
  pipelineSpec:
    tasks:
    - name: gate
      taskRef: {apiVersion: approval.tekton.dev/v1alpha1, kind: %s%s}
      params: [%s]
`, name, kind, named, strings.Join(params, ", "))
}

func TestAPolicyHoldsTheRules(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	const policy = `apiVersion: approval.tekton.dev/v1alpha1
kind: ApprovalPolicy
metadata: {name: production}
spec:
  preventSelfApproval: false
  maxTimeout: 2h
  rules:
  - {name: security, approvers: ["group:security"]}
  - {name: owners, approvers: [alice, bob]}
`
	apply(t, ns, policy, pipelineGate("deploy", "ApprovalPolicy", "production", "{name: message, value: 'Deploy?'}"))
	request := pendingRequests(t, ns, 1)[0]
	if request.Spec.Asks != "security: 1 of group:security; owners: 1 of alice, bob" || request.Spec.Pipeline.Run != "deploy" {
		t.Errorf("the request is %s", asYAML(request.Spec))
	}
	if _, err := vote(t, cluster.Carol, request, v1alpha1.DecisionApprove); err == nil {
		t.Error("somebody whom no rule names has voted")
	}
	// bob could count for either rule; security-lead makes room for neither but the first.
	mustVote(t, cluster.Bob, request, v1alpha1.DecisionApprove)
	t.Run("a policy that changes is for gates to come", func(t *testing.T) {
		_, err := suite.ApprovalV1alpha1().ApprovalPolicies(ns).Patch(t.Context(), "production", types.MergePatchType,
			[]byte(`{"spec":{"rules":[{"name":"any","approvers":["mallory"]}]}}`), metav1.PatchOptions{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = vote(t, cluster.Mallory, request, v1alpha1.DecisionApprove)
		wantRefusal(t, err, `"mallory" may not decide`)
	})
	mustVote(t, cluster.SecurityLead, request, v1alpha1.DecisionApprove)
	wantEnd(t, ended(t, ns, "deploy-gate"), corev1.ConditionTrue, "Approved", "approved by bob, security-lead: by security-lead")
	t.Run("a policy that could never be met is not stored", func(t *testing.T) {
		_, err := suite.ApprovalV1alpha1().ApprovalPolicies(ns).Patch(t.Context(), "production", types.MergePatchType,
			[]byte(`{"spec":{"rules":[{"name":"any","approvers":["mallory"],"required":2}]}}`), metav1.PatchOptions{})
		wantRefusal(t, err, "2 approvals are required and the approvers named are only 1; name more or require fewer: spec.rules[0].required")
	})
	t.Run("an author cannot bring rules of their own", func(t *testing.T) {
		apply(t, ns, pipelineGate("weaker", "ApprovalPolicy", "production", "{name: approvers, value: [mallory]}"),
			pipelineGate("longer", "ApprovalPolicy", "production", "{name: timeout, value: 3h}"))
		wantEnd(t, ended(t, ns, "weaker-gate"), corev1.ConditionFalse, "InvalidParams", `param "approvers" is unknown; the params are details, message, timeout`)
		wantEnd(t, ended(t, ns, "longer-gate"), corev1.ConditionFalse, "InvalidSpec", "3h0m0s is longer than the policy's maxTimeout of 2h0m0s: timeout")
	})
}

func TestWhoStartsAPipelineRunDoesNotApproveIt(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	grant(t, ns, cluster.Alice, rbacv1.PolicyRule{APIGroups: []string{"tekton.dev"}, Resources: []string{"pipelineruns"}, Verbs: []string{"get", "create", "update", "patch"}})
	apply(t, "", `apiVersion: approval.tekton.dev/v1alpha1
kind: ClusterApprovalPolicy
metadata: {name: `+ns+`}
spec: {approvers: [alice, bob]}`)
	t.Cleanup(func() {
		if err := suite.ApprovalV1alpha1().ClusterApprovalPolicies().Delete(context.Background(), ns, metav1.DeleteOptions{}); err != nil {
			t.Errorf("deleting the policy: %v", err)
		}
	})
	runs, err := tekton.NewForConfig(plane.RESTConfig(cluster.Alice))
	if err != nil {
		t.Fatal(err)
	}
	start := func(manifest string) (*pipelinev1.PipelineRun, error) {
		run := &pipelinev1.PipelineRun{}
		if err := yaml.UnmarshalStrict([]byte(manifest), run); err != nil {
			t.Fatal(err)
		}
		return runs.TektonV1().PipelineRuns(ns).Create(t.Context(), run, metav1.CreateOptions{})
	}
	hers, err := start(pipelineGate("mine", "ClusterApprovalPolicy", ns))
	if err != nil {
		t.Fatal(err)
	}
	if by := hers.Annotations[v1alpha1.AnnotationStartedBy]; by != cluster.Alice {
		t.Fatalf("it is recorded as started by %q", by)
	}
	request := pendingRequests(t, ns, 1)[0]
	_, err = vote(t, cluster.Alice, request, v1alpha1.DecisionApprove)
	wantRefusal(t, err, `"alice" started the PipelineRun`)

	forge := func(run, by string) error {
		patch := fmt.Sprintf(`{"metadata":{"annotations":{%q:%s}}}`, v1alpha1.AnnotationStartedBy, by)
		_, err := runs.TektonV1().PipelineRuns(ns).Patch(t.Context(), run, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
		return err
	}
	if _, err := start(pipelineGate("probe", "ClusterApprovalPolicy", ns)); err != nil {
		t.Fatal(err)
	}
	// A new ValidatingAdmissionPolicy takes the API server a moment.
	eventually(t, "the record to be guarded", func(context.Context) (error, error) { return forge("probe", `"bob"`), nil }, func(err error) bool {
		return err != nil && strings.Contains(err.Error(), "do not set, change or remove it")
	})
	for _, forgery := range []string{`"bob"`, "null", `""`} {
		wantRefusal(t, forge("mine", forgery), "do not set, change or remove it")
	}
	forged := strings.Replace(pipelineGate("forged", "ClusterApprovalPolicy", ns), "{name: forged}", "{name: forged, annotations: {"+v1alpha1.AnnotationStartedBy+": bob}}", 1)
	_, err = start(forged)
	wantRefusal(t, err, `says "bob", and the PipelineRun is created by "alice"`)

	mustVote(t, cluster.Bob, request, v1alpha1.DecisionApprove)
	wantEnd(t, ended(t, ns, "mine-gate"), corev1.ConditionTrue, "Approved", "")

	t.Run("a run outside of a PipelineRun has no starter, and opens for nobody", func(t *testing.T) {
		apply(t, ns, "apiVersion: tekton.dev/v1beta1\nkind: CustomRun\nmetadata: {name: alone}\nspec:\n  customRef: {apiVersion: approval.tekton.dev/v1alpha1, kind: ClusterApprovalPolicy, name: "+ns+"}")
		wantEnd(t, ended(t, ns, "alone"), corev1.ConditionFalse, "ApprovalStarterUnknown", "")
	})
}

func TestBreakGlassAndTheRightToDecide(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, `apiVersion: approval.tekton.dev/v1alpha1
kind: ApprovalPolicy
metadata: {name: production}
spec: {approvers: [alice, bob], required: 2, requireRBAC: true, preventSelfApproval: false}`,
		pipelineGate("deploy", "ApprovalPolicy", "production"))
	request := pendingRequests(t, ns, 1)[0]
	_, err := vote(t, cluster.Alice, request, v1alpha1.DecisionApprove)
	wantRefusal(t, err, `"alice" may not decide by ApprovalPolicy "production": that needs the right to the verb decide on it`)
	grant(t, ns, cluster.Alice, rbacv1.PolicyRule{
		APIGroups: []string{"approval.tekton.dev"}, Resources: []string{"approvalpolicies"}, ResourceNames: []string{"production"}, Verbs: []string{"decide"},
	})
	mustVote(t, cluster.Alice, request, v1alpha1.DecisionApprove)

	override := func(d *v1alpha1.ApprovalDecision) { d.Spec.Override = true }
	_, err = vote(t, cluster.Carol, request, v1alpha1.DecisionApprove, override)
	wantRefusal(t, err, `"carol" may not override`)
	grant(t, ns, cluster.Carol, rbacv1.PolicyRule{APIGroups: []string{"approval.tekton.dev"}, Resources: []string{"approvalrequests"}, Verbs: []string{"override"}})
	_, err = vote(t, cluster.Carol, request, v1alpha1.DecisionApprove, override, func(d *v1alpha1.ApprovalDecision) { d.Spec.Comment = " " })
	wantRefusal(t, err, "an override needs a comment that says why: spec.comment")
	if _, err := vote(t, cluster.Carol, request, v1alpha1.DecisionApprove, override); err != nil {
		t.Fatal(err)
	}
	run := ended(t, ns, "deploy-gate")
	wantEnd(t, run, corev1.ConditionTrue, "ApprovalOverridden", "OVERRIDDEN: approved by carol alone: by carol")
	results := map[string]string{}
	for _, r := range run.Status.Results {
		results[r.Name] = r.Value
	}
	if results["overriddenBy"] != cluster.Carol || results["decision"] != "Approved" {
		t.Errorf("results %v", results)
	}
}

func TestFloorsHoldForEveryGateOfTheirNamespace(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, `apiVersion: approval.tekton.dev/v1alpha1
kind: ApprovalFloor
metadata: {name: least}
spec: {minRequired: 2, allowedGroups: [platform]}`)
	// The controller's cache of floors may be behind for a moment: a gate that opened is tried again.
	probes := 0
	eventually(t, "the floor to hold", func(ctx context.Context) (string, error) {
		probes++
		name := fmt.Sprintf("probe-%d", probes)
		apply(t, ns, gateRun(name, "  params: [{name: approvers, value: alice}]"))
		run := eventually(t, "a condition", getRun(ns, name), func(run *v1beta1.CustomRun) bool {
			c := run.Status.GetCondition(apis.ConditionSucceeded)
			return c != nil && (c.IsFalse() || c.Reason == "ApprovalPending")
		})
		return run.Status.GetCondition(apis.ConditionSucceeded).Reason, nil
	}, func(reason string) bool { return reason == "ApprovalBelowFloor" })
	apply(t, ns, gateRun("nobody", "  params: [{name: approvers, value: [alice, bob]}, {name: required, value: '2'}, {name: onTimeout, value: Continue}, {name: timeout, value: 1s}]"))
	wantEnd(t, ended(t, ns, "nobody"), corev1.ConditionFalse, "ApprovalBelowFloor", `ApprovalFloor "least" allows no gate that continues after a timeout; set onTimeout to Fail`)
	apply(t, ns, gateRun("two", "  params: [{name: approvers, value: [alice, carol, 'group:platform']}, {name: required, value: '2'}]"))
	request := *eventually(t, "the gate", func(ctx context.Context) (*v1alpha1.ApprovalRequest, error) {
		list, err := suite.ApprovalV1alpha1().ApprovalRequests(ns).List(ctx, metav1.ListOptions{LabelSelector: v1alpha1.LabelRun + "=two"})
		if err != nil || len(list.Items) == 0 {
			return nil, err
		}
		return &list.Items[0], nil
	}, func(r *v1alpha1.ApprovalRequest) bool { return r != nil })
	mustVote(t, cluster.Alice, request, v1alpha1.DecisionApprove)
	_, err := vote(t, cluster.Carol, request, v1alpha1.DecisionApprove)
	wantRefusal(t, err, `"carol" is in none of the groups that decide in this namespace: platform`)
	mustVote(t, cluster.PlatformTeamLead, request, v1alpha1.DecisionApprove)
	wantEnd(t, ended(t, ns, "two"), corev1.ConditionTrue, "Approved", "")
}

func TestAnswersWithdrawalAndOutcomesThatContinue(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, `apiVersion: tekton.dev/v1
kind: PipelineRun
metadata: {name: release}
spec:
  pipelineSpec:
    tasks:
    - name: gate
      taskSpec:
        apiVersion: approval.tekton.dev/v1alpha1
        kind: ApprovalRequest
        spec:
          approvers: [alice, bob]
          required: 2
          onReject: Continue
          inputs:
          - {name: version, required: true, pattern: 'v[0-9]+', description: "which version?"}
          - {name: replicas, type: integer, minimum: "1", maximum: "9", default: "3"}
    - name: rolled-out
      when: [{input: $(tasks.gate.results.decision), operator: in, values: [Approved]}]
      params: [{name: duration, value: "$(tasks.gate.results.replicas)s"}]
      taskRef: {apiVersion: custom.tekton.dev/v1alpha1, kind: Wait}
    results: [{name: version, value: $(tasks.gate.results.version)}]
`)
	request := pendingRequests(t, ns, 1)[0]
	answer := func(version, replicas string) func(*v1alpha1.ApprovalDecision) {
		return func(d *v1alpha1.ApprovalDecision) {
			d.Spec.Inputs = []v1alpha1.InputValue{{Name: "version", Value: version}}
			if replicas != "" {
				d.Spec.Inputs = append(d.Spec.Inputs, v1alpha1.InputValue{Name: "replicas", Value: replicas})
			}
		}
	}
	_, err := vote(t, cluster.Alice, request, v1alpha1.DecisionApprove)
	wantRefusal(t, err, `input "version" is required: which version?`)
	_, err = vote(t, cluster.Alice, request, v1alpha1.DecisionApprove, answer("one", ""))
	wantRefusal(t, err, `input "version": "one" must match v[0-9]+`)
	if _, err = vote(t, cluster.Alice, request, v1alpha1.DecisionApprove, answer("v1", "1")); err != nil {
		t.Fatal(err)
	}
	mustVote(t, cluster.Alice, request, v1alpha1.DecisionWithdraw)
	if _, err = vote(t, cluster.Bob, request, v1alpha1.DecisionApprove, answer("v2", "1")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "one approval", func(ctx context.Context) (*v1alpha1.ApprovalRequest, error) {
		return suite.ApprovalV1alpha1().ApprovalRequests(ns).Get(ctx, request.Name, metav1.GetOptions{})
	}, func(r *v1alpha1.ApprovalRequest) bool {
		return r.Status.Progress == "1 of 2 (bob); awaiting alice"
	})
	if _, err = vote(t, cluster.Alice, request, v1alpha1.DecisionApprove, answer("v3", "2")); err != nil {
		t.Fatal(err)
	}
	done := pipelineEnded(t, ns, "release")
	if r := done.Status.Results; len(r) != 1 || r[0].Value.StringVal != "v3" {
		t.Errorf("the results are %v", r)
	}
	if len(done.Status.SkippedTasks) > 0 {
		t.Errorf("skipped %v", done.Status.SkippedTasks)
	}
}
