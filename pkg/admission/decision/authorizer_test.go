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
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
)

func TestTheAPIServerIsAskedForTheVeryUser(t *testing.T) {
	user := authenticationv1.UserInfo{
		Username: "alice", UID: "7", Groups: []string{"sec", "staff"}, Extra: map[string]authenticationv1.ExtraValue{"scopes": {"read", "write"}},
	}
	for name, row := range map[string]struct {
		status authorizationv1.SubjectAccessReviewStatus
		want   bool
	}{
		"who has the right":                       {authorizationv1.SubjectAccessReviewStatus{Allowed: true}, true},
		"who has it not":                          {authorizationv1.SubjectAccessReviewStatus{}, false},
		"who is denied it":                        {authorizationv1.SubjectAccessReviewStatus{Denied: true}, false},
		"who is denied what another one gives":    {authorizationv1.SubjectAccessReviewStatus{Allowed: true, Denied: true}, false},
		"who has it, though one could not answer": {authorizationv1.SubjectAccessReviewStatus{Allowed: true, EvaluationError: "role not found"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			client := fake.NewClientset()
			var asked authorizationv1.SubjectAccessReviewSpec
			client.PrependReactor("create", "subjectaccessreviews", func(action clienttesting.Action) (bool, runtime.Object, error) {
				review := action.(clienttesting.CreateAction).GetObject().(*authorizationv1.SubjectAccessReview)
				asked = review.Spec
				return true, &authorizationv1.SubjectAccessReview{Status: row.status}, nil
			})
			got, err := authorizer(client)(context.Background(), user, "decide", "approvalpolicies", "ns", "production")
			if err != nil || got != row.want {
				t.Errorf("got %v, %v; want %v", got, err, row.want)
			}
			want := authorizationv1.SubjectAccessReviewSpec{
				User: "alice", UID: "7", Groups: []string{"sec", "staff"}, Extra: map[string]authorizationv1.ExtraValue{"scopes": {"read", "write"}},
				ResourceAttributes: &authorizationv1.ResourceAttributes{
					Group: "approval.tekton.dev", Resource: "approvalpolicies", Namespace: "ns", Name: "production", Verb: "decide",
				},
			}
			if diff := cmp.Diff(want, asked); diff != "" {
				t.Errorf("asked (-want, +got):\n%s", diff)
			}
		})
	}
}

func TestAnAPIServerThatCannotBeAskedGivesNoRight(t *testing.T) {
	client := fake.NewClientset()
	client.PrependReactor("create", "subjectaccessreviews", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, &authorizationv1.SubjectAccessReview{Status: authorizationv1.SubjectAccessReviewStatus{Allowed: true}}, errors.New("no answer")
	})
	got, err := authorizer(client)(context.Background(), authenticationv1.UserInfo{Username: "alice"}, "override", "approvalrequests", "ns", "gate-1")
	if got || err == nil || !strings.Contains(err.Error(), `asking whether "alice" may override approvalrequests "gate-1"`) {
		t.Errorf("got %v, %v", got, err)
	}
}
