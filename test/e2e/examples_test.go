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
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/test/cluster"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/apis"
)

func taskRun(t *testing.T, namespace, pipelineTask string) *pipelinev1.TaskRun {
	t.Helper()
	list, err := tasks.TektonV1().TaskRuns(namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "tekton.dev/pipelineTask=" + pipelineTask})
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Items) == 0 {
		return nil
	}
	return &list.Items[0]
}

func TestTheApprovalExampleApproved(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, example(t, "approval/pipeline.yaml"))
	run := apply(t, ns, example(t, "approval/pipelinerun.yaml"))[0]
	request := pendingRequests(t, ns, 1)[0]
	if request.Spec.Message != "Approve deployment to production?" || !strings.HasPrefix(request.Name, run.GetName()+"-approval-gate") {
		t.Errorf("the request is %s", asYAML(request))
	}
	mustVote(t, cluster.SecurityLead, request, v1alpha1.DecisionApprove)
	done := pipelineEnded(t, ns, run.GetName())
	if c := done.Status.GetCondition(apis.ConditionSucceeded); !c.IsTrue() {
		t.Fatalf("the PipelineRun ended with %v", c)
	}
	deploy := taskRun(t, ns, "deploy")
	params := map[string]pipelinev1.ParamValue{}
	for _, p := range deploy.Spec.Params {
		params[p.Name] = p.Value
	}
	if got := params["approved-by"].ArrayVal; len(got) != 1 || got[0] != cluster.SecurityLead {
		t.Errorf("C60: deploy was told approved-by %v", params["approved-by"])
	}
	if params["approved-at"].StringVal == "" {
		t.Error("deploy was not told when it was approved")
	}
}

func TestTheApprovalExampleRejected(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, example(t, "approval/pipeline.yaml"))
	run := apply(t, ns, example(t, "approval/pipelinerun.yaml"))[0]
	mustVote(t, cluster.PlatformTeamLead, pendingRequests(t, ns, 1)[0], v1alpha1.DecisionReject)
	done := pipelineEnded(t, ns, run.GetName())
	if c := done.Status.GetCondition(apis.ConditionSucceeded); !c.IsFalse() || c.Reason != "Failed" {
		t.Errorf("the PipelineRun ended with %v", c)
	}
	wantEnd(t, ended(t, ns, run.GetName()+"-approval-gate"), corev1.ConditionFalse, "ApprovalRejected",
		"rejected by platform-team-lead: by platform-team-lead")
	if taskRun(t, ns, "deploy") != nil {
		t.Error("deploy ran though the gate was rejected")
	}
}

func TestTheWaitExample(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, example(t, "wait/wait.yaml"))
	run := apply(t, ns, example(t, "wait/pipelinerun.yaml"))[0]
	if c := pipelineEnded(t, ns, run.GetName()).Status.GetCondition(apis.ConditionSucceeded); !c.IsTrue() {
		t.Errorf("the PipelineRun ended with %v", c)
	}
}

func TestC59GatesAndWaitsInEveryPlaceOfAPipeline(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	const pipeline = `apiVersion: tekton.dev/v1
kind: PipelineRun
metadata: {name: everywhere}
spec:
  pipelineSpec:
    tasks:
    - name: matrix
      taskRef: {apiVersion: custom.tekton.dev/v1alpha1, kind: Wait}
      matrix:
        params:
        - {name: duration, value: [0s, 1s, 0s]}
    - name: fails
      onError: continue
      taskRef: {apiVersion: custom.tekton.dev/v1alpha1, kind: Wait}
      params: [{name: duration, value: soon}]
    - name: gate
      taskRef: {apiVersion: approval.tekton.dev/v1alpha1, kind: ApprovalRequest}
      params: [{name: approvers, value: ["group:platform"]}]
    - name: approved
      when: [{input: $(tasks.gate.results.decision), operator: in, values: [Approved]}]
      taskRef: {apiVersion: custom.tekton.dev/v1alpha1, kind: Wait}
      params: [{name: duration, value: 0s}]
    - name: not-approved
      when: [{input: $(tasks.gate.results.decision), operator: notin, values: [Approved]}]
      taskRef: {apiVersion: custom.tekton.dev/v1alpha1, kind: Wait}
      params: [{name: duration, value: 0s}]
    results:
    - {name: by, value: $(tasks.gate.results.approvedBy)}
    finally:
    - name: last
      taskRef: {apiVersion: custom.tekton.dev/v1alpha1, kind: Wait}
      params: [{name: duration, value: 1s}]
    - name: by-array
      params:
      - {name: all, value: ["$(tasks.gate.results.approvedBy[*])"]}
      - {name: first, value: "$(tasks.gate.results.approvedBy[0])"}
      taskSpec:
        params: [{name: all, type: array}, {name: first}]
        steps: [{name: s, image: busybox, args: ["$(params.all[*])"], script: "echo $(params.first)"}]
`
	apply(t, ns, pipeline, strings.Replace(pipeline, "everywhere", "a-second-one", 1))
	for _, request := range pendingRequests(t, ns, 2) {
		mustVote(t, cluster.Alice, request, v1alpha1.DecisionApprove)
	}
	for _, name := range []string{"everywhere", "a-second-one"} {
		done := pipelineEnded(t, ns, name)
		if c := done.Status.GetCondition(apis.ConditionSucceeded); !c.IsTrue() {
			t.Fatalf("%s ended with %v", name, c)
		}
		if len(done.Status.SkippedTasks) != 1 || done.Status.SkippedTasks[0].Name != "not-approved" {
			t.Errorf("%s skipped %v", name, done.Status.SkippedTasks)
		}
		if r := done.Status.Results; len(r) != 1 || r[0].Value.StringVal != `["alice"]` {
			t.Errorf("C60: %s has the results %v", name, r)
		}
	}
	consumer := taskRun(t, ns, "by-array")
	for _, p := range consumer.Spec.Params {
		if p.Name == "all" && (len(p.Value.ArrayVal) != 1 || p.Value.ArrayVal[0] != cluster.Alice) || p.Name == "first" && p.Value.StringVal != cluster.Alice {
			t.Errorf("C60: a consumer got %s = %v", p.Name, p.Value)
		}
	}
}
