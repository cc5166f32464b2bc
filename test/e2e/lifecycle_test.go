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
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/test/cluster"
	"github.com/google/go-cmp/cmp"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/apis"
)

func TestBadInputEndsWithASentence(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	embedded := func(apiVersion, kind, spec string) string {
		return fmt.Sprintf(`apiVersion: tekton.dev/v1beta1
kind: CustomRun
metadata: {name: NAME}
spec:
  customSpec: {apiVersion: %s, kind: %s, spec: %s}`, apiVersion, kind, spec)
	}
	rows := map[string]struct{ run, reason, message string }{
		"no-approvers": {
			gateRun("NAME"), "InvalidSpec",
			"nobody may decide; name at least one user, group:NAME or serviceaccount:NAMESPACE/NAME: approvers",
		},
		"bad-duration": {
			waitRun("NAME", "  params: [{name: duration, value: soon}]"), "InvalidSpec",
			`"soon" is not a duration; write it as "90s" or "1h30m": duration`,
		},
		"bad-timeout": {
			gateRun("NAME", "  params: [{name: approvers, value: alice}, {name: timeout, value: 2 hours}]"), "InvalidParams",
			`param "timeout" is "2 hours"; it must be a duration such as "90s" or "1h30m"`,
		},
		"unknown-param": {
			gateRun("NAME", "  params: [{name: approvers, value: alice}, {name: quorum, value: '2'}]"), "InvalidParams",
			`param "quorum" is unknown; the params are approvers, details, message, onReject, onTimeout, preventSelfApproval, required, timeout`,
		},
		"wrong-type": {
			waitRun("NAME", "  params: [{name: duration, value: [1s, 2s]}]"), "InvalidParams",
			`param "duration" must be a string, not of type array`,
		},
		"unknown-field": {
			embedded("custom.tekton.dev/v1alpha1", "Wait", "{duration: 1s, unit: {of: time}}"), "InvalidSpec",
			`spec.customSpec.spec has unknown field "unit"`,
		},
		"too-many-required": {
			gateRun("NAME", "  params: [{name: approvers, value: [alice, bob]}, {name: required, value: '3'}]"), "InvalidSpec",
			"3 approvals are required and the approvers named are only 2; name more or require fewer: required",
		},
		"no-such-wait": {
			strings.Replace(waitRun("NAME"), "kind: Wait}", "kind: Wait, name: nowhere}", 1), "DefinitionNotFound",
			fmt.Sprintf(`spec.customRef.name: there is no Wait "nowhere" in namespace %q`, ns),
		},
		"empty-spec": {
			embedded("custom.tekton.dev/v1alpha1", "Wait", "{}"), "InvalidSpec",
			"nothing says how long to wait; set one of them: duration, until",
		},
	}
	for name, row := range rows {
		apply(t, ns, strings.Replace(row.run, "NAME", name, 1))
	}
	for name, row := range rows {
		wantEnd(t, ended(t, ns, name), corev1.ConditionFalse, row.reason, row.message)
	}
}

func TestANamedWaitThatComesJustAfterTheRun(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, strings.Replace(waitRun("run"), "kind: Wait}", "kind: Wait, name: late}", 1))
	apply(t, ns, "apiVersion: custom.tekton.dev/v1alpha1\nkind: Wait\nmetadata: {name: late}\nspec: {duration: 0s}")
	wantEnd(t, ended(t, ns, "run"), corev1.ConditionTrue, "DurationElapsed", "the wait of 0s is over")
}

func TestC2ForeignRunsAreUntouched(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, strings.Replace(waitRun("foreign"), "kind: Wait", "kind: Other", 1))
	before, err := getRun(ns, "foreign")(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	apply(t, ns, waitRun("ours", "  params: [{name: duration, value: 1s}]"))
	ended(t, ns, "ours")
	after, err := getRun(ns, "foreign")(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("the foreign run changed (-before, +after):\n%s", diff)
	}
}

func TestRequestsPerRun(t *testing.T) {
	t.Parallel()
	t.Run("a Wait takes 2 writes and no read", func(t *testing.T) {
		ns := newNamespace(t)
		apply(t, ns, waitRun("wait", "  params: [{name: duration, value: 2s}]"))
		ended(t, ns, "wait")
		if diff := cmp.Diff(map[string]int{"update customruns/status": 2}, requestsBy(t, ns, "tekton-custom-tasks-controller")); diff != "" {
			t.Errorf("requests (-want, +got):\n%s", diff)
		}
	})
	t.Run("a gate with one vote takes 5 writes and no read", func(t *testing.T) {
		ns := newNamespace(t)
		apply(t, ns, gateRun("gate", "  params: [{name: approvers, value: alice}]"))
		request := pendingRequests(t, ns, 1)[0]
		reached(t, ns, "gate", "ApprovalPending")
		mustVote(t, cluster.Alice, request, v1alpha1.DecisionApprove)
		ended(t, ns, "gate")
		got := requestsBy(t, ns, "tekton-custom-tasks-controller")
		want := map[string]int{"update customruns/status": 3, "create approvalrequests": 1, "update approvalrequests/status": 1}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("requests (-want, +got):\n%s", diff)
		}
	})
}

func TestCancelAPipelineAtAGate(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	run := pipelineWithGate(t, ns, "")
	request := pendingRequests(t, ns, 1)[0]
	// Tekton cancels the children that it has in the PipelineRun's status, and no others.
	eventually(t, "Tekton to store the gate as a child of "+run, getPipelineRun(ns, run), func(run *pipelinev1.PipelineRun) bool {
		return len(run.Status.ChildReferences) == 1
	})
	_, err := tasks.TektonV1().PipelineRuns(ns).Patch(t.Context(), run, types.MergePatchType, []byte(`{"spec":{"status":"Cancelled"}}`), metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if c := pipelineEnded(t, ns, run).Status.GetCondition(apis.ConditionSucceeded); c.Reason != "Cancelled" {
		t.Errorf("the PipelineRun ended with %v", c)
	}
	wantEnd(t, ended(t, ns, run+"-gate"), corev1.ConditionFalse, "CustomRunCancelled", string(v1beta1.CustomRunCancelledByPipelineMsg))
	wantState(t, request, v1alpha1.StateCancelled)
}

func TestATimedOutGateIsAskedAgain(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	run := pipelineWithGate(t, ns, "      timeout: 3s\n      retries: 1\n")
	first := pendingRequests(t, ns, 1)[0]
	done := ended(t, ns, run+"-gate")
	wantEnd(t, done, corev1.ConditionFalse, "CustomRunTimedOut", "attempt 2 of 2 timed out after 3s; still awaited: alice, bob")
	if n := len(done.Status.RetriesStatus); n != 1 {
		t.Errorf("C41: %d entries in retriesStatus", n)
	}
	wantState(t, first, v1alpha1.StateTimedOut)
	if c := pipelineEnded(t, ns, run).Status.GetCondition(apis.ConditionSucceeded); c.Reason != "Failed" {
		t.Errorf("the PipelineRun ended with %v", c)
	}
	list, err := suite.ApprovalV1alpha1().ApprovalRequests(ns).List(t.Context(), metav1.ListOptions{})
	if err != nil || len(list.Items) != 2 {
		t.Errorf("%d requests, %v; want one for each attempt", len(list.Items), err)
	}
}

// pipelineWithGate starts a pipeline with a gate that two people have to approve.
func pipelineWithGate(t *testing.T, namespace, more string) string {
	t.Helper()
	return apply(t, namespace, `apiVersion: tekton.dev/v1
kind: PipelineRun
metadata: {name: pipeline}
spec:
  pipelineSpec:
    tasks:
    - name: gate
      taskRef: {apiVersion: approval.tekton.dev/v1alpha1, kind: ApprovalRequest}
      params: [{name: approvers, value: [alice, bob]}, {name: required, value: "2"}]
`+more)[0].GetName()
}

func wantState(t *testing.T, request v1alpha1.ApprovalRequest, state v1alpha1.State) {
	t.Helper()
	eventually(t, "the request to be "+string(state), func(ctx context.Context) (*v1alpha1.ApprovalRequest, error) {
		return suite.ApprovalV1alpha1().ApprovalRequests(request.Namespace).Get(ctx, request.Name, metav1.GetOptions{})
	}, func(r *v1alpha1.ApprovalRequest) bool { return r.Status.State == state })
}

func TestC57DeletingANamespaceWithOpenGates(t *testing.T) {
	t.Parallel()
	ns, err := kube.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "e2e-gone-"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := plane.CreateNamespace(t.Context(), ns.Name); err != nil {
		t.Fatal(err)
	}
	if err := plane.BindApprovers(t.Context(), ns.Name); err != nil {
		t.Fatal(err)
	}
	pipelineWithGate(t, ns.Name, "")
	mustVote(t, cluster.Alice, pendingRequests(t, ns.Name, 1)[0], v1alpha1.DecisionApprove)
	if err := kube.CoreV1().Namespaces().Delete(t.Context(), ns.Name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the namespace to go", func(ctx context.Context) (error, error) {
		_, err := kube.CoreV1().Namespaces().Get(ctx, ns.Name, metav1.GetOptions{})
		return err, nil
	}, apierrors.IsNotFound)
}

func TestDeletingARunDeletesItsRequestAndVotes(t *testing.T) {
	t.Parallel()
	for _, policy := range []metav1.DeletionPropagation{metav1.DeletePropagationBackground, metav1.DeletePropagationForeground} {
		t.Run(string(policy), func(t *testing.T) {
			ns := newNamespace(t)
			run := pipelineWithGate(t, ns, "")
			mustVote(t, cluster.Alice, pendingRequests(t, ns, 1)[0], v1alpha1.DecisionApprove)
			err := tasks.TektonV1().PipelineRuns(ns).Delete(t.Context(), run, metav1.DeleteOptions{PropagationPolicy: &policy})
			if err != nil {
				t.Fatal(err)
			}
			eventually(t, "everything to go", func(ctx context.Context) (int, error) {
				requests, err := suite.ApprovalV1alpha1().ApprovalRequests(ns).List(ctx, metav1.ListOptions{})
				if err != nil {
					return 0, err
				}
				votes, err := suite.ApprovalV1alpha1().ApprovalDecisions(ns).List(ctx, metav1.ListOptions{})
				if err != nil {
					return 0, err
				}
				return len(requests.Items) + len(votes.Items), nil
			}, func(n int) bool { return n == 0 })
		})
	}
}

// TestC47KilledController runs alone: it stops what the others need.
func TestC47KilledController(t *testing.T) {
	ns := newNamespace(t)
	controller := plane.Process("controller")
	restarted := func() {
		t.Helper()
		if err := controller.Start(); err != nil {
			t.Fatal(err)
		}
	}
	apply(t, ns, waitRun("wait", "  params: [{name: duration, value: 8s}]"),
		gateRun("gate", "  params: [{name: approvers, value: alice}]"),
		gateRun("late", "  timeout: 2s", "  params: [{name: approvers, value: alice}]"))
	waiting := reached(t, ns, "wait", "Waiting")
	var gate, late v1alpha1.ApprovalRequest
	for _, r := range pendingRequests(t, ns, 2) {
		if r.Spec.Run.Name == "gate" {
			gate = r
		} else {
			late = r
		}
	}
	if err := controller.Kill(); err != nil {
		t.Fatal(err)
	}
	// People vote while nobody counts; one vote is in time though it is counted after the deadline.
	mustVote(t, cluster.Alice, late, v1alpha1.DecisionApprove)
	mustVote(t, cluster.Alice, gate, v1alpha1.DecisionApprove)
	eventually(t, "the deadline to pass", func(context.Context) (time.Time, error) { return time.Now(), nil },
		func(now time.Time) bool { return now.After(late.Spec.Deadline.Time) })
	restarted()
	wantEnd(t, ended(t, ns, "gate"), corev1.ConditionTrue, "Approved", "approved by alice: by alice")
	wantEnd(t, ended(t, ns, "late"), corev1.ConditionTrue, "Approved", "approved by alice: by alice")
	done := ended(t, ns, "wait")
	wantEnd(t, done, corev1.ConditionTrue, "DurationElapsed", "the wait of 8s is over")
	if took := done.Status.CompletionTime.Sub(waiting.Status.StartTime.Time); took < 8*time.Second || took > 30*time.Second {
		t.Errorf("a wait of 8 s with a restart in the middle took %v", took)
	}
	list, err := suite.ApprovalV1alpha1().ApprovalRequests(ns).List(t.Context(), metav1.ListOptions{})
	if err != nil || len(list.Items) != 2 {
		t.Errorf("C48: %d requests for 2 gates, %v", len(list.Items), err)
	}
}

// TestC61TwoReplicas runs alone: it kills the leader.
func TestC61TwoReplicas(t *testing.T) {
	ns := newNamespace(t)
	second, err := plane.StartController(t.Context(), "controller-2")
	if err != nil {
		t.Fatal(err)
	}
	const gates = 20
	var runs []string
	for i := range gates {
		runs = append(runs, gateRun(fmt.Sprintf("gate-%d", i), "  retries: 1", "  params: [{name: approvers, value: alice}]"))
	}
	apply(t, ns, runs...)
	if err := plane.Process("controller").Kill(); err != nil {
		t.Fatal(err)
	}
	for _, request := range pendingRequests(t, ns, gates) {
		mustVote(t, cluster.Alice, request, v1alpha1.DecisionApprove)
	}
	for i := range gates {
		run := ended(t, ns, fmt.Sprintf("gate-%d", i))
		wantEnd(t, run, corev1.ConditionTrue, "Approved", "approved by alice: by alice")
		if len(run.Status.RetriesStatus) != 0 {
			t.Errorf("C42: %s was tried again", run.Name)
		}
	}
	if err := plane.Process("controller").Start(); err != nil {
		t.Fatal(err)
	}
	if err := second.Stop(30 * time.Second); err != nil {
		t.Fatal(err)
	}
	apply(t, ns, waitRun("after", "  params: [{name: duration, value: 0s}]"))
	ended(t, ns, "after")
}
