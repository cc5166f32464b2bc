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
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/test/cluster"
	"github.com/google/go-cmp/cmp"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	tekton "github.com/tektoncd/pipeline/pkg/client/clientset/versioned"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/apis"
	"sigs.k8s.io/yaml"
)

// workPipeline is a Pipeline of one task, whose simulated pod ends as env says.
func workPipeline(name, env string) string {
	return `apiVersion: tekton.dev/v1
kind: Pipeline
metadata: {name: ` + name + `}
spec:
  tasks:
  - name: work
    taskSpec:
      steps: [{name: work, image: none, script: "true", env: [` + env + `]}]`
}

const (
	forever = "{name: KWOK_DURATION, value: 24h}"
	fails   = `{name: KWOK_EXIT_CODE, value: "1"}`
)

// calling is a PipelineRun of one task, which is a sub-pipeline by the name of a Pipeline.
func calling(name, pipeline, more string) string {
	return `apiVersion: tekton.dev/v1
kind: PipelineRun
metadata: {name: ` + name + `}
spec:
  pipelineSpec:
    tasks:
    - name: sub
      taskRef: {apiVersion: tekton.dev/v1beta1, kind: Pipeline, name: ` + pipeline + `}
` + more
}

// childrenOf waits until a CustomRun has n PipelineRuns, and returns them.
func childrenOf(t *testing.T, namespace, run string, n int) []pipelinev1.PipelineRun {
	t.Helper()
	return eventually(t, fmt.Sprintf("%d PipelineRuns of %s", n, run), func(ctx context.Context) ([]pipelinev1.PipelineRun, error) {
		list, err := tasks.TektonV1().PipelineRuns(namespace).List(ctx, metav1.ListOptions{LabelSelector: "custom.tekton.dev/child=PipelineRun"})
		if err != nil {
			return nil, err
		}
		var found []pipelinev1.PipelineRun
		for _, child := range list.Items {
			if owner := metav1.GetControllerOf(&child); owner != nil && owner.Kind == "CustomRun" && owner.Name == run {
				found = append(found, child)
			}
		}
		return found, nil
	}, func(found []pipelinev1.PipelineRun) bool { return len(found) == n })
}

func TestTheSubPipelineExample(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, example(t, "subpipeline/pipelines.yaml"))
	run := apply(t, ns, example(t, "subpipeline/pipelinerun.yaml"))[0].GetName()
	if c := pipelineEnded(t, ns, run).Status.GetCondition(apis.ConditionSucceeded); !c.IsTrue() {
		t.Fatalf("the PipelineRun ended with %v", c)
	}
	plain := ended(t, ns, run+"-plain")
	want := []v1beta1.CustomRunResult{
		{Name: "image", Value: "registry.example/app-plain"}, {Name: "layers", Value: `["base","app-plain"]`}, {Name: "size", Value: `{"files":"340","mib":"12"}`},
	}
	if diff := cmp.Diff(want, plain.Status.Results); diff != "" {
		t.Errorf("results (-want, +got):\n%s", diff)
	}
	params := map[string]pipelinev1.ParamValue{}
	for _, p := range taskRun(t, ns, "print").Spec.Params {
		params[p.Name] = p.Value
	}
	if diff := cmp.Diff([]string{"base", "app-plain"}, params["layers"].ArrayVal); diff != "" || params["image"].StringVal != "registry.example/app-plain" {
		t.Errorf("C60: the consumer got %v", params)
	}
	for i, platform := range []string{"amd64", "arm64"} {
		each := ended(t, ns, fmt.Sprintf("%s-each-%d", run, i))
		if each.Status.Results[0].Value != "registry.example/app-"+platform {
			t.Errorf("C59: %s has %v", each.Name, each.Status.Results)
		}
	}
	// Four sub-pipelines of three requests each; nothing is read, and no run costs more.
	if diff := cmp.Diff(map[string]int{"create pipelineruns": 4, "update customruns/status": 8}, requestsBy(t, ns, "tekton-custom-tasks-controller")); diff != "" {
		t.Errorf("requests (-want, +got):\n%s", diff)
	}
}

// What Tekton's own pipelines in pipelines do not do; there, the parent goes on and its child is forgotten.
func TestWhatNativePipelinesInPipelinesCannotDo(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, workPipeline("never-ends", forever), workPipeline("fails", fails))
	apply(t, ns,
		calling("cancelled", "never-ends", ""),
		calling("timed-out", "never-ends", "      timeout: 3s"),
		strings.Replace(calling("retried", "fails", "      retries: 1"), "tekton.dev/v1beta1", "tekton.dev/v1", 1),
	)
	t.Run("a cancellation reaches the child and is awaited", func(t *testing.T) {
		child := childrenOf(t, ns, "cancelled-sub", 1)[0]
		eventually(t, "the child to run", getPipelineRun(ns, child.Name), func(run *pipelinev1.PipelineRun) bool { return len(run.Status.ChildReferences) > 0 })
		patch := []byte(`{"spec":{"status":"Cancelled"}}`)
		if _, err := tasks.TektonV1().PipelineRuns(ns).Patch(t.Context(), "cancelled", types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
			t.Fatal(err)
		}
		run := ended(t, ns, "cancelled-sub")
		wantEnd(t, run, corev1.ConditionFalse, "CustomRunCancelled", "CustomRun cancelled as the PipelineRun it belongs to has been cancelled.")
		wantStopped(t, ns, child.Name, run)
	})
	t.Run("a timeout reaches the child and is awaited", func(t *testing.T) {
		run := ended(t, ns, "timed-out-sub")
		wantEnd(t, run, corev1.ConditionFalse, "CustomRunTimedOut", "")
		wantStopped(t, ns, childrenOf(t, ns, "timed-out-sub", 1)[0].Name, run)
	})
	t.Run("a retry is another child, and the failure is told", func(t *testing.T) {
		run := ended(t, ns, "retried-sub")
		if n := len(run.Status.RetriesStatus); n != 1 || len(childrenOf(t, ns, "retried-sub", 2)) != 2 {
			t.Errorf("%d attempts before the last", n)
		}
		c := run.Status.GetCondition(apis.ConditionSucceeded)
		if c.Reason != "PipelineRunFailed" || !strings.Contains(c.Message, "Failed: Tasks Completed: 1 (Failed: 1") || !strings.Contains(c.Message, `; task "work": StepFailed: "step-work" exited with code 1`) {
			t.Errorf("it ended with %s %q", c.Reason, c.Message)
		}
	})
}

// wantStopped checks that a child ended no later than its run.
func wantStopped(t *testing.T, namespace, name string, run *v1beta1.CustomRun) {
	t.Helper()
	child, err := getPipelineRun(namespace, name)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !child.IsDone() || child.Status.CompletionTime.After(run.Status.CompletionTime.Time) {
		t.Errorf("C34: the child ended at %v, and its run at %v", child.Status.CompletionTime, run.Status.CompletionTime)
	}
}

func TestSubPipelinesThatCannotRun(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, `apiVersion: tekton.dev/v1
kind: Pipeline
metadata: {name: endless}
spec:
  tasks:
  - {name: again, taskRef: {apiVersion: tekton.dev/v1beta1, kind: Pipeline, name: endless}}`,
		`apiVersion: tekton.dev/v1
kind: PipelineRun
metadata: {name: endless}
spec: {pipelineRef: {name: endless}}`,
		calling("from-outside", "endless", ""),
		calling("nowhere", "missing", ""),
		`apiVersion: tekton.dev/v1beta1
kind: CustomRun
metadata: {name: nothing-there}
spec: {customSpec: {apiVersion: custom.tekton.dev/v1alpha1, kind: SubPipeline, spec: {pipelineRef: {name: missing}}}}`)
	wantEnd(t, ended(t, ns, "endless-again"), corev1.ConditionFalse, "PipelineInsideItself",
		`Pipeline "endless" would run inside of itself: PipelineRun "endless" runs it already, and this run is part of that`)
	child := childrenOf(t, ns, "from-outside-sub", 1)[0].Name
	inside := eventually(t, "the run inside", func(ctx context.Context) (*v1beta1.CustomRun, error) {
		list, err := tasks.TektonV1beta1().CustomRuns(ns).List(ctx, metav1.ListOptions{LabelSelector: "tekton.dev/pipelineRun=" + child})
		if err != nil || len(list.Items) == 0 {
			return nil, err
		}
		return &list.Items[0], nil
	}, func(run *v1beta1.CustomRun) bool { return run != nil && run.IsDone() })
	wantEnd(t, inside, corev1.ConditionFalse, "PipelineInsideItself", fmt.Sprintf(
		`Pipeline "endless" would run inside of itself: PipelineRun %q runs it already, and this run is part of that`, child))
	if c := ended(t, ns, "from-outside-sub").Status.GetCondition(apis.ConditionSucceeded); !strings.HasSuffix(c.Message, `; task "again": PipelineInsideItself: `+inside.Status.GetCondition(apis.ConditionSucceeded).Message) {
		t.Errorf("it ended with %s %q; want what failed inside", c.Reason, c.Message)
	}
	wantEnd(t, ended(t, ns, "nowhere-sub"), corev1.ConditionFalse, "DefinitionNotFound", `spec.customRef.name: there is no Pipeline "missing" in namespace "`+ns+`"`)
	wantEnd(t, ended(t, ns, "nothing-there"), corev1.ConditionFalse, "PipelineNotFound", "")
}

func TestAQuotaHoldsASubPipelineUp(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, workPipeline("work", "{name: KWOK_DURATION, value: 0s}"))
	const count = corev1.ResourceName("count/pipelineruns.tekton.dev")
	hard := corev1.ResourceList{count: resource.MustParse("0")}
	quota, err := kube.CoreV1().ResourceQuotas(ns).Create(t.Context(), &corev1.ResourceQuota{
		ObjectMeta: metav1.ObjectMeta{Name: "none"}, Spec: corev1.ResourceQuotaSpec{Hard: hard},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	quota.Status = corev1.ResourceQuotaStatus{Hard: hard, Used: corev1.ResourceList{count: resource.MustParse("0")}}
	if _, err := kube.CoreV1().ResourceQuotas(ns).UpdateStatus(t.Context(), quota, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	apply(t, ns, `apiVersion: tekton.dev/v1beta1
kind: CustomRun
metadata: {name: held}
spec: {customRef: {apiVersion: tekton.dev/v1beta1, kind: Pipeline, name: work}}`)
	reached(t, ns, "held", "QuotaExceeded")
	if err := kube.CoreV1().ResourceQuotas(ns).Delete(t.Context(), "none", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	wantEnd(t, ended(t, ns, "held"), corev1.ConditionTrue, "Succeeded", "")
}

func TestAChildThatIsDeletedOrReplaced(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, workPipeline("never-ends", forever))
	for _, name := range []string{"deleted", "gone"} {
		apply(t, ns, `apiVersion: tekton.dev/v1beta1
kind: CustomRun
metadata: {name: `+name+`}
spec: {customRef: {apiVersion: tekton.dev/v1beta1, kind: Pipeline, name: never-ends}}`)
	}
	child := childrenOf(t, ns, "deleted", 1)[0].Name
	if err := tasks.TektonV1().PipelineRuns(ns).Delete(t.Context(), child, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	wantEnd(t, ended(t, ns, "deleted"), corev1.ConditionFalse, "ChildDeleted", fmt.Sprintf("PipelineRun %q was deleted before it had ended", child))

	// C57: a run that is deleted takes its child along.
	child = childrenOf(t, ns, "gone", 1)[0].Name
	if err := tasks.TektonV1beta1().CustomRuns(ns).Delete(t.Context(), "gone", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the child to go", func(ctx context.Context) (bool, error) {
		_, err := tasks.TektonV1().PipelineRuns(ns).Get(ctx, child, metav1.GetOptions{})
		return apierrors.IsNotFound(err), nil
	}, func(gone bool) bool { return gone })
}

func TestWhoStartsAPipelineDoesNotApproveInsideOfIt(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	grant(t, ns, cluster.Alice, rbacv1.PolicyRule{APIGroups: []string{"tekton.dev"}, Resources: []string{"pipelineruns"}, Verbs: []string{"create"}})
	grant(t, ns, cluster.Mallory, rbacv1.PolicyRule{APIGroups: []string{"tekton.dev"}, Resources: []string{"*"}, Verbs: []string{"*"}})
	apply(t, ns, `apiVersion: tekton.dev/v1
kind: Pipeline
metadata: {name: deploy}
spec:
  tasks:
  - name: gate
    taskRef: {apiVersion: approval.tekton.dev/v1alpha1, kind: ApprovalRequest}
    params: [{name: approvers, value: [alice, bob, mallory]}, {name: preventSelfApproval, value: "true"}]`)
	start := func(who, manifest string) *pipelinev1.PipelineRun {
		t.Helper()
		client, err := tekton.NewForConfig(plane.RESTConfig(who))
		if err != nil {
			t.Fatal(err)
		}
		run := &pipelinev1.PipelineRun{}
		if err := yaml.UnmarshalStrict([]byte(manifest), run); err != nil {
			t.Fatal(err)
		}
		if run, err = client.TektonV1().PipelineRuns(ns).Create(t.Context(), run, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		return run
	}
	hers := start(cluster.Alice, calling("release", "deploy", ""))
	request := pendingRequests(t, ns, 1)[0]
	if by := request.Spec.StartedBy; by == nil || by.Username != cluster.Alice {
		t.Fatalf("started by %+v; want who started the outermost PipelineRun", by)
	}
	_, err := vote(t, cluster.Alice, request, v1alpha1.DecisionApprove)
	wantRefusal(t, err, `"alice" started the PipelineRun`)
	mustVote(t, cluster.Bob, request, v1alpha1.DecisionApprove)
	wantEnd(t, ended(t, ns, "release-sub"), corev1.ConditionTrue, "Succeeded", "")

	t.Run("a CustomRun that only says that it is part of somebody's PipelineRun opens no gate inside of it", func(t *testing.T) {
		client, err := tekton.NewForConfig(plane.RESTConfig(cluster.Mallory))
		if err != nil {
			t.Fatal(err)
		}
		yes := true
		forged := &v1beta1.CustomRun{
			ObjectMeta: metav1.ObjectMeta{
				Name: "forged", Annotations: map[string]string{v1alpha1.AnnotationStartedBy: cluster.Alice},
				OwnerReferences: []metav1.OwnerReference{{APIVersion: "tekton.dev/v1", Kind: "PipelineRun", Name: hers.Name, UID: hers.UID, Controller: &yes}},
			},
			Spec: v1beta1.CustomRunSpec{CustomRef: &v1beta1.TaskRef{APIVersion: "tekton.dev/v1beta1", Kind: "Pipeline", Name: "deploy"}, Timeout: &metav1.Duration{Duration: 10 * time.Minute}},
		}
		if _, err := client.TektonV1beta1().CustomRuns(ns).Create(t.Context(), forged, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		child := childrenOf(t, ns, "forged", 1)[0].Name
		// It is tried again for a minute: Tekton may be about to store that it is part of it.
		gate := eventually(t, "the gate inside to fail", getRun(ns, child+"-gate"), func(run *v1beta1.CustomRun) bool {
			c := run.Status.GetCondition(apis.ConditionSucceeded)
			return c != nil && c.Reason == "TryingAgain" || run.IsDone()
		})
		if c := gate.Status.GetCondition(apis.ConditionSucceeded); c.IsTrue() || !strings.Contains(c.Message, "forged") {
			t.Errorf("the gate inside: %s %q", c.Reason, c.Message)
		}
		list, err := suite.ApprovalV1alpha1().ApprovalRequests(ns).List(t.Context(), metav1.ListOptions{})
		if err != nil || len(list.Items) != 1 {
			t.Errorf("%d requests, %v; want none for the forged run", len(list.Items), err)
		}
	})
}
