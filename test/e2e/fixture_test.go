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
	"os"
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/test/cluster"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"knative.dev/pkg/apis"
	"sigs.k8s.io/yaml"
)

const (
	poll     = 100 * time.Millisecond
	patience = 90 * time.Second
)

// newNamespace makes a namespace where everybody may see requests and vote, and removes it afterwards.
func newNamespace(t *testing.T) string {
	t.Helper()
	ns, err := kube.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "e2e-"},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("creating a namespace: %v", err)
	}
	t.Cleanup(func() {
		if err := kube.CoreV1().Namespaces().Delete(context.Background(), ns.Name, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			t.Errorf("deleting the namespace: %v", err)
		}
	})
	if err := plane.CreateNamespace(t.Context(), ns.Name); err != nil {
		t.Fatalf("waiting for the namespace: %v", err)
	}
	if err := plane.BindApprovers(t.Context(), ns.Name); err != nil {
		t.Fatal(err)
	}
	return ns.Name
}

// apply creates objects from YAML and returns them as stored.
func apply(t *testing.T, namespace string, manifests ...string) []*unstructured.Unstructured {
	t.Helper()
	var objects []*unstructured.Unstructured
	for _, manifest := range manifests {
		for _, doc := range strings.Split(manifest, "\n---\n") {
			object := &unstructured.Unstructured{}
			if err := yaml.Unmarshal([]byte(doc), &object.Object); err != nil {
				t.Fatalf("reading YAML: %v\n%s", err, doc)
			}
			objects = append(objects, object)
		}
	}
	stored, err := plane.Apply(t.Context(), namespace, objects...)
	if err != nil {
		t.Fatalf("applying: %v", err)
	}
	return stored
}

// example reads a file of examples/.
func example(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile("../../examples/" + path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// eventually polls until get returns what done accepts, and returns it.
func eventually[T any](t *testing.T, what string, get func(context.Context) (T, error), done func(T) bool) T {
	t.Helper()
	return within(t, patience, what, get, done)
}

// within is eventually for what takes longer.
func within[T any](t *testing.T, patience time.Duration, what string, get func(context.Context) (T, error), done func(T) bool) T {
	t.Helper()
	var last T
	var lastErr error
	err := wait.PollUntilContextTimeout(t.Context(), poll, patience, true, func(ctx context.Context) (bool, error) {
		got, err := get(ctx)
		if lastErr = err; err != nil {
			return false, nil //nolint:nilerr // asked again
		}
		last = got
		return done(last), nil
	})
	if err != nil {
		t.Fatalf("%s: %v; last error: %v; last seen:\n%s", what, err, lastErr, asYAML(last))
	}
	return last
}

func asYAML(v any) string {
	out, err := yaml.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(out)
}

func getRun(namespace, name string) func(context.Context) (*v1beta1.CustomRun, error) {
	return func(ctx context.Context) (*v1beta1.CustomRun, error) {
		return tasks.TektonV1beta1().CustomRuns(namespace).Get(ctx, name, metav1.GetOptions{})
	}
}

func getPipelineRun(namespace, name string) func(context.Context) (*pipelinev1.PipelineRun, error) {
	return func(ctx context.Context) (*pipelinev1.PipelineRun, error) {
		return tasks.TektonV1().PipelineRuns(namespace).Get(ctx, name, metav1.GetOptions{})
	}
}

// ended waits for a CustomRun to end.
func ended(t *testing.T, namespace, name string) *v1beta1.CustomRun {
	t.Helper()
	return eventually(t, "CustomRun "+name+" to end", getRun(namespace, name), (*v1beta1.CustomRun).IsDone)
}

// reached waits for a CustomRun's condition to have a reason.
func reached(t *testing.T, namespace, name, reason string) *v1beta1.CustomRun {
	t.Helper()
	return eventually(t, "CustomRun "+name+" to be "+reason, getRun(namespace, name), func(run *v1beta1.CustomRun) bool {
		c := run.Status.GetCondition(apis.ConditionSucceeded)
		return c != nil && c.Reason == reason
	})
}

// pipelineEnded waits for a PipelineRun to end.
func pipelineEnded(t *testing.T, namespace, name string) *pipelinev1.PipelineRun {
	t.Helper()
	return eventually(t, "PipelineRun "+name+" to end", getPipelineRun(namespace, name), (*pipelinev1.PipelineRun).IsDone)
}

// pendingRequests waits until a namespace has n pending requests.
func pendingRequests(t *testing.T, namespace string, n int) []v1alpha1.ApprovalRequest {
	t.Helper()
	return eventually(t, "pending approval requests", func(ctx context.Context) ([]v1alpha1.ApprovalRequest, error) {
		list, err := suite.ApprovalV1alpha1().ApprovalRequests(namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return nil, err
		}
		var pending []v1alpha1.ApprovalRequest
		for _, request := range list.Items {
			if request.Status.State == v1alpha1.StatePending {
				pending = append(pending, request)
			}
		}
		return pending, nil
	}, func(pending []v1alpha1.ApprovalRequest) bool { return len(pending) == n })
}

// vote casts a vote as a person.
func vote(t *testing.T, person string, request v1alpha1.ApprovalRequest, decision v1alpha1.Decision, change ...func(*v1alpha1.ApprovalDecision)) (*v1alpha1.ApprovalDecision, error) {
	t.Helper()
	d := &v1alpha1.ApprovalDecision{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "vote-"},
		Spec:       v1alpha1.ApprovalDecisionSpec{Request: request.Name, Decision: decision, Comment: "by " + person},
	}
	for _, f := range change {
		f(d)
	}
	return people[person].ApprovalV1alpha1().ApprovalDecisions(request.Namespace).Create(t.Context(), d, metav1.CreateOptions{})
}

func mustVote(t *testing.T, person string, request v1alpha1.ApprovalRequest, decision v1alpha1.Decision) *v1alpha1.ApprovalDecision {
	t.Helper()
	d, err := vote(t, person, request, decision)
	if err != nil {
		t.Fatalf("%s votes: %v", person, err)
	}
	return d
}

// wantEnd checks how a run ended.
func wantEnd(t *testing.T, run *v1beta1.CustomRun, status corev1.ConditionStatus, reason, message string) {
	t.Helper()
	c := run.Status.GetCondition(apis.ConditionSucceeded)
	if c.Status != status || c.Reason != reason || message != "" && c.Message != message {
		t.Errorf("%s ended with %s %s %q; want %s %s %q", run.Name, c.Status, c.Reason, c.Message, status, reason, message)
	}
}

// gateRun is a CustomRun of a gate, as YAML.
func gateRun(name string, more ...string) string {
	return strings.Join(append([]string{`apiVersion: tekton.dev/v1beta1
kind: CustomRun
metadata: {name: ` + name + `}
spec:
  customRef: {apiVersion: approval.tekton.dev/v1alpha1, kind: ApprovalRequest}`}, more...), "\n")
}

// waitRun is a CustomRun of a Wait, as YAML.
func waitRun(name string, more ...string) string {
	return strings.Join(append([]string{`apiVersion: tekton.dev/v1beta1
kind: CustomRun
metadata: {name: ` + name + `}
spec:
  customRef: {apiVersion: custom.tekton.dev/v1alpha1, kind: Wait}`}, more...), "\n")
}

// requestsBy counts a service account's requests about a namespace, as "verb resource".
func requestsBy(t *testing.T, namespace, serviceAccount string) map[string]int {
	t.Helper()
	requests, err := plane.Requests(func(r cluster.Request) bool {
		return r.User == "system:serviceaccount:tekton-custom-tasks:"+serviceAccount && r.Namespace == namespace && r.Resource != "events"
	})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, r := range requests {
		what := r.Verb + " " + r.Resource
		if r.Subresource != "" {
			what += "/" + r.Subresource
		}
		counts[what]++
	}
	return counts
}
