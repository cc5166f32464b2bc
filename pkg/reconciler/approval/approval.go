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

// Package approval drives gates: runs of kind ApprovalRequest, ApprovalPolicy and ClusterApprovalPolicy,
// which wait until people have decided.
package approval

import (
	"context"
	"fmt"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	// ReasonPending: not enough approvers have decided (Unknown).
	ReasonPending = "ApprovalPending"
	// ReasonApproved: all rules are met (True).
	ReasonApproved = "Approved"
	// ReasonOverridden: somebody with the right to override has approved alone (True).
	ReasonOverridden = "ApprovalOverridden"
	// ReasonRejected: an approver has rejected (False, or True if the gate continues). It is not retried.
	ReasonRejected = "ApprovalRejected"
	// ReasonTimedOut: nobody decided in time and the gate continues (True).
	ReasonTimedOut = "ApprovalTimedOut"
	// ReasonRequestDeleted: somebody deleted the request before a decision (False).
	ReasonRequestDeleted = "ApprovalRequestDeleted"
	// ReasonRequestClosed: the request was closed and the run was not, as when a cancellation is taken
	// back (False, when no retries are left).
	ReasonRequestClosed = "ApprovalRequestClosed"
	// ReasonRequestForeign: an object that is not the run's own has the request's name (False).
	ReasonRequestForeign = "ApprovalRequestForeign"
	// ReasonBelowFloor: an ApprovalFloor of the namespace asks for more than the gate does (False).
	ReasonBelowFloor = "ApprovalBelowFloor"
	// ReasonStarterUnknown: the gate prevents self-approval, and nothing vouches for who started the
	// PipelineRun (False).
	ReasonStarterUnknown = "ApprovalStarterUnknown"
	// ReasonNotFeasible: nobody could meet the rules, since whoever started the PipelineRun may not decide
	// (False).
	ReasonNotFeasible = "ApprovalNotFeasible"
)

// run is what a gate needs of a customtask.Run, whatever its spec.
type run interface {
	Name() string
	Namespace() string
	ChildName(parts ...string) string
	OwnerReference() metav1.OwnerReference
	Attempt() int
	Now() time.Time
	StartTime() time.Time
	Deadline() (time.Time, bool)
	State(v any) bool
	Object() *v1beta1.CustomRun
}

// attempt is one attempt of a run and what it asks.
type attempt struct {
	run
	gate v1alpha1.Gate
	// policy is where the gate comes from; nil for the run itself.
	policy *v1alpha1.PolicyReference
}

// state remembers the request of the attempt, so that one that was deleted, or made again by somebody
// else, is noticed.
type state struct {
	Request string `json:"request"`
	UID     string `json:"uid"`
}

// reconcile makes sure that the request exists and counts its votes.
func (e *engine) reconcile(ctx context.Context, a attempt) (customtask.Outcome, error) {
	request, err := e.ensure(ctx, a)
	if err != nil {
		return customtask.Outcome{}, err
	}
	votes, err := e.requests.votes(request)
	if err != nil {
		return customtask.Outcome{}, err
	}
	request, err = e.count(ctx, a, request, votes)
	if err != nil {
		return customtask.Outcome{}, err
	}
	if closed := request.Status.State; closed == v1alpha1.StateTimedOut || closed == v1alpha1.StateCancelled {
		// An earlier look closed it and could not store that the attempt ends.
		return customtask.Outcome{}, customtask.FailAttempt(ReasonRequestClosed, fmt.Sprintf(
			"approval request %q is %s and takes no votes", request.Name, closed))
	}
	return outcome(request)
}

// stop ends the request with the attempt. Votes cast before the deadline still decide: they are read
// from the API server, so that neither a late cache nor a controller that was down loses one.
func (e *engine) stop(ctx context.Context, a attempt, reason customtask.StopReason) (customtask.Outcome, error) {
	request, err := e.existing(ctx, a)
	if request == nil {
		return customtask.Stopped(), err
	}
	end := v1alpha1.StateCancelled
	if reason == customtask.TimedOut {
		end = v1alpha1.StateTimedOut
		votes, err := e.requests.liveVotes(ctx, request)
		if err != nil {
			return customtask.Outcome{}, err
		}
		if request, err = e.count(ctx, a, request, votes); err != nil {
			return customtask.Outcome{}, err
		}
	}
	if !request.Status.State.Final() {
		if request, err = e.close(ctx, a, request, end); err != nil {
			return customtask.Outcome{}, err
		}
	}
	return outcome(request)
}
