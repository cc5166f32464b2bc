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
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/client/clientset/versioned"
	"github.com/customtasks/customtasks/test/cluster"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/retry"
)

// as is the admin acting as somebody else.
func as(user string, groups ...string) *rest.Config {
	config := rest.CopyConfig(plane.RESTConfig(cluster.Admin))
	config.Impersonate = rest.ImpersonationConfig{UserName: user, Groups: append(groups, "system:authenticated")}
	config.QPS, config.Burst = 1000, 1000
	return config
}

func TestTwoHundredVotesAtOnce(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	const crowd = 200
	_, err := kube.RbacV1().RoleBindings(ns).Create(t.Context(), &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "crowd"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "tekton-custom-tasks-approver"},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: "crowd"}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	apply(t, ns, gateRun("gate", fmt.Sprintf("  params: [{name: approvers, value: 'group:crowd'}, {name: required, value: '%d'}]", crowd)))
	request := pendingRequests(t, ns, 1)[0]
	var group sync.WaitGroup
	failures := make([]error, crowd)
	for i := range crowd {
		group.Go(func() {
			client, err := versioned.NewForConfig(as(fmt.Sprintf("voter-%03d", i), "crowd"))
			if err == nil {
				_, err = client.ApprovalV1alpha1().ApprovalDecisions(ns).Create(t.Context(), &v1alpha1.ApprovalDecision{
					ObjectMeta: metav1.ObjectMeta{GenerateName: "vote-"},
					Spec:       v1alpha1.ApprovalDecisionSpec{Request: request.Name, Decision: v1alpha1.DecisionApprove},
				}, metav1.CreateOptions{})
			}
			failures[i] = err
		})
	}
	group.Wait()
	for i, err := range failures {
		if err != nil {
			t.Fatalf("voter %d: %v", i, err)
		}
	}
	run := ended(t, ns, "gate")
	wantEnd(t, run, corev1.ConditionTrue, "Approved", "")
	stored, err := suite.ApprovalV1alpha1().ApprovalRequests(ns).Get(t.Context(), request.Name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	by := slices.Compact(slices.Sorted(slices.Values(stored.Status.ApprovedBy)))
	if len(by) != crowd || len(stored.Status.ApprovedBy) != crowd {
		t.Errorf("%d people have approved, %d entries; want %d", len(by), len(stored.Status.ApprovedBy), crowd)
	}
}

func TestAttacksOnARequest(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, gateRun("gate", "  params: [{name: approvers, value: [alice, bob]}, {name: required, value: '2'}]"))
	request := pendingRequests(t, ns, 1)[0]
	first := mustVote(t, cluster.Alice, request, v1alpha1.DecisionApprove)

	t.Run("nobody lowers what is required, by whatever kind of patch", func(t *testing.T) {
		ssa := `{"apiVersion":"approval.tekton.dev/v1alpha1","kind":"ApprovalRequest","metadata":{"name":"` + request.Name + `"},"spec":{"required":1}}`
		force := true
		for name, patch := range map[string]func() error{
			"a merge patch": func() error {
				_, err := suite.ApprovalV1alpha1().ApprovalRequests(ns).Patch(t.Context(), request.Name, types.MergePatchType, []byte(`{"spec":{"required":1}}`), metav1.PatchOptions{})
				return err
			},
			"a JSON patch": func() error {
				_, err := suite.ApprovalV1alpha1().ApprovalRequests(ns).Patch(t.Context(), request.Name, types.JSONPatchType, []byte(`[{"op":"replace","path":"/spec/required","value":1}]`), metav1.PatchOptions{})
				return err
			},
			"server-side apply": func() error {
				_, err := suite.ApprovalV1alpha1().ApprovalRequests(ns).Patch(t.Context(), request.Name, types.ApplyPatchType, []byte(ssa), metav1.PatchOptions{FieldManager: "mallory", Force: &force})
				return err
			},
			"an update": func() error {
				// The controller may write the status in between.
				return retry.RetryOnConflict(retry.DefaultRetry, func() error {
					r, err := suite.ApprovalV1alpha1().ApprovalRequests(ns).Get(t.Context(), request.Name, metav1.GetOptions{})
					if err != nil {
						return err
					}
					r.Spec.Approvers = append(r.Spec.Approvers, "mallory")
					_, err = suite.ApprovalV1alpha1().ApprovalRequests(ns).Update(t.Context(), r, metav1.UpdateOptions{})
					return err
				})
			},
		} {
			t.Run(name, func(t *testing.T) { wantRefusal(t, patch(), "never changes") })
		}
	})
	t.Run("an approver deletes neither votes nor requests", func(t *testing.T) {
		hers := people[cluster.Alice].ApprovalV1alpha1()
		for _, err := range []error{
			hers.ApprovalDecisions(ns).Delete(t.Context(), first.Name, metav1.DeleteOptions{}),
			hers.ApprovalRequests(ns).Delete(t.Context(), request.Name, metav1.DeleteOptions{}),
			hers.ApprovalDecisions(ns).DeleteCollection(t.Context(), metav1.DeleteOptions{}, metav1.ListOptions{}),
		} {
			if !apierrors.IsForbidden(err) {
				t.Errorf("%v; want Forbidden", err)
			}
		}
	})
	t.Run("nobody squats on the name of a request", func(t *testing.T) {
		squatter := &v1alpha1.ApprovalRequest{ObjectMeta: metav1.ObjectMeta{Name: request.Name}, Spec: request.Spec}
		if _, err := suite.ApprovalV1alpha1().ApprovalRequests(ns).Create(t.Context(), squatter, metav1.CreateOptions{}); !apierrors.IsAlreadyExists(err) {
			t.Errorf("%v; want AlreadyExists", err)
		}
	})
	t.Run("a vote that was meant for other details is refused", func(t *testing.T) {
		_, err := vote(t, cluster.Bob, request, v1alpha1.DecisionApprove, func(d *v1alpha1.ApprovalDecision) { d.Spec.Digest = "sha256:else" })
		wantRefusal(t, err, "asks something else than the vote was meant for")
	})
	t.Run("a request that is deleted fails its gate, which does not ask afresh", func(t *testing.T) {
		if err := suite.ApprovalV1alpha1().ApprovalRequests(ns).Delete(t.Context(), request.Name, metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		wantEnd(t, ended(t, ns, "gate"), corev1.ConditionFalse, "ApprovalRequestDeleted", "")
		_, err := vote(t, cluster.Bob, request, v1alpha1.DecisionApprove)
		wantRefusal(t, err, "there is no approval request")
	})
}
