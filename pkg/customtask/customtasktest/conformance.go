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

package customtasktest

import (
	"testing"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Kind tells [Conformance] how to make runs of a kind.
type Kind struct {
	// New starts the kind's controller on a fresh harness, as [New] or [NewFrom] does, beside whatever the
	// runs below need.
	New func(testing.TB) *Harness
	// Succeeds is a run that ends with success.
	Succeeds Scenario
	// Fails is a run whose work ends with failure. Nil if no such run can be made.
	Fails *Scenario
	// NeverEnds is a run that goes on until it is cancelled or times out. Nil for a kind whose runs all end
	// in the first look.
	NeverEnds *v1beta1.CustomRun
	// Invalid are runs that nothing can be done with: a spec or params that are wrong. The key is what the
	// message must name: the field, the param or the object to fix.
	Invalid map[string]*v1beta1.CustomRun

	// ChildEnded reports whether a child has ended, so that an attempt may be over. Default: Tekton's runs by
	// their condition Succeeded; any other object does not work by itself.
	ChildEnded func(child runtime.Object) bool
	// Outside is what the kind has begun outside the cluster and what of it goes on, in any form that
	// cmp.Diff compares. It must be the same at the end of a run, whatever went wrong on the way.
	Outside func(*Harness) any
	// FreeFields says that the spec takes fields of any name, and AnyName that any name in customRef is good.
	FreeFields, AnyName bool
	// ReadsLive says that the task reads from the API server in every look, past its caches.
	ReadsLive bool
}

// Scenario is a run, and what happens until it ends.
type Scenario struct {
	// Run as its creator stores it. It is copied, and may be used again.
	Run *v1beta1.CustomRun
	// Then does what the run waits for. It is called whenever the run has settled, until it changes nothing:
	// so look first, and act where something is left to do. Nil: time passes.
	Then func(*Harness)
}

// Conformance checks a kind against the contract for custom tasks as far as that is possible without a
// cluster. Each subtest names the statement that it checks. Beside them the harness checks its invariants
// after every step.
//
// It takes seconds. What it cannot see, a Tekton that drives the runs above all, customtask-conformance
// checks on a cluster.
func Conformance(t *testing.T, kind Kind) {
	if kind.ChildEnded != nil || kind.Outside != nil {
		start := kind.New
		kind.New = func(t testing.TB) *Harness {
			h := start(t)
			if kind.ChildEnded != nil {
				h.ended = kind.ChildEnded
			}
			h.outside = kind.Outside
			return h
		}
	}
	c := conformance{Kind: kind}
	for _, group := range []map[string]func(*testing.T){c.selection(), c.input(), c.status(), c.ends(), c.faults()} {
		for name, check := range group {
			t.Run(name, check)
		}
	}
}

type conformance struct{ Kind }

// play tells a scenario to its end on a harness.
func (s Scenario) play(h *Harness) *v1beta1.CustomRun {
	h.t.Helper()
	h.Create(s.Run.DeepCopy())
	return h.Finish(s.Run.Name, s.Then)
}

// with is a copy of a run with options.
func with(run *v1beta1.CustomRun, opts ...RunOption) *v1beta1.CustomRun {
	run = run.DeepCopy()
	for _, opt := range opts {
		opt(run)
	}
	return run
}

// wantEnd checks how a run ended. An empty reason or message is not compared.
func wantEnd(t *testing.T, what string, run *v1beta1.CustomRun, status, reason, message string) {
	t.Helper()
	if run == nil {
		t.Fatalf("%s: the run is gone", what)
	}
	c := condition(run)
	if c == nil {
		t.Fatalf("%s: the run has no condition; want %s %s", what, status, reason)
	}
	if string(c.Status) != status || reason != "" && c.Reason != reason || message != "" && c.Message != message {
		t.Fatalf("%s: got %s %s %q; want %s %s %q", what, c.Status, c.Reason, c.Message, status, reason, message)
	}
}

// wantNoChildren checks that nothing was created.
func wantNoChildren(t *testing.T, h *Harness, what string) {
	t.Helper()
	for _, c := range h.Server.allChildren() {
		t.Errorf("%s: the controller created %s %s", what, c.resource.Resource, c.name)
	}
}
