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

// Package approval drives runs of kind ApprovalRequest: gates that wait until people have decided.
package approval

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"k8s.io/client-go/tools/record"
)

const (
	// ReasonPending: not enough approvers have decided (Unknown).
	ReasonPending = "ApprovalPending"
	// ReasonApproved: as many approvers as required have approved (True).
	ReasonApproved = "Approved"
	// ReasonRejected: an approver has rejected (False). It is not retried.
	ReasonRejected = "ApprovalRejected"
	// ReasonRequestDeleted: somebody deleted the request before a decision (False).
	ReasonRequestDeleted = "ApprovalRequestDeleted"
	// ReasonRequestClosed: the request was closed and the run was not, as when a cancellation is taken
	// back (False, when no retries are left).
	ReasonRequestClosed = "ApprovalRequestClosed"
	// ReasonRequestForeign: an object that is not the run's own has the request's name (False).
	ReasonRequestForeign = "ApprovalRequestForeign"
)

// Spec is a gate, from an embedded spec or params.
type Spec struct {
	v1alpha1.Gate
}

// FromParams takes approvers, required, message and timeout.
func (s *Spec) FromParams(p customtask.Params) error {
	approvers, hasApprovers, errApprovers := p.Strings("approvers")
	required, hasRequired, errRequired := p.Int("required")
	message, hasMessage, errMessage := p.String("message")
	timeout, hasTimeout, errTimeout := p.Duration("timeout")
	err := errors.Join(p.Only("approvers", "required", "message", "timeout"), errApprovers, errRequired, errMessage, errTimeout)
	if err != nil {
		return err
	}
	if hasApprovers {
		s.Approvers = approvers
	}
	if hasRequired {
		if required < 1 || required > math.MaxInt32 {
			return customtask.FailRun(customtask.ReasonInvalidParams, fmt.Sprintf(
				`param "required" is %d; it must be at least 1 and at most the number of approvers`, required))
		}
		s.Required = int32(required)
	}
	if hasMessage {
		s.Message = message
	}
	if hasTimeout {
		s.Timeout = timeout.String()
	}
	return nil
}

// state remembers the request of the attempt, so that one that was deleted, or made again by somebody
// else, is noticed.
type state struct {
	Request string `json:"request"`
	UID     string `json:"uid"`
}

// Task asks, counts the votes and ends the run when they decide. It writes what it is asked to write:
// the request once, and its status and the run's when a vote changes them. Nothing polls.
type Task struct {
	requests requests
	recorder record.EventRecorder
}

var (
	_ customtask.Task[Spec]    = (*Task)(nil)
	_ customtask.Stopper[Spec] = (*Task)(nil)
	_ customtask.Initializer   = (*Task)(nil)
)

// Reconcile makes sure that the request exists and counts its votes.
func (t *Task) Reconcile(ctx context.Context, run *customtask.Run[Spec]) (customtask.Outcome, error) {
	request, err := t.ensure(ctx, run)
	if err != nil {
		return customtask.Outcome{}, err
	}
	votes, err := t.requests.votes(request)
	if err != nil {
		return customtask.Outcome{}, err
	}
	request, err = t.count(ctx, run, request, votes)
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

// Stop ends the request with the attempt. Votes cast before the deadline still decide: they are read
// from the API server, so that neither a late cache nor a controller that was down loses one.
func (t *Task) Stop(ctx context.Context, run *customtask.Run[Spec], reason customtask.StopReason) (customtask.Outcome, error) {
	request, err := t.existing(ctx, run)
	if request == nil {
		return customtask.Stopped(), err
	}
	end := v1alpha1.StateCancelled
	if reason == customtask.TimedOut {
		end = v1alpha1.StateTimedOut
		votes, err := t.requests.liveVotes(ctx, request)
		if err != nil {
			return customtask.Outcome{}, err
		}
		if request, err = t.count(ctx, run, request, votes); err != nil {
			return customtask.Outcome{}, err
		}
	}
	if !request.Status.State.Final() {
		if request, err = t.close(ctx, run, request, end); err != nil {
			return customtask.Outcome{}, err
		}
	}
	return outcome(request)
}

// outcome says what the state of a request means for its run.
func outcome(request *v1alpha1.ApprovalRequest) (customtask.Outcome, error) {
	status := request.Status
	switch status.State {
	case v1alpha1.StateApproved:
		return withResults(customtask.Succeeded(ReasonApproved, "approved by "+strings.Join(status.ApprovedBy, ", ")+comment(status)), status), nil
	case v1alpha1.StateRejected:
		rejected := customtask.FailRun(ReasonRejected, "rejected by "+status.RejectedBy+comment(status))
		return customtask.Outcome{}, withResults(rejected, status)
	case v1alpha1.StateTimedOut, v1alpha1.StateCancelled:
		return withResults(customtask.Stopped().WithMessage("still awaited: "+awaited(request)), status), nil
	default:
		message := fmt.Sprintf("%d of %d approvals; awaiting %s", len(status.ApprovedBy), request.Spec.Required, awaited(request))
		return customtask.Running(ReasonPending, message).WithState(state{Request: request.Name, UID: string(request.UID)}), nil
	}
}

// withResults adds the results that the path has: decision always; approvedBy, a JSON array, if
// anybody approved; approvedAt or rejectedBy with the decision; comment, maybe empty, with either.
func withResults[O interface{ WithResult(name, value string) O }](o O, status v1alpha1.ApprovalRequestStatus) O {
	o = o.WithResult("decision", string(status.State))
	if len(status.ApprovedBy) > 0 {
		names, _ := json.Marshal(status.ApprovedBy) //nolint:errcheck,errchkjson // strings always encode
		o = o.WithResult("approvedBy", string(names))
	}
	switch status.State {
	case v1alpha1.StateApproved:
		o = o.WithResult("approvedAt", status.DecidedAt.UTC().Format(time.RFC3339)).WithResult("comment", status.Comment)
	case v1alpha1.StateRejected:
		o = o.WithResult("rejectedBy", status.RejectedBy).WithResult("comment", status.Comment)
	}
	return o
}

// awaited names who may still decide, the first few of them.
func awaited(request *v1alpha1.ApprovalRequest) string {
	return v1alpha1.ListApprovers(request.Spec.Awaited(request.Status.ApprovedBy))
}

func comment(status v1alpha1.ApprovalRequestStatus) string {
	if status.Comment == "" {
		return ""
	}
	return ": " + status.Comment
}
