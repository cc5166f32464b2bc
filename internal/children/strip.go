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
	"strings"

	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ours begins the labels and annotations that the caches keep.
const ours = "custom.tekton.dev/"

// strip is what a cache keeps of a child: with thousands of them, all else is dead weight. It is given
// objects before they are in a cache, and anything else that passes there.
func strip(obj any) (any, error) {
	switch run := obj.(type) {
	case *pipelinev1.TaskRun:
		return &pipelinev1.TaskRun{
			ObjectMeta: meta(run),
			Spec:       pipelinev1.TaskRunSpec{Status: run.Spec.Status},
			Status: pipelinev1.TaskRunStatus{
				Status: run.Status.Status,
				TaskRunStatusFields: pipelinev1.TaskRunStatusFields{
					StartTime: run.Status.StartTime, CompletionTime: run.Status.CompletionTime, Results: run.Status.Results,
				},
			},
		}, nil
	case *pipelinev1.PipelineRun:
		return &pipelinev1.PipelineRun{
			ObjectMeta: meta(run),
			Spec:       pipelinev1.PipelineRunSpec{Status: run.Spec.Status},
			Status: pipelinev1.PipelineRunStatus{
				Status: run.Status.Status,
				PipelineRunStatusFields: pipelinev1.PipelineRunStatusFields{
					StartTime: run.Status.StartTime, CompletionTime: run.Status.CompletionTime, Results: run.Status.Results,
					SkippedTasks: skipped(run), ChildReferences: breaking(run),
				},
			},
		}, nil
	}
	return obj, nil
}

func meta(object metav1.Object) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name: object.GetName(), Namespace: object.GetNamespace(), UID: object.GetUID(),
		ResourceVersion: object.GetResourceVersion(), DeletionTimestamp: object.GetDeletionTimestamp(),
		OwnerReferences: object.GetOwnerReferences(),
		Labels:          only(object.GetLabels()), Annotations: only(object.GetAnnotations()),
	}
}

// only are the entries of this project.
func only(all map[string]string) map[string]string {
	var kept map[string]string
	for key, value := range all {
		if strings.HasPrefix(key, ours) {
			if kept == nil {
				kept = map[string]string{}
			}
			kept[key] = value
		}
	}
	return kept
}
