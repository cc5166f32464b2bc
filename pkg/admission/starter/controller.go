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

package starter

import (
	"context"

	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	admissionv1 "k8s.io/api/admission/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/reconciler"
	"knative.dev/pkg/webhook"
	"knative.dev/pkg/webhook/resourcesemantics"
	"knative.dev/pkg/webhook/resourcesemantics/defaulting"
)

// Name of the webhook's configuration in config/, and the path that serves it.
const (
	Name = "started-by.approval.tekton.dev"
	path = "/stamp-pipelinerun"
)

// NewMutating makes the webhook that stamps PipelineRuns. knative keeps its configuration up to date, if an
// administrator has installed it.
func NewMutating(ctx context.Context, _ configmap.Watcher) *controller.Impl {
	impl := defaulting.NewAdmissionController(ctx, Name, path, map[schema.GroupVersionKind]resourcesemantics.GenericCRD{
		pipelinev1.SchemeGroupVersion.WithKind("PipelineRun"): &pipelinev1.PipelineRun{},
	}, nil, false)
	impl.Name = "stamp-pipelinerun"
	impl.Reconciler = &admission{configured: impl.Reconciler.(configured)}
	return impl
}

// configured is knative's controller of a webhook configuration.
type configured interface {
	controller.Reconciler
	reconciler.LeaderAware
	webhook.AdmissionController
	webhook.StatelessAdmissionController
}

// admission serves the webhook: knative's configuration, our stamp.
type admission struct{ configured }

var _ webhook.AdmissionController = (*admission)(nil)

// Reconcile keeps the configuration up to date. It may be left out of an installation.
func (a *admission) Reconcile(ctx context.Context, key string) error {
	if err := a.configured.Reconcile(ctx, key); !apierrors.IsNotFound(err) {
		return err
	}
	return nil
}

// Admit stamps one PipelineRun.
func (a *admission) Admit(ctx context.Context, request *admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
	return response(ctx, request)
}
