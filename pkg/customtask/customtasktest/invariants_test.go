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

package customtasktest

import (
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"
)

func at(seconds int) *metav1.Time {
	return &metav1.Time{Time: Start.Truncate(time.Second).Add(time.Duration(seconds) * time.Second)}
}

func succeeded(status corev1.ConditionStatus, reason string) duckv1.Conditions {
	return duckv1.Conditions{{
		Type: apis.ConditionSucceeded, Status: status, Reason: reason, LastTransitionTime: apis.VolatileTime{Inner: *at(1)},
	}}
}

// underWay is a run as it should be while its task works; over is one that is done.
func underWay() *v1beta1.CustomRun {
	return &v1beta1.CustomRun{
		ObjectMeta: metav1.ObjectMeta{Name: "run", Generation: 2, CreationTimestamp: *at(0)},
		Spec:       v1beta1.CustomRunSpec{Retries: 1},
		Status: v1beta1.CustomRunStatus{
			Status: duckv1.Status{ObservedGeneration: 2, Conditions: succeeded(corev1.ConditionUnknown, "Working")},
			CustomRunStatusFields: v1beta1.CustomRunStatusFields{
				StartTime: at(1), ExtraFields: runtime.RawExtension{Raw: []byte(`{"schemaVersion":1}`)},
			},
		},
	}
}

func over() *v1beta1.CustomRun {
	run := underWay()
	run.Status.Conditions = succeeded(corev1.ConditionTrue, "Done")
	run.Status.CompletionTime = at(9)
	return run
}

func goodStep() step {
	return step{before: underWay(), after: underWay(), fresh: true, always: true, writes: []string{"update customruns/status"}}
}

func TestAGoodStepViolatesNothing(t *testing.T) {
	ended := goodStep()
	ended.after = over()
	for name, s := range map[string]step{"under way": goodStep(), "that ends the run": ended} {
		if broken := s.violations(); len(broken) > 0 {
			t.Errorf("a step %s: %q", name, broken)
		}
	}
}

func TestEveryInvariantCanBeViolated(t *testing.T) {
	archived := v1beta1.CustomRunStatus{Status: duckv1.Status{Conditions: succeeded(corev1.ConditionFalse, "Broke")}}
	for name, row := range map[string]struct {
		want   string
		change func(*step)
	}{
		"work without a startTime": {"C16", func(s *step) { s.after.Status.StartTime = nil }},
		"a start before the creation": {"C17", func(s *step) {
			s.before.Status.StartTime, s.after.Status.StartTime = at(-1), at(-1)
		}},
		"a start that moves": {"C17", func(s *step) { s.after.Status.StartTime = at(2) }},
		"another condition first": {"C18", func(s *step) {
			s.after.Status.Conditions = append(duckv1.Conditions{{Type: "Ready"}}, s.after.Status.Conditions...)
		}},
		"an old generation":        {"C19", func(s *step) { s.after.Status.ObservedGeneration = 1 }},
		"a generation to come":     {"C19", func(s *step) { s.fresh = false; s.after.Status.ObservedGeneration = 3 }},
		"a reason in words":        {"C20", func(s *step) { s.after.Status.Conditions[0].Reason = "at work" }},
		"a message without end":    {"C20", func(s *step) { s.after.Status.Conditions[0].Message = strings.Repeat("x", 1025) }},
		"a transition to the same": {"C21", func(s *step) { s.after.Status.Conditions[0].LastTransitionTime.Inner = *at(2) }},
		"False with retries left": {"C22", func(s *step) {
			s.after = over()
			s.after.Status.Conditions = succeeded(corev1.ConditionFalse, customtask.ReasonTimedOut)
		}},
		"an end without completionTime": {"C23", func(s *step) { s.after = over(); s.after.Status.CompletionTime = nil }},
		"a completionTime without end":  {"C23", func(s *step) { s.after.Status.CompletionTime = at(2) }},
		"an end before the start":       {"C23", func(s *step) { s.after = over(); s.after.Status.CompletionTime = at(0) }},
		"a finished run that changes": {"C24", func(s *step) {
			s.before, s.after = over(), over()
			s.after.Status.Results = []v1beta1.CustomRunResult{{Name: "late", Value: "1"}}
		}},
		"work after the end": {"C25", func(s *step) {
			s.before, s.after, s.writes = over(), over(), []string{"update taskruns"}
		}},
		"a child after the end, though something had gone wrong before": {"C25", func(s *step) {
			s.before, s.after, s.always, s.writes = over(), over(), false, []string{"create taskruns"}
		}},
		"a result called anything": {"C27", func(s *step) { s.after.Status.Results = []v1beta1.CustomRunResult{{Name: "a b"}} }},
		"a result twice":           {"C28", func(s *step) { s.after.Status.Results = []v1beta1.CustomRunResult{{Name: "a"}, {Name: "a"}} }},
		"extraFields of no schema": {"C30", func(s *step) { s.after.Status.ExtraFields.Raw = []byte(`{"x":1}`) }},
		"extraFields of text":      {"C30", func(s *step) { s.after.Status.ExtraFields.Raw = []byte(`"x"`) }},
		"an attempt that did not fail": {"C41", func(s *step) {
			attempt := *archived.DeepCopy()
			attempt.Conditions = succeeded(corev1.ConditionUnknown, "Working")
			s.after.Status.RetriesStatus = []v1beta1.CustomRunStatus{attempt}
		}},
		"an attempt with attempts of its own": {"C41", func(s *step) {
			attempt := *archived.DeepCopy()
			attempt.RetriesStatus = []v1beta1.CustomRunStatus{archived}
			s.after.Status.RetriesStatus = []v1beta1.CustomRunStatus{attempt}
		}},
		"an attempt too many":  {"C42", func(s *step) { s.after.Status.RetriesStatus = []v1beta1.CustomRunStatus{archived, archived} }},
		"Events about nothing": {"C63", func(s *step) { s.writes, s.events = nil, 1 }},
	} {
		t.Run(name, func(t *testing.T) {
			s := goodStep()
			row.change(&s)
			broken := s.violations()
			if len(broken) != 1 || !strings.HasPrefix(broken[0], row.want+":") {
				t.Errorf("violations %q; want one of %s", broken, row.want)
			}
		})
	}
}
