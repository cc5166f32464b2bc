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
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/approval"
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"
)

func TestC32CancelledBeforeItStartedAsksNobody(t *testing.T) {
	g := newGate(t)
	run := newRun(approvers("alice"))
	run.Spec.Status = v1beta1.CustomRunSpecStatusCancelled
	g.Create(run)
	g.Settle("gate")
	if n := len(g.requests()); n != 0 {
		t.Errorf("%d requests of a run that never started", n)
	}
}

func TestC47EveryWriteOfAGateMayGoWrong(t *testing.T) {
	conflict := apierrors.NewConflict(v1alpha1.Resource("approvalrequests"), "x", errors.New("changed"))
	for _, write := range []string{"update customruns/status", "create approvalrequests", "update approvalrequests/status"} {
		for name, disturb := range map[string]func(*gate){
			"fails":            func(g *gate) { g.Server.FailNext(write, apierrors.NewInternalError(errors.New("oops"))) },
			"conflicts":        func(g *gate) { g.Server.FailNext(write, conflict) },
			"loses its answer": func(g *gate) { g.Server.LoseNext(write, errors.New("connection reset")) },
		} {
			for _, when := range []string{"at the start", "at the vote"} {
				t.Run(fmt.Sprintf("%s %s %s, then a restart", write, name, when), func(t *testing.T) {
					g := newGate(t)
					if when == "at the start" {
						disturb(g)
					}
					g.Create(newRun(approvers("alice")))
					for range 4 {
						g.Step("gate")
						g.Restart()
					}
					requests := g.requests()
					if len(requests) != 1 {
						t.Fatalf("C48: %d requests; want 1", len(requests))
					}
					if when == "at the vote" {
						disturb(g)
					}
					g.vote(requests[0], "alice", v1alpha1.DecisionApprove, "")
					for range 4 {
						g.Step("gate")
						g.Restart()
					}
					g.want(corev1.ConditionTrue, "Approved", "approved by alice")
				})
			}
		}
	}
}

func TestC48AStaleCacheMakesNoSecondRequest(t *testing.T) {
	g := newGate(t)
	g.Create(newRun(approvers("alice")))
	release := g.HoldCache() // the cache has the run and never sees its request
	for range 3 {
		g.Step("gate")
	}
	release()
	g.Settle("gate")
	if n := len(g.requests()); n != 1 {
		t.Errorf("%d requests; want 1", n)
	}
}

func TestC49ARequestOfSomebodyElseIsNotAdopted(t *testing.T) {
	genuine := newGate(t).open(newRun(approvers("alice")))
	name := genuine.Name
	forge := func(change func(*v1alpha1.ApprovalRequest)) *v1alpha1.ApprovalRequest {
		yes := true
		request := &v1alpha1.ApprovalRequest{
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace, OwnerReferences: []metav1.OwnerReference{{
				APIVersion: "tekton.dev/v1beta1", Kind: "CustomRun", Name: "gate", UID: "uid-1", Controller: &yes,
			}}},
			Spec: v1alpha1.ApprovalRequestSpec{
				Gate:     v1alpha1.Gate{Approvers: []string{"alice"}, Required: 1, Timeout: "1h0m0s"},
				Run:      v1alpha1.RunReference{Name: "gate", UID: "uid-1", Attempt: 1},
				Deadline: genuine.Spec.Deadline, Asks: "alice", Digest: genuine.Spec.Digest,
			},
		}
		change(request)
		return request
	}
	if diff := cmp.Diff(genuine.Spec, forge(func(*v1alpha1.ApprovalRequest) {}).Spec); diff != "" {
		t.Fatalf("the forgery is not what the run asks, so it proves nothing (-genuine, +forged):\n%s", diff)
	}
	for title, squatter := range map[string]*v1alpha1.ApprovalRequest{
		"without an owner":       forge(func(r *v1alpha1.ApprovalRequest) { r.OwnerReferences = nil }),
		"of another owner":       forge(func(r *v1alpha1.ApprovalRequest) { r.OwnerReferences[0].UID = "else" }),
		"that asks other people": forge(func(r *v1alpha1.ApprovalRequest) { r.Spec.Approvers = []string{"mallory"} }),
	} {
		t.Run(title, func(t *testing.T) {
			g := newGate(t)
			g.Create(newRun(approvers("alice")))
			if _, err := g.clientset.ApprovalV1alpha1().ApprovalRequests(namespace).Create(context.Background(), squatter, metav1.CreateOptions{}); err != nil {
				t.Fatal(err)
			}
			before := g.requests()[0]
			g.Settle("gate")
			g.want(corev1.ConditionFalse, approval.ReasonRequestForeign, fmt.Sprintf(
				"approval request %q was not made by this run; delete it and start the run again", name))
			if diff := cmp.Diff(before, g.requests()[0]); diff != "" {
				t.Errorf("the foreign request changed (-before, +after):\n%s", diff)
			}
		})
	}
}

func TestC51ADeletedRequestFailsTheRun(t *testing.T) {
	for title, again := range map[string]bool{"deleted": false, "deleted and made again by hand": true} {
		t.Run(title, func(t *testing.T) {
			g := newGate(t)
			request := g.open(newRun(approvers("alice")))
			requests := g.clientset.ApprovalV1alpha1().ApprovalRequests(namespace)
			if err := requests.Delete(context.Background(), request.Name, metav1.DeleteOptions{}); err != nil {
				t.Fatal(err)
			}
			if again {
				request.UID, request.ResourceVersion = "", ""
				if _, err := requests.Create(context.Background(), &request, metav1.CreateOptions{}); err != nil {
					t.Fatal(err)
				}
			}
			g.Restart()
			g.Settle("gate")
			g.want(corev1.ConditionFalse, approval.ReasonRequestDeleted, fmt.Sprintf(
				"approval request %q was deleted before a decision; start the run again to ask again", request.Name))
		})
	}
}

func TestC51ARequestThatTookThePlaceOfTheRunsOwnIsLeftAlone(t *testing.T) {
	for name, end := range map[string]func(*gate){
		"by a cancellation": func(g *gate) { g.Cancel("gate", "stop") },
		"by a timeout":      func(g *gate) { g.Advance(2 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			g := newGate(t)
			request := g.open(newRun(approvers("alice")))
			requests := g.clientset.ApprovalV1alpha1().ApprovalRequests(namespace)
			if err := requests.Delete(context.Background(), request.Name, metav1.DeleteOptions{}); err != nil {
				t.Fatal(err)
			}
			request.UID, request.ResourceVersion = "", ""
			if _, err := requests.Create(context.Background(), &request, metav1.CreateOptions{}); err != nil {
				t.Fatal(err)
			}
			before := g.requests()[0]
			end(g)
			g.Settle("gate")
			if !g.Get("gate").IsDone() {
				t.Error("the run goes on")
			}
			if diff := cmp.Diff(before, g.requests()[0]); diff != "" {
				t.Errorf("the other request changed (-before, +after):\n%s", diff)
			}
		})
	}
}

func TestAVoteInAnotherNamespaceDoesNotCount(t *testing.T) {
	g := newGate(t)
	request := g.open(newRun(approvers("alice")))
	g.vote(request, "alice", v1alpha1.DecisionWithdraw, "")
	list, err := g.clientset.ApprovalV1alpha1().ApprovalDecisions(namespace).List(context.Background(), metav1.ListOptions{})
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("%d votes: %v", len(list.Items), err)
	}
	elsewhere := list.Items[0].DeepCopy()
	elsewhere.Namespace, elsewhere.UID, elsewhere.ResourceVersion = "elsewhere", "", ""
	elsewhere.Spec.Decision = v1alpha1.DecisionApprove
	if _, err := g.clientset.ApprovalV1alpha1().ApprovalDecisions("elsewhere").Create(context.Background(), elsewhere, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	g.Restart() // look again
	g.Settle("gate")
	if g.Get("gate").IsDone() {
		t.Error("a vote of another namespace has decided")
	}
}

func TestC53ARequestOfAnEarlierControllerIsCarriedOn(t *testing.T) {
	g := newGate(t)
	request := g.open(newRun(approvers("alice")))
	request.Spec.Message = "an earlier version worded it otherwise"
	if _, err := g.clientset.ApprovalV1alpha1().ApprovalRequests(namespace).Update(context.Background(), &request, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	g.Restart()
	g.vote(request, "alice", v1alpha1.DecisionApprove, "")
	g.Settle("gate")
	g.want(corev1.ConditionTrue, "Approved", "approved by alice")
}

func TestC56ARefusedRequest(t *testing.T) {
	forbidden := func(text string) error {
		return apierrors.NewForbidden(v1alpha1.Resource("approvalrequests"), "x", errors.New(text))
	}
	t.Run("over quota is tried again", func(t *testing.T) {
		g := newGate(t)
		g.Server.FailNext("create approvalrequests", forbidden("exceeded quota: gates"))
		g.Create(newRun(approvers("alice")))
		g.Step("gate")
		if c := g.Get("gate").Status.Conditions[0]; c.Reason != customtask.ReasonTryingAgain {
			t.Errorf("got %s %q", c.Reason, c.Message)
		}
		g.Settle("gate")
		g.want(corev1.ConditionUnknown, approval.ReasonPending, "0 of 1; awaiting alice")
	})
	t.Run("for good fails the run", func(t *testing.T) {
		g := newGate(t)
		g.Server.FailNext("create approvalrequests", forbidden("no gates here"))
		g.Create(newRun(approvers("alice")))
		g.Settle("gate")
		if c := g.Get("gate").Status.Conditions[0]; c.Status != corev1.ConditionFalse || c.Reason != customtask.ReasonForbidden {
			t.Errorf("got %s %s %q", c.Status, c.Reason, c.Message)
		}
	})
}

func TestAClosedRequestIsNotWaitedFor(t *testing.T) {
	g := newGate(t)
	request := g.open(newRun(approvers("alice"), customtasktest.Timeout(0)))
	g.Cancel("gate", "stop")
	g.Server.FailNext("update customruns/status", apierrors.NewConflict(v1alpha1.Resource("x"), "x", errors.New("changed")))
	g.Step("gate") // closes the request; what it says of the run is lost
	g.Edit("gate", func(run *v1beta1.CustomRun) { run.Spec.Status = "" })
	g.Settle("gate")
	g.want(corev1.ConditionFalse, approval.ReasonRequestClosed, fmt.Sprintf("approval request %q is Cancelled and takes no votes", request.Name))
}

func TestC53ARequestOfAnotherNameIsFollowedToTheEnd(t *testing.T) {
	g := newGate(t)
	request := g.open(newRun(approvers("alice"), customtasktest.Param("timeout", "10m")))
	run := g.Get("gate")
	run.Status.ExtraFields.Raw = []byte(strings.ReplaceAll(string(run.Status.ExtraFields.Raw), request.Name, "as-named-before"))
	request.Name, request.UID, request.ResourceVersion = "as-named-before", "", ""
	renamed, err := g.clientset.ApprovalV1alpha1().ApprovalRequests(namespace).Create(context.Background(), &request, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	run.Status.ExtraFields.Raw = []byte(replaceUID(string(run.Status.ExtraFields.Raw), string(renamed.UID)))
	g.StoreStatus(run)
	g.vote(*renamed, "alice", v1alpha1.DecisionApprove, "")
	g.Advance(time.Hour)
	g.Settle("gate")
	g.want(corev1.ConditionTrue, "Approved", "approved by alice")
}

// replaceUID puts a request's UID into a run's stored state.
func replaceUID(extraFields, uid string) string {
	return regexp.MustCompile(`("request":"[^"]*","uid":")[^"]*`).ReplaceAllString(extraFields, "${1}"+uid)
}

func TestTooManyApproversAreRefusedQuickly(t *testing.T) {
	g := newGate(t)
	g.Create(newRun(approvers(strings.Split(strings.Repeat(" ,", 20_000)+" ", ",")...)))
	g.Settle("gate")
	g.want(corev1.ConditionFalse, customtask.ReasonInvalidSpec, "20001 entries; at most 256 are possible, so use groups: approvers")
}

func TestTheCacheKeepsNothingOfAVoteThatIsNotRead(t *testing.T) {
	g := newGate(t, &v1alpha1.ApprovalDecision{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: "vote", Labels: map[string]string{v1alpha1.LabelRequestUID: "u"},
			Annotations:   map[string]string{"mine": strings.Repeat("x", 4096)},
			ManagedFields: []metav1.ManagedFieldsEntry{{Manager: strings.Repeat("x", 4096)}},
		},
		Spec: v1alpha1.ApprovalDecisionSpec{Request: "r", Comment: "why"},
	})
	go g.decisions.RunWithContext(t.Context())
	if !cache.WaitForCacheSync(t.Context().Done(), g.decisions.HasSynced) {
		t.Fatal("the cache was never filled")
	}
	kept, ok, err := g.decisions.GetIndexer().GetByKey(namespace + "/vote")
	if !ok || err != nil {
		t.Fatalf("no vote: %v", err)
	}
	want := &v1alpha1.ApprovalDecision{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "vote", Labels: map[string]string{v1alpha1.LabelRequestUID: "u"}},
		Spec:       v1alpha1.ApprovalDecisionSpec{Request: "r", Comment: "why"},
	}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("kept (-want, +got):\n%s", diff)
	}
}

func TestC25ARequestMadeForARunThatEndedElsewhereIsClosed(t *testing.T) {
	g := newGate(t)
	g.Create(newRun(approvers("alice")))
	g.Server.FailNext("create approvalrequests", apierrors.NewInternalError(errors.New("oops")))
	g.Step("gate") // started; nothing is asked yet
	release := g.HoldCache()
	g.Advance(time.Minute)
	run := g.Get("gate")
	done := metav1.NewTime(g.Clock.Now()).Rfc3339Copy()
	run.Status.CompletionTime = &done
	run.Status.Conditions[0].Status, run.Status.Conditions[0].Reason = corev1.ConditionFalse, customtask.ReasonCancelled
	g.StoreStatus(run) // another replica ended the run
	g.Step("gate")
	if n := len(g.requests()); n != 1 {
		t.Fatalf("%d requests; the old view was meant to make one", n)
	}
	release()
	g.Settle("gate")
	if state := g.requests()[0].Status.State; state != v1alpha1.StateCancelled {
		t.Errorf("the request of a run that is done is %q and takes votes", state)
	}
}
