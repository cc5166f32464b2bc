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
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/approval"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestAGateAsksAndWaits(t *testing.T) {
	g := newGate(t)
	request := g.open(newRun(approvers("alice,group:sec"), customtasktest.Param("message", "Deploy 100%?"), customtasktest.Param("timeout", "2h")))
	g.want(corev1.ConditionUnknown, approval.ReasonPending, "0 of 1; awaiting alice, group:sec")
	run := g.Get("gate")
	// The API server keeps whole seconds; the part of one is the voters'.
	deadline := metav1.NewTime(run.Status.StartTime.Add(2 * time.Hour))
	want := v1alpha1.ApprovalRequestSpec{
		Gate:     v1alpha1.Gate{Message: "Deploy 100%?", Approvers: []string{"alice", "group:sec"}, Required: 1, Timeout: "2h0m0s"},
		Run:      v1alpha1.RunReference{Name: "gate", UID: run.UID, Attempt: 1},
		Asks:     "1 of alice, group:sec",
		Digest:   request.Spec.Digest,
		Deadline: &deadline,
	}
	if !regexp.MustCompile("^sha256:[0-9a-f]{64}$").MatchString(want.Digest) {
		t.Errorf("the digest is %q", want.Digest)
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
		"Normal ApprovalPending 0 of 1; awaiting alice, bob until 2026-01-02T04:04Z; tkn approval approve " + request.Name,
		"Normal Approved approved by bob: ship it",
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
	g.want(corev1.ConditionUnknown, approval.ReasonPending, "1 of 2; awaiting bob, carol")
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
	if !ok || again > 10*time.Minute+time.Second {
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
		"the run's goes before the gate's": {[]customtasktest.RunOption{customtasktest.Param("timeout", "3h"), customtasktest.Timeout(time.Minute)}, time.Minute},
		"the gate's 0 is none":             {[]customtasktest.RunOption{customtasktest.Param("timeout", "0")}, 0},
		"the run's 0 is none":              {[]customtasktest.RunOption{customtasktest.Timeout(0)}, 0},
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
	g.want(corev1.ConditionUnknown, approval.ReasonPending, "0 of 2; awaiting alice, bob")
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
