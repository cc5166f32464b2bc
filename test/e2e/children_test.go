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
	"context"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/test/cluster"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	tekton "github.com/tektoncd/pipeline/pkg/client/clientset/versioned"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/kmeta"
	"sigs.k8s.io/yaml"
)

// controllerUser is the service account that makes the children.
const controllerUser = "system:serviceaccount:tekton-custom-tasks:tekton-custom-tasks-controller"

// A PipelineRun that is made for a CustomRun says so in a record that decides who may approve inside of it.
func TestNobodyButTheControllerSaysWhatAPipelineRunIsMadeFor(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	grant(t, ns, cluster.Mallory, rbacv1.PolicyRule{APIGroups: []string{"tekton.dev", "approval.tekton.dev"}, Resources: []string{"*"}, Verbs: []string{"*"}})
	apply(t, ns, waitRun("run", "  params: [{name: duration, value: 1h}]"))
	run, err := getRun(ns, "run")(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hers, err := tekton.NewForConfig(plane.RESTConfig(cluster.Mallory))
	if err != nil {
		t.Fatal(err)
	}
	controllers, err := tekton.NewForConfig(as(controllerUser, "system:serviceaccounts", "system:serviceaccounts:tekton-custom-tasks"))
	if err != nil {
		t.Fatal(err)
	}
	try := func(client tekton.Interface, name string, owned bool, madeFor types.UID) error {
		child := &pipelinev1.PipelineRun{}
		if err := yaml.UnmarshalStrict([]byte(pipelineGate(name, "ApprovalPolicy", "none")), child); err != nil {
			t.Fatal(err)
		}
		child.Spec.Status = pipelinev1.PipelineRunSpecStatusPending
		child.Annotations = map[string]string{v1alpha1.AnnotationStartedFor: string(madeFor)}
		if owned {
			child.OwnerReferences = []metav1.OwnerReference{*kmeta.NewControllerRef(run)}
		}
		_, err := client.TektonV1().PipelineRuns(ns).Create(t.Context(), child, metav1.CreateOptions{})
		return err
	}
	// A new ValidatingAdmissionPolicy takes the API server a moment.
	eventually(t, "the record to be guarded", func(context.Context) (error, error) { return try(hers, "probe", false, "x"), nil }, func(err error) bool {
		return err != nil && strings.Contains(err.Error(), "started-for is set by the controller")
	})
	for name, err := range map[string]error{
		"who may do everything in the namespace":           try(hers, "hers", true, run.UID),
		"the controller, of a run that owns nothing of it": try(controllers, "unowned", false, run.UID),
		"the controller, of another run than the owner":    try(controllers, "other", true, "other"),
	} {
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, err, "annotation approval.tekton.dev/started-for is set by the controller")
		})
	}
	if err := try(controllers, "made", true, run.UID); err != nil {
		t.Fatalf("the controller cannot say what it makes a PipelineRun for: %v", err)
	}
	for name, patch := range map[string]string{
		"changes it": `{"metadata":{"annotations":{"approval.tekton.dev/started-for":"other"}}}`,
		"removes it": `{"metadata":{"annotations":{"approval.tekton.dev/started-for":null}}}`,
	} {
		for who, client := range map[string]tekton.Interface{"mallory": hers, "the administrator": tasks} {
			t.Run(who+" "+name, func(t *testing.T) {
				_, err := client.TektonV1().PipelineRuns(ns).Patch(t.Context(), "made", types.MergePatchType, []byte(patch), metav1.PatchOptions{})
				wantRefusal(t, err, "and never changes")
			})
		}
	}
	made, err := getPipelineRun(ns, "made")(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if by := made.Annotations[v1alpha1.AnnotationStartedBy]; by != controllerUser {
		t.Errorf("it is recorded as started by %q; want the controller", by)
	}
}

func TestEachSimulatedPodEndsAsItsParamsSay(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	const task = `apiVersion: tekton.dev/v1
kind: TaskRun
metadata: {name: "@name@"}
spec:
  params: [{name: code, value: "@code@"}, {name: item, value: "@name@"}]
  taskSpec:
    params: [{name: code}, {name: item}]
    results: [{name: out}]
    steps:
      - name: work
        image: none
        script: exit $(params.code)
        env:
          - {name: KWOK_DURATION, value: 200ms}
          - {name: KWOK_EXIT_CODE, value: $(params.code)}
          - {name: KWOK_RESULTS, value: '[{"key":"out","value":"$(params.item)","type":1}]'}`
	for name, code := range map[string]string{"good": "0", "bad": "3"} {
		apply(t, ns, strings.NewReplacer("@name@", name, "@code@", code).Replace(task))
	}
	for name, succeeds := range map[string]bool{"good": true, "bad": false} {
		run := eventually(t, "TaskRun "+name+" to end", func(ctx context.Context) (*pipelinev1.TaskRun, error) {
			return tasks.TektonV1().TaskRuns(ns).Get(ctx, name, metav1.GetOptions{})
		}, (*pipelinev1.TaskRun).IsDone)
		if run.IsSuccessful() != succeeds || len(run.Status.Results) != 1 || run.Status.Results[0].Value.StringVal != name {
			t.Errorf("%s ended with %s", name, asYAML(run.Status))
		}
		if took := run.Status.CompletionTime.Sub(run.CreationTimestamp.Time); took > patience {
			t.Errorf("%s took %s", name, took)
		}
	}
}
