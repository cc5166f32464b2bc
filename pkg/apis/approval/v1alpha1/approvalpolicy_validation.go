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

package v1alpha1

import (
	"context"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"knative.dev/pkg/apis"
)

// SetDefaults changes nothing: what a policy leaves open is filled in for each gate.
func (*ApprovalPolicy) SetDefaults(context.Context) {}

// SetDefaults changes nothing: what a policy leaves open is filled in for each gate.
func (*ClusterApprovalPolicy) SetDefaults(context.Context) {}

// Validate says what of the policy cannot work, as a gate by it would.
func (p *ApprovalPolicy) Validate(ctx context.Context) *apis.FieldError {
	return validatePolicy(ctx, p.Spec)
}

// Validate says what of the policy cannot work, as a gate by it would.
func (p *ClusterApprovalPolicy) Validate(ctx context.Context) *apis.FieldError {
	return validatePolicy(ctx, p.Spec)
}

func validatePolicy(ctx context.Context, spec ApprovalPolicySpec) *apis.FieldError {
	spec = *spec.DeepCopy()
	spec.SetDefaults(ctx)
	return spec.Validate(ctx).ViaField("spec")
}

// SupportedVerbs keeps admission out of deletions, which the deletion of a namespace needs at any time.
func (*ApprovalPolicy) SupportedVerbs() []admissionregistrationv1.OperationType { return writes }

// SupportedVerbs keeps admission out of deletions.
func (*ClusterApprovalPolicy) SupportedVerbs() []admissionregistrationv1.OperationType { return writes }

var writes = []admissionregistrationv1.OperationType{admissionregistrationv1.Create, admissionregistrationv1.Update}
