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
	"slices"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/client/clientset/versioned"
	"github.com/customtasks/customtasks/test/cluster"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/apis"
)

// wantRefusal checks that a call was refused, with a message that says so.
func wantRefusal(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("it was let through")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("refused with %q, which does not say %q", err, part)
		}
	}
}

func TestVotesAreStampedAndRefused(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, gateRun("gate", "  params: [{name: approvers, value: [alice, 'group:oidc:release:managers']}, {name: required, value: '2'}]"))
	request := pendingRequests(t, ns, 1)[0]

	t.Run("somebody who may not decide is refused and told who may", func(t *testing.T) {
		_, err := vote(t, cluster.Mallory, request, v1alpha1.DecisionApprove)
		if !apierrors.IsForbidden(err) {
			t.Errorf("refused with %v; want Forbidden", err)
		}
		wantRefusal(t, err, `"mallory" may not decide`, "alice, group:oidc:release:managers")
	})
	t.Run("nobody votes for another", func(t *testing.T) {
		_, err := vote(t, cluster.Alice, request, v1alpha1.DecisionApprove, func(d *v1alpha1.ApprovalDecision) {
			d.Spec.Voter = &v1alpha1.Voter{Username: cluster.Dave}
		})
		wantRefusal(t, err, `spec.voter names "dave", and the vote is cast by "alice"`)
	})
	t.Run("the administrator is no approver", func(t *testing.T) {
		_, err := vote(t, cluster.Admin, request, v1alpha1.DecisionApprove)
		wantRefusal(t, err, `"admin" may not decide`)
	})
	t.Run("a vote on another request of that name is refused", func(t *testing.T) {
		_, err := vote(t, cluster.Alice, request, v1alpha1.DecisionApprove, func(d *v1alpha1.ApprovalDecision) { d.Spec.RequestUID = "other" })
		wantRefusal(t, err, "is not the one that the vote was meant for")
	})
	t.Run("a vote is stamped with the voter and the groups that matter", func(t *testing.T) {
		stored := mustVote(t, cluster.Dave, request, v1alpha1.DecisionApprove)
		voter := stored.Spec.Voter
		if voter == nil || voter.Username != cluster.Dave || len(voter.Groups) != 1 || voter.Groups[0] != "oidc:release:managers" ||
			stored.Spec.RequestUID != string(request.UID) {
			t.Errorf("stored: %s", asYAML(stored.Spec))
		}
		t.Run("and cannot be edited, by anybody", func(t *testing.T) {
			for _, who := range []string{cluster.Dave, cluster.Admin} {
				for _, patch := range []string{`{"spec":{"decision":"Reject"}}`, `{"metadata":{"labels":{"a":"b"}}}`} {
					_, err := people[who].ApprovalV1alpha1().ApprovalDecisions(ns).Patch(t.Context(), stored.Name, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
					wantRefusal(t, err)
				}
			}
		})
		t.Run("and counts once however often it is cast", func(t *testing.T) {
			_, err := vote(t, cluster.Dave, request, v1alpha1.DecisionApprove)
			wantRefusal(t, err, `"dave" has cast this very vote on approval request "`+request.Name+`" already, and it stands`)
			if _, err := vote(t, cluster.Dave, request, v1alpha1.DecisionApprove, func(d *v1alpha1.ApprovalDecision) { d.Spec.Comment = "again" }); err != nil {
				t.Fatal(err)
			}
			run := reached(t, ns, "gate", "ApprovalPending")
			if run.IsDone() {
				t.Error("one person made a quorum of two")
			}
		})
	})
	t.Run("an approver changes neither the request nor its status", func(t *testing.T) {
		for _, subresource := range []string{"", "status"} {
			_, err := people[cluster.Alice].ApprovalV1alpha1().ApprovalRequests(ns).Patch(t.Context(), request.Name, types.MergePatchType,
				[]byte(`{"spec":{"required":1},"status":{"state":"Approved"}}`), metav1.PatchOptions{}, strings.Fields(subresource)...)
			if !apierrors.IsForbidden(err) {
				t.Errorf("subresource %q: %v; want Forbidden", subresource, err)
			}
		}
	})
	t.Run("the spec of a request never changes, whoever asks", func(t *testing.T) {
		_, err := suite.ApprovalV1alpha1().ApprovalRequests(ns).Patch(t.Context(), request.Name, types.MergePatchType,
			[]byte(`{"spec":{"required":1}}`), metav1.PatchOptions{})
		wantRefusal(t, err, "the spec of an approval request never changes")
	})
	t.Run("after the decision no vote is taken", func(t *testing.T) {
		mustVote(t, cluster.Alice, request, v1alpha1.DecisionApprove)
		wantEnd(t, ended(t, ns, "gate"), corev1.ConditionTrue, "Approved", "approved by dave, alice: by alice")
		_, err := vote(t, cluster.Alice, request, v1alpha1.DecisionReject)
		wantRefusal(t, err, "is Approved already; it takes no votes")
	})
}

func TestServiceAccountsDecideOnlyIfNamed(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: bot}",
		gateRun("by-group", "  params: [{name: approvers, value: 'group:system:serviceaccounts'}]"),
		gateRun("by-name", "  params: [{name: approvers, value: 'serviceaccount:"+ns+"/bot'}]"))
	_, err := kube.RbacV1().RoleBindings(ns).Create(t.Context(), &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "bot"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "tekton-custom-tasks-approver"},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: ns, Name: "bot"}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	config, err := plane.ServiceAccount(t.Context(), ns, "bot")
	if err != nil {
		t.Fatal(err)
	}
	bot, err := versioned.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, request := range pendingRequests(t, ns, 2) {
		_, err := bot.ApprovalV1alpha1().ApprovalDecisions(ns).Create(t.Context(), &v1alpha1.ApprovalDecision{
			ObjectMeta: metav1.ObjectMeta{GenerateName: "vote-"},
			Spec:       v1alpha1.ApprovalDecisionSpec{Request: request.Name, Decision: v1alpha1.DecisionApprove},
		}, metav1.CreateOptions{})
		if request.Spec.Run.Name == "by-group" {
			wantRefusal(t, err, "may not decide")
		} else if err != nil {
			t.Errorf("the named service account is refused: %v", err)
		}
	}
	ended(t, ns, "by-name")
}

// TestTheWebhookDown runs alone: it stops what the others need.
func TestTheWebhookDown(t *testing.T) {
	ns := newNamespace(t)
	apply(t, ns, gateRun("gate", "  params: [{name: approvers, value: alice}]"), gateRun("short", "  timeout: 3s", "  params: [{name: approvers, value: alice}]"))
	requests := pendingRequests(t, ns, 2)
	webhook := plane.Process("webhook")
	if err := webhook.Kill(); err != nil {
		t.Fatal(err)
	}
	for _, request := range requests {
		_, err := vote(t, cluster.Alice, request, v1alpha1.DecisionApprove)
		wantRefusal(t, err, "failed calling webhook")
	}
	_, err := tasks.TektonV1beta1().CustomRuns(ns).Patch(t.Context(), "gate", types.MergePatchType, []byte(`{"spec":{"status":"RunCancelled"}}`), metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	wantEnd(t, ended(t, ns, "gate"), corev1.ConditionFalse, "CustomRunCancelled", `CustomRun "gate" was cancelled`)
	wantEnd(t, ended(t, ns, "short"), corev1.ConditionFalse, "CustomRunTimedOut", "")
	if err := webhook.Start(); err != nil {
		t.Fatal(err)
	}
	apply(t, ns, gateRun("again", "  params: [{name: approvers, value: alice}]"))
	request := pendingRequests(t, ns, 1)[0]
	eventually(t, "votes to be taken again", func(context.Context) (error, error) {
		_, err := vote(t, cluster.Alice, request, v1alpha1.DecisionApprove)
		return err, nil
	}, func(err error) bool { return err == nil })
	ended(t, ns, "again")
}

func TestNobodyVotesWhereTheWebhookIsSwitchedOff(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, gateRun("gate", "  params: [{name: approvers, value: alice}]"))
	request := pendingRequests(t, ns, 1)[0]
	label := func(value string) {
		t.Helper()
		_, err := kube.CoreV1().Namespaces().Patch(t.Context(), ns, types.MergePatchType,
			[]byte(`{"metadata":{"labels":{"webhooks.knative.dev/exclude":`+value+`}}}`), metav1.PatchOptions{})
		if err != nil {
			t.Fatal(err)
		}
	}
	label(`"true"`)
	// Whatever stamp the voter writes: who may decide, and by what right, is the webhook's to judge.
	stamped := func(voter v1alpha1.Voter) error {
		_, err := vote(t, cluster.Alice, request, v1alpha1.DecisionApprove, func(d *v1alpha1.ApprovalDecision) {
			d.Spec.RequestUID, d.Spec.Digest, d.Spec.Voter = string(request.UID), request.Spec.Digest, &voter
		})
		return err
	}
	eventually(t, "the webhook to be switched off", func(context.Context) (error, error) { return stamped(v1alpha1.Voter{Username: cluster.Dave}), nil },
		func(err error) bool {
			return err != nil && strings.Contains(err.Error(), "the webhook that judges votes is switched off in this namespace")
		})
	wantRefusal(t, stamped(v1alpha1.Voter{Username: cluster.Alice}), "the webhook that judges votes is switched off in this namespace")
	label("null")
	eventually(t, "votes to be taken again", func(context.Context) (error, error) { return stamped(v1alpha1.Voter{Username: cluster.Alice}), nil },
		func(err error) bool { return err == nil })
	wantEnd(t, ended(t, ns, "gate"), corev1.ConditionTrue, "Approved", "approved by alice: by alice")
}

func TestAGateCannotBeTurnedIntoAnotherKindOfRun(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, gateRun("gate", "  params: [{name: approvers, value: alice}]"))
	request := pendingRequests(t, ns, 1)[0]
	reached(t, ns, "gate", "ApprovalPending")
	_, err := tasks.TektonV1beta1().CustomRuns(ns).Patch(t.Context(), "gate", types.MergePatchType,
		[]byte(`{"spec":{"customRef":{"apiVersion":"custom.tekton.dev/v1alpha1","kind":"Wait"},"params":null}}`), metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	wantEnd(t, ended(t, ns, "gate"), corev1.ConditionFalse, "InvalidSpec",
		"the run was started as approval.tekton.dev/v1alpha1/ApprovalRequest and its spec names another kind now; create another run instead")
	wantState(t, request, v1alpha1.StateCancelled)
}

func TestAVoteHoldsNothing(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, gateRun("gate", "  params: [{name: approvers, value: alice}]"))
	_, err := vote(t, cluster.Alice, pendingRequests(t, ns, 1)[0], v1alpha1.DecisionApprove, func(d *v1alpha1.ApprovalDecision) {
		d.Finalizers = []string{"example.dev/stay"}
	})
	wantRefusal(t, err, "metadata.finalizers")
}

func TestAnApproverFillsNothing(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, gateRun("gate", "  params: [{name: approvers, value: [alice, bob]}, {name: required, value: '2'}]"))
	request := pendingRequests(t, ns, 1)[0]
	for name, row := range map[string]struct {
		change func(*v1alpha1.ApprovalDecision)
		want   string
	}{
		"a large annotation": {func(d *v1alpha1.ApprovalDecision) {
			d.Annotations = map[string]string{"x": strings.Repeat("x", 4096)}
		}, "metadata: the labels and annotations are 4097 bytes together; at most 4096 are possible"},
		"large managed fields": {func(d *v1alpha1.ApprovalDecision) {
			d.ManagedFields = []metav1.ManagedFieldsEntry{{
				Manager: "mallory", Operation: metav1.ManagedFieldsOperationUpdate, APIVersion: v1alpha1.SchemeGroupVersion.String(), FieldsType: "FieldsV1",
				FieldsV1: &metav1.FieldsV1{Raw: []byte(`{"f:` + strings.Repeat("x", 70_000) + `":{}}`)},
			}}
		}, "at most 65536 are possible"},
		"a comment for a terminal": {func(d *v1alpha1.ApprovalDecision) { d.Spec.Comment = "\x1b[2J" }, "the comment has the character U+001B"},
		"a request that is a path": {func(d *v1alpha1.ApprovalDecision) { d.Spec.Request += "/status" }, "cannot be the name of an approval request"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := vote(t, cluster.Alice, request, v1alpha1.DecisionApprove, row.change)
			wantRefusal(t, err, row.want)
		})
	}
	decisions := []v1alpha1.Decision{v1alpha1.DecisionApprove, v1alpha1.DecisionWithdraw}
	for n := range 20 {
		mustVote(t, cluster.Alice, request, decisions[n%2])
	}
	_, err := vote(t, cluster.Alice, request, v1alpha1.DecisionApprove)
	wantRefusal(t, err, `"alice" has cast 20 votes on approval request "`+request.Name+`", and more are not possible`)
	mustVote(t, cluster.Bob, request, v1alpha1.DecisionReject)
	wantEnd(t, ended(t, ns, "gate"), corev1.ConditionFalse, "ApprovalRejected", "rejected by bob: by bob")
}

func TestEventsOnTheRunAndOnTheRequest(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, gateRun("gate", "  params: [{name: approvers, value: [alice, bob]}, {name: required, value: '2'}]"))
	request := pendingRequests(t, ns, 1)[0]
	mustVote(t, cluster.Alice, request, v1alpha1.DecisionApprove)
	eventually(t, "the vote to count", getRun(ns, "gate"), func(run *v1beta1.CustomRun) bool {
		c := run.Status.GetCondition(apis.ConditionSucceeded)
		return c != nil && strings.HasPrefix(c.Message, "1 of 2; awaiting bob until ")
	})
	mustVote(t, cluster.Bob, request, v1alpha1.DecisionApprove)
	ended(t, ns, "gate")
	for kind, want := range map[string][]string{
		"CustomRun":       {"Started", "ApprovalPending", "VoteCounted", "Approved"},
		"ApprovalRequest": {"ApprovalRequested", "VoteCounted", "Approved"},
	} {
		eventually(t, "the events of the "+kind, func(ctx context.Context) (map[string]bool, error) {
			list, err := kube.CoreV1().Events(ns).List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.kind=" + kind})
			seen := map[string]bool{}
			for _, event := range list.Items {
				seen[event.Reason] = true
			}
			return seen, err
		}, func(seen map[string]bool) bool {
			return !slices.ContainsFunc(want, func(reason string) bool { return !seen[reason] })
		})
	}
}
