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
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/client/clientset/versioned/fake"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"
)

// stored is what alice's vote is stored as, the nth of hers.
func stored(t *testing.T, request *v1alpha1.ApprovalRequest, n int, change func(*v1alpha1.ApprovalDecisionSpec)) *v1alpha1.ApprovalDecision {
	t.Helper()
	v, err := judgeOf(request, nil).stamp(context.Background(), alice, vote(change))
	if err != nil {
		t.Fatal(err)
	}
	v.Name, v.ResourceVersion = fmt.Sprintf("vote-%d", 100-n), fmt.Sprint(n)
	return v
}

func TestHowOftenSomebodyMayVote(t *testing.T) {
	because := func(comment string) func(*v1alpha1.ApprovalDecisionSpec) {
		return func(s *v1alpha1.ApprovalDecisionSpec) { s.Comment = comment }
	}
	withdraw := func(s *v1alpha1.ApprovalDecisionSpec) { s.Decision = v1alpha1.DecisionWithdraw }
	var all []func(*v1alpha1.ApprovalDecisionSpec)
	for n := range maxVotes {
		all = append(all, because(fmt.Sprint(n)))
	}
	const again = `"alice" has cast this very vote on approval request "gate-1" already, and it stands`
	for name, row := range map[string]struct {
		cast    []func(*v1alpha1.ApprovalDecisionSpec)
		vote    func(*v1alpha1.ApprovalDecisionSpec)
		request func(*v1alpha1.ApprovalRequest)
		change  func(earlier *v1alpha1.ApprovalDecision)
		want    string
	}{
		"the same again":                        {cast: all[:1], vote: all[0], want: again},
		"the same but for the comment":          {cast: all[:1], vote: all[1]},
		"the first again, after another":        {cast: all[:2], vote: all[0]},
		"the last of several again":             {cast: all[:11], vote: all[10], want: again},
		"a withdrawal":                          {cast: all[:1], vote: withdraw},
		"the same after a withdrawal":           {cast: []func(*v1alpha1.ApprovalDecisionSpec){all[0], withdraw}, vote: all[0]},
		"a withdrawal of nothing":               {vote: withdraw},
		"a withdrawal again":                    {cast: []func(*v1alpha1.ApprovalDecisionSpec){withdraw}, vote: withdraw, want: again},
		"the last that is possible":             {cast: all[:maxVotes-1], vote: withdraw},
		"one more than is possible":             {cast: all, vote: withdraw, want: `"alice" has cast 20 votes on approval request "gate-1", and more are not possible`},
		"the same, with votes of somebody else": {cast: all[:1], vote: all[0], change: func(v *v1alpha1.ApprovalDecision) { v.Labels[v1alpha1.LabelVoter] = v1alpha1.VoterLabel("bob") }},
		"the same, on another request":          {cast: all[:1], vote: all[0], change: func(v *v1alpha1.ApprovalDecision) { v.Labels[v1alpha1.LabelRequestUID] = "else" }},
		"the same, in another namespace":        {cast: all[:1], vote: all[0], change: func(v *v1alpha1.ApprovalDecision) { v.Namespace = "else" }},
		"the same, as a member of a group":      {cast: all[:1], vote: all[0], change: func(v *v1alpha1.ApprovalDecision) { v.Spec.Voter.Groups = []string{"oidc:sec"} }},
		"the same answers, which go before those of others again": {cast: all[:1], vote: all[0], request: func(r *v1alpha1.ApprovalRequest) {
			r.Spec.Inputs = []v1alpha1.Input{{Name: "version", Type: v1alpha1.InputString}}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			request := pending()
			if row.request != nil {
				row.request(request)
			}
			var earlier []runtime.Object
			for n, change := range row.cast {
				v := stored(t, request, n+1, change)
				if row.change != nil {
					row.change(v)
				}
				earlier = append(earlier, v)
			}
			client := fake.NewSimpleClientset(earlier...)
			j := judgeOf(request, nil)
			j.votes = votesOf(client.ApprovalV1alpha1())
			response := j.response(context.Background(), creation(t, alice, stored(t, request, 99, row.vote)), false)
			got := ""
			if !response.Allowed {
				got = response.Result.Message
			}
			if got != row.want {
				t.Errorf("told %q; want %q", got, row.want)
			}
			if n := len(client.Actions()); n != 1 {
				t.Errorf("%d requests to the API server; want 1", n)
			}
			options := client.Actions()[0].(clienttesting.ListActionImpl).ListOptions
			if options.Limit != maxVotes {
				t.Errorf("at most %d votes are read; want %d", options.Limit, maxVotes)
			}
		})
	}
}

func TestVotesThatCannotBeCountedAreNotTakenForNow(t *testing.T) {
	j := judgeOf(pending(), nil)
	j.votes = func(context.Context, string, string, string) ([]v1alpha1.ApprovalDecision, error) {
		return nil, errors.New("no answer")
	}
	response := j.response(context.Background(), creation(t, alice, stored(t, pending(), 1, nil)), false)
	if response.Allowed || response.Result.Code != http.StatusServiceUnavailable {
		t.Errorf("allowed %v, told %+v", response.Allowed, response.Result)
	}
}

func TestAVoteIsBoundedWhateverFillsIt(t *testing.T) {
	v := vote(nil)
	v.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: strings.Repeat("x", maxVote)}}
	request := creation(t, alice, v)
	want := fmt.Sprintf("the vote is %d bytes; at most 65536 are possible", len(request.Object.Raw))
	if response := judgeOf(pending(), nil).response(context.Background(), request, true); response.Allowed || response.Result.Message != want {
		t.Errorf("allowed %v, told %+v; want %q", response.Allowed, response.Result, want)
	}
}
