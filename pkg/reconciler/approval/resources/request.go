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

// Package resources builds the objects of an approval gate. It neither reads nor writes.
package resources

import (
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// Asker is the attempt of a run that an ApprovalRequest is made for.
type Asker struct {
	// Name of the request.
	Name string
	// Owner is the run, as the request's controller.
	Owner metav1.OwnerReference
	// Namespace of the run.
	Namespace string
	// Attempt counts from 1.
	Attempt int
	// Deadline of the attempt; zero is none.
	Deadline time.Time
	// Labels of the run, of which those that Tekton sets tell what it is part of.
	Labels map[string]string
	// Policy that the gate comes from, if any.
	Policy *v1alpha1.PolicyReference
	// StartedBy is who started the PipelineRun, where the gate must know.
	StartedBy *v1alpha1.Identity
	// MemberOf are groups, one of which a voter must be in.
	MemberOf []string
}

// Request builds the ApprovalRequest of an attempt. The same arguments give the same request.
func Request(asker Asker, gate v1alpha1.Gate) *v1alpha1.ApprovalRequest {
	request := &v1alpha1.ApprovalRequest{
		ObjectMeta: metav1.ObjectMeta{
			Name:            asker.Name,
			Namespace:       asker.Namespace,
			OwnerReferences: []metav1.OwnerReference{asker.Owner},
		},
		Spec: v1alpha1.ApprovalRequestSpec{
			Gate: *gate.DeepCopy(),
			Run: v1alpha1.RunReference{
				Name:    asker.Owner.Name,
				UID:     asker.Owner.UID,
				Attempt: int32(asker.Attempt), //nolint:gosec // bounded by spec.retries
			},
		},
	}
	request.Spec.Asks = request.Spec.Summary()
	request.Spec.Policy, request.Spec.StartedBy, request.Spec.MemberOf = asker.Policy, asker.StartedBy, asker.MemberOf
	if part := asker.Labels; part[pipeline.PipelineRunLabelKey] != "" {
		request.Spec.Pipeline = &v1alpha1.PipelineReference{
			Name: part[pipeline.PipelineLabelKey], Run: part[pipeline.PipelineRunLabelKey], Task: part[pipeline.PipelineTaskLabelKey],
		}
	}
	if len(validation.IsValidLabelValue(asker.Owner.Name)) == 0 {
		request.Labels = map[string]string{v1alpha1.LabelRun: asker.Owner.Name}
	}
	if !asker.Deadline.IsZero() {
		// The API server keeps whole seconds. The attempt ends within the one that begins then, so that the
		// request takes votes as long as it says.
		deadline := metav1.NewTime(asker.Deadline.Truncate(time.Second))
		request.Spec.Deadline = &deadline
	}
	return request
}
