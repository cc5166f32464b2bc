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
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
)

// maxPending bounds the message of a gate that waits: tools show little more of it.
const maxPending = 120

// outcome says what the state of a request means for its run.
func outcome(request *v1alpha1.ApprovalRequest) (customtask.Outcome, error) {
	status := request.Status
	switch status.State {
	case v1alpha1.StateApproved:
		reason, message := ReasonApproved, "approved by "+strings.Join(status.ApprovedBy, ", ")
		if status.OverriddenBy != "" {
			reason, message = ReasonOverridden, "OVERRIDDEN: approved by "+status.OverriddenBy+" alone"
		}
		return withResults(customtask.Succeeded(reason, message+comment(status)), status), nil
	case v1alpha1.StateRejected:
		message := "rejected by " + status.RejectedBy
		if status.OverriddenBy != "" {
			message = "OVERRIDDEN: " + message + " alone"
		}
		if message += comment(status); request.Spec.OnReject == v1alpha1.AfterContinue {
			return withResults(customtask.Succeeded(ReasonRejected, message), status), nil
		}
		return customtask.Outcome{}, withResults(customtask.FailRun(ReasonRejected, message), status)
	case v1alpha1.StateTimedOut, v1alpha1.StateCancelled:
		still := "still awaited: " + awaited(request, status)
		if status.State == v1alpha1.StateTimedOut && request.Spec.OnTimeout == v1alpha1.AfterContinue {
			return withResults(customtask.Succeeded(ReasonTimedOut, "nobody decided in time; "+still), status), nil
		}
		return withResults(customtask.Stopped().WithMessage(still), status), nil
	default:
		return customtask.Running(ReasonPending, pending(request)).WithState(state{Request: request.Name, UID: string(request.UID)}), nil
	}
}

// pending says who is awaited, until when, and what decides, the first first. What does not fit is cut
// from the names; only if hardly any would be left, the command goes.
func pending(request *v1alpha1.ApprovalRequest) string {
	const fewest = 40
	who := fmt.Sprintf("%s approvals; awaiting %s", tallied(request, request.Status), awaited(request, request.Status))
	until := ""
	if deadline := request.Spec.Deadline; deadline != nil {
		until = " until " + deadline.UTC().Format("2006-01-02T15:04Z")
	}
	command := "; tkn approval approve " + request.Name
	if room := maxPending - len(until) - len(command); room >= fewest {
		return shorten(who, room) + until + command
	}
	return shorten(who, maxPending-len(until)) + until
}

// shorten cuts a text to at most limit characters.
func shorten(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:limit-1]) + "…"
}

// withResults adds the results that the path has: decision always; approvedBy, a JSON array, if
// anybody approved; approvedAt or rejectedBy with the decision; comment, maybe empty, with either;
// overriddenBy if somebody decided alone; and the answers to the gate's questions.
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
	if status.OverriddenBy != "" {
		o = o.WithResult("overriddenBy", status.OverriddenBy)
	}
	for _, answer := range status.Inputs {
		o = o.WithResult(answer.Name, answer.Value)
	}
	return o
}

func comment(status v1alpha1.ApprovalRequestStatus) string {
	if status.Comment == "" {
		return ""
	}
	return ": " + status.Comment
}
