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
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/test/cluster"
	"github.com/google/go-cmp/cmp"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	tekton "github.com/tektoncd/pipeline/pkg/client/clientset/versioned"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"
)

// TestKindsInAnotherBinary runs examples/embedding in place of the suite's controller, and so on a control
// plane of its own: of two programs that drive the same kind, each would write to the other's runs.
func TestKindsInAnotherBinary(t *testing.T) {
	t.Parallel()
	example := filepath.Join(plane.RepoRoot(), "examples", "embedding")
	program := filepath.Join(t.TempDir(), "platform")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	build.Dir = example
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the example: %v\n%s", err, out)
	}
	host, err := cluster.Start(t.Context(), cluster.Options{Name: "e2e-embedding"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := host.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := installForHost(t.Context(), host, example); err != nil {
		t.Fatal(err)
	}
	process, err := host.StartProgram(t.Context(), cluster.Program{
		Name: "platform", Path: program, Namespace: "platform", ServiceAccount: "platform",
	})
	if err != nil {
		t.Fatal(err)
	}
	client, err := kubernetes.NewForConfig(host.RESTConfig(cluster.Admin))
	if err != nil {
		t.Fatal(err)
	}
	hosted, err := tekton.NewForConfig(host.RESTConfig(cluster.Admin))
	if err != nil {
		t.Fatal(err)
	}

	t.Run("each kind has a lease of its own beside the plain controller's", func(t *testing.T) {
		want := []string{
			"platform.approvalrequest.approval.tekton.dev.00-of-01",
			"platform.greeting.example.dev.00-of-01",
			"platform.main.reporter.00-of-01",
			"platform.wait.custom.tekton.dev.00-of-01",
		}
		if diff := cmp.Diff(want, leases(t, client, "platform", len(want))); diff != "" {
			t.Errorf("leases (-want, +got):\n%s", diff)
		}
	})
	const ns = "default"
	applyAll := func(t *testing.T, objects ...*unstructured.Unstructured) []*unstructured.Unstructured {
		t.Helper()
		stored, err := host.Apply(t.Context(), ns, objects...)
		if err != nil {
			t.Fatal(err)
		}
		return stored
	}
	t.Run("runs of two kinds succeed in one pipeline, which the plain controller sees", func(t *testing.T) {
		manifests, err := cluster.ReadManifests(filepath.Join(example, "pipelinerun.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		name := applyAll(t, manifests...)[0].GetName()
		done := eventually(t, "the PipelineRun to end", func(ctx context.Context) (*pipelinev1.PipelineRun, error) {
			return hosted.TektonV1().PipelineRuns(ns).Get(ctx, name, metav1.GetOptions{})
		}, (*pipelinev1.PipelineRun).IsDone)
		if r := done.Status.Results; !done.IsSuccessful() || len(r) != 1 || r[0].Value.StringVal != "Hello Ada" {
			t.Errorf("the PipelineRun ended with\n%s", asYAML(done.Status))
		}
		const logged = 200
		eventually(t, "the plain controller to log it", func(context.Context) (string, error) {
			return process.Tail(logged), nil
		}, func(log string) bool {
			return strings.Contains(log, "a PipelineRun has ended") && strings.Contains(log, fmt.Sprintf("%q", name))
		})
	})
	t.Run("a gate asks, and can be cancelled", func(t *testing.T) {
		applyAll(t, &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "tekton.dev/v1beta1", "kind": "CustomRun", "metadata": map[string]any{"name": "gate"},
			"spec": map[string]any{
				"customRef": map[string]any{"apiVersion": "approval.tekton.dev/v1alpha1", "kind": "ApprovalRequest"},
				"params":    []any{map[string]any{"name": "approvers", "value": "alice"}},
			},
		}})
		reason := func(want string) {
			t.Helper()
			eventually(t, "the gate to be "+want, func(ctx context.Context) (string, error) {
				run, err := hosted.TektonV1beta1().CustomRuns(ns).Get(ctx, "gate", metav1.GetOptions{})
				if err != nil || len(run.Status.Conditions) == 0 {
					return "", err
				}
				return run.Status.Conditions[0].Reason, nil
			}, func(got string) bool { return got == want })
		}
		reason("ApprovalPending")
		_, err := hosted.TektonV1beta1().CustomRuns(ns).Patch(t.Context(), "gate", "application/merge-patch+json",
			[]byte(`{"spec":{"status":"RunCancelled"}}`), metav1.PatchOptions{})
		if err != nil {
			t.Fatal(err)
		}
		reason("CustomRunCancelled")
	})
}

// installForHost applies what the kinds need of this project's config/, but no webhook, for nobody votes
// here, and then what the example brings itself.
func installForHost(ctx context.Context, host *cluster.Cluster, example string) error {
	config := filepath.Join(host.RepoRoot(), "config")
	crds, err := filepath.Glob(filepath.Join(config, "300-*.yaml"))
	if err != nil {
		return err
	}
	objects, err := cluster.ReadManifests(append(crds,
		filepath.Join(config, "100-namespace.yaml"),
		filepath.Join(config, "200-controller-rbac.yaml"),
		filepath.Join(example, "config.yaml"))...)
	if err != nil {
		return err
	}
	_, err = host.Apply(ctx, "", objects...)
	return err
}
