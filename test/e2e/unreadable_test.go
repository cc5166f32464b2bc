//go:build e2e

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

package e2e

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"knative.dev/pkg/apis"
)

// TestOneBadObjectStopsNothing runs alone: it starts the controller anew among objects that cannot be decoded.
func TestOneBadObjectStopsNothing(t *testing.T) {
	ns := newNamespace(t)
	apply(t, ns, `apiVersion: custom.tekton.dev/v1alpha1
kind: TaskLoop
metadata: {name: bad}
spec: {taskRef: {name: work}, iterateParam: item, timeout: 1 hour}`, `apiVersion: custom.tekton.dev/v1alpha1
kind: PipelineLoop
metadata: {name: bad}
spec: {pipelineRef: {name: work}, iterateParam: item, workspaces: [{name: a, emptyDir: {sizeLimit: lots}}]}`, `apiVersion: custom.tekton.dev/v1alpha1
kind: SubPipeline
metadata: {name: bad}
spec: {pipelineRef: {name: work}, timeouts: {pipeline: 10 minutes}}`)
	if err := plane.Process("controller").Restart(); err != nil {
		t.Fatal(err)
	}
	apply(t, ns, waitRun("wait", "  params: [{name: duration, value: 0s}]"))
	if c := ended(t, ns, "wait").Status.GetCondition(apis.ConditionSucceeded); !c.IsTrue() {
		t.Errorf("a wait ended with %v", c)
	}
	for _, kind := range []string{"TaskLoop", "PipelineLoop", "SubPipeline"} {
		name := strings.ToLower(kind)
		apply(t, ns, fmt.Sprintf(`apiVersion: tekton.dev/v1beta1
kind: CustomRun
metadata: {name: %s}
spec: {customRef: {apiVersion: custom.tekton.dev/v1alpha1, kind: %s, name: bad}, params: [{name: item, value: [a]}]}`, name, kind))
		c := ended(t, ns, name).Status.GetCondition(apis.ConditionSucceeded)
		if c.Status != corev1.ConditionFalse || c.Reason != "InvalidSpec" || !strings.Contains(c.Message, kind+` "bad" cannot be read: `) {
			t.Errorf("%s: %s %s %q", kind, c.Status, c.Reason, c.Message)
		}
	}
}
