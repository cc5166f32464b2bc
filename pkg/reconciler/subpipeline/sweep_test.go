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

package subpipeline_test

import (
	"testing"

	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A replica that lost its lease may make the PipelineRun after another one has ended the run.
func TestC61APipelineRunThatGoesOnAfterTheEndIsStopped(t *testing.T) {
	w := newWorld(t)
	child := w.start(buildRun())
	release := w.HoldCache()
	run := w.Get("run")
	now := metav1.NewTime(w.Clock.Now())
	run.Status.Conditions[0].Status, run.Status.Conditions[0].Reason, run.Status.CompletionTime = corev1.ConditionTrue, "Elsewhere", &now
	w.StoreStatus(run)
	w.Step("run")
	release()
	w.Settle("run")
	if got := w.child(); got.UID != child.UID || got.Spec.Status != pipelinev1.PipelineRunSpecStatusCancelled {
		t.Errorf("the PipelineRun has the status %q", got.Spec.Status)
	}
	if c := w.Condition("run"); c.Reason != "Elsewhere" {
		t.Errorf("the run was changed: %v", c)
	}
}
