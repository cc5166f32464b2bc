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

// Authorizer asks the API server whether somebody may do something to an object of the approval group.
type Authorizer func(ctx context.Context, user authenticationv1.UserInfo, verb, resource, namespace, name string) (bool, error)

// judge holds the rules.
type judge struct {
	request RequestGetter
	votes   VoteLister
	allowed Authorizer
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
	vote.Spec.RequestUID, vote.Spec.Digest = string(request.UID), request.Spec.Digest
	if vote.Labels == nil {
		vote.Labels = map[string]string{}
	}
	vote.Labels[v1alpha1.LabelRequestUID] = string(request.UID)
	vote.Labels[v1alpha1.LabelVoter] = v1alpha1.VoterLabel(user.Username)
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
	case vote.Labels[v1alpha1.LabelVoter] != v1alpha1.VoterLabel(user.Username):
		return refuse("label %s does not stand for who casts the vote, %q", v1alpha1.LabelVoter, user.Username)
	case vote.Spec.RequestUID != string(request.UID) || vote.Spec.Digest != request.Spec.Digest || vote.Labels[v1alpha1.LabelRequestUID] != string(request.UID),
		!equality.Semantic.DeepEqual(vote.OwnerReferences, owners(request)):
		return refuse("the vote is not bound to approval request %q as it is now", request.Name)
	}
	return j.oneMore(ctx, request, vote)
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
	if n := noted(vote); n > maxNoted {
		return nil, nil, refuse("metadata: the labels and annotations are %d bytes together; at most %d are possible", n, maxNoted)
	}
	request, err := j.request(ctx, vote.Namespace, spec.Request)
	switch {
	case apierrors.IsNotFound(err):
		return nil, nil, refuse("spec.request: there is no approval request %q in namespace %q", spec.Request, vote.Namespace)
	case err != nil:
		return nil, nil, fmt.Errorf("reading approval request %q: %w", spec.Request, err)
	}
	switch {
	case spec.RequestUID != "" && spec.RequestUID != string(request.UID):
		return nil, nil, refuse("approval request %q is not the one that the vote was meant for; look at it again", request.Name)
	case spec.Digest != "" && spec.Digest != request.Spec.Digest:
		return nil, nil, refuse("approval request %q asks something else than the vote was meant for; look at it again", request.Name)
	case request.DeletionTimestamp != nil:
		return nil, nil, refuse("approval request %q is being deleted", request.Name)
	case request.Status.State.Final():
		return nil, nil, refuse("approval request %q is %s already; it takes no votes", request.Name, request.Status.State)
	case request.Spec.Deadline != nil && j.clock.Now().After(request.Spec.Deadline.Time):
		return nil, nil, refuse("approval request %q timed out at %s; it takes no votes", request.Name, request.Spec.Deadline.UTC().Format("2006-01-02 15:04:05 MST"))
	}
	groups, err := j.mayDecide(ctx, user, vote, request)
	if err != nil {
		return nil, nil, err
	}
	if spec.Decision == v1alpha1.DecisionApprove {
		if _, err := request.Spec.Answers(spec.Inputs); err != nil {
			return nil, nil, refuse("spec.inputs: %v", err)
		}
	}
	voter := &v1alpha1.Voter{Username: user.Username, UID: user.UID, Groups: groups}
	if named := spec.Voter; named != nil && (named.Username != user.Username || named.UID != "" && named.UID != user.UID || !subset(named.Groups, groups)) {
		return nil, nil, refuse("spec.voter names %q, and the vote is cast by %q; leave spec.voter out", named.Username, user.Username)
	}
	return request, voter, nil
}

// mayDecide refuses somebody who may not, and returns those of their groups that say that they may.
func (j judge) mayDecide(ctx context.Context, user authenticationv1.UserInfo, vote *v1alpha1.ApprovalDecision, request *v1alpha1.ApprovalRequest) ([]string, error) {
	through, admitted := request.Spec.AdmitsVoter(user.Username, user.Groups)
	if vote.Spec.Override {
		ok, err := j.allowed(ctx, user, "override", "approvalrequests", request.Namespace, request.Name)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, refuse("%q may not override: that needs the right to the verb override on approvalrequests", user.Username)
		}
		return through, nil
	}
	_, named := request.Spec.Admits(user.Username, user.Groups)
	switch {
	case request.Spec.Excludes(user.Username):
		return nil, refuse("%q started the PipelineRun, and approval request %q prevents self-approval", user.Username, request.Name)
	case !named:
		return nil, refuse("%q may not decide on approval request %q; it asks %s", user.Username, request.Name, request.Spec.WhoDecides())
	case !admitted:
		return nil, refuse("%q is in none of the groups that decide in this namespace: %s", user.Username, v1alpha1.ListApprovers(request.Spec.MemberOf))
	}
	policy := request.Spec.Policy
	if policy == nil || !policy.RequireRBAC {
		return through, nil
	}
	resource, namespace := "approvalpolicies", request.Namespace
	if policy.Kind == "ClusterApprovalPolicy" {
		resource, namespace = "clusterapprovalpolicies", ""
	}
	ok, err := j.allowed(ctx, user, "decide", resource, namespace, policy.Name)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, refuse("%q may not decide by %s %q: that needs the right to the verb decide on it", user.Username, policy.Kind, policy.Name)
	}
	return through, nil
}

// unchanged refuses an update that edits the record. What garbage collection does, removing finalizers
// and owners, is let through; an owner that is put in place would have it delete the vote.
func unchanged(old, vote *v1alpha1.ApprovalDecision) error {
	if !equality.Semantic.DeepEqual(old.Spec, vote.Spec) || !equality.Semantic.DeepEqual(old.Labels, vote.Labels) ||
		!equality.Semantic.DeepEqual(old.Annotations, vote.Annotations) || !subset(vote.Finalizers, old.Finalizers) ||
		!subset(vote.OwnerReferences, old.OwnerReferences) {
		return refuse("a decision never changes; create another one while the request is pending")
	}
	return nil
}

func subset[T any](some, all []T) bool {
	return !slices.ContainsFunc(some, func(s T) bool {
		return !slices.ContainsFunc(all, func(a T) bool { return equality.Semantic.DeepEqual(s, a) })
	})
}
