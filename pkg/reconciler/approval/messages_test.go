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

package approval_test

import (
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestThePendingMessageIsShortAndSaysTheFirstFirst(t *testing.T) {
	long := func(name string) string { return name + "-with-a-long-name@example.com" }
	for name, row := range map[string]struct {
		approvers []string
		want      string // NAME is the request's
	}{
		"all fit":                     {[]string{"alice", "bob"}, "0 of 1; awaiting alice, bob until 2026-01-02T04:04Z; tkn approval approve NAME"},
		"who does not fit is counted": {[]string{"alice", "group:platform", "group:security", "group:release"}, "0 of 1; awaiting alice, group:platform and 2 more until 2026-01-02T04:04Z; tkn approval approve NAME"},
		"if not one fits, the command goes": {
			[]string{long("somebody"), long("another-one"), "group:oidc:platform"},
			"0 of 1; awaiting " + long("somebody") + " and 2 more until 2026-01-02T04:04Z",
		},
		"a name without end": {[]string{strings.Repeat("é", 256)}, "0 of 1; awaiting " + strings.Repeat("é", 78) + "… until 2026-01-02T04:04Z"},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGate(t)
			g.open(newRun(approvers(row.approvers...)))
			message := g.Condition("gate").Message
			if want := strings.ReplaceAll(row.want, "NAME", g.requests()[0].Name); message != want {
				t.Errorf("got  %s\nwant %s", message, want)
			}
			if n := len([]rune(message)); n > 120 {
				t.Errorf("%d characters: %s", n, message)
			}
		})
	}
}

func TestTheMessageOfADecisionIsShortToo(t *testing.T) {
	for name, decision := range map[string]v1alpha1.Decision{"approved": v1alpha1.DecisionApprove, "rejected": v1alpha1.DecisionReject} {
		t.Run(name, func(t *testing.T) {
			g := newGate(t)
			request := g.open(newRun(approvers("alice")))
			g.vote(request, "alice", decision, strings.Repeat("because ", 100))
			g.Settle("gate")
			message := g.Condition("gate").Message
			if want := name + " by alice: because because"; len([]rune(message)) != 120 || !strings.HasPrefix(message, want) {
				t.Errorf("%d characters: %s", len([]rune(message)), message)
			}
			for _, result := range g.Get("gate").Status.Results {
				if result.Name == "comment" && len(result.Value) != 800 {
					t.Errorf("the comment is cut to %d bytes", len(result.Value))
				}
			}
		})
	}
}

func TestACommentIsShownOnOneLineAndCannotSpeakToATerminal(t *testing.T) {
	for _, decision := range []v1alpha1.Decision{v1alpha1.DecisionApprove, v1alpha1.DecisionReject} {
		t.Run(string(decision), func(t *testing.T) {
			g := newGate(t)
			request := g.open(partOf(newRun(approvers("alice"), customtasktest.Param("onReject", "Continue")), "deploy-7"))
			g.vote(request, "alice", decision, "fine\x1b[2J\n\tStatus: hacked\u200b") // stored by a version that took it
			g.settle()
			message := map[v1alpha1.Decision]string{v1alpha1.DecisionApprove: "approved", v1alpha1.DecisionReject: "rejected"}[decision] +
				" by alice: fine\ufffd[2J Status: hacked\ufffd"
			if c := g.Condition(g.run); c.Message != message {
				t.Errorf("got  %q\nwant %q", c.Message, message)
			}
			for _, result := range g.Get(g.run).Status.Results {
				if want := "fine\ufffd[2J\n\tStatus: hacked\ufffd"; result.Name == "comment" && result.Value != want {
					t.Errorf("comment %q; want %q", result.Value, want)
				}
			}
			told := 0
			for _, event := range g.RecordedEvents() {
				if strings.Contains(event, message) {
					told++
				}
				if strings.ContainsAny(event, "\x1b\n\u200b") {
					t.Errorf("event %q", event)
				}
			}
			if told != 3 {
				t.Errorf("%d Events tell of it; want those of the request, the run and the PipelineRun", told)
			}
		})
	}
}

func TestThoseAreAwaitedWhoseApprovalWouldHelp(t *testing.T) {
	g := newGate(t)
	request := g.open(newRun(embedded(t, v1alpha1.Gate{Rules: []v1alpha1.Rule{
		{Name: "platform", Approvers: []string{"group:platform"}, Required: 1},
		{Name: "security", Approvers: []string{"group:security"}, Required: 1},
	}})))
	g.vote(request, "dave", v1alpha1.DecisionApprove, "", "platform", "security")
	g.Settle("gate")
	if got := g.requests()[0].Status.Progress; got != "1 of 2 (dave); awaiting group:platform, group:security" {
		t.Errorf("dave, who is in both groups, can move over: %s", got)
	}
	g.vote(request, "alice", v1alpha1.DecisionApprove, "", "platform")
	g.Settle("gate")
	g.want(corev1.ConditionTrue, "Approved", "approved by dave, alice")
}

func TestARequestThatEndedAwaitsNobody(t *testing.T) {
	for name, row := range map[string]struct {
		end  func(*gate)
		want string
	}{
		"timed out": {func(g *gate) { g.Advance(time.Hour + time.Second) }, "timed out with 1 of 2 (alice)"},
		"cancelled": {func(g *gate) { g.Cancel("gate", "enough") }, "cancelled with 1 of 2 (alice)"},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGate(t)
			request := g.open(newRun(approvers("alice", "bob"), customtasktest.Param("required", "2")))
			g.vote(request, "alice", v1alpha1.DecisionApprove, "")
			g.Settle("gate")
			row.end(g)
			g.Settle("gate")
			status := g.requests()[0].Status
			if status.Progress != row.want {
				t.Errorf("progress: %s; want %s", status.Progress, row.want)
			}
			now := metav1.NewTime(g.Clock.Now())
			if status.DecidedAt == nil || status.DecidedAt.Sub(now.Time).Abs() >= time.Second {
				t.Errorf("it ended at %v; want %v", status.DecidedAt, now)
			}
			if deadline := g.requests()[0].Spec.Deadline; name == "timed out" && status.DecidedAt.Before(deadline) {
				t.Errorf("it is closed at %v, before its deadline %v", status.DecidedAt, deadline)
			}
		})
	}
}

func TestThePipelineRunIsTold(t *testing.T) {
	g := newGate(t)
	request := g.open(partOf(newRun(approvers("alice"), customtasktest.Param("timeout", "2h")), "deploy-7"))
	want := "Normal ApprovalRequested deploy-7-gate asks for approval (1 required); awaiting alice until 2026-01-02 05:04:05 UTC; decide with: tkn approval approve " + request.Name + " -n test"
	if events := strings.Join(g.RecordedEvents(), "\n"); !strings.Contains(events, want) {
		t.Errorf("no Event %q among\n%s", want, events)
	}
	g.Advance(time.Second)
	g.vote(request, "alice", v1alpha1.DecisionApprove, "fine")
	g.settle()
	if events := strings.Join(g.RecordedEvents(), "\n"); !strings.Contains(events, "Normal ApprovalApproved deploy-7-gate: approved by alice: fine") {
		t.Errorf("no Event of the decision among\n%s", events)
	}
}
