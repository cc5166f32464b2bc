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

package decision

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/google/go-cmp/cmp"
	jsonpatch "gomodules.xyz/jsonpatch/v2"
	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clocktesting "k8s.io/utils/clock/testing"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func pending() *v1alpha1.ApprovalRequest {
	deadline := metav1.NewTime(now.Add(time.Hour))
	return &v1alpha1.ApprovalRequest{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "gate-1", UID: "request-uid"},
		Spec: v1alpha1.ApprovalRequestSpec{
			Gate:     v1alpha1.Gate{Approvers: []string{"alice", "group:oidc:sec", "serviceaccount:ci/bot"}, Required: 1},
			Deadline: &deadline,
		},
		Status: v1alpha1.ApprovalRequestStatus{State: v1alpha1.StatePending},
	}
}

func judgeOf(request *v1alpha1.ApprovalRequest, err error) judge {
	return judge{
		clock: clocktesting.NewFakePassiveClock(now),
		votes: func(context.Context, string, string, string) ([]v1alpha1.ApprovalDecision, error) { return nil, nil },
		request: func(_ context.Context, namespace, name string) (*v1alpha1.ApprovalRequest, error) {
			if err != nil {
				return nil, err
			}
			if namespace != request.Namespace || name != request.Name {
				return nil, apierrors.NewNotFound(v1alpha1.Resource("approvalrequests"), name)
			}
			return request, nil
		},
	}
}

func vote(change func(*v1alpha1.ApprovalDecisionSpec)) *v1alpha1.ApprovalDecision {
	v := &v1alpha1.ApprovalDecision{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.SchemeGroupVersion.String(), Kind: "ApprovalDecision"},
		ObjectMeta: metav1.ObjectMeta{GenerateName: "vote-", Namespace: "ns", Labels: map[string]string{"mine": "too"}},
		Spec:       v1alpha1.ApprovalDecisionSpec{Request: "gate-1", Decision: v1alpha1.DecisionApprove},
	}
	if change != nil {
		change(&v.Spec)
	}
	return v
}

func creation(t *testing.T, user authenticationv1.UserInfo, v *v1alpha1.ApprovalDecision) *admissionv1.AdmissionRequest {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return &admissionv1.AdmissionRequest{
		Operation: admissionv1.Create, Namespace: "ns", UserInfo: user, Object: runtime.RawExtension{Raw: raw},
	}
}

var alice = authenticationv1.UserInfo{Username: "alice", UID: "7", Groups: []string{"system:authenticated"}}

func TestVotesAreStamped(t *testing.T) {
	for name, row := range map[string]struct {
		user authenticationv1.UserInfo
		want v1alpha1.Voter
	}{
		"a user":              {alice, v1alpha1.Voter{Username: "alice", UID: "7"}},
		"a member of a group": {authenticationv1.UserInfo{Username: "bob", Groups: []string{"x", "oidc:sec"}}, v1alpha1.Voter{Username: "bob", Groups: []string{"oidc:sec"}}},
		"a service account":   {authenticationv1.UserInfo{Username: "system:serviceaccount:ci:bot"}, v1alpha1.Voter{Username: "system:serviceaccount:ci:bot"}},
	} {
		t.Run(name, func(t *testing.T) {
			j := judgeOf(pending(), nil)
			request := creation(t, row.user, vote(nil))
			response := j.response(context.Background(), request, true)
			if !response.Allowed {
				t.Fatalf("refused: %v", response.Result)
			}
			got := apply(t, request.Object.Raw, response.Patch)
			want := vote(func(s *v1alpha1.ApprovalDecisionSpec) { s.Voter, s.RequestUID = &row.want, "request-uid" })
			want.Labels[v1alpha1.LabelRequestUID] = "request-uid"
			want.Labels[v1alpha1.LabelVoter] = v1alpha1.VoterLabel(row.user.Username)
			want.OwnerReferences = []metav1.OwnerReference{{
				APIVersion: "approval.tekton.dev/v1alpha1", Kind: "ApprovalRequest", Name: "gate-1", UID: "request-uid",
			}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("stored (-want, +got):\n%s", diff)
			}
			if checked := j.response(context.Background(), creation(t, row.user, got), false); !checked.Allowed {
				t.Errorf("the stamped vote is refused afterwards: %v", checked.Result)
			}
		})
	}
}

// apply applies the additions that a stamp consists of.
func apply(t *testing.T, raw, patch []byte) *v1alpha1.ApprovalDecision {
	t.Helper()
	var operations []jsonpatch.Operation
	var object map[string]any
	if err := errors.Join(json.Unmarshal(patch, &operations), json.Unmarshal(raw, &object)); err != nil {
		t.Fatal(err)
	}
	for _, operation := range operations {
		if operation.Operation != "add" {
			t.Fatalf("the stamp wants to %s %s", operation.Operation, operation.Path)
		}
		at := object
		path := strings.Split(strings.TrimPrefix(operation.Path, "/"), "/")
		for _, key := range path[:len(path)-1] {
			at = at[unescape(key)].(map[string]any)
		}
		at[unescape(path[len(path)-1])] = operation.Value
	}
	whole, err := json.Marshal(object)
	out := &v1alpha1.ApprovalDecision{}
	if err := errors.Join(err, json.Unmarshal(whole, out)); err != nil {
		t.Fatal(err)
	}
	return out
}

func unescape(key string) string {
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(key)
}

func TestVotesThatAreRefused(t *testing.T) {
	mallory := authenticationv1.UserInfo{Username: "mallory", Groups: []string{"system:authenticated"}}
	rows := map[string]struct {
		user    authenticationv1.UserInfo
		vote    *v1alpha1.ApprovalDecision
		request func(*v1alpha1.ApprovalRequest)
		message string
	}{
		"of somebody who may not decide": {
			mallory, vote(nil), nil, `"mallory" may not decide on approval request "gate-1"; it asks 1 of alice, group:oidc:sec, serviceaccount:ci/bot`,
		},
		"of a service account through a group": {
			authenticationv1.UserInfo{Username: "system:serviceaccount:ci:other", Groups: []string{"oidc:sec"}}, vote(nil), nil,
			`"system:serviceaccount:ci:other" may not decide on approval request "gate-1"; it asks 1 of alice, group:oidc:sec, serviceaccount:ci/bot`,
		},
		"of a user who is called like the group": {
			authenticationv1.UserInfo{Username: "oidc:sec"}, vote(nil), nil,
			`"oidc:sec" may not decide on approval request "gate-1"; it asks 1 of alice, group:oidc:sec, serviceaccount:ci/bot`,
		},
		"for another": {
			alice, vote(func(s *v1alpha1.ApprovalDecisionSpec) { s.Voter = &v1alpha1.Voter{Username: "bob"} }), nil,
			`spec.voter names "bob", and the vote is cast by "alice"; leave spec.voter out`,
		},
		"with a group that is not the voter's": {
			alice, vote(func(s *v1alpha1.ApprovalDecisionSpec) {
				s.Voter = &v1alpha1.Voter{Username: "alice", Groups: []string{"oidc:sec"}}
			}), nil, `spec.voter names "alice", and the vote is cast by "alice"; leave spec.voter out`,
		},
		"on a request that is not there": {
			alice, vote(func(s *v1alpha1.ApprovalDecisionSpec) { s.Request = "nope" }), nil,
			`spec.request: there is no approval request "nope" in namespace "ns"`,
		},
		"on another request of that name": {
			alice, vote(func(s *v1alpha1.ApprovalDecisionSpec) { s.RequestUID = "before" }), nil,
			`approval request "gate-1" is not the one that the vote was meant for; look at it again`,
		},
		"on a request that is decided": {
			alice, vote(nil), func(r *v1alpha1.ApprovalRequest) { r.Status.State = v1alpha1.StateRejected },
			`approval request "gate-1" is Rejected already; it takes no votes`,
		},
		"after the deadline": {
			alice, vote(nil), func(r *v1alpha1.ApprovalRequest) { r.Spec.Deadline = &metav1.Time{Time: now.Add(-time.Minute)} },
			`approval request "gate-1" timed out at 2026-01-02 03:03:05 UTC; it takes no votes`,
		},
		"on a request that is being deleted": {
			alice, vote(nil), func(r *v1alpha1.ApprovalRequest) { r.DeletionTimestamp = &metav1.Time{Time: now} },
			`approval request "gate-1" is being deleted`,
		},
		"on what cannot be a name": {
			alice, vote(func(s *v1alpha1.ApprovalDecisionSpec) { s.Request = "gate-1/status" }), nil,
			`"gate-1/status" cannot be the name of an approval request; write the name alone: spec.request`,
		},
		"with a comment that a terminal obeys": {
			alice, vote(func(s *v1alpha1.ApprovalDecisionSpec) { s.Comment = "fine\x1b[2J\nStatus: hacked" }), nil,
			"the comment has the character U+001B, which controls a terminal or cannot be seen; leave it out: spec.comment",
		},
		"with more labels than there is room for": {
			alice, notes(nil, map[string]string{"a": strings.Repeat("x", maxNoted)}), nil,
			"metadata: the labels and annotations are 4104 bytes together; at most 4096 are possible",
		},
		"with labels and annotations that are too much together": {
			alice, notes(map[string]string{"a": strings.Repeat("x", 2048)}, map[string]string{"a": strings.Repeat("x", 2048)}), nil,
			"metadata: the labels and annotations are 4105 bytes together; at most 4096 are possible",
		},
		"that say neither yes nor no": {
			alice, vote(func(s *v1alpha1.ApprovalDecisionSpec) { s.Decision = "Maybe" }), nil, `"Maybe" must be Approve, Reject or Withdraw: spec.decision`,
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			request := pending()
			if row.request != nil {
				row.request(request)
			}
			for _, mutate := range []bool{true, false} {
				response := judgeOf(request, nil).response(context.Background(), creation(t, row.user, row.vote), mutate)
				if response.Allowed || response.Result.Code != http.StatusForbidden || response.Result.Message != row.message {
					t.Errorf("mutate %v: allowed %v, told %+v\nwant %q", mutate, response.Allowed, response.Result, row.message)
				}
			}
		})
	}
}

// notes is a vote with annotations and one label more.
func notes(annotations, more map[string]string) *v1alpha1.ApprovalDecision {
	v := vote(nil)
	v.Annotations = annotations
	maps.Copy(v.Labels, more)
	return v
}

func TestAStampThatWasChangedAfterwardsIsRefused(t *testing.T) {
	stamped, err := judgeOf(pending(), nil).stamp(context.Background(), alice, vote(nil))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*v1alpha1.ApprovalDecision){
		"without a voter": func(v *v1alpha1.ApprovalDecision) { v.Spec.Voter = nil },
		"another uid":     func(v *v1alpha1.ApprovalDecision) { v.Spec.Voter.UID = "8" },
		"no voter's uid":  func(v *v1alpha1.ApprovalDecision) { v.Spec.Voter.UID = "" },
		"no request uid":  func(v *v1alpha1.ApprovalDecision) { v.Spec.RequestUID = "" },
		"another owner":   func(v *v1alpha1.ApprovalDecision) { v.OwnerReferences[0].UID = "else" },
		"another label":   func(v *v1alpha1.ApprovalDecision) { v.Labels[v1alpha1.LabelRequestUID] = "else" },
		"another voter":   func(v *v1alpha1.ApprovalDecision) { v.Labels[v1alpha1.LabelVoter] = v1alpha1.VoterLabel("bob") },
	} {
		t.Run(name, func(t *testing.T) {
			v := stamped.DeepCopy()
			change(v)
			if response := judgeOf(pending(), nil).response(context.Background(), creation(t, alice, v), false); response.Allowed {
				t.Error("admitted")
			}
		})
	}
}

func TestAnAPIServerThatDoesNotAnswerTakesNoVote(t *testing.T) {
	j := judgeOf(nil, apierrors.NewInternalError(errors.New("secret detail")))
	response := j.response(context.Background(), creation(t, alice, vote(nil)), true)
	if response.Allowed || response.Result.Code != http.StatusServiceUnavailable || strings.Contains(response.Result.Message, "secret") {
		t.Errorf("allowed %v, told %+v", response.Allowed, response.Result)
	}
}

func TestUpdates(t *testing.T) {
	for name, row := range map[string]struct {
		change  func(*v1alpha1.ApprovalDecision)
		allowed bool
	}{
		"of the decision":   {func(v *v1alpha1.ApprovalDecision) { v.Spec.Decision = v1alpha1.DecisionReject }, false},
		"of the comment":    {func(v *v1alpha1.ApprovalDecision) { v.Spec.Comment = "edited" }, false},
		"of the voter":      {func(v *v1alpha1.ApprovalDecision) { v.Spec.Voter = &v1alpha1.Voter{Username: "bob"} }, false},
		"of a label":        {func(v *v1alpha1.ApprovalDecision) { v.Labels["mine"] = "yours" }, false},
		"of an annotation":  {func(v *v1alpha1.ApprovalDecision) { v.Annotations = map[string]string{"a": "b"} }, false},
		"of the finalizers": {func(v *v1alpha1.ApprovalDecision) { v.Finalizers = []string{"mine", "foregroundDeletion"} }, false},
		"of an owner":       {func(v *v1alpha1.ApprovalDecision) { v.OwnerReferences[0].UID = "nobody" }, false},
		"by one more owner": {func(v *v1alpha1.ApprovalDecision) {
			v.OwnerReferences = append(v.OwnerReferences, metav1.OwnerReference{APIVersion: "v1", Kind: "ConfigMap", Name: "gone", UID: "nobody"})
		}, false},
		"by garbage collection": {func(v *v1alpha1.ApprovalDecision) { v.Finalizers, v.OwnerReferences = nil, nil }, true},
	} {
		t.Run(name, func(t *testing.T) {
			before, after := vote(nil), vote(nil)
			before.Finalizers, after.Finalizers = []string{"foregroundDeletion"}, []string{"foregroundDeletion"}
			before.OwnerReferences, after.OwnerReferences = owners(pending()), owners(pending())
			row.change(after)
			request := creation(t, alice, after)
			request.Operation = admissionv1.Update
			request.OldObject = creation(t, alice, before).Object
			for _, mutate := range []bool{true, false} {
				if got := judgeOf(pending(), nil).response(context.Background(), request, mutate).Allowed; got != row.allowed {
					t.Errorf("mutate %v: allowed %v; want %v", mutate, got, row.allowed)
				}
			}
		})
	}
}

func TestDeletionsAreNotOurs(t *testing.T) {
	request := &admissionv1.AdmissionRequest{Operation: admissionv1.Delete}
	if !judgeOf(pending(), nil).response(context.Background(), request, false).Allowed {
		t.Error("a deletion was refused, which would block garbage collection")
	}
}
