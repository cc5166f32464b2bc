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
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/client/clientset/versioned/fake"
	"github.com/customtasks/customtasks/pkg/client/informers/externalversions"
	client "github.com/customtasks/customtasks/pkg/client/injection/client"
	decisioninformer "github.com/customtasks/customtasks/pkg/client/injection/informers/approval/v1alpha1/approvaldecision"
	requestinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/approval/v1alpha1/approvalrequest"
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

const namespace = customtasktest.Namespace

// gate is a harness of the approval controller with the clientset of requests and decisions.
type gate struct {
	*customtasktest.Harness
	t         *testing.T
	clientset *fake.Clientset
}

func newGate(t *testing.T) *gate {
	t.Helper()
	g := &gate{t: t, clientset: fake.NewSimpleClientset()}
	served := false
	g.Harness = customtasktest.New(t, approval.Kind, &approval.Task{}, customtasktest.WithContext(
		func(h *customtasktest.Harness, ctx context.Context) context.Context {
			if !served {
				h.Server.Serve(g.clientset)
				served = true
			}
			factory := externalversions.NewSharedInformerFactory(g.clientset, 0).Approval().V1alpha1()
			requests, decisions := factory.ApprovalRequests(), factory.ApprovalDecisions()
			h.OnSync(func() {
				list, err := g.clientset.ApprovalV1alpha1().ApprovalRequests(namespace).List(ctx, metav1.ListOptions{})
				fill(t, requests.Informer().GetIndexer(), pointers(list.Items), err)
				votes, err := g.clientset.ApprovalV1alpha1().ApprovalDecisions(namespace).List(ctx, metav1.ListOptions{})
				fill(t, decisions.Informer().GetIndexer(), pointers(votes.Items), err)
			})
			ctx = context.WithValue(ctx, client.Key{}, g.clientset)
			ctx = context.WithValue(ctx, requestinformer.Key{}, requests)
			return context.WithValue(ctx, decisioninformer.Key{}, decisions)
		}))
	return g
}

func pointers[T any](items []T) []any {
	out := make([]any, 0, len(items))
	for i := range items {
		out = append(out, &items[i])
	}
	return out
}

func fill(t *testing.T, indexer cache.Indexer, objects []any, err error) {
	t.Helper()
	if err == nil {
		err = indexer.Replace(objects, "")
	}
	if err != nil {
		t.Fatalf("filling the cache: %v", err)
	}
}

func newRun(opts ...customtasktest.RunOption) *v1beta1.CustomRun {
	return customtasktest.Run("gate", approval.Kind, opts...)
}

func approvers(names ...string) customtasktest.RunOption {
	return customtasktest.Param("approvers", names[0], names[1:]...)
}

// requests lists the requests that exist.
func (g *gate) requests() []v1alpha1.ApprovalRequest {
	g.t.Helper()
	list, err := g.clientset.ApprovalV1alpha1().ApprovalRequests(namespace).List(context.Background(), metav1.ListOptions{})
	if err != nil {
		g.t.Fatal(err)
	}
	return list.Items
}

// open creates the run, settles it and returns its request.
func (g *gate) open(run *v1beta1.CustomRun) v1alpha1.ApprovalRequest {
	g.t.Helper()
	g.Create(run)
	g.Settle(run.Name)
	requests := g.requests()
	if len(requests) != 1 {
		g.t.Fatalf("%d requests; want 1", len(requests))
	}
	return requests[0]
}

// vote stores a decision as admission would have stamped it.
func (g *gate) vote(request v1alpha1.ApprovalRequest, voter string, decision v1alpha1.Decision, comment string, groups ...string) {
	g.t.Helper()
	_, err := g.clientset.ApprovalV1alpha1().ApprovalDecisions(namespace).Create(context.Background(), &v1alpha1.ApprovalDecision{
		ObjectMeta: metav1.ObjectMeta{
			GenerateName: "vote-", Namespace: namespace, Labels: map[string]string{v1alpha1.LabelRequestUID: string(request.UID)},
		},
		Spec: v1alpha1.ApprovalDecisionSpec{
			Request: request.Name, RequestUID: string(request.UID), Decision: decision, Comment: comment,
			Voter: &v1alpha1.Voter{Username: voter, Groups: groups},
		},
	}, metav1.CreateOptions{})
	if err != nil {
		g.t.Fatal(err)
	}
}

func (g *gate) want(status corev1.ConditionStatus, reason, message string) {
	g.t.Helper()
	c := g.Get("gate").Status.Conditions[0]
	if c.Status != status || c.Reason != reason || c.Message != message {
		g.t.Errorf("got %s %s %q; want %s %s %q", c.Status, c.Reason, c.Message, status, reason, message)
	}
}

func (g *gate) wantResults(pairs ...string) {
	g.t.Helper()
	var want []v1beta1.CustomRunResult
	for i := 0; i < len(pairs); i += 2 {
		want = append(want, v1beta1.CustomRunResult{Name: pairs[i], Value: pairs[i+1]})
	}
	if diff := cmp.Diff(want, g.Get("gate").Status.Results); diff != "" {
		g.t.Errorf("results (-want, +got):\n%s", diff)
	}
}

func TestAGateAsksAndWaits(t *testing.T) {
	g := newGate(t)
	request := g.open(newRun(approvers("alice,group:sec"), customtasktest.Param("message", "Deploy 100%?"), customtasktest.Param("timeout", "2h")))
	g.want(corev1.ConditionUnknown, approval.ReasonPending, "0 of 1 approvals; awaiting alice, group:sec")
	run := g.Get("gate")
	start := run.Status.StartTime.Time
	deadline := metav1.NewTime(start.Add(2 * time.Hour))
	want := v1alpha1.ApprovalRequestSpec{
		Gate:     v1alpha1.Gate{Message: "Deploy 100%?", Approvers: []string{"alice", "group:sec"}, Required: 1, Timeout: "2h0m0s"},
		Run:      v1alpha1.RunReference{Name: "gate", UID: run.UID, Attempt: 1},
		Deadline: &deadline,
	}
	if diff := cmp.Diff(want, request.Spec); diff != "" {
		t.Errorf("request (-want, +got):\n%s", diff)
	}
	if owner := metav1.GetControllerOf(&request); owner == nil || owner.UID != run.UID {
		t.Errorf("C54: owner %v; want the run", owner)
	}
}

func TestApproved(t *testing.T) {
	g := newGate(t)
	request := g.open(newRun(approvers("alice", "bob")))
	g.Advance(time.Minute)
	g.vote(request, "bob", v1alpha1.DecisionApprove, "ship it")
	g.Settle("gate")
	g.want(corev1.ConditionTrue, "Approved", "approved by bob: ship it")
	g.wantResults("decision", "Approved", "approvedBy", `["bob"]`, "approvedAt", "2026-01-02T03:05:05Z", "comment", "ship it")
	if state := g.requests()[0].Status.State; state != v1alpha1.StateApproved {
		t.Errorf("the request is %s", state)
	}
	// The vote is somebody else's write; the gate's own are five.
	want := []string{
		"create customruns", "update customruns/status", "create approvalrequests", "update customruns/status",
		"create approvaldecisions", "update approvalrequests/status", "update customruns/status",
	}
	if diff := cmp.Diff(want, g.Server.Writes()); diff != "" {
		t.Errorf("writes (-want, +got):\n%s", diff)
	}
	wantEvents := []string{
		"Normal Started attempt 1 of 1 has started", "Normal ApprovalRequested awaiting alice, bob",
		"Normal ApprovalPending 0 of 1 approvals; awaiting alice, bob", "Normal Approved approved by bob: ship it",
		"Normal Approved approved by bob: ship it",
	}
	if diff := cmp.Diff(wantEvents, g.RecordedEvents()); diff != "" {
		t.Errorf("events (-want, +got):\n%s", diff)
	}
}

func TestRejectedIsFinalWhateverRetriesAreLeft(t *testing.T) {
	g := newGate(t)
	request := g.open(newRun(approvers("alice", "bob", "carol"), customtasktest.Param("required", "2"), customtasktest.Retries(3)))
	g.vote(request, "alice", v1alpha1.DecisionApprove, "")
	g.Settle("gate")
	g.want(corev1.ConditionUnknown, approval.ReasonPending, "1 of 2 approvals; awaiting bob, carol")
	g.vote(request, "bob", v1alpha1.DecisionReject, "not on a Friday")
	g.Settle("gate")
	g.want(corev1.ConditionFalse, "ApprovalRejected", "rejected by bob: not on a Friday")
	g.wantResults("decision", "Rejected", "approvedBy", `["alice"]`, "rejectedBy", "bob", "comment", "not on a Friday")
	g.Advance(10 * time.Hour)
	g.Settle("gate")
	if n := len(g.requests()); n != 1 {
		t.Errorf("C43: %d requests; a person's no was asked about again", n)
	}
}

func TestTimedOut(t *testing.T) {
	g := newGate(t)
	request := g.open(newRun(approvers("alice", "bob"), customtasktest.Param("required", "2"), customtasktest.Param("timeout", "10m")))
	g.vote(request, "alice", v1alpha1.DecisionApprove, "")
	again, ok := g.Settle("gate")
	if !ok || again > 10*time.Minute {
		t.Fatalf("looks again: %v after %v", ok, again)
	}
	g.Advance(again)
	g.Settle("gate")
	g.want(corev1.ConditionFalse, customtask.ReasonTimedOut, "attempt 1 of 1 timed out after 10m0s; still awaited: bob")
	g.wantResults("decision", "TimedOut", "approvedBy", `["alice"]`)
	if state := g.requests()[0].Status.State; state != v1alpha1.StateTimedOut {
		t.Errorf("the request is %s", state)
	}
}

func TestC38TimeoutsOfAGate(t *testing.T) {
	rows := map[string]struct {
		opts []customtasktest.RunOption
		want time.Duration
	}{
		"unset: an hour":                   {nil, time.Hour},
		"the gate's own":                   {[]customtasktest.RunOption{customtasktest.Param("timeout", "3h")}, 3 * time.Hour},
		"the run's goes before the gate's": {[]customtasktest.RunOption{customtasktest.Param("timeout", "3h"), customtasktest.Timeout(metav1.Duration{Duration: time.Minute})}, time.Minute},
		"the gate's 0 is none":             {[]customtasktest.RunOption{customtasktest.Param("timeout", "0")}, 0},
		"the run's 0 is none":              {[]customtasktest.RunOption{customtasktest.Timeout(metav1.Duration{})}, 0},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			g := newGate(t)
			request := g.open(newRun(append(row.opts, approvers("alice"))...))
			var want *metav1.Time
			if row.want > 0 {
				deadline := metav1.NewTime(g.Get("gate").Status.StartTime.Add(row.want))
				want = &deadline
			}
			if diff := cmp.Diff(want, request.Spec.Deadline); diff != "" {
				t.Errorf("deadline (-want, +got):\n%s", diff)
			}
		})
	}
}

func TestAVoteBeforeTheDeadlineCountsThoughTheControllerWasDown(t *testing.T) {
	for name, row := range map[string]struct {
		decision v1alpha1.Decision
		cast     time.Duration
		status   corev1.ConditionStatus
		reason   string
	}{
		"an approval in time":  {v1alpha1.DecisionApprove, 9 * time.Minute, corev1.ConditionTrue, "Approved"},
		"a rejection in time":  {v1alpha1.DecisionReject, 9 * time.Minute, corev1.ConditionFalse, "ApprovalRejected"},
		"an approval too late": {v1alpha1.DecisionApprove, 11 * time.Minute, corev1.ConditionFalse, customtask.ReasonTimedOut},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGate(t)
			request := g.open(newRun(approvers("alice"), customtasktest.Param("timeout", "10m")))
			release := g.HoldCache()
			g.Advance(row.cast)
			g.vote(request, "alice", row.decision, "")
			g.Advance(time.Hour)
			g.Step("gate") // the cache of decisions does not have the vote
			release()
			g.Settle("gate")
			if c := g.Get("gate").Status.Conditions[0]; c.Status != row.status || c.Reason != row.reason {
				t.Errorf("got %s %s; want %s %s", c.Status, c.Reason, row.status, row.reason)
			}
		})
	}
}

func TestARetryAsksAfresh(t *testing.T) {
	g := newGate(t)
	first := g.open(newRun(approvers("alice", "bob"), customtasktest.Param("required", "2"), customtasktest.Param("timeout", "10m"), customtasktest.Retries(1)))
	g.vote(first, "alice", v1alpha1.DecisionApprove, "")
	g.Settle("gate")
	g.Advance(11 * time.Minute)
	g.Settle("gate")
	g.Advance(10 * time.Second)
	g.Settle("gate")
	g.want(corev1.ConditionUnknown, approval.ReasonPending, "0 of 2 approvals; awaiting alice, bob")
	requests := g.requests()
	if len(requests) != 2 {
		t.Fatalf("%d requests; want one for each attempt", len(requests))
	}
	for _, request := range requests {
		if request.Name != first.Name && request.Spec.Run.Attempt != 2 {
			t.Errorf("C45: the second request is %+v", request.Spec.Run)
		}
	}
}

func TestCancelled(t *testing.T) {
	g := newGate(t)
	g.open(newRun(approvers("alice")))
	g.Cancel("gate", "never mind")
	g.Settle("gate")
	g.want(corev1.ConditionFalse, customtask.ReasonCancelled, "never mind")
	g.wantResults("decision", "Cancelled")
	if state := g.requests()[0].Status.State; state != v1alpha1.StateCancelled {
		t.Errorf("the request is %s", state)
	}
}

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
	name := func(t *testing.T) string {
		t.Helper()
		g := newGate(t)
		return g.open(newRun(approvers("alice"))).Name
	}(t)
	forge := func(change func(*v1alpha1.ApprovalRequest)) *v1alpha1.ApprovalRequest {
		yes := true
		request := &v1alpha1.ApprovalRequest{
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace, OwnerReferences: []metav1.OwnerReference{{
				APIVersion: "tekton.dev/v1beta1", Kind: "CustomRun", Name: "gate", UID: "uid-1", Controller: &yes,
			}}},
			Spec: v1alpha1.ApprovalRequestSpec{
				Gate: v1alpha1.Gate{Approvers: []string{"alice"}, Required: 1, Timeout: "1h0m0s"},
				Run:  v1alpha1.RunReference{Name: "gate", UID: "uid-1", Attempt: 1},
			},
		}
		change(request)
		return request
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

func TestBadGates(t *testing.T) {
	rows := map[string]struct {
		run             *v1beta1.CustomRun
		reason, message string
	}{
		"no approvers": {
			newRun(), customtask.ReasonInvalidSpec,
			"nobody may decide; name at least one user, group:NAME or serviceaccount:NAMESPACE/NAME: approvers",
		},
		"an empty list of approvers": {
			newRun(approvers(" , ")), customtask.ReasonInvalidSpec,
			"nobody may decide; name at least one user, group:NAME or serviceaccount:NAMESPACE/NAME: approvers",
		},
		"customSpec null": {
			newRun(customtasktest.Spec("null")), customtask.ReasonInvalidSpec,
			"nobody may decide; name at least one user, group:NAME or serviceaccount:NAMESPACE/NAME: approvers",
		},
		"more required than approvers": {
			newRun(approvers("alice", "bob", "bob"), customtasktest.Param("required", "3")), customtask.ReasonInvalidSpec,
			"3 approvals are required and only 2 approvers are named; name more or require fewer: required",
		},
		"none required": {
			newRun(approvers("alice"), customtasktest.Param("required", "0")), customtask.ReasonInvalidParams,
			`param "required" is 0; it must be at least 1 and at most the number of approvers`,
		},
		"a number that is none": {
			newRun(approvers("alice"), customtasktest.Param("required", "two")), customtask.ReasonInvalidParams,
			`param "required" is "two"; it must be a whole number`,
		},
		"an unparsable timeout": {
			newRun(approvers("alice"), customtasktest.Param("timeout", "2 hours")), customtask.ReasonInvalidParams,
			`param "timeout" is "2 hours"; it must be a duration such as "90s" or "1h30m"`,
		},
		"an unparsable timeout in customSpec": {
			newRun(customtasktest.Spec(`{"approvers":["alice"],"timeout":"2 hours"}`)), customtask.ReasonInvalidSpec,
			`"2 hours" is not a duration; write it as "90s" or "2h30m": timeout`,
		},
		"a negative timeout": {
			newRun(approvers("alice"), customtasktest.Param("timeout", "-1h")), customtask.ReasonInvalidSpec,
			`"-1h0m0s" is negative; write a positive duration, or "0" to wait without end: timeout`,
		},
		"an unknown param": {
			newRun(approvers("alice"), customtasktest.Param("approver", "bob")), customtask.ReasonInvalidParams,
			`param "approver" is unknown; the params are approvers, message, required, timeout`,
		},
		"a param of the wrong type": {
			newRun(approvers("alice"), customtasktest.Param("message", "a", "b")), customtask.ReasonInvalidParams,
			`param "message" must be a string, not of type array`,
		},
		"an unknown field": {
			newRun(customtasktest.Spec(`{"approvers":["alice"],"quorum":2}`)), customtask.ReasonInvalidSpec,
			`spec.customSpec.spec has unknown field "quorum"`,
		},
		"a string for the approvers": {
			newRun(customtasktest.Spec(`{"approvers":"alice"}`)), customtask.ReasonInvalidSpec,
			`spec.customSpec.spec.approvers must be a list, not string`,
		},
		"a name": {
			newRun(customtasktest.Named("production")), customtask.ReasonNameNotSupported,
			`spec.customRef.name is "production", and ApprovalRequest has no named objects; remove the name and give params or a customSpec`,
		},
		"a service account by its user name": {
			newRun(approvers("system:serviceaccount:ci:bot")), customtask.ReasonInvalidSpec,
			`"system:serviceaccount:ci:bot": write a service account as serviceaccount:NAMESPACE/NAME: approvers[0]`,
		},
		"a group without a name": {
			newRun(approvers("alice", "group:")), customtask.ReasonInvalidSpec, "group: needs a name, as in group:platform: approvers[1]",
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			g := newGate(t)
			g.Create(row.run)
			g.Settle("gate")
			g.want(corev1.ConditionFalse, row.reason, row.message)
			if n := len(g.requests()); n != 0 {
				t.Errorf("%d requests were made", n)
			}
		})
	}
}

func TestResultsThatAreListsAreJSONArraysOfStrings(t *testing.T) {
	g := newGate(t)
	request := g.open(newRun(approvers(`o"neil`, "group:a,b"), customtasktest.Param("required", "2")))
	g.vote(request, `o"neil`, v1alpha1.DecisionApprove, "")
	g.vote(request, "zoe", v1alpha1.DecisionApprove, "", "a,b")
	g.Settle("gate")
	var names []string
	for _, r := range g.Get("gate").Status.Results {
		if r.Name == "approvedBy" {
			if err := json.Unmarshal([]byte(r.Value), &names); err != nil {
				t.Fatalf("C27: %v", err)
			}
		}
	}
	if diff := cmp.Diff([]string{`o"neil`, "zoe"}, names); diff != "" {
		t.Errorf("approvedBy (-want, +got):\n%s", diff)
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
		g.want(corev1.ConditionUnknown, approval.ReasonPending, "0 of 1 approvals; awaiting alice")
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
