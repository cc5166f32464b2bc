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
	"os"
	"path/filepath"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"
)

func TestVote(t *testing.T) {
	for name, row := range map[string]struct {
		who  string
		args []string
		// typed on a terminal; absent: there is none.
		typed *string
	}{
		"approve-quorum-not-reached":  {who: "alice", args: []string{"approve", "fresh"}},
		"approve-reaches-the-quorum":  {who: "bob", args: []string{"approve", "half", "-m", "looks good"}},
		"approve-again":               {who: "alice", args: []string{"approve", "half"}},
		"approve-without-the-right":   {who: "mallory", args: []string{"approve", "half"}},
		"approve-what-one-started":    {who: "carol", args: []string{"approve", "ruled"}},
		"approve-what-is-decided":     {who: "alice", args: []string{"approve", "done"}},
		"approve-what-is-not-there":   {who: "alice", args: []string{"approve", "nope"}},
		"approve-several":             {who: "alice", args: []string{"approve", "fresh", "nope", "done", "asking", "--input", "ticket=OPS-7"}},
		"approve-without-waiting":     {who: "alice", args: []string{"approve", "fresh", "--wait", "0"}},
		"approve-by-override":         {who: "lead", args: []string{"approve", "half", "--override", "-m", "the site is down"}},
		"override-without-the-right":  {who: "alice", args: []string{"approve", "half", "--override", "-m", "please"}},
		"override-without-a-message":  {who: "lead", args: []string{"approve", "half", "--override"}},
		"answers-missing":             {who: "alice", args: []string{"approve", "asking"}},
		"answer-not-valid":            {who: "alice", args: []string{"approve", "asking", "--input", "ticket=7"}},
		"answer-to-no-question":       {who: "alice", args: []string{"approve", "asking", "--input", "tikcet=OPS-7"}},
		"answer-not-readable":         {who: "alice", args: []string{"approve", "asking", "--input", "ticket"}},
		"terminal-yes":                {who: "alice", args: []string{"approve", "fresh"}, typed: text("y\n")},
		"terminal-no":                 {who: "alice", args: []string{"approve", "fresh"}, typed: text("\n")},
		"terminal-hung-up":            {who: "alice", args: []string{"approve", "fresh"}, typed: text("")},
		"terminal-asks-for-answers":   {who: "alice", args: []string{"approve", "asking"}, typed: text("7\nOPS-7\n\nOne.\nTwo.\n.\nyes\n")},
		"terminal-with-yes":           {who: "alice", args: []string{"approve", "asking", "--yes"}, typed: text("OPS-7\n")},
		"terminal-with-all-answers":   {who: "alice", args: []string{"approve", "asking", "-y", "--input", "ticket=OPS-7"}, typed: text("")},
		"terminal-gives-up":           {who: "alice", args: []string{"approve", "asking"}, typed: text("1\n2\n3\n")},
		"terminal-several":            {who: "alice", args: []string{"approve", "fresh", "half"}, typed: text("y\nn\n")},
		"terminal-hostile-texts":      {who: "alice", args: []string{"reject", "trap"}, typed: text("n\n")},
		"terminal-override":           {who: "lead", args: []string{"approve", "half", "--override", "-m", "down"}, typed: text("y\n")},
		"reject":                      {who: "bob", args: []string{"reject", "half", "-m", "no signature"}},
		"reject-takes-no-inputs":      {who: "alice", args: []string{"reject", "asking", "--input", "ticket=OPS-7"}},
		"vote-on-what-is-not-counted": {who: "alice", args: []string{"approve", "made"}},
		"withdraw":                    {who: "alice", args: []string{"withdraw", "half"}},
		"withdraw-nothing":            {who: "bob", args: []string{"withdraw", "half"}},
		"withdraw-what-is-decided":    {who: "alice", args: []string{"withdraw", "done"}},
		"vote-with-no-name":           {who: "alice", args: []string{"approve"}},
		"vote-with-a-negative-wait":   {who: "alice", args: []string{"approve", "fresh", "--wait", "-1s"}},
		"vote-on-what-list-has-named": {who: "alice", args: []string{"approve", "approvalrequest.approval.tekton.dev/fresh"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession(row.who, append(world(), request("trap", hostile), request("made", byHand))...)
			s.answers = row.typed
			golden(t, name, s.transcript(row.args...))
		})
	}
}

func text(s string) *string { return &s }

func TestVoteIsBoundToWhatWasShown(t *testing.T) {
	s := newSession("alice", request("asking", withInputs))
	notes := filepath.Join(t.TempDir(), "notes")
	if err := os.WriteFile(notes, []byte("one\ntwo\n"), 0o600); err != nil {
		t.Fatalf("writing the notes: %v", err)
	}
	if code := s.Run([]string{"approve", "asking", "-m", "go", "--input", "ticket=OPS-7", "--input", "notes=@" + notes}); code != ExitDone {
		t.Fatalf("exit %d: %s", code, s.err)
	}
	list, err := s.approvals.ApprovalV1alpha1().ApprovalDecisions("team").List(t.Context(), metav1.ListOptions{})
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("there are %d votes, want 1; %v", len(list.Items), err)
	}
	want := v1alpha1.ApprovalDecisionSpec{
		Request: "asking", RequestUID: "uid-asking", Decision: v1alpha1.DecisionApprove, Comment: "go",
		Inputs: []v1alpha1.InputValue{{Name: "ticket", Value: "OPS-7"}, {Name: "notes", Value: "one\ntwo"}},
		Digest: request("asking").Spec.Digest, Voter: &v1alpha1.Voter{Username: "alice"},
	}
	if diff := cmp.Diff(want, list.Items[0].Spec); diff != "" {
		t.Errorf("the vote is another (-want, +got):\n%s", diff)
	}
	if got := list.Items[0].GenerateName; got != "asking-" {
		t.Errorf("generateName is %q, want asking-", got)
	}
}

func TestVoteWhileTheControllerIsDown(t *testing.T) {
	s := newSession("alice", request("fresh"))
	s.counting = false
	go func() {
		for !s.clock.HasWaiters() {
			if t.Context().Err() != nil {
				return
			}
		}
		s.clock.Step(3e9)
	}()
	golden(t, "approve-not-counted-in-time", s.transcript("approve", "fresh"))
}

func TestVoteThatComesTooLate(t *testing.T) {
	s := newSession("alice", request("fresh"))
	s.counting = false
	s.approvals.PrependReactor("create", "approvaldecisions", rejectFirst(s))
	golden(t, "approve-too-late", s.transcript("approve", "fresh"))
}

// rejectFirst has bob reject the request just before the vote arrives.
func rejectFirst(s *session) clienttesting.ReactionFunc {
	return func(clienttesting.Action) (bool, runtime.Object, error) {
		request := request("fresh", decided(v1alpha1.StateRejected, "rejected by bob", "no"))
		return false, nil, s.approvals.Tracker().Update(v1alpha1.SchemeGroupVersion.WithResource("approvalrequests"), request, "team")
	}
}
