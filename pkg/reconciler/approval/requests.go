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
	"fmt"
	"strings"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/client/clientset/versioned"
	listers "github.com/customtasks/customtasks/pkg/client/listers/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/reconciler/approval/resources"
	corev1 "k8s.io/api/core/v1"
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

// wanted is the request that the attempt asks for.
func wanted(run *customtask.Run[Spec]) *v1alpha1.ApprovalRequest {
	asker := resources.Asker{
		Name:      run.ChildName(),
		Namespace: run.Namespace(),
		Owner:     run.OwnerReference(),
		Attempt:   run.Attempt(),
	}
	if deadline, ok := run.Deadline(); ok {
		asker.Deadline = deadline
	}
	return resources.Request(asker, run.Spec.Gate)
}

// ensure returns the attempt's request and creates it if the attempt has not done so. One that was
// deleted, that belongs to something else, or that asks otherwise than the run does fails the run: the
// gate never starts afresh unnoticed (C49, C51).
func (t *Task) ensure(ctx context.Context, run *customtask.Run[Spec]) (*v1alpha1.ApprovalRequest, error) {
	want := wanted(run)
	var s state
	if run.State(&s) {
		request, err := t.requests.get(ctx, want.Namespace, s.Request)
		if err == nil && (request == nil || string(request.UID) != s.UID) {
			return nil, customtask.FailRun(ReasonRequestDeleted, fmt.Sprintf(
				"approval request %q was deleted before a decision; start the run again to ask again", s.Request))
		}
		return request, err
	}
	request, err := t.requests.lister.ApprovalRequests(want.Namespace).Get(want.Name)
	if apierrors.IsNotFound(err) {
		request, err = t.create(ctx, run, want)
	}
	if err != nil {
		return nil, err
	}
	if !ours(run, request, want) {
		return nil, customtask.FailRun(ReasonRequestForeign, fmt.Sprintf(
			"approval request %q was not made by this run; delete it and start the run again", want.Name))
	}
	return request, nil
}

// existing returns the attempt's own request, or nil if there is none.
func (t *Task) existing(ctx context.Context, run *customtask.Run[Spec]) (*v1alpha1.ApprovalRequest, error) {
	want := wanted(run)
	s := state{Request: want.Name}
	known := run.State(&s)
	request, err := t.requests.get(ctx, want.Namespace, s.Request)
	if err != nil || request == nil {
		return nil, err
	}
	if known && string(request.UID) != s.UID || !known && !ours(run, request, want) {
		return nil, nil
	}
	return request, nil
}

// create makes the request. If it is there already, a call before this one made it and its answer was
// lost, or it is somebody else's; the caller tells them apart.
func (t *Task) create(ctx context.Context, run *customtask.Run[Spec], want *v1alpha1.ApprovalRequest) (*v1alpha1.ApprovalRequest, error) {
	client := t.requests.client.ApprovalV1alpha1().ApprovalRequests(want.Namespace)
	request, err := client.Create(ctx, want, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		request, err = client.Get(ctx, want.Name, metav1.GetOptions{})
	} else if err == nil {
		t.recorder.Event(request, corev1.EventTypeNormal, "ApprovalRequested", "awaiting "+awaited(request))
	}
	switch {
	case apierrors.IsInvalid(err), apierrors.IsForbidden(err) && !overQuota(err):
		return nil, customtask.FailRun(customtask.ReasonForbidden, fmt.Sprintf(
			"approval request %q could not be created: %v", want.Name, err)).WithCause(err)
	case err != nil:
		return nil, fmt.Errorf("creating approval request %q: %w", want.Name, err)
	}
	return request, nil
}

// overQuota tells a quota, which may have room again, from a refusal that stays (C56). The API server
// gives both the same status; only its text differs.
func overQuota(err error) bool { return strings.Contains(err.Error(), "exceeded quota") }

// ours reports whether a request that the run does not remember was made for this attempt, by a call
// whose answer was lost.
//
// A run whose record was damaged knows the start of its attempt, and so the deadline, to the second only.
func ours(run *customtask.Run[Spec], request, want *v1alpha1.ApprovalRequest) bool {
	owner := metav1.GetControllerOf(request)
	if owner == nil || owner.UID != run.OwnerReference().UID {
		return false
	}
	spec := want.Spec.DeepCopy()
	if was, is := request.Spec.Deadline, spec.Deadline; was != nil && is != nil && was.Sub(is.Time).Abs() <= time.Second {
		spec.Deadline = was
	}
	return equality.Semantic.DeepEqual(request.Spec, *spec)
}

// count stores what the votes come to, if it is news. A final state stays.
func (t *Task) count(ctx context.Context, run *customtask.Run[Spec], request *v1alpha1.ApprovalRequest, votes []*v1alpha1.ApprovalDecision) (*v1alpha1.ApprovalRequest, error) {
	if request.Status.State.Final() {
		return request, nil
	}
	status := tally(request, votes)
	if equality.Semantic.DeepEqual(request.Status, status) || request.Status.State == "" && len(status.ApprovedBy) == 0 && !status.State.Final() {
		return request, nil
	}
	return t.store(ctx, run, request, status)
}

// close ends a request without a decision.
func (t *Task) close(ctx context.Context, run *customtask.Run[Spec], request *v1alpha1.ApprovalRequest, end v1alpha1.State) (*v1alpha1.ApprovalRequest, error) {
	status := *request.Status.DeepCopy()
	status.State = end
	now := metav1.NewTime(run.Now())
	status.DecidedAt = &now
	return t.store(ctx, run, request, status)
}

func (t *Task) store(ctx context.Context, run *customtask.Run[Spec], request *v1alpha1.ApprovalRequest, status v1alpha1.ApprovalRequestStatus) (*v1alpha1.ApprovalRequest, error) {
	request = request.DeepCopy()
	before := request.Status
	request.Status = status
	stored, err := t.requests.client.ApprovalV1alpha1().ApprovalRequests(request.Namespace).UpdateStatus(ctx, request, metav1.UpdateOptions{})
	if err != nil {
		return nil, fmt.Errorf("writing the status of approval request %q: %w", request.Name, err)
	}
	t.event(run, stored, before)
	return stored, nil
}

// event tells of a change of the request, on the request and, where the run's own condition does not
// tell it, on the run.
func (t *Task) event(run *customtask.Run[Spec], request *v1alpha1.ApprovalRequest, before v1alpha1.ApprovalRequestStatus) {
	status := request.Status
	switch status.State {
	case v1alpha1.StateApproved:
		t.recorder.Eventf(request, corev1.EventTypeNormal, "Approved", "approved by %s%s", strings.Join(status.ApprovedBy, ", "), comment(status))
	case v1alpha1.StateRejected:
		t.recorder.Eventf(request, corev1.EventTypeWarning, "Rejected", "rejected by %s%s", status.RejectedBy, comment(status))
	case v1alpha1.StateTimedOut, v1alpha1.StateCancelled:
		t.recorder.Eventf(request, corev1.EventTypeWarning, string(status.State), "ended with %d of %d approvals; awaited: %s",
			len(status.ApprovedBy), request.Spec.Required, awaited(request))
	default:
		if len(status.ApprovedBy) > len(before.ApprovedBy) {
			message := fmt.Sprintf("%s approved; %d of %d approvals", status.ApprovedBy[len(status.ApprovedBy)-1],
				len(status.ApprovedBy), request.Spec.Required)
			t.recorder.Event(request, corev1.EventTypeNormal, "VoteCounted", message)
			t.recorder.Event(run.Object(), corev1.EventTypeNormal, "VoteCounted", message)
		}
	}
}
