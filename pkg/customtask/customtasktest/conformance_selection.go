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
)

// selection are the cases of which runs the controller takes.
func (c conformance) selection() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"C1 C2: runs of another apiVersion or kind are never written": func(t *testing.T) {
			for what, change := range map[string]func(*v1beta1.TaskRef){
				"another version":        func(r *v1beta1.TaskRef) { r.APIVersion += "x" },
				"another group":          func(r *v1beta1.TaskRef) { r.APIVersion = "x" + r.APIVersion },
				"another kind":           func(r *v1beta1.TaskRef) { r.Kind += "x" },
				"a kind without version": func(r *v1beta1.TaskRef) { r.APIVersion = "" },
			} {
				h := c.New(t)
				run := Run("foreign", h.kind)
				change(run.Spec.CustomRef)
				h.Create(run)
				h.Settle("foreign")
				h.Cancel("foreign", "stop")
				h.Settle("foreign")
				if writes := h.Server.controllerWrites(); writes > 0 {
					t.Errorf("%s: %d writes", what, writes)
				}
			}
		},
		"C2: a controller that does not lead writes nothing": func(t *testing.T) {
			h := c.New(t)
			h.StandBy()
			h.Create(c.Succeeds.Run.DeepCopy())
			h.Settle(c.Succeeds.Run.Name)
			if writes := h.Server.controllerWrites(); writes > 0 {
				t.Fatalf("%d writes of a controller that does not lead", writes)
			}
			h.Lead()
			wantEnd(t, "once it leads", h.Finish(c.Succeeds.Run.Name, c.Succeeds.Then), "True", "", "")
		},
		"C3: a run with both a ref and a spec fails cleanly": func(t *testing.T) {
			h := c.New(t)
			run := Run("run", h.kind, Spec("{}"))
			run.Spec.CustomRef = Run("run", h.kind).Spec.CustomRef
			h.Create(run)
			wantEnd(t, "both", h.Finish("run", nil), "False", "", "")
			wantNoChildren(t, h, "both")
		},
		"C25: a run that arrives finished is left alone": func(t *testing.T) {
			h := c.New(t)
			arrived := h.Create(c.Succeeds.Run.DeepCopy())
			done := arrived.CreationTimestamp
			arrived.Status.StartTime, arrived.Status.CompletionTime = &done, &done
			arrived.Status.Conditions = finished
			h.StoreStatus(arrived)
			h.Settle(arrived.Name)
			if writes := h.Server.controllerWrites(); writes > 0 {
				t.Errorf("%d writes", writes)
			}
		},
	}
}
