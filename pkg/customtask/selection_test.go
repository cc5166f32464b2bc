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

package customtask_test

import (
	"context"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestC1C2ForeignRunsAreNeverWritten(t *testing.T) {
	other := func(change func(*schema.GroupVersionKind)) schema.GroupVersionKind {
		gvk := probeKind
		change(&gvk)
		return gvk
	}
	rows := map[string]*v1beta1.CustomRun{
		"another kind":                    customtasktest.Run("run", other(func(k *schema.GroupVersionKind) { k.Kind = "Other" })),
		"another group":                   customtasktest.Run("run", other(func(k *schema.GroupVersionKind) { k.Group = "other.dev" })),
		"another version":                 customtasktest.Run("run", other(func(k *schema.GroupVersionKind) { k.Version = "v2" })),
		"another case":                    customtasktest.Run("run", other(func(k *schema.GroupVersionKind) { k.Kind = "probe" })),
		"another kind with embedded spec": customtasktest.Run("run", other(func(k *schema.GroupVersionKind) { k.Kind = "Other" }), customtasktest.Spec(`{}`)),
		"C3: neither ref nor spec": customtasktest.Run("run", probeKind, func(run *v1beta1.CustomRun) {
			run.Spec.CustomRef = nil
		}),
	}
	for name, run := range rows {
		t.Run(name, func(t *testing.T) {
			task := &externalProbe{}
			h := customtasktest.New(t, probeKind, task)
			h.Create(run)
			for _, event := range []func(){
				func() {},
				func() { h.Cancel("run", "stop") },
				func() { h.Restart() },
			} {
				event()
				edits := len(h.Server.Writes())
				h.Step("run")
				if got := h.Server.Writes()[edits:]; len(got) > 0 {
					t.Errorf("wrote %v to a foreign run", got)
				}
			}
			if events := h.RecordedEvents(); len(events) > 0 || task.calls > 0 {
				t.Errorf("events %v, %d calls for a foreign run", events, task.calls)
			}
		})
	}
}

func TestC3RefAndSpecTogetherFailCleanly(t *testing.T) {
	h := customtasktest.New(t, probeKind, &probe{})
	both := newRun()
	both.Spec.CustomSpec = newRun(customtasktest.Spec(`{}`)).Spec.CustomSpec
	run := settled(t, h, both)
	wantCondition(t, run, corev1.ConditionFalse, customtask.ReasonInvalidSpec,
		"spec.customRef and spec.customSpec are both set; set exactly one")
}

func TestC4APanicFailsOnlyItsOwnAttempt(t *testing.T) {
	task := &probe{}
	task.reconcile = func(run *probeRun) (customtask.Outcome, error) {
		if run.Attempt() == 1 {
			panic("out of cheese")
		}
		return succeed(run)
	}
	h := customtasktest.New(t, probeKind, task)
	run := settled(t, h, newRun(customtasktest.Retries(1)))
	wantCondition(t, run, corev1.ConditionUnknown, customtask.ReasonRetryPending, "")
	h.Advance(hour)
	h.Settle("run")
	run = h.Get("run")
	wantCondition(t, run, corev1.ConditionTrue, "Done", "it is done")
	if got := run.Status.RetriesStatus[0].Conditions[0].Reason; got != customtask.ReasonPanicked {
		t.Errorf("the first attempt failed with %s; want %s", got, customtask.ReasonPanicked)
	}
}

// waiting is a task that does what its context allows.
type waiting struct{ limit time.Duration }

func (w *waiting) Reconcile(ctx context.Context, _ *probeRun) (customtask.Outcome, error) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return customtask.Outcome{}, customtask.FailRun("Unbounded", "the call has no deadline")
	}
	w.limit = time.Until(deadline)
	return customtask.Succeeded("Done", ""), nil
}

func TestC4EveryCallOfAnAuthorHasADeadline(t *testing.T) {
	task := &waiting{}
	h := customtasktest.New(t, probeKind, task)
	wantCondition(t, settled(t, h, newRun()), corev1.ConditionTrue, "Done", "")
	if task.limit > 30*time.Second {
		t.Errorf("the call may take %v", task.limit)
	}
}

func TestC4KindsOfOneNameInTwoGroupsShareNothing(t *testing.T) {
	other := probeKind
	other.Group = "other.dev"
	if a, b := customtask.ControllerName(probeKind), customtask.ControllerName(other); a != "probe.example.dev" || b != "probe.other.dev" {
		t.Errorf("queues and leases are called %s and %s", a, b)
	}
}
