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
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/test/cluster"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	tekton "github.com/tektoncd/pipeline/pkg/client/clientset/versioned"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/apis"
)

// editor gives somebody what Tekton adds to the role edit, and returns their client.
func editor(t *testing.T, namespace, person string) tekton.Interface {
	t.Helper()
	_, err := kube.RbacV1().RoleBindings(namespace).Create(t.Context(), &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "edit-" + person},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "tekton-aggregate-edit"},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: person}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	client, err := tekton.NewForConfig(plane.RESTConfig(person))
	if err != nil {
		t.Fatal(err)
	}
	// A binding takes the API server a moment.
	eventually(t, "the right of "+person, func(ctx context.Context) (*pipelinev1.PipelineRunList, error) {
		return client.TektonV1().PipelineRuns(namespace).List(ctx, metav1.ListOptions{})
	}, func(*pipelinev1.PipelineRunList) bool { return true })
	return client
}

// guarded is a namespace in which only Tekton makes CustomRuns.
func guarded(t *testing.T) string {
	t.Helper()
	ns := newNamespace(t)
	_, err := kube.CoreV1().Namespaces().Patch(t.Context(), ns, types.MergePatchType,
		[]byte(`{"metadata":{"labels":{"approval.tekton.dev/guarded":"true"}}}`), metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return ns
}

// TestAnEditorCannotGoRoundAGate tries what whoever may edit CustomRuns could do to a gate.
func TestAnEditorCannotGoRoundAGate(t *testing.T) {
	t.Parallel()
	ns := guarded(t)
	alice := editor(t, ns, cluster.Alice)
	run := pipelineWithGate(t, ns, "")
	request := pendingRequests(t, ns, 1)[0]
	gate := run + "-gate"
	wait := &v1beta1.CustomRun{
		ObjectMeta: metav1.ObjectMeta{Name: "next-gate"},
		Spec: v1beta1.CustomRunSpec{
			CustomRef: &v1beta1.TaskRef{APIVersion: "custom.tekton.dev/v1alpha1", Kind: "Wait"},
			Params:    v1beta1.Params{{Name: "duration", Value: *v1beta1.NewStructuredValues("0s")}},
		},
	}
	patch := func(text string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := alice.TektonV1beta1().CustomRuns(ns).Patch(ctx, gate, types.MergePatchType, []byte(text), metav1.PatchOptions{})
			return err
		}
	}
	orphan := metav1.DeletePropagationOrphan
	// The API server takes a moment to see the label of the namespace.
	eventually(t, "the guard to hold", func(ctx context.Context) (error, error) {
		_, err := alice.TektonV1beta1().CustomRuns(ns).Create(ctx, wait, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err, nil
	}, apierrors.IsInvalid)
	for name, row := range map[string]struct {
		try  func(context.Context) error
		says string
	}{
		"make a run of the name that a gate will have": {
			func(ctx context.Context) error {
				_, err := alice.TektonV1beta1().CustomRuns(ns).Create(ctx, wait, metav1.CreateOptions{})
				return err
			}, "only Tekton creates CustomRuns in this namespace",
		},
		"delete the gate, to put something else in its place": {
			func(ctx context.Context) error {
				return alice.TektonV1beta1().CustomRuns(ns).Delete(ctx, gate, metav1.DeleteOptions{})
			}, "only Tekton deletes CustomRuns in this namespace",
		},
		"delete all gates": {
			func(ctx context.Context) error {
				return alice.TektonV1beta1().CustomRuns(ns).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{})
			}, "only Tekton deletes CustomRuns in this namespace",
		},
		"give the gate to another PipelineRun": {patch(`{"metadata":{"ownerReferences":[]}}`), "lets people change nothing of a CustomRun"},
		"change what it is part of":            {patch(`{"metadata":{"labels":{"tekton.dev/pipelineRun":"other"}}}`), "lets people change nothing of a CustomRun"},
		"turn it into a wait":                  {patch(`{"spec":{"customRef":{"apiVersion":"custom.tekton.dev/v1alpha1","kind":"Wait"}}}`), "lets people change nothing of a CustomRun"},
		"name other approvers for a retry":     {patch(`{"spec":{"params":[{"name":"approvers","value":"alice"}]}}`), "lets people change nothing of a CustomRun"},
		"give it more retries":                 {patch(`{"spec":{"retries":3}}`), "lets people change nothing of a CustomRun"},
		"delete the PipelineRun and keep its gates for another one": {
			func(ctx context.Context) error {
				return alice.TektonV1().PipelineRuns(ns).Delete(ctx, run, metav1.DeleteOptions{PropagationPolicy: &orphan})
			}, "without --cascade=orphan",
		},
		"the same by the finalizer": {
			func(ctx context.Context) error {
				_, err := alice.TektonV1().PipelineRuns(ns).Patch(ctx, run, types.MergePatchType, []byte(`{"metadata":{"finalizers":["orphan"]}}`), metav1.PatchOptions{})
				return err
			}, "leave out the finalizer orphan",
		},
	} {
		t.Run(name, func(t *testing.T) { wantRefusal(t, row.try(t.Context()), row.says) })
	}
	mustVote(t, cluster.Alice, request, v1alpha1.DecisionApprove)
	mustVote(t, cluster.Bob, request, v1alpha1.DecisionApprove)
	if !pipelineEnded(t, ns, run).Status.GetCondition(apis.ConditionSucceeded).IsTrue() {
		t.Error("the PipelineRun did not succeed")
	}
}

func TestAGuardedNamespaceWorksAsAnyOther(t *testing.T) {
	t.Parallel()
	ns := guarded(t)
	alice := editor(t, ns, cluster.Alice)
	run := pipelineWithGate(t, ns, "")
	request := pendingRequests(t, ns, 1)[0]
	for _, text := range []string{`{"metadata":{"annotations":{"note":"of alice"}}}`, `{"spec":{"status":"RunCancelled"}}`} {
		if _, err := alice.TektonV1beta1().CustomRuns(ns).Patch(t.Context(), run+"-gate", types.MergePatchType, []byte(text), metav1.PatchOptions{}); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	wantEnd(t, ended(t, ns, run+"-gate"), corev1.ConditionFalse, "CustomRunCancelled", fmt.Sprintf("CustomRun %q was cancelled", run+"-gate"))
	wantState(t, request, v1alpha1.StateCancelled)
	if err := alice.TektonV1().PipelineRuns(ns).Delete(t.Context(), run, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the gate to go with its PipelineRun", func(ctx context.Context) (*v1beta1.CustomRunList, error) {
		return tasks.TektonV1beta1().CustomRuns(ns).List(ctx, metav1.ListOptions{})
	}, func(list *v1beta1.CustomRunList) bool { return len(list.Items) == 0 })
	// With runs in it, the namespace itself goes as well.
	pipelineWithGate(t, ns, "")
	pendingRequests(t, ns, 1)
	if err := kube.CoreV1().Namespaces().Delete(t.Context(), ns, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the namespace to go", func(ctx context.Context) (bool, error) {
		_, err := kube.CoreV1().Namespaces().Get(ctx, ns, metav1.GetOptions{})
		return apierrors.IsNotFound(err), nil
	}, func(gone bool) bool { return gone })
}

// TestNobodyBorrowsAPipelineRunToApproveTheirOwn gives a gate by hand to the PipelineRun of somebody else.
func TestNobodyBorrowsAPipelineRunToApproveTheirOwn(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	alice, bob := editor(t, ns, cluster.Alice), editor(t, ns, cluster.Bob)
	bobs, err := bob.TektonV1().PipelineRuns(ns).Create(t.Context(), &pipelinev1.PipelineRun{
		ObjectMeta: metav1.ObjectMeta{Name: "bobs-run"},
		Spec: pipelinev1.PipelineRunSpec{PipelineSpec: &pipelinev1.PipelineSpec{Tasks: []pipelinev1.PipelineTask{{
			Name: "wait", TaskRef: &pipelinev1.TaskRef{APIVersion: "custom.tekton.dev/v1alpha1", Kind: "Wait"},
			Params: pipelinev1.Params{{Name: "duration", Value: *pipelinev1.NewStructuredValues("1h")}},
		}}}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	yes := true
	for name, labels := range map[string]map[string]string{
		"alices-run-gate":  {"tekton.dev/pipelineRun": "alices-run", "tekton.dev/pipelineTask": "gate"},
		"alices-run2-gate": {"tekton.dev/pipelineRun": "bobs-run", "tekton.dev/pipelineTask": "wait", "tekton.dev/memberOf": "tasks"},
	} {
		_, err := alice.TektonV1beta1().CustomRuns(ns).Create(t.Context(), &v1beta1.CustomRun{
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels, OwnerReferences: []metav1.OwnerReference{{
				APIVersion: "tekton.dev/v1", Kind: "PipelineRun", Name: bobs.Name, UID: bobs.UID, Controller: &yes,
			}}},
			Spec: v1beta1.CustomRunSpec{
				CustomRef: &v1beta1.TaskRef{APIVersion: v1alpha1.SchemeGroupVersion.String(), Kind: "ApprovalRequest"},
				Params: v1beta1.Params{
					{Name: "approvers", Value: *v1beta1.NewStructuredValues("alice")}, {Name: "preventSelfApproval", Value: *v1beta1.NewStructuredValues("true")},
				},
			},
		}, metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"alices-run-gate", "alices-run2-gate"} {
		wantEnd(t, ended(t, ns, name), corev1.ConditionFalse, "ApprovalStarterUnknown", fmt.Sprintf(
			"the gate prevents self-approval, and CustomRun %q says that it is part of PipelineRun %q, which does not have it", name, bobs.Name))
	}
	list, err := suite.ApprovalV1alpha1().ApprovalRequests(ns).List(t.Context(), metav1.ListOptions{})
	if err != nil || len(list.Items) > 0 {
		t.Errorf("%d requests, %v; want none", len(list.Items), err)
	}
}
