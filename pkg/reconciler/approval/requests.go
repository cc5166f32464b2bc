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
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/customtasks/customtasks/internal/refusal"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/client/clientset/versioned"
	listers "github.com/customtasks/customtasks/pkg/client/listers/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"
)

// byRequest indexes decisions by the UID of the request that they are votes on.
const byRequest = "request-uid"

func requestUIDs(obj any) ([]string, error) {
	decision, ok := obj.(*v1alpha1.ApprovalDecision)
	if !ok {
		return nil, nil
	}
	return []string{decision.Spec.RequestUID}, nil
}

// slim takes from a decision what nothing here reads before it is kept: its voter decides how much that is.
func slim(obj any) (any, error) {
	if decision, ok := obj.(*v1alpha1.ApprovalDecision); ok {
		decision.ManagedFields, decision.Annotations = nil, nil
	}
	return obj, nil
}

// requests reads and writes ApprovalRequests and reads the votes on them.
type requests struct {
	client    versioned.Interface
	lister    listers.ApprovalRequestLister
	decisions cache.Indexer
}

// get reads a request from the cache, and from the API server if the cache has none; nil if there is
// none.
func (r requests) get(ctx context.Context, namespace, name string) (*v1alpha1.ApprovalRequest, error) {
	request, err := r.lister.ApprovalRequests(namespace).Get(name)
	if apierrors.IsNotFound(err) {
		request, err = r.client.ApprovalV1alpha1().ApprovalRequests(namespace).Get(ctx, name, metav1.GetOptions{})
	}
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading approval request %q: %w", name, err)
	}
	return request, nil
}

// votes on the request, from the cache.
func (r requests) votes(request *v1alpha1.ApprovalRequest) ([]*v1alpha1.ApprovalDecision, error) {
	found, err := r.decisions.ByIndex(byRequest, string(request.UID))
	if err != nil {
		return nil, fmt.Errorf("finding the votes on approval request %q: %w", request.Name, err)
	}
	votes := make([]*v1alpha1.ApprovalDecision, 0, len(found))
	for _, obj := range found {
		if vote, ok := obj.(*v1alpha1.ApprovalDecision); ok && vote.Namespace == request.Namespace {
			votes = append(votes, vote)
		}
	}
	return votes, nil
}

// liveVotes on the request, from the API server.
func (r requests) liveVotes(ctx context.Context, request *v1alpha1.ApprovalRequest) ([]*v1alpha1.ApprovalDecision, error) {
	list, err := r.client.ApprovalV1alpha1().ApprovalDecisions(request.Namespace).List(ctx, metav1.ListOptions{
		LabelSelector: v1alpha1.LabelRequestUID + "=" + string(request.UID),
	})
	if err != nil {
		return nil, fmt.Errorf("reading the votes on approval request %q: %w", request.Name, err)
	}
	votes := make([]*v1alpha1.ApprovalDecision, 0, len(list.Items))
	for i := range list.Items {
		votes = append(votes, &list.Items[i])
	}
	return votes, nil
}

// ensure returns the attempt's request and creates it if the attempt has not done so. One that was
// deleted, that belongs to something else, or that asks otherwise than the run does fails the run: the
// gate never starts afresh unnoticed (C49, C51).
func (e *engine) ensure(ctx context.Context, a attempt) (*v1alpha1.ApprovalRequest, error) {
	var s state
	if a.State(&s) {
		request, err := e.requests.get(ctx, a.Namespace(), s.Request)
		if err == nil && (request == nil || string(request.UID) != s.UID) {
			return nil, customtask.FailRun(ReasonRequestDeleted, fmt.Sprintf(
				"approval request %q was deleted before a decision; start the run again to ask again", s.Request))
		}
		return request, err
	}
	want, err := e.wanted(ctx, a)
	if err != nil {
		return nil, err
	}
	request, err := e.requests.lister.ApprovalRequests(want.Namespace).Get(want.Name)
	if apierrors.IsNotFound(err) {
		request, err = e.create(ctx, a, want)
	}
	if err != nil {
		return nil, err
	}
	if !ours(a, request, want) {
		return nil, customtask.FailRun(ReasonRequestForeign, fmt.Sprintf(
			"approval request %q was not made by this run; delete it and start the run again", want.Name))
	}
	return request, nil
}

// existing returns the attempt's own request, or nil if there is none.
func (e *engine) existing(ctx context.Context, a attempt) (*v1alpha1.ApprovalRequest, error) {
	s := state{Request: a.ChildName()}
	known := a.State(&s)
	request, err := e.requests.get(ctx, a.Namespace(), s.Request)
	if err != nil || request == nil || known && string(request.UID) == s.UID {
		return request, err
	}
	if known {
		return nil, nil
	}
	// The answer to its creation was lost, or it is somebody else's.
	want, err := e.wanted(ctx, a)
	var failure *customtask.Failure
	switch {
	case errors.As(err, &failure):
		return nil, nil // a gate that may not open was not opened
	case err != nil || !ours(a, request, want):
		return nil, err
	}
	return request, nil
}

// create makes the request. If it is there already, a call before this one made it and its answer was
// lost, or it is somebody else's; the caller tells them apart.
func (e *engine) create(ctx context.Context, a attempt, want *v1alpha1.ApprovalRequest) (*v1alpha1.ApprovalRequest, error) {
	client := e.requests.client.ApprovalV1alpha1().ApprovalRequests(want.Namespace)
	request, err := client.Create(ctx, want, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		request, err = client.Get(ctx, want.Name, metav1.GetOptions{})
	} else if err == nil {
		e.opened(a, request)
	}
	switch {
	case refusal.ForGood(err):
		return nil, customtask.FailRun(customtask.ReasonForbidden, fmt.Sprintf(
			"approval request %q could not be created: %v", want.Name, err)).WithCause(err)
	case err != nil:
		return nil, fmt.Errorf("creating approval request %q: %w", want.Name, err)
	}
	return request, nil
}

// ours reports whether a request that the run does not remember was made for this attempt, by a call
// whose answer was lost.
//
// A run whose record was damaged knows the start of its attempt, and so the deadline, to the second only.
func ours(a attempt, request, want *v1alpha1.ApprovalRequest) bool {
	owner := metav1.GetControllerOf(request)
	if owner == nil || owner.UID != a.OwnerReference().UID {
		return false
	}
	spec := want.Spec.DeepCopy()
	if was, is := request.Spec.Deadline, spec.Deadline; was != nil && is != nil && was.Sub(is.Time).Abs() <= time.Second {
		spec.Deadline = was
		spec.Digest, _ = digest(*spec) //nolint:errcheck // what was encoded once is so again
	}
	return equality.Semantic.DeepEqual(request.Spec, *spec)
}

// count stores what the votes come to, if it is news. A final state stays.
func (e *engine) count(ctx context.Context, a attempt, request *v1alpha1.ApprovalRequest, votes []*v1alpha1.ApprovalDecision) (*v1alpha1.ApprovalRequest, error) {
	if request.Status.State.Final() {
		return request, nil
	}
	status := tally(request, votes, e.answers)
	if equality.Semantic.DeepEqual(request.Status, status) || request.Status.State == "" && len(status.ApprovedBy) == 0 && !status.State.Final() {
		return request, nil
	}
	return e.store(ctx, a, request, status)
}

// close ends a request without a decision.
func (e *engine) close(ctx context.Context, a attempt, request *v1alpha1.ApprovalRequest, end v1alpha1.State) (*v1alpha1.ApprovalRequest, error) {
	status := *request.Status.DeepCopy()
	status.State = end
	now := metav1.NewTime(a.Now())
	status.DecidedAt = &now
	status.Progress = progress(request, status)
	return e.store(ctx, a, request, status)
}

func (e *engine) store(ctx context.Context, a attempt, request *v1alpha1.ApprovalRequest, status v1alpha1.ApprovalRequestStatus) (*v1alpha1.ApprovalRequest, error) {
	request = request.DeepCopy()
	before := request.Status
	request.Status = status
	stored, err := e.requests.client.ApprovalV1alpha1().ApprovalRequests(request.Namespace).UpdateStatus(ctx, request, metav1.UpdateOptions{})
	if err != nil {
		return nil, fmt.Errorf("writing the status of approval request %q: %w", request.Name, err)
	}
	e.event(a, stored, before)
	return stored, nil
}
