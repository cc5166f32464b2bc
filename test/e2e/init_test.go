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
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/test/cluster"
	"github.com/customtasks/customtasks/test/conformance"
	"github.com/customtasks/customtasks/test/outside"
	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"knative.dev/pkg/apis"
)

// leases waits until every lease of a namespace is held, if there are n, and returns their names.
func leases(t *testing.T, client kubernetes.Interface, namespace string, n int) []string {
	t.Helper()
	return eventually(t, "the leases", func(ctx context.Context) ([]string, error) {
		list, err := client.CoordinationV1().Leases(namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return nil, err
		}
		var held []string
		for _, lease := range list.Items {
			if id := lease.Spec.HolderIdentity; id != nil && *id != "" {
				held = append(held, lease.Name)
			}
		}
		slices.Sort(held)
		return held, nil
	}, func(held []string) bool { return len(held) == n })
}

// TestAKindMadeByInit goes the way of an author of a kind: customtask-init, go build, config/ applied, and
// a PipelineRun. The program has the rights that the generated roles give, and no others.
func TestAKindMadeByInit(t *testing.T) {
	t.Parallel()
	const controller = "farewell-controller"
	proxy, err := outside.Pack(t.Context(), plane.RepoRoot())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := proxy.Close(); err != nil {
			t.Error(err)
		}
	}()
	dir, err := proxy.Init(t.Context(), t.TempDir(), "Farewell", "example.dev/v1alpha1")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), controller)
	if _, err := proxy.Go(t.Context(), dir, "build", "-o", program, "."); err != nil {
		t.Fatal(err)
	}
	objects, err := cluster.ReadManifests(filepath.Join(dir, "config"))
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range objects {
		if object.GetName() == "config-leader-election" {
			// The suite below kills the program, and its successor waits for the lease to run out.
			short := map[string]any{"lease-duration": "6s", "renew-deadline": "4s", "retry-period": "1s"}
			object.Object["data"] = short
		}
	}
	if _, err := plane.Apply(t.Context(), "", objects...); err != nil {
		t.Fatal(err)
	}
	process, err := plane.StartProgram(t.Context(), cluster.Program{
		Name: controller, Path: program, Namespace: controller, ServiceAccount: controller,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := process.Kill(); err != nil {
			t.Error(err)
		}
	})

	ns := newNamespace(t)
	t.Run("it has one lease, named after the program and the kind", func(t *testing.T) {
		want := []string{"farewell-controller.farewell.example.dev.00-of-01"}
		if diff := cmp.Diff(want, leases(t, kube, controller, 1)); diff != "" {
			t.Errorf("leases (-want, +got):\n%s", diff)
		}
	})
	t.Run("its PipelineRun succeeds and has the result", func(t *testing.T) {
		manifests, err := cluster.ReadManifests(filepath.Join(dir, "pipelinerun.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		runs, err := plane.Apply(t.Context(), ns, manifests...)
		if err != nil {
			t.Fatal(err)
		}
		done := pipelineEnded(t, ns, runs[0].GetName())
		if c := done.Status.GetCondition(apis.ConditionSucceeded); !c.IsTrue() {
			t.Fatalf("the PipelineRun ended with %v", c)
		}
		if r := done.Status.Results; len(r) != 1 || r[0].Value.StringVal != "hello" {
			t.Errorf("the PipelineRun has the results %v", r)
		}
	})
	t.Run("it asks for nothing that its roles do not give", func(t *testing.T) {
		denied, err := plane.Requests(func(r cluster.Request) bool {
			return strings.HasPrefix(r.User, "system:serviceaccount:"+controller+":") && r.Code == 403
		})
		if err != nil || len(denied) > 0 {
			t.Errorf("denied: %+v, %v", denied, err)
		}
	})
	t.Run("it passes the black-box suite", func(t *testing.T) {
		profile, err := conformance.Load(filepath.Join(dir, "conformance.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		report, err := conformance.Run(t.Context(), plane.RESTConfig(cluster.Admin), profile, conformance.Options{
			Restart: func(context.Context) error { return process.Restart() },
		})
		if err != nil {
			t.Fatal(err)
		}
		if failed := report.Failed(); failed > 0 || len(report.Cases) == 0 {
			var text strings.Builder
			if err := report.WriteText(&text, false); err != nil {
				t.Fatal(err)
			}
			t.Errorf("%d of %d cases failed:\n%s", failed, len(report.Cases), text.String())
		}
	})
}
