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

package decision

import (
	"context"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	client "github.com/customtasks/customtasks/pkg/client/injection/client"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/utils/clock"
	kubeclient "knative.dev/pkg/client/injection/kube/client"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/reconciler"
	"knative.dev/pkg/webhook"
	"knative.dev/pkg/webhook/resourcesemantics"
	"knative.dev/pkg/webhook/resourcesemantics/defaulting"
	"knative.dev/pkg/webhook/resourcesemantics/validation"
)

// Names of the webhook configurations in config/, and the paths that serve them.
const (
	MutatingName   = "webhook.approval.tekton.dev"
	ValidatingName = "validation.webhook.approval.tekton.dev"

	mutatingPath   = "/stamp-decision"
	validatingPath = "/check-decision"
)

var types = map[schema.GroupVersionKind]resourcesemantics.GenericCRD{
	v1alpha1.SchemeGroupVersion.WithKind("ApprovalDecision"): &v1alpha1.ApprovalDecision{},
}

// NewMutating makes the webhook that stamps votes. knative keeps its configuration, the CA bundle
// above all, up to date.
func NewMutating(ctx context.Context, _ configmap.Watcher) *controller.Impl {
	impl := defaulting.NewAdmissionController(ctx, MutatingName, mutatingPath, types, nil, false)
	impl.Name = "stamp-decision"
	return judged(ctx, impl, true)
}

// NewValidating makes the webhook that checks votes as they would be stored.
func NewValidating(ctx context.Context, _ configmap.Watcher) *controller.Impl {
	impl := validation.NewAdmissionController(ctx, ValidatingName, validatingPath, types, nil, false)
	impl.Name = "check-decision"
	return judged(ctx, impl, false)
}

// judged puts our rules in the place of knative's reading of the types.
func judged(ctx context.Context, impl *controller.Impl, mutate bool) *controller.Impl {
	requests := client.Get(ctx).ApprovalV1alpha1()
	impl.Reconciler = &admission{
		configured: impl.Reconciler.(configured),
		mutate:     mutate,
		judge: judge{
			clock: clock.RealClock{},
			request: func(ctx context.Context, namespace, name string) (*v1alpha1.ApprovalRequest, error) {
				return requests.ApprovalRequests(namespace).Get(ctx, name, metav1.GetOptions{})
			},
			votes:   votesOf(requests),
			allowed: authorizer(kubeclient.Get(ctx)),
		},
	}
	return impl
}

// configured is knative's controller of a webhook configuration.
type configured interface {
	controller.Reconciler
	reconciler.LeaderAware
	webhook.AdmissionController
	webhook.StatelessAdmissionController
}

// admission serves one webhook: knative's configuration, our judgement.
type admission struct {
	configured
	judge  judge
	mutate bool
}

var _ webhook.AdmissionController = (*admission)(nil)

// Admit judges one request.
func (a *admission) Admit(ctx context.Context, request *admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
	return a.judge.response(ctx, request, a.mutate)
}
