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

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

// announcingProbe says from the start what it says later.
type announcingProbe struct {
	probe
	announce func(*probeRun) customtask.Outcome
}

func (p *announcingProbe) Announce(run *probeRun) customtask.Outcome { return p.announce(run) }

func working(run *probeRun) customtask.Outcome {
	return customtask.Running("Working", "at work on "+run.ChildName()).WithState(run.Spec.Text)
}

func TestWhatATaskAnnouncesIsInTheFirstStatusAndWrittenOnce(t *testing.T) {
	task := &announcingProbe{announce: working}
	var state string
	task.reconcile = func(run *probeRun) (customtask.Outcome, error) {
		run.State(&state)
		return working(run), nil
	}
	h := customtasktest.New(t, probeKind, task)
	run := settled(t, h, newRun(customtasktest.Param("text", "kept")))
	wantCondition(t, run, corev1.ConditionUnknown, "Working", "")
	if state != "kept" {
		t.Errorf("the state that was announced is %q", state)
	}
	if diff := cmp.Diff([]string{"create customruns", "update customruns/status"}, h.Server.Writes()); diff != "" {
		t.Errorf("writes (-want, +got):\n%s", diff)
	}
}

func TestAnAnnouncementThatCannotBeUsedIsLeftOut(t *testing.T) {
	for name, announce := range map[string]func(*probeRun) customtask.Outcome{
		"nothing is said": func(*probeRun) customtask.Outcome { return customtask.Outcome{} },
		"a panic":         func(*probeRun) customtask.Outcome { panic("out of cheese") },
		"a state too large": func(*probeRun) customtask.Outcome {
			return customtask.Running("Working", "").WithState(make([]byte, 1<<20))
		},
	} {
		t.Run(name, func(t *testing.T) {
			task := &announcingProbe{announce: announce}
			first := ""
			task.reconcile = func(run *probeRun) (customtask.Outcome, error) {
				first = run.Object().Status.Conditions[0].Reason
				return succeed(run)
			}
			run := settled(t, customtasktest.New(t, probeKind, task), newRun())
			wantCondition(t, run, corev1.ConditionTrue, "Done", "it is done")
			if first != customtask.ReasonStarted {
				t.Errorf("the first status has reason %s; want %s", first, customtask.ReasonStarted)
			}
		})
	}
}

// callSpec holds a script with references of its own.
type callSpec struct {
	Script map[string]string `json:"script,omitempty"`
	Name   string            `json:"name,omitempty"`
}

func (*callSpec) Verbatim(field string) bool { return field == "script" }

func TestC14ReferencesInVerbatimFieldsAreLeftAlone(t *testing.T) {
	var got callSpec
	task := customtask.TaskFunc[callSpec](func(_ context.Context, run *customtask.Run[callSpec]) (customtask.Outcome, error) {
		got = run.Spec
		return customtask.Succeeded("Done", ""), nil
	})
	h := customtasktest.New(t, probeKind, task)
	settled(t, h, newRun(customtasktest.Spec(`{"script":{"run":"echo $(params.name) $(params.unknown)"},"name":"$(params.name)"}`), customtasktest.Param("name", "$(params.name)")))
	want := callSpec{Script: map[string]string{"run": "echo $(params.name) $(params.unknown)"}, Name: "$(params.name)"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the spec (-want, +got):\n%s", diff)
	}
}

func TestAllParamsAreACopy(t *testing.T) {
	params := customtask.NewParams(newRun(customtasktest.Param("list", "a", "b")).Spec.Params...)
	params.All()[0].Value.ArrayVal[0] = "changed"
	if list, _, err := params.Strings("list"); err != nil || list[0] != "a" {
		t.Errorf("list is %v, %v", list, err)
	}
}
