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

	"github.com/customtasks/customtasks/internal/sentence"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"knative.dev/pkg/apis"
)

// maxComment is that of the schema, in bytes.
const maxComment = 1024

// SetDefaults has nothing to fill in: who votes is stamped by admission, which knows.
func (*ApprovalDecision) SetDefaults(context.Context) {}

// Validate checks what needs no request to be known.
func (d *ApprovalDecision) Validate(context.Context) *apis.FieldError {
	var errs *apis.FieldError
	switch {
	case d.Spec.Request == "":
		errs = errs.Also(apis.ErrMissingField("spec.request"))
	case len(validation.IsDNS1123Subdomain(d.Spec.Request)) > 0:
		errs = errs.Also(problem("spec.request", "%q cannot be the name of an approval request; write the name alone", sentence.Clip(d.Spec.Request)))
	}
	switch d.Spec.Decision {
	case DecisionApprove, DecisionReject, DecisionWithdraw:
	default:
		errs = errs.Also(problem("spec.decision", "%q must be Approve, Reject or Withdraw", sentence.Clip(string(d.Spec.Decision))))
	}
	if d.Spec.Override && d.Spec.Decision == DecisionWithdraw {
		errs = errs.Also(problem("spec.override", "an override goes with Approve or Reject only"))
	}
	if d.Spec.Override && sentence.Blank(d.Spec.Comment) {
		errs = errs.Also(problem("spec.comment", "an override needs a comment that says why"))
	}
	if len(d.Spec.Comment) > maxComment {
		errs = errs.Also(problem("spec.comment", "the comment is %d bytes; at most %d are possible", len(d.Spec.Comment), maxComment))
	}
	if text := unseen("the comment", d.Spec.Comment, true); text != "" {
		errs = errs.Also(problem("spec.comment", "%s", text))
	}
	if len(d.Spec.Inputs) > 0 && d.Spec.Decision != DecisionApprove {
		errs = errs.Also(problem("spec.inputs", "answers go with Approve only"))
	}
	return errs
}

// SupportedVerbs keeps admission out of deletions, which garbage collection and the deletion of a
// namespace need at any time.
func (*ApprovalDecision) SupportedVerbs() []admissionregistrationv1.OperationType {
	return []admissionregistrationv1.OperationType{admissionregistrationv1.Create, admissionregistrationv1.Update}
}
