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

	"github.com/customtasks/customtasks/internal/sentence"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
)

// maxMessage bounds the message of a gate that waits or was decided: tools show little more of it.
const maxMessage = 120

// outcome says what the state of a request means for its run.
func outcome(request *v1alpha1.ApprovalRequest) (customtask.Outcome, error) {
	status := request.Status
	switch status.State {
	case v1alpha1.StateApproved:
		reason, message := ReasonApproved, "approved by "+names(status.ApprovedBy, maxMessage/2)
		if status.OverriddenBy != "" {
			reason, message = ReasonOverridden, "OVERRIDDEN: approved by "+status.OverriddenBy+" alone"
		}
		return withResults(customtask.Succeeded(reason, shorten(message+comment(status), maxMessage)), status), nil
	case v1alpha1.StateRejected:
		message := "rejected by " + status.RejectedBy
		if status.OverriddenBy != "" {
			message = "OVERRIDDEN: " + message + " alone"
		}
		if message = shorten(message+comment(status), maxMessage); request.Spec.OnReject == v1alpha1.AfterContinue {
			return withResults(customtask.Succeeded(ReasonRejected, message), status), nil
		}
		return customtask.Outcome{}, withResults(customtask.FailRun(ReasonRejected, message), status)
	case v1alpha1.StateTimedOut, v1alpha1.StateCancelled:
		still := "still awaited: " + names(request.Awaited(), maxMessage/2)
		if status.State == v1alpha1.StateTimedOut && request.Spec.OnTimeout == v1alpha1.AfterContinue {
			return withResults(customtask.Succeeded(ReasonTimedOut, "nobody decided in time; "+still), status), nil
		}
		return withResults(customtask.Stopped().WithMessage(still), status), nil
	default:
		return customtask.Running(ReasonPending, pending(request)).WithState(state{Request: request.Name, UID: string(request.UID)}), nil
	}
}

// pending says who is awaited, until when, and what decides, the first first. Names that do not fit are
// counted; if not even one does, the command goes.
func pending(request *v1alpha1.ApprovalRequest) string {
	count := tallied(request, request.Status) + "; awaiting "
	until := ""
	if deadline := request.Spec.Deadline; deadline != nil {
		until = " until " + deadline.UTC().Format("2006-01-02T15:04Z")
	}
	command := "; tkn approval approve " + request.Name
	who, room := request.Awaited(), maxMessage-len(count)-len(until)
	if len(who) > 0 && len([]rune(names(who[:1], room)))+len(others(len(who)-1)) > room-len(command) {
		return count + names(who, room) + until
	}
	return count + names(who, room-len(command)) + until + command
}

// names lists as many names as fit into so many characters, and counts the others. The first is there
// always, cut if it has to be.
func names(all []string, room int) string {
	for n := len(all); n > 1; n-- {
		text := strings.Join(all[:n], ", ") + others(len(all)-n)
		if len([]rune(text)) <= room {
			return text
		}
	}
	if len(all) == 0 {
		return "nobody"
	}
	rest := others(len(all) - 1)
	return shorten(all[0], room-len(rest)) + rest
}

func others(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
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

// comment is that of the vote that decided, on one line after what was decided.
func comment(status v1alpha1.ApprovalRequestStatus) string {
	if line := sentence.Line(status.Comment); line != "" {
		return ": " + line
	}
	return ""
}
