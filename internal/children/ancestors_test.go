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

package children_test

import (
	"fmt"
	"testing"

	"github.com/customtasks/customtasks/internal/children"
	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/pkg/kmeta"
)

// line makes runs of which each is in the child of the one before, and returns them from the outermost.
func line(n int) (runs []run, all []runtime.Object) {
	for i := range n {
		r := newRun(fmt.Sprintf("run-%d", i))
		if i > 0 {
			outer := child(runs[i-1], fmt.Sprintf("child-%d", i-1))
			all = append(all, outer)
			r.Labels = map[string]string{"custom.tekton.dev/child": "PipelineRun"}
			r.OwnerReferences = []metav1.OwnerReference{*kmeta.NewControllerRef(outer)}
		}
		runs, all = append(runs, r), append(all, r.CustomRun)
	}
	return runs, all
}

func TestTheChildrenThatARunIsInsideOf(t *testing.T) {
	runs, all := line(4)
	want := []string{"child-2", "child-1", "child-0"}
	names := func(w *world, r run) (out []string) {
		found, err := w.pipelineRuns.Ancestors(t.Context(), r.CustomRun)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range found {
			out = append(out, c.Name)
		}
		return out
	}
	t.Run("by the caches, without a request", func(t *testing.T) {
		w := newWorld(t)
		w.cached(all...)
		if diff := cmp.Diff(want, names(w, runs[3])); diff != "" || len(w.requests()) > 0 {
			t.Errorf("requests %v, ancestors (-want, +got):\n%s", w.requests(), diff)
		}
	})
	t.Run("live where the caches are behind", func(t *testing.T) {
		if diff := cmp.Diff(want, names(newWorld(t, all...), runs[3])); diff != "" {
			t.Errorf("ancestors (-want, +got):\n%s", diff)
		}
	})
	t.Run("whatever a pipeline makes of the label by taskRunSpecs", func(t *testing.T) {
		runs, all := line(4)
		runs[2].Labels["custom.tekton.dev/child"] = "none"
		w := newWorld(t)
		w.cached(all...)
		if diff := cmp.Diff(want, names(w, runs[3])); diff != "" {
			t.Errorf("ancestors (-want, +got):\n%s", diff)
		}
	})
	t.Run("none for a run that is inside of no child", func(t *testing.T) {
		w := newWorld(t)
		if got := names(w, runs[0]); got != nil || len(w.requests()) > 0 {
			t.Errorf("ancestors %v after %v", got, w.requests())
		}
	})
	t.Run("up to where an owner is gone", func(t *testing.T) {
		w := newWorld(t)
		w.cached(all[3:]...) // without run-1
		if diff := cmp.Diff(want[:2], names(w, runs[3])); diff != "" {
			t.Errorf("ancestors (-want, +got):\n%s", diff)
		}
	})
	t.Run("no more than the most that there may be", func(t *testing.T) {
		runs, all := line(children.MaxDepth + 5)
		w := newWorld(t)
		w.cached(all...)
		if got := names(w, runs[len(runs)-1]); len(got) != children.MaxDepth {
			t.Errorf("%d ancestors; want %d", len(got), children.MaxDepth)
		}
	})
}
