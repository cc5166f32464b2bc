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

// Package standing says where a request stands: how many have approved, who is awaited, whether that is you,
// and which answers the votes have given.
package standing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/cluster"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// State is the request's; one that the controller has not seen yet is pending.
func State(request *v1alpha1.ApprovalRequest) v1alpha1.State {
	if request.Status.State == "" {
		return v1alpha1.StatePending
	}
	return request.Status.State
}

// Orphan reports whether no CustomRun waits for the request: somebody else than the controller has made it,
// or its run is another by now. The controller never looks at it.
func Orphan(request *v1alpha1.ApprovalRequest) bool {
	owner := metav1.GetControllerOf(request)
	return owner == nil || owner.Kind != pipeline.CustomRunControllerName || owner.UID != request.Spec.Run.UID
}

// Open reports whether votes on the request change anything.
func Open(request *v1alpha1.ApprovalRequest) bool {
	return !State(request).Final() && !Orphan(request)
}

// Progress is what the controller says of a request that is pending or decided, or what it would say
// before the first vote. Of one that ended without a decision it is how far that came.
func Progress(request *v1alpha1.ApprovalRequest) string {
	status, state := request.Status, State(request)
	undecided := state == v1alpha1.StateTimedOut || state == v1alpha1.StateCancelled
	switch {
	case !state.Final() && Orphan(request):
		return "no CustomRun waits for it, and no vote counts"
	case !undecided && status.Progress != "":
		return status.Progress
	}
	have, want := request.Tally()
	text := fmt.Sprintf("%d of %d", have, want)
	if len(status.ApprovedBy) > 0 {
		text += " (" + strings.Join(status.ApprovedBy, ", ") + ")"
	}
	return text
}

// Quorum is how far a pending request has come: "1 of 2 approvals, still awaiting bob".
func Quorum(request *v1alpha1.ApprovalRequest) string {
	have, want := request.Tally()
	text := fmt.Sprintf("%d of %d approvals", have, want)
	if awaited := request.Awaited(); len(awaited) > 0 {
		text += ", still awaiting " + v1alpha1.ListApprovers(awaited)
	}
	return text
}

// Approved reports whether the user's approval counts at present.
func Approved(request *v1alpha1.ApprovalRequest, user cluster.User) bool {
	return slices.Contains(request.Status.ApprovedBy, user.Name)
}

// Refusal says why the user may not decide, or "". The API server judges; this only saves the trip.
func Refusal(request *v1alpha1.ApprovalRequest, user cluster.User) string {
	spec := request.Spec
	if _, ok := spec.AdmitsVoter(user.Name, user.Groups); ok {
		return ""
	}
	_, named := spec.Admits(user.Name, user.Groups)
	switch {
	case spec.Excludes(user.Name):
		return fmt.Sprintf("you, %s, started the PipelineRun, and the request prevents self-approval", user.Name)
	case !named:
		return fmt.Sprintf("you, %s, may not decide; it asks %s", user.Name, request.Spec.WhoDecides())
	}
	return fmt.Sprintf("you, %s, are in none of the groups that decide in this namespace: %s",
		user.Name, strings.Join(spec.MemberOf, ", "))
}

// Awaits reports whether the user's approval would bring the request further: it is open, the user may
// decide, and there is a seat on a rule for them, maybe after others have moved over.
func Awaits(request *v1alpha1.ApprovalRequest, user cluster.User) bool {
	if !Open(request) || Approved(request, user) || Refusal(request, user) != "" {
		return false
	}
	return request.Seat(func(rule v1alpha1.Rule) bool {
		_, ok := rule.Admits(user.Name, user.Groups)
		return ok
	})
}
