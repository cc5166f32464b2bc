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

package command

import (
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	clienttesting "k8s.io/client-go/testing"
)

// watched has the API server end the first watch after some events, and fail the second listing after it.
func watched(s *session, events ...watch.Event) {
	s.approvals.PrependWatchReactor("approvalrequests", func(clienttesting.Action) (bool, watch.Interface, error) {
		stream := watch.NewFakeWithChanSize(len(events), false)
		for _, event := range events {
			stream.Action(event.Type, event.Object)
		}
		events = nil
		stream.Stop()
		return true, stream, nil
	})
	lists := 0
	s.approvals.PrependReactor("list", "approvalrequests", func(action clienttesting.Action) (bool, runtime.Object, error) {
		done := decided(v1alpha1.StateApproved, "approved by alice, bob", "")
		switch lists++; lists {
		case 1:
			return false, nil, nil
		case 2:
			missed := at("13", request("half", done))
			return true, &v1alpha1.ApprovalRequestList{Items: []v1alpha1.ApprovalRequest{*at("10", request("fresh", done)), *missed}}, nil
		}
		return true, nil, errUnavailable
	})
}

var errUnavailable = &statusError{metav1.StatusReasonServiceUnavailable}

// statusError is an answer of the API server.
type statusError struct{ reason metav1.StatusReason }

func (e *statusError) Error() string { return "the API server says " + string(e.reason) }
func (e *statusError) Status() metav1.Status {
	return metav1.Status{Reason: e.reason}
}

// at is the request in another version.
func at(version string, r *v1alpha1.ApprovalRequest) *v1alpha1.ApprovalRequest {
	r.ResourceVersion = version
	return r
}

func TestWatch(t *testing.T) {
	done := decided(v1alpha1.StateApproved, "approved by alice, bob", "")
	events := []watch.Event{
		{Type: watch.Added, Object: at("7", request("fresh"))},                           // was listed
		{Type: watch.Added, Object: at("8", request("next-to-come"))},                    // is wider than the others
		{Type: watch.Modified, Object: at("9", request("fresh", approvedBy("alice")))},   // has changed
		{Type: watch.Modified, Object: at("10", request("fresh", done))},                 // was shown, and is decided
		{Type: watch.Added, Object: at("11", request("decided-before", done))},           // never awaited anybody here
		{Type: watch.Bookmark, Object: &v1alpha1.ApprovalRequest{}},                      // nothing to see
		{Type: watch.Deleted, Object: at("12", request("next-to-come"))},                 // is gone
		{Type: watch.Error, Object: &metav1.Status{Reason: metav1.StatusReasonExpired}},  // lists again
		{Type: watch.Modified, Object: at("99", request("never", approvedBy("nobody")))}, // after the end
	}
	for name, args := range map[string][]string{
		"watch":      {"list", "--watch"},
		"watch-mine": {"list", "-w", "--mine"},
		"watch-name": {"list", "-w", "-o", "name"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession("alice", request("fresh"), request("half", approvedBy("alice")))
			watched(s, events...)
			golden(t, name, s.transcript(args...))
		})
	}
}
