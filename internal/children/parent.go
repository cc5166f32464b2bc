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

package children

import (
	"maps"
	"slices"
	"strings"
	"time"

	approval "github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Run is what is needed of a customtask.Run, whatever its spec.
type Run interface {
	Namespace() string
	OwnerReference() metav1.OwnerReference
	Now() time.Time
	Deadline() (deadline time.Time, ok bool)
	Object() *v1beta1.CustomRun
}

// Parent is what the children of an attempt take from their run. Make one for many children.
type Parent struct {
	namespace           string
	owner               metav1.OwnerReference
	labels, annotations map[string]string
	serviceAccount      string
	workspaces          []pipelinev1.WorkspaceBinding
	// left of the attempt's time; nil is no end.
	left *time.Duration
}

// ParentOf is the run as a parent, as of this look at it.
func ParentOf(run Run) Parent {
	object := run.Object()
	parent := Parent{
		namespace: run.Namespace(), owner: run.OwnerReference(),
		labels: carried(object.Labels), annotations: carried(object.Annotations),
		serviceAccount: object.Spec.ServiceAccountName,
	}
	for _, w := range object.Spec.Workspaces {
		parent.workspaces = append(parent.workspaces, pipelinev1.WorkspaceBinding{
			Name: w.Name, SubPath: w.SubPath, VolumeClaimTemplate: w.VolumeClaimTemplate, PersistentVolumeClaim: w.PersistentVolumeClaim,
			EmptyDir: w.EmptyDir, ConfigMap: w.ConfigMap, Secret: w.Secret, Projected: w.Projected, CSI: w.CSI,
		})
	}
	if deadline, ok := run.Deadline(); ok {
		left := max(deadline.Sub(run.Now()), time.Second)
		parent.left = &left
	}
	return parent
}

// PipelineRun builds a child of that name. Where spec leaves them open, it has the run's service account and
// workspaces; a workspace that both have is the run's. It ends with the attempt at the latest (C40).
func (p Parent) PipelineRun(name string, spec pipelinev1.PipelineRunSpec) *pipelinev1.PipelineRun {
	spec = *spec.DeepCopy()
	if spec.TaskRunTemplate.ServiceAccountName == "" {
		spec.TaskRunTemplate.ServiceAccountName = p.serviceAccount
	}
	spec.Workspaces = p.bound(spec.Workspaces)
	spec.Timeouts = p.timeouts(spec.Timeouts)
	meta := p.meta(PipelineRun, name)
	meta.Annotations[AnnotationPipeline] = PipelineOf(spec)
	return &pipelinev1.PipelineRun{ObjectMeta: meta, Spec: spec}
}

// TaskRun is PipelineRun for a TaskRun.
func (p Parent) TaskRun(name string, spec pipelinev1.TaskRunSpec) *pipelinev1.TaskRun {
	spec = *spec.DeepCopy()
	if spec.ServiceAccountName == "" {
		spec.ServiceAccountName = p.serviceAccount
	}
	spec.Workspaces = p.bound(spec.Workspaces)
	spec.Timeout = p.within(spec.Timeout)
	return &pipelinev1.TaskRun{ObjectMeta: p.meta(TaskRun, name), Spec: spec}
}

func (p Parent) meta(kind, name string) metav1.ObjectMeta {
	labels, annotations := maps.Clone(p.labels), maps.Clone(p.annotations)
	labels[v1alpha1.LabelChild], labels[v1alpha1.LabelOwner] = kind, string(p.owner.UID)
	if kind == PipelineRun {
		annotations[approval.AnnotationStartedFor] = string(p.owner.UID)
	}
	return metav1.ObjectMeta{
		Name: name, Namespace: p.namespace, OwnerReferences: []metav1.OwnerReference{p.owner},
		Labels: labels, Annotations: annotations,
	}
}

// bound are the workspaces of a spec and the run's.
func (p Parent) bound(own []pipelinev1.WorkspaceBinding) []pipelinev1.WorkspaceBinding {
	bound := slices.DeleteFunc(own, func(w pipelinev1.WorkspaceBinding) bool {
		return slices.ContainsFunc(p.workspaces, func(r pipelinev1.WorkspaceBinding) bool { return r.Name == w.Name })
	})
	for i := range p.workspaces {
		bound = append(bound, *p.workspaces[i].DeepCopy())
	}
	return bound
}

// carried are the labels or annotations of a run that its children get too (C55). What is said of the
// PipelineRun that the run is part of, who started that and which other controllers have it in hand, is not
// true of the children.
func carried(all map[string]string) map[string]string {
	out := make(map[string]string, len(all)+1)
	for key, value := range all {
		switch {
		case key == "kubectl.kubernetes.io/last-applied-configuration", key == "tekton.dev/memberOf", key == "tekton.dev/pipelineTask",
			key == approval.AnnotationStartedBy, key == approval.AnnotationStartedFor,
			strings.HasPrefix(key, "chains.tekton.dev/"), strings.HasPrefix(key, "results.tekton.dev/"),
			strings.HasPrefix(key, "pipelinesascode.tekton.dev/"), strings.HasPrefix(key, ours):
		default:
			out[key] = value
		}
	}
	return out
}
