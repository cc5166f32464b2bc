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

// Package policy refuses approval policies that could never be met, when they are stored rather than when
// somebody waits for them.
package policy

import (
	"context"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/webhook/resourcesemantics"
	"knative.dev/pkg/webhook/resourcesemantics/validation"
)

// Name of the webhook's configuration in config/, and the path that serves it.
const (
	Name = "policies.approval.tekton.dev"
	path = "/check-policy"
)

// NewValidating makes the webhook that checks policies. knative keeps its configuration up to date.
func NewValidating(ctx context.Context, _ configmap.Watcher) *controller.Impl {
	impl := validation.NewAdmissionController(ctx, Name, path, map[schema.GroupVersionKind]resourcesemantics.GenericCRD{
		v1alpha1.SchemeGroupVersion.WithKind("ApprovalPolicy"):        &v1alpha1.ApprovalPolicy{},
		v1alpha1.SchemeGroupVersion.WithKind("ClusterApprovalPolicy"): &v1alpha1.ClusterApprovalPolicy{},
	}, nil, false)
	impl.Name = "check-policy"
	return impl
}
