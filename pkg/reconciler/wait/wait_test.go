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

package wait_test

import (
	"context"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/client/clientset/versioned/fake"
	"github.com/customtasks/customtasks/pkg/client/informers/externalversions"
	client "github.com/customtasks/customtasks/pkg/client/injection/client"
	waitinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/custom/v1alpha1/wait"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/wait"
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// harness runs the Wait controller beside some Wait objects.
func harness(t testing.TB, waits ...*v1alpha1.Wait) *customtasktest.Harness {
	t.Helper()
	clientset := fake.NewSimpleClientset()
	for _, w := range waits {
		if err := clientset.Tracker().Add(w); err != nil {
			t.Fatal(err)
		}
	}
	newTask := func() customtask.Task[wait.Spec] { return &wait.Task{} }
	return customtasktest.NewFrom(t, wait.Kind, newTask, customtasktest.WithContext(
		func(h *customtasktest.Harness, ctx context.Context) context.Context {
			informer := externalversions.NewSharedInformerFactory(clientset, 0).Custom().V1alpha1().Waits()
			h.Follow(clientset, wait.Kind, informer.Informer().GetIndexer())
			ctx = context.WithValue(ctx, client.Key{}, clientset)
			return context.WithValue(ctx, waitinformer.Key{}, informer)
		}))
}

func named(name string, spec v1alpha1.WaitSpec) *v1alpha1.Wait {
	return &v1alpha1.Wait{ObjectMeta: metav1.ObjectMeta{Namespace: customtasktest.Namespace, Name: name}, Spec: spec}
}

func newRun(opts ...customtasktest.RunOption) *v1beta1.CustomRun {
	return customtasktest.Run("run", wait.Kind, opts...)
}

func wantCondition(t *testing.T, h *customtasktest.Harness, status corev1.ConditionStatus, reason, message string) {
	t.Helper()
	conditions := h.Get("run").Status.Conditions
	if len(conditions) != 1 {
		t.Fatalf("conditions %v; want one", conditions)
	}
	if c := conditions[0]; c.Status != status || c.Reason != reason || c.Message != message {
		t.Errorf("got %s %s %q; want %s %s %q", c.Status, c.Reason, c.Message, status, reason, message)
	}
}

func TestAWaitTakesTwoWrites(t *testing.T) {
	h := harness(t)
	h.Create(newRun(customtasktest.Param("duration", "90s")))
	again, ok := h.Settle("run")
	if !ok || again != 90*time.Second {
		t.Fatalf("looks again: %v after %v; want after 90s", ok, again)
	}
	wantCondition(t, h, corev1.ConditionUnknown, wait.ReasonWaiting, "waiting until 2026-01-02T03:05:35Z")
	h.Advance(again)
	h.Settle("run")
	wantCondition(t, h, corev1.ConditionTrue, "DurationElapsed", "the wait of 90s is over")
	want := []string{"create customruns", "update customruns/status", "update customruns/status"}
	if diff := cmp.Diff(want, h.Server.Writes()); diff != "" {
		t.Errorf("writes (-want, +got):\n%s", diff)
	}
}

func TestAWaitIsNeverShorterThanAsked(t *testing.T) {
	h := harness(t) // its clock starts in the middle of a second
	h.Create(newRun(customtasktest.Param("duration", "2s")))
	h.Settle("run")
	h.Restart()
	h.Advance(2*time.Second - time.Millisecond)
	h.Settle("run")
	if h.Get("run").IsDone() {
		t.Fatal("a wait of 2 s was over before")
	}
	h.Advance(time.Millisecond)
	h.Settle("run")
	wantCondition(t, h, corev1.ConditionTrue, "DurationElapsed", "the wait of 2s is over")
}

func TestC39ARestartKeepsTheEnd(t *testing.T) {
	h := harness(t)
	h.Create(newRun(customtasktest.Param("duration", "1h")))
	h.Settle("run")
	h.Advance(45 * time.Minute)
	h.Restart()
	again, ok := h.Settle("run")
	if !ok || again != 15*time.Minute {
		t.Errorf("looks again: %v after %v; want after 15m", ok, again)
	}
}

func TestADamagedStateKeepsTheEndToTheSecond(t *testing.T) {
	h := harness(t)
	h.Create(newRun(customtasktest.Param("duration", "1h")))
	h.Settle("run")
	run := h.Get("run")
	run.Status.ExtraFields.Raw = nil
	h.StoreStatus(run)
	h.Advance(30 * time.Minute)
	again, ok := h.Settle("run")
	if !ok || again > 30*time.Minute || again < 30*time.Minute-time.Second {
		t.Errorf("looks again: %v after %v; want after 30m", ok, again)
	}
}

func TestC38AWaitHasNoTimeoutUnlessSet(t *testing.T) {
	h := harness(t)
	h.Create(newRun(customtasktest.Param("duration", "72h")))
	for range 71 {
		h.Settle("run")
		h.Advance(time.Hour)
	}
	h.Settle("run")
	wantCondition(t, h, corev1.ConditionUnknown, wait.ReasonWaiting, "waiting until 2026-01-05T03:04:05Z")
	h.Advance(time.Hour)
	h.Settle("run")
	wantCondition(t, h, corev1.ConditionTrue, "DurationElapsed", "the wait of 72h is over")
}

func TestATimeoutEndsAWait(t *testing.T) {
	h := harness(t)
	h.Create(newRun(customtasktest.Param("duration", "1h"), customtasktest.Timeout(time.Minute)))
	h.Settle("run")
	h.Advance(2 * time.Minute)
	h.Settle("run")
	wantCondition(t, h, corev1.ConditionFalse, customtask.ReasonTimedOut, "attempt 1 of 1 timed out after 1m0s; last: Waiting: waiting until 2026-01-02T04:04:05Z")
}

func TestWaitsThatAreOverAtOnce(t *testing.T) {
	rows := map[string]struct {
		run     *v1beta1.CustomRun
		message string
	}{
		"a duration of 0":     {newRun(customtasktest.Param("duration", "0")), "the wait of 0 is over"},
		"a time in the past":  {newRun(customtasktest.Param("until", "2020-01-01T00:00:00Z")), "2020-01-01T00:00:00Z has come"},
		"an embedded spec":    {newRun(customtasktest.Spec(`{"duration":"0s"}`)), "the wait of 0s is over"},
		"a named Wait":        {newRun(customtasktest.Named("none")), "the wait of 0s is over"},
		"a param in the spec": {newRun(customtasktest.Spec(`{"duration":"$(params.d)"}`), customtasktest.Param("d", "0s")), "the wait of 0s is over"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			h := harness(t, named("none", v1alpha1.WaitSpec{Duration: "0s"}))
			h.Create(row.run)
			h.Settle("run")
			wantCondition(t, h, corev1.ConditionTrue, "DurationElapsed", row.message)
			if n := len(h.Server.Writes()); n != 2 {
				t.Errorf("%d writes; want the creation and one more", n)
			}
		})
	}
}

func TestWaitUntilATime(t *testing.T) {
	h := harness(t)
	h.Create(newRun(customtasktest.Param("until", "2026-01-02T05:04:05+01:00")))
	again, ok := h.Settle("run")
	if want := time.Hour - 678*time.Millisecond; !ok || again != want {
		t.Errorf("looks again: %v after %v; want after %v", ok, again, want)
	}
}

func TestBadWaits(t *testing.T) {
	rows := map[string]struct {
		run             *v1beta1.CustomRun
		reason, message string
	}{
		"nothing is set": {newRun(), customtask.ReasonInvalidSpec, "nothing says how long to wait; set one of them: duration, until"},
		"customSpec null": {
			newRun(customtasktest.Spec("null")), customtask.ReasonInvalidSpec,
			"nothing says how long to wait; set one of them: duration, until",
		},
		"both are set": {
			newRun(customtasktest.Param("duration", "1s"), customtasktest.Param("until", "2030-01-01T00:00:00Z")),
			customtask.ReasonInvalidSpec, "both are set; set exactly one: duration, until",
		},
		"an unparsable duration": {
			newRun(customtasktest.Param("duration", "soon")), customtask.ReasonInvalidSpec,
			`"soon" is not a duration; write it as "90s" or "1h30m": duration`,
		},
		"a negative duration": {
			newRun(customtasktest.Param("duration", "-1s")), customtask.ReasonInvalidSpec,
			`"-1s" is negative; write a positive duration, or "0" to go on at once: duration`,
		},
		"an unparsable time": {
			newRun(customtasktest.Param("until", "tomorrow")), customtask.ReasonInvalidSpec,
			`"tomorrow" is not a time; write it in RFC 3339, as "2026-01-31T09:00:00Z": until`,
		},
		"an unknown param": {
			newRun(customtasktest.Param("seconds", "1")), customtask.ReasonInvalidParams,
			`param "seconds" is unknown; the params are duration, until`,
		},
		"a param of the wrong type": {
			newRun(customtasktest.Param("duration", "1s", "2s")), customtask.ReasonInvalidParams,
			`param "duration" must be a string, not of type array`,
		},
		"an unknown field": {
			newRun(customtasktest.Spec(`{"durration":"1s"}`)), customtask.ReasonInvalidSpec,
			`spec.customSpec.spec has unknown field "durration"`,
		},
		"a number for a duration": {
			newRun(customtasktest.Spec(`{"duration":5}`)), customtask.ReasonInvalidSpec,
			`spec.customSpec.spec.duration must be a string, not number`,
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			h := harness(t)
			h.Create(row.run)
			h.Settle("run")
			wantCondition(t, h, corev1.ConditionFalse, row.reason, row.message)
		})
	}
	t.Run("a Wait that does not exist", func(t *testing.T) {
		h := harness(t)
		h.Create(newRun(customtasktest.Named("nope")))
		h.Advance(10 * time.Second)
		h.Settle("run")
		wantCondition(t, h, corev1.ConditionFalse, customtask.ReasonDefinitionNotFound,
			`spec.customRef.name: there is no Wait "nope" in namespace "test"`)
	})
}

func TestAWaitThatWasOverInTimeSucceedsThoughNobodyLooked(t *testing.T) {
	h := harness(t)
	h.Create(newRun(customtasktest.Param("duration", "10s"), customtasktest.Timeout(time.Minute)))
	h.Settle("run")
	h.Advance(5 * time.Minute)
	h.Restart()
	h.Settle("run")
	wantCondition(t, h, corev1.ConditionTrue, "DurationElapsed", "the wait of 10s is over")
}

func TestC39AClockThatWasAheadDoesNotLengthenAWait(t *testing.T) {
	h := harness(t)
	h.Advance(24 * time.Hour)
	h.Create(newRun(customtasktest.Param("duration", "10s")))
	h.Settle("run")
	h.Advance(-24 * time.Hour)
	h.Restart()
	h.Settle("run")
	h.Advance(11 * time.Second)
	h.Settle("run")
	wantCondition(t, h, corev1.ConditionTrue, "DurationElapsed", "the wait of 10s is over")
}
