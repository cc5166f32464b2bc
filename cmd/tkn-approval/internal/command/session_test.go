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
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/cluster"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/client/clientset/versioned/fake"
	"github.com/google/go-cmp/cmp"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	kubefake "k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	clocktesting "k8s.io/utils/clock/testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// people are the groups of those who appear in tests.
var people = map[string][]string{
	"alice": {"developers"}, "bob": {"security"}, "carol": {"developers"}, "lead": {"security"}, "mallory": nil,
}

// session is somebody at a command line.
type session struct {
	*Plugin
	approvals *fake.Clientset
	clock     *clocktesting.FakeClock
	out, err  *bytes.Buffer
	// counting is set while the controller is up.
	counting bool
	// answers is set if somebody sits there, and is what they type.
	answers *string
}

func newSession(who string, objects ...runtime.Object) *session {
	streams, in, out, errOut := genericiooptions.NewTestIOStreams()
	s := &session{
		approvals: fake.NewSimpleClientset(objects...), clock: clocktesting.NewFakeClock(now), out: out, err: errOut, counting: true,
	}
	kube := kubefake.NewClientset(namespace("team"), namespace("other"))
	kube.PrependReactor("list", "namespaces", func(clienttesting.Action) (bool, runtime.Object, error) {
		return who == "mallory", nil, errUnavailable
	})
	kube.PrependReactor("create", "selfsubjectreviews", func(clienttesting.Action) (bool, runtime.Object, error) {
		user := authenticationv1.UserInfo{Username: who, Groups: people[who]}
		return true, &authenticationv1.SelfSubjectReview{Status: authenticationv1.SelfSubjectReviewStatus{UserInfo: user}}, nil
	})
	kube.PrependReactor("create", "selfsubjectaccessreviews", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, &authorizationv1.SelfSubjectAccessReview{Status: authorizationv1.SubjectAccessReviewStatus{Allowed: who != "lead"}}, nil
	})
	s.approvals.PrependReactor("create", "approvaldecisions", s.admit(who))
	flags := genericclioptions.NewConfigFlags(true)
	s.Plugin = &Plugin{
		IOStreams: streams, Clock: s.clock, flags: flags,
		Build: &debug.BuildInfo{GoVersion: "go1.25.0", Main: debug.Module{Version: "v1.2.0"}},
		Connect: func() (*cluster.Cluster, error) {
			namespace := "team"
			if *flags.Namespace != "" {
				namespace = *flags.Namespace
			}
			return &cluster.Cluster{Approvals: s.approvals.ApprovalV1alpha1(), Namespace: namespace, Reviews: kube.AuthenticationV1(), Namespaces: kube.CoreV1(), Rights: kube.AuthorizationV1()}, nil
		},
		Interactive: func() bool {
			if s.answers != nil && in.Len() == 0 {
				in.WriteString(*s.answers)
			}
			return s.answers != nil
		},
	}
	return s
}

func namespace(name string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
}

// admit stamps a vote as admission does, and counts it as the controller does, near enough.
func (s *session) admit(who string) clienttesting.ReactionFunc {
	votes := 100
	return func(action clienttesting.Action) (bool, runtime.Object, error) {
		vote := action.(clienttesting.CreateAction).GetObject().(*v1alpha1.ApprovalDecision).DeepCopy()
		if vote.Spec.Override && who != "lead" {
			return true, nil, &apierrors.StatusError{ErrStatus: metav1.Status{
				Status: metav1.StatusFailure, Code: http.StatusForbidden, Reason: metav1.StatusReasonForbidden,
				Message: fmt.Sprintf(`admission webhook "vote.approval.tekton.dev" denied the request: %q may not override`, who),
			}}
		}
		votes++
		vote.Name = fmt.Sprintf("%s%d", vote.GenerateName, votes)
		vote.CreationTimestamp = metav1.NewTime(s.clock.Now())
		vote.Labels = map[string]string{v1alpha1.LabelRequestUID: vote.Spec.RequestUID}
		vote.Spec.Voter = &v1alpha1.Voter{Username: who}
		tracker := s.approvals.Tracker()
		if err := tracker.Create(action.GetResource(), vote, vote.Namespace); err != nil || !s.counting {
			return true, vote, err
		}
		requests := v1alpha1.SchemeGroupVersion.WithResource("approvalrequests")
		stored, err := tracker.Get(requests, vote.Namespace, vote.Spec.Request)
		if err != nil {
			return true, nil, err
		}
		request := stored.(*v1alpha1.ApprovalRequest).DeepCopy()
		count(request, vote)
		return true, vote, tracker.Update(requests, request, vote.Namespace)
	}
}

// count is a controller for gates without rules.
func count(request *v1alpha1.ApprovalRequest, vote *v1alpha1.ApprovalDecision) {
	status, who := &request.Status, vote.Spec.Voter.Username
	switch vote.Spec.Decision {
	case v1alpha1.DecisionReject:
		status.State, status.RejectedBy, status.Progress = v1alpha1.StateRejected, who, "rejected by "+who
	case v1alpha1.DecisionWithdraw:
		status.ApprovedBy = nil
	case v1alpha1.DecisionApprove:
		status.ApprovedBy = append(status.ApprovedBy, who)
		if len(status.ApprovedBy) == int(request.Spec.Required) {
			status.State, status.Progress = v1alpha1.StateApproved, "approved by "+strings.Join(status.ApprovedBy, ", ")
		}
	}
	if vote.Spec.Override {
		status.State, status.OverriddenBy, status.Progress = v1alpha1.StateApproved, who, "OVERRIDDEN by "+who
	}
}

// transcript runs a command line and returns all that there is to see.
func (s *session) transcript(args ...string) string {
	code := s.Run(args)
	var text strings.Builder
	fmt.Fprintf(&text, "$ tkn approval %s\n", strings.Join(args, " "))
	if s.answers != nil {
		fmt.Fprintf(&text, "--- typed\n%s", *s.answers)
	}
	fmt.Fprintf(&text, "--- out\n%s--- err\n%s--- exit %d\n", s.out, s.err, code)
	return text.String()
}

// golden compares with a file of testdata, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatalf("writing %s: %v", path, err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("reading the golden file: %v; make it with -update", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the output is not that of %s (-want, +got):\n%s", path, diff)
	}
}
