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
	"errors"
	"fmt"
	"testing"

	"github.com/customtasks/customtasks/internal/children"
	"github.com/google/go-cmp/cmp"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"
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
	for name, change := range map[string]func(*run){
		"none for a run that is inside of nothing":      func(r *run) { r.OwnerReferences = nil },
		"none for a part of what a user has started":    func(r *run) { r.Labels = nil },
		"none for a part of anything but a PipelineRun": func(r *run) { r.OwnerReferences[0].Kind = "Deployment" },
	} {
		t.Run(name, func(t *testing.T) {
			runs, all := line(2)
			change(&runs[1])
			w := newWorld(t, all...)
			if got := names(w, runs[1]); got != nil || len(w.requests()) > 0 {
				t.Errorf("ancestors %v after %v", got, w.requests())
			}
		})
	}
	t.Run("live where the cache has an earlier one of the name", func(t *testing.T) {
		_, all := line(4)
		w := newWorld(t, all...)
		for _, object := range all {
			earlier := object.DeepCopyObject()
			if c, ok := earlier.(*pipelinev1.PipelineRun); ok {
				c.UID = "earlier"
				w.cached(c)
			}
		}
		if diff := cmp.Diff(want, names(w, runs[3])); diff != "" {
			t.Errorf("ancestors (-want, +got):\n%s", diff)
		}
	})
	t.Run("up to where an owner is gone", func(t *testing.T) {
		w := newWorld(t)
		w.cached(all[3:]...) // without run-1
		if diff := cmp.Diff(want[:2], names(w, runs[3])); diff != "" {
			t.Errorf("ancestors (-want, +got):\n%s", diff)
		}
	})
	t.Run("up to where another one has an owner's name", func(t *testing.T) {
		for i, want := range map[int][]string{2: want[:2], 3: want[:1]} { // run-1 and child-1
			_, all := line(4)
			object, err := meta.Accessor(all[i])
			if err != nil {
				t.Fatal(err)
			}
			object.SetUID("another")
			if diff := cmp.Diff(want, names(newWorld(t, all...), runs[3])); diff != "" {
				t.Errorf("ancestors below %s (-want, +got):\n%s", object.GetName(), diff)
			}
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
	t.Run("not known while one cannot be read", func(t *testing.T) {
		for _, resource := range []string{"pipelineruns", "customruns"} {
			_, all := line(4)
			w := newWorld(t, all...)
			oops := errors.New("oops")
			w.tekton.PrependReactor("get", resource, func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, oops })
			if got, err := w.pipelineRuns.Ancestors(t.Context(), runs[3].CustomRun); got != nil || !errors.Is(err, oops) {
				t.Errorf("%s: %v, %v", resource, got, err)
			}
		}
	})
}

func TestTheRunThatAChildWasMadeFor(t *testing.T) {
	runs, all := line(2)
	w := newWorld(t, all...)
	stored := child(runs[0], "child")
	w.cached(stored)
	c := w.pipelineRuns.Cached("ns", "child")
	if owner, err := w.pipelineRuns.Owner(t.Context(), c); err != nil || owner == nil || owner.UID != runs[0].UID {
		t.Errorf("got %v, %v", owner, err)
	}
	w.tekton.ClearActions()
	c.Owner.Kind = "Deployment"
	if owner, err := w.pipelineRuns.Owner(t.Context(), c); err != nil || owner != nil || len(w.requests()) > 0 {
		t.Errorf("of something else: %v, %v after %v", owner, err, w.requests())
	}
}

func TestWhenTwoPipelinesAreTheSame(t *testing.T) {
	ref := func(name, resolver string, params ...string) pipelinev1.PipelineRunSpec {
		r := &pipelinev1.PipelineRef{Name: name, ResolverRef: pipelinev1.ResolverRef{Resolver: pipelinev1.ResolverName(resolver)}}
		for _, p := range params {
			r.Params = append(r.Params, pipelinev1.Param{Name: p, Value: *pipelinev1.NewStructuredValues(p)})
		}
		return pipelinev1.PipelineRunSpec{PipelineRef: r}
	}
	embedded := func(task string) pipelinev1.PipelineRunSpec {
		return pipelinev1.PipelineRunSpec{PipelineSpec: &pipelinev1.PipelineSpec{Tasks: []pipelinev1.PipelineTask{{Name: task}}}}
	}
	all := []func() pipelinev1.PipelineRunSpec{
		func() pipelinev1.PipelineRunSpec { return ref("build", "") },
		func() pipelinev1.PipelineRunSpec { return ref("test", "") },
		func() pipelinev1.PipelineRunSpec { return ref("", "git", "a") },
		func() pipelinev1.PipelineRunSpec { return ref("", "git", "b") },
		func() pipelinev1.PipelineRunSpec { return ref("", "hub", "a") },
		func() pipelinev1.PipelineRunSpec { return embedded("a") },
		func() pipelinev1.PipelineRunSpec { return embedded("b") },
	}
	for i, one := range all {
		spec := one()
		spec.Params, spec.Timeouts = pipelinev1.Params{{Name: "given"}}, &pipelinev1.TimeoutFields{} // which do not matter
		for j, other := range all {
			if same := children.PipelineOf(spec) == children.PipelineOf(other()); same != (i == j) {
				t.Errorf("%d and %d: %q and %q", i, j, children.PipelineOf(spec), children.PipelineOf(other()))
			}
		}
	}
}
