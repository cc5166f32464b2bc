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
	"fmt"
	"slices"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	typed "github.com/customtasks/customtasks/pkg/client/clientset/versioned/typed/approval/v1alpha1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/resourceversion"
)

// What one approver may fill the API server with.
const (
	// maxVotes bounds the votes of one voter on one request.
	maxVotes = 20
	// maxVote bounds a vote as it is sent, in bytes of JSON, whatever it consists of.
	maxVote = 64 << 10
	// maxNoted bounds the labels and annotations of a vote together, in bytes.
	maxNoted = 4 << 10
)

// VoteLister reads the votes of one voter, by the label that stands for them, on one request from the API
// server: at most maxVotes of them.
type VoteLister func(ctx context.Context, namespace, requestUID, voter string) ([]v1alpha1.ApprovalDecision, error)

func votesOf(client typed.ApprovalDecisionsGetter) VoteLister {
	return func(ctx context.Context, namespace, requestUID, voter string) ([]v1alpha1.ApprovalDecision, error) {
		list, err := client.ApprovalDecisions(namespace).List(ctx, metav1.ListOptions{
			LabelSelector: labels.Set{v1alpha1.LabelRequestUID: requestUID, v1alpha1.LabelVoter: voter}.String(),
			Limit:         maxVotes,
		})
		if err != nil {
			return nil, err
		}
		return list.Items, nil
	}
}

// oneMore refuses a vote of somebody who has cast as many as they may, or this very one. Votes that are cast
// at the same time do not see each other, so that a few more may pass.
func (j judge) oneMore(ctx context.Context, request *v1alpha1.ApprovalRequest, vote *v1alpha1.ApprovalDecision) error {
	cast, err := j.votes(ctx, vote.Namespace, string(request.UID), vote.Labels[v1alpha1.LabelVoter])
	switch voter := vote.Spec.Voter.Username; {
	case err != nil:
		return fmt.Errorf("reading the votes of %q on approval request %q: %w", voter, request.Name, err)
	case len(cast) >= maxVotes:
		return refuse("%q has cast %d votes on approval request %q, and more are not possible", voter, len(cast), request.Name)
	case repeats(request, vote, cast):
		return refuse("%q has cast this very vote on approval request %q already, and it stands", voter, request.Name)
	}
	return nil
}

// repeats reports whether the vote changes nothing. Who approves again puts their answers in the place of
// those of others, so that this is a vote of its own.
func repeats(request *v1alpha1.ApprovalRequest, vote *v1alpha1.ApprovalDecision, cast []v1alpha1.ApprovalDecision) bool {
	if len(cast) == 0 || vote.Spec.Decision == v1alpha1.DecisionApprove && len(request.Spec.Inputs) > 0 {
		return false
	}
	standing := slices.MaxFunc(cast, func(a, b v1alpha1.ApprovalDecision) int {
		order, _ := resourceversion.CompareResourceVersion(a.ResourceVersion, b.ResourceVersion) //nolint:errcheck // the API server's own
		return order
	})
	return equality.Semantic.DeepEqual(standing.Spec, vote.Spec)
}

// noted is how much the labels and annotations of a vote hold.
func noted(vote *v1alpha1.ApprovalDecision) int {
	n := 0
	for _, all := range []map[string]string{vote.Labels, vote.Annotations} {
		for name, value := range all {
			n += len(name) + len(value)
		}
	}
	return n
}
