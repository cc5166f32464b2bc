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

// Package decision admits votes: it stamps who casts an ApprovalDecision, and refuses one from anybody
// who may not decide, for somebody else, on a request that is not pending, or as a change of a vote.
//
// It runs twice: as a mutating webhook that stamps, and as a validating one, after all other webhooks,
// that checks the very same rules on what would be stored.
package decision

import (
	"context"
	"fmt"
	"slices"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	authenticationv1 "k8s.io/api/authentication/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/clock"
)

// RequestGetter reads an ApprovalRequest from the API server.
type RequestGetter func(ctx context.Context, namespace, name string) (*v1alpha1.ApprovalRequest, error)

// judge holds the rules.
type judge struct {
	request RequestGetter
	clock   clock.PassiveClock
}

// refusal is a sentence for the voter about why the vote is not taken.
type refusal struct{ message string }

func (r *refusal) Error() string { return r.message }

func refuse(format string, args ...any) error {
	return &refusal{message: fmt.Sprintf(format, args...)}
}

// stamp returns the vote with its voter, the request's UID, label and owner filled in, or a *refusal.
func (j judge) stamp(ctx context.Context, user authenticationv1.UserInfo, vote *v1alpha1.ApprovalDecision) (*v1alpha1.ApprovalDecision, error) {
	request, voter, err := j.judge(ctx, user, vote)
	if err != nil {
		return nil, err
	}
	vote = vote.DeepCopy()
	vote.Spec.Voter = voter
	vote.Spec.RequestUID = string(request.UID)
	if vote.Labels == nil {
		vote.Labels = map[string]string{}
	}
	vote.Labels[v1alpha1.LabelRequestUID] = string(request.UID)
	vote.OwnerReferences = owners(request)
	return vote, nil
}

// owners makes garbage collection delete a vote with its request, and never before.
func owners(request *v1alpha1.ApprovalRequest) []metav1.OwnerReference {
	apiVersion, kind := v1alpha1.SchemeGroupVersion.WithKind("ApprovalRequest").ToAPIVersionAndKind()
	return []metav1.OwnerReference{{APIVersion: apiVersion, Kind: kind, Name: request.Name, UID: request.UID}}
}

// check refuses a vote whose stamp is not what stamp would put on it.
func (j judge) check(ctx context.Context, user authenticationv1.UserInfo, vote *v1alpha1.ApprovalDecision) error {
	request, voter, err := j.judge(ctx, user, vote)
	if err != nil {
		return err
	}
	switch {
	case !equality.Semantic.DeepEqual(vote.Spec.Voter, voter):
		return refuse("spec.voter is not who casts the vote, %q", user.Username)
	case vote.Spec.RequestUID != string(request.UID) || vote.Labels[v1alpha1.LabelRequestUID] != string(request.UID),
		!equality.Semantic.DeepEqual(vote.OwnerReferences, owners(request)):
		return refuse("the vote is not bound to approval request %q as it is now", request.Name)
	}
	return nil
}

// judge applies the rules that need the request, and says who the voter is.
func (j judge) judge(ctx context.Context, user authenticationv1.UserInfo, vote *v1alpha1.ApprovalDecision) (*v1alpha1.ApprovalRequest, *v1alpha1.Voter, error) {
	spec := vote.Spec
	if err := vote.Validate(ctx); err != nil {
		return nil, nil, refuse("%v", err)
	}
	if len(vote.Finalizers) > 0 {
		return nil, nil, refuse("metadata.finalizers: a vote has none, so that it never outlives its request")
	}
	request, err := j.request(ctx, vote.Namespace, spec.Request)
	switch {
	case apierrors.IsNotFound(err):
		return nil, nil, refuse("spec.request: there is no approval request %q in namespace %q", spec.Request, vote.Namespace)
	case err != nil:
		return nil, nil, fmt.Errorf("reading approval request %q: %w", spec.Request, err)
	}
	groups, admitted := request.Spec.Admits(user.Username, user.Groups)
	voter := &v1alpha1.Voter{Username: user.Username, UID: user.UID, Groups: groups}
	switch {
	case !admitted:
		return nil, nil, refuse("%q may not decide on approval request %q; its approvers are %s",
			user.Username, request.Name, v1alpha1.ListApprovers(request.Spec.Approvers))
	case spec.Voter != nil && (spec.Voter.Username != user.Username || spec.Voter.UID != "" && spec.Voter.UID != user.UID || !subset(spec.Voter.Groups, groups)):
		return nil, nil, refuse("spec.voter names %q, and the vote is cast by %q; leave spec.voter out", spec.Voter.Username, user.Username)
	case spec.RequestUID != "" && spec.RequestUID != string(request.UID):
		return nil, nil, refuse("approval request %q is not the one that the vote was meant for; look at it again", request.Name)
	case request.DeletionTimestamp != nil:
		return nil, nil, refuse("approval request %q is being deleted", request.Name)
	case request.Status.State.Final():
		return nil, nil, refuse("approval request %q is %s already; it takes no votes", request.Name, request.Status.State)
	case request.Spec.Deadline != nil && j.clock.Now().After(request.Spec.Deadline.Time):
		return nil, nil, refuse("approval request %q timed out at %s; it takes no votes", request.Name, request.Spec.Deadline.UTC().Format("2006-01-02 15:04:05 MST"))
	}
	return request, voter, nil
}

// unchanged refuses an update that edits the record. What garbage collection does, removing finalizers
// and owners, is let through.
func unchanged(old, vote *v1alpha1.ApprovalDecision) error {
	if !equality.Semantic.DeepEqual(old.Spec, vote.Spec) || !equality.Semantic.DeepEqual(old.Labels, vote.Labels) ||
		!equality.Semantic.DeepEqual(old.Annotations, vote.Annotations) || !subset(vote.Finalizers, old.Finalizers) {
		return refuse("a decision never changes; create another one while the request is pending")
	}
	return nil
}

func subset(some, all []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}
