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

package approval

import (
	"fmt"
	"slices"
	"strings"

	"github.com/customtasks/customtasks/internal/lifecycle"
	"github.com/customtasks/customtasks/internal/sentence"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	corev1 "k8s.io/api/core/v1"
)

// opened tells that a gate waits: on the request, and on the PipelineRun, whose tools show no CustomRuns.
func (e *engine) opened(a attempt, request *v1alpha1.ApprovalRequest) {
	e.recorder.Event(request, corev1.EventTypeNormal, "ApprovalRequested", "awaiting "+awaited(request, request.Status))
	until := ""
	if deadline := request.Spec.Deadline; deadline != nil {
		until = " until " + deadline.UTC().Format("2006-01-02 15:04:05 MST")
	}
	_, want := request.Tally()
	e.tellParent(a, corev1.EventTypeNormal, "ApprovalRequested", fmt.Sprintf(
		"%s asks for approval (%d required); awaiting %s%s; decide with: tkn approval approve %s -n %s",
		a.Name(), want, awaited(request, request.Status), until, request.Name, request.Namespace))
}

// event tells of a change of the request: on the request, on the PipelineRun if it is decided, and on the
// run, where its own condition does not tell it.
func (e *engine) event(a attempt, request *v1alpha1.ApprovalRequest, before v1alpha1.ApprovalRequestStatus) {
	status := request.Status
	switch status.State {
	case v1alpha1.StateApproved, v1alpha1.StateRejected:
		kind, reason := corev1.EventTypeNormal, string(status.State)
		if status.State == v1alpha1.StateRejected || status.OverriddenBy != "" {
			kind = corev1.EventTypeWarning
		}
		message := status.Progress + comment(status)
		if status.OverriddenBy != "" {
			reason = "Overridden"
			message = fmt.Sprintf("OVERRIDDEN: %s by %s alone, by the right to override%s",
				strings.ToLower(string(status.State)), status.OverriddenBy, comment(status))
		}
		e.recorder.Event(request, kind, reason, message)
		if !failsRun(a, request) {
			e.tellParent(a, kind, "Approval"+reason, a.Name()+": "+message)
		}
	case v1alpha1.StateTimedOut, v1alpha1.StateCancelled:
		message := fmt.Sprintf("ended with %s approvals; awaited: %s", tallied(request, status), awaited(request, status))
		if why := a.Object().Spec.StatusMessage; why != "" && status.State == v1alpha1.StateCancelled {
			message += ": " + sentence.Line(string(why))
		}
		e.recorder.Event(request, corev1.EventTypeWarning, string(status.State), message)
		if !failsRun(a, request) {
			e.tellParent(a, corev1.EventTypeWarning, "Approval"+string(status.State), a.Name()+": "+message)
		}
	default:
		message := ""
		switch was, is := len(before.ApprovedBy), len(status.ApprovedBy); {
		case is > was:
			message = fmt.Sprintf("%s approved; %s approvals", status.ApprovedBy[is-1], tallied(request, status))
		case is < was:
			gone := slices.DeleteFunc(slices.Clone(before.ApprovedBy), func(name string) bool { return slices.Contains(status.ApprovedBy, name) })
			message = fmt.Sprintf("%s withdrew; %s approvals", strings.Join(gone, ", "), tallied(request, status))
		default:
			return
		}
		e.recorder.Event(request, corev1.EventTypeNormal, "VoteCounted", message)
		e.recorder.Event(a.Object(), corev1.EventTypeNormal, "VoteCounted", message)
	}
}

// failsRun reports whether the run fails by the end of the request. Then the PipelineRun is told of the
// run's failure.
func failsRun(a attempt, request *v1alpha1.ApprovalRequest) bool {
	switch request.Status.State {
	case v1alpha1.StateRejected:
		return request.Spec.OnReject != v1alpha1.AfterContinue
	case v1alpha1.StateTimedOut:
		return request.Spec.OnTimeout != v1alpha1.AfterContinue && a.Attempt() > a.Object().Spec.Retries
	default:
		return false
	}
}

// tellParent records an Event on the PipelineRun that the run is part of, if any.
func (e *engine) tellParent(a attempt, kind, reason, message string) {
	if parent := lifecycle.PipelineRunOf(a.Object()); parent != nil {
		e.recorder.Event(parent, kind, reason, message)
	}
}
