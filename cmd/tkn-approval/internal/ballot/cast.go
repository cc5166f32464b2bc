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

package ballot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/cluster"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/standing"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	approvalclient "github.com/customtasks/customtasks/pkg/client/clientset/versioned/typed/approval/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/utils/clock"
)

// errTooLate is returned for a vote that is on record and changed nothing: the request was decided first.
var errTooLate = errors.New("the vote came too late")

// Cast creates the vote and waits at most so long for the controller to count it. It returns a sentence
// about where the request stands then. An error says that the vote was not taken, or that it came too
// late to count.
func Cast(ctx context.Context, client approvalclient.ApprovalV1alpha1Interface, clock clock.Clock,
	request *v1alpha1.ApprovalRequest, vote Vote, wait time.Duration,
) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	events := watch.NewEmptyWatch()
	if wait > 0 {
		// It starts where the request was read, so that no change is missed. Without it the vote counts too.
		if w, err := client.ApprovalRequests(request.Namespace).Watch(ctx, metav1.ListOptions{
			FieldSelector:   fields.OneTermEqualSelector("metadata.name", request.Name).String(),
			ResourceVersion: request.ResourceVersion,
		}); err == nil {
			events = w
		}
	}
	defer events.Stop()
	stored, err := client.ApprovalDecisions(request.Namespace).Create(ctx, vote.decision(request), metav1.CreateOptions{})
	if err != nil {
		return "", fmt.Errorf("not %s: %w", vote.Done(), err)
	}
	var voter cluster.User
	if stored.Spec.Voter != nil {
		voter.Name = stored.Spec.Voter.Username
	}
	if seen := counted(ctx, events, clock, request, vote, voter, wait); seen != nil {
		return vote.outcome(seen)
	}
	if wait == 0 {
		return vote.Done() + "; the vote is taken", nil
	}
	return vote.Done() + "; the vote is taken, and the controller has not counted it yet", nil
}

// counted returns the request once its status shows the vote; nil if time is up first.
func counted(ctx context.Context, events watch.Interface, clock clock.Clock,
	request *v1alpha1.ApprovalRequest, vote Vote, voter cluster.User, wait time.Duration,
) *v1alpha1.ApprovalRequest {
	if wait <= 0 {
		return nil
	}
	if vote.shows(request, voter) {
		return request // the same vote again
	}
	timeout := clock.After(wait)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timeout:
			return nil
		case event, open := <-events.ResultChan():
			if !open {
				return nil
			}
			now, ok := event.Object.(*v1alpha1.ApprovalRequest)
			if ok && now.Name == request.Name && now.UID == request.UID && vote.shows(now, voter) {
				return now
			}
		}
	}
}

// shows reports whether the status takes account of the vote.
func (v Vote) shows(request *v1alpha1.ApprovalRequest, voter cluster.User) bool {
	switch {
	case standing.State(request).Final():
		return true
	case v.Decision == v1alpha1.DecisionApprove && !v.Override:
		return standing.Approved(request, voter)
	case v.Decision == v1alpha1.DecisionWithdraw:
		return !standing.Approved(request, voter)
	}
	return false // these decide
}

// outcome says where the request stands with the vote.
func (v Vote) outcome(request *v1alpha1.ApprovalRequest) (string, error) {
	state := standing.State(request)
	switch {
	case !state.Final():
		return v.Done() + "; " + standing.Quorum(request), nil
	case state == v1alpha1.StateApproved && v.Decision == v1alpha1.DecisionApprove,
		state == v1alpha1.StateRejected && v.Decision == v1alpha1.DecisionReject:
		text := fmt.Sprintf("%s: the request is %s", v.Done(), state)
		if request.Status.OverriddenBy != "" {
			text += ", " + standing.Progress(request)
		}
		return text, nil
	}
	text := string(state)
	if request.Status.Progress != "" && (state == v1alpha1.StateApproved || state == v1alpha1.StateRejected) {
		text += ", " + request.Status.Progress
	}
	return "", fmt.Errorf("not %s: %w; the request is %s", v.Done(), errTooLate, text)
}
