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
	"context"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/customtask"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"knative.dev/pkg/kmeta"
)

var plainKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Plain"}

// plain is at work for ever.
func plain(context.Context, *customtask.Run[struct{}]) (customtask.Outcome, error) {
	return customtask.Running("Working", "at work"), nil
}

func TestChildrenAreChecked(t *testing.T) {
	for name, row := range map[string]struct {
		want  string
		run   func(*v1beta1.CustomRun)
		child func(*pipelinev1.TaskRun)
	}{
		"a child as it should be": {},
		"a child of nobody":       {want: "C54", child: func(c *pipelinev1.TaskRun) { c.OwnerReferences = nil }},
		"a child of a run that has not started": {want: "C16", run: func(r *v1beta1.CustomRun) {
			r.Status.StartTime, r.Status.Conditions = nil, nil
		}},
		"a child of a finished run":  {want: "C25", run: func(r *v1beta1.CustomRun) { r.Status.Conditions = finished }},
		"a child of a cancelled run": {want: "C34", run: func(r *v1beta1.CustomRun) { r.Spec.Status = v1beta1.CustomRunSpecStatusCancelled }},
		"another owner first": {want: "C54", child: func(c *pipelinev1.TaskRun) {
			c.OwnerReferences = append([]metav1.OwnerReference{{Kind: "Other", UID: "else"}}, c.OwnerReferences...)
		}},
		"a name too long":     {want: "C54", child: func(c *pipelinev1.TaskRun) { c.Name = strings.Repeat("x", 64) }},
		"a label of the run":  {want: "C55", child: func(c *pipelinev1.TaskRun) { c.Labels = map[string]string{"tekton.dev/memberOf": "tasks"} }},
		"a copied annotation": {want: "C55", child: func(c *pipelinev1.TaskRun) { c.Annotations = map[string]string{"chains.tekton.dev/signed": "true"} }},
	} {
		t.Run(name, func(t *testing.T) {
			h := New(t, plainKind, customtask.TaskFunc[struct{}](plain))
			h.Create(Run("run", plainKind))
			h.Settle("run")
			run := h.Get("run")
			child := &pipelinev1.TaskRun{ObjectMeta: metav1.ObjectMeta{
				Namespace: Namespace, Name: "child", OwnerReferences: []metav1.OwnerReference{*kmeta.NewControllerRef(run)},
			}}
			if row.run != nil {
				row.run(run)
				if err := h.Tekton.Tracker().Update(customRuns, run, Namespace); err != nil {
					t.Fatal(err)
				}
			}
			if row.child != nil {
				row.child(child)
			}
			broken := strings.Join(h.checkChild(schema.GroupVersionResource{Resource: "taskruns"}, child), "; ")
			if row.want == "" && broken != "" || !strings.HasPrefix(broken, row.want) {
				t.Errorf("violations %q; want %q", broken, row.want)
			}
		})
	}
}

func TestWritesThatChangeNothingAreNoticed(t *testing.T) {
	h := New(t, plainKind, customtask.TaskFunc[struct{}](plain))
	h.Create(Run("run", plainKind))
	h.Settle("run")
	h.Server.beginStep()
	h.StoreStatus(h.Get("run"))
	h.Server.endStep(true)
	if broken := h.Server.takeViolations(); len(broken) != 1 || !strings.HasPrefix(broken[0], "C21:") {
		t.Errorf("violations %q; want one of C21", broken)
	}
}
