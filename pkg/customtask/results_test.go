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
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
)

func TestC27C29ResultsAreChecked(t *testing.T) {
	rows := map[string]struct {
		outcome customtask.Outcome
		reason  string
		message string
	}{
		"a bad name":      {customtask.Succeeded("Done", "").WithResult("a b", "1"), customtask.ReasonInvalidResult, `result name "a b" must be letters, digits, '_', '.' and '-' only`},
		"a repeated name": {customtask.Succeeded("Done", "").WithResult("a", "1").WithResult("a", "2"), customtask.ReasonInvalidResult, `result "a" is given twice`},
		"a large value":   {customtask.Succeeded("Done", "").WithResult("a", strings.Repeat("x", 70_000)), customtask.ReasonInvalidResult, `result "a" is 70002 bytes as JSON; at most 65536 can be stored; make it shorter`},
		"too much together": {
			customtask.Succeeded("Done", "").WithResult("a", strings.Repeat("x", 60_000)).WithResult("b", strings.Repeat("x", 60_000)).
				WithResult("c", strings.Repeat("x", 60_000)).WithResult("d", strings.Repeat("x", 60_000)).WithResult("e", strings.Repeat("x", 60_000)),
			customtask.ReasonInvalidResult, "the results are 300010 bytes together as JSON; at most 262144 can be stored; give fewer or shorter ones",
		},
		"a value that JSON makes large": {
			customtask.Succeeded("Done", "").WithResult("a", strings.Repeat("<", 20_000)), customtask.ReasonInvalidResult,
			`result "a" is 120002 bytes as JSON; at most 65536 can be stored; make it shorter`,
		},
		"C30: a large state": {
			customtask.Running("Working", "").WithState(strings.Repeat("x", 300_000)), customtask.ReasonStateTooLarge,
			"the state of this run is 300002 bytes; at most 262144 can be stored",
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			h := customtasktest.New(t, probeKind, &probe{reconcile: func(*probeRun) (customtask.Outcome, error) { return row.outcome, nil }})
			run := settled(t, h, newRun(customtasktest.Retries(2)))
			wantCondition(t, run, corev1.ConditionFalse, row.reason, row.message)
		})
	}
}

func TestC26C28ResultsAreThereOnceOnEveryPath(t *testing.T) {
	for name, row := range map[string]struct {
		reconcile func(*probeRun) (customtask.Outcome, error)
		want      []v1beta1.CustomRunResult
	}{
		"success": {succeed, []v1beta1.CustomRunResult{{Name: "out", Value: "42"}}},
		"failure": {failAttempt, []v1beta1.CustomRunResult{{Name: "partial", Value: "1"}}},
		"running": {func(*probeRun) (customtask.Outcome, error) {
			return customtask.Running("Working", "").WithResult("z", "1").WithResult("a", "2"), nil
		}, []v1beta1.CustomRunResult{{Name: "z", Value: "1"}, {Name: "a", Value: "2"}}},
	} {
		t.Run(name, func(t *testing.T) {
			h := customtasktest.New(t, probeKind, &probe{reconcile: row.reconcile})
			settled(t, h, newRun())
			h.Restart()
			h.Settle("run")
			if diff := cmp.Diff(row.want, h.Get("run").Status.Results); diff != "" {
				t.Errorf("results (-want, +got):\n%s", diff)
			}
		})
	}
}
