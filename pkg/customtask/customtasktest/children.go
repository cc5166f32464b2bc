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
	"fmt"
	"slices"
	"strings"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation"
)

var (
	customRuns   = v1beta1.SchemeGroupVersion.WithResource("customruns")
	bystanderKey = types.NamespacedName{Namespace: "elsewhere", Name: "bystander"}
)

// plantBystander stores a run of another kind, which the controller must never touch (C2).
func (h *Harness) plantBystander() {
	other := h.kind
	other.Kind += "Bystander"
	run := Run(bystanderKey.Name, other)
	run.Namespace, run.UID, run.ResourceVersion = bystanderKey.Namespace, "bystander", "0"
	if err := h.Tekton.Tracker().Add(run); err != nil {
		h.t.Fatalf("planting a run of another kind: %v", err)
	}
}

// checkBystander has the controller look at the run of another kind, and sees that it does nothing.
func (h *Harness) checkBystander() {
	h.t.Helper()
	if err := h.impl.Reconciler.Reconcile(quiet(), bystanderKey.String()); err != nil {
		h.t.Errorf("C2: looking at a run of another kind: %v", err)
	}
	stored, err := h.Tekton.Tracker().Get(customRuns, bystanderKey.Namespace, bystanderKey.Name)
	if err != nil {
		h.t.Fatalf("C2: the run of another kind is gone: %v", err)
	}
	if run := stored.(*v1beta1.CustomRun); run.ResourceVersion != "0" {
		h.t.Fatalf("C2: a run of another kind was written: %v", run)
	}
}

// checkChild says what is wrong with an object that the controller is creating for a run, if anything.
func (h *Harness) checkChild(kind schema.GroupVersionResource, object runtime.Object) []string {
	child, err := meta.Accessor(object)
	if err != nil {
		return nil
	}
	owner := metav1.GetControllerOf(child)
	what := fmt.Sprintf("%s %q", kind.Resource, child.GetName())
	if owner == nil || owner.Kind != pipeline.CustomRunControllerName || owner.APIVersion != v1beta1.SchemeGroupVersion.String() {
		if slices.Contains(h.unowned, kind.Resource) {
			return nil
		}
		return []string{fmt.Sprintf("C54: %s is not controlled by the run, so that it would stay when the run goes: set run.OwnerReference(), or see WithUnowned", what)}
	}
	var out []string
	bad := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if first := child.GetOwnerReferences()[0]; first.UID != owner.UID {
		bad("C54: ownerReferences[0] of %s is %s %q; it must be the CustomRun", what, first.Kind, first.Name)
	}
	if errs := validation.IsDNS1123Label(child.GetName()); len(errs) > 0 {
		bad("C54: the name of %s cannot be that of a child: %s", what, strings.Join(errs, "; "))
	}
	for _, m := range []map[string]string{child.GetLabels(), child.GetAnnotations()} {
		for key := range m {
			if notCopied(key) {
				bad("C55: %s has %q, which is not to be copied from a run", what, key)
			}
		}
	}
	stored, err := h.Tekton.Tracker().Get(customRuns, child.GetNamespace(), owner.Name)
	if err != nil {
		return out // deleted meanwhile; garbage collection takes the child
	}
	switch run := stored.(*v1beta1.CustomRun); {
	case run.UID != owner.UID:
	case !run.HasStarted() || condition(run) == nil:
		bad("C16: %s is created before Succeeded=Unknown and startTime are stored for %s", what, run.Name)
	case h.held || h.Server.behind:
	case run.IsDone():
		bad("C25: %s is created for %s, which is finished", what, run.Name)
	case run.IsCancelled():
		bad("C34: %s is created for %s, which is cancelled", what, run.Name)
	}
	return out
}

// endedByCondition asks Tekton's runs whether they are done, and takes any other object for one that does not
// work by itself.
func endedByCondition(object runtime.Object) bool {
	run, ok := object.(interface{ IsDone() bool })
	return !ok || run.IsDone()
}

// checkStopped sees that an attempt that did not succeed has left nothing at work (C34, C40).
func (h *Harness) checkStopped(s step) {
	h.t.Helper()
	if s.before == nil || s.after == nil || s.before.IsDone() || h.held || !s.fresh {
		return
	}
	c := condition(s.after)
	if over := s.after.IsDone() && c.IsFalse() || s.attemptEnded(); !over || c != nil && strings.Contains(c.Message, "was not seen to stop") {
		return
	}
	for _, child := range h.Server.allChildren() {
		object, err := child.tracker.Get(child.resource, child.name.Namespace, child.name.Name)
		if err != nil {
			continue // gone
		}
		m, err := meta.Accessor(object)
		if owner := metav1.GetControllerOf(m); err != nil || owner == nil || owner.UID != s.after.UID || h.ended(object) {
			continue
		}
		h.t.Errorf("C34 C40: an attempt of %s has ended, and its %s %s is still at work", s.after.Name, child.resource.Resource, child.name.Name)
	}
}

// notCopied reports whether a label or annotation belongs to a run alone (C55).
func notCopied(key string) bool {
	switch key {
	case "kubectl.kubernetes.io/last-applied-configuration", "tekton.dev/memberOf", "tekton.dev/pipelineTask":
		return true
	}
	return strings.HasPrefix(key, "chains.tekton.dev/")
}
