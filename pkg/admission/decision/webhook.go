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
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"go.uber.org/zap"
	"gomodules.xyz/jsonpatch/v2"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/logging"
)

// response answers one admission request on an ApprovalDecision. Only creations are judged; an update
// must leave the record as it is. mutate also asks for the stamp.
func (j judge) response(ctx context.Context, request *admissionv1.AdmissionRequest, mutate bool) *admissionv1.AdmissionResponse {
	if request.Operation != admissionv1.Create && request.Operation != admissionv1.Update {
		return &admissionv1.AdmissionResponse{Allowed: true}
	}
	if n := len(request.Object.Raw); request.Operation == admissionv1.Create && mutate && n > maxVote { // the rest of it is stamped
		return denied(ctx, refuse("the vote is %d bytes; at most %d are possible", n, maxVote))
	}
	vote, err := decoded(request.Object.Raw)
	if err != nil {
		return denied(ctx, err)
	}
	vote.Namespace = request.Namespace
	if request.Operation == admissionv1.Update {
		old, err := decoded(request.OldObject.Raw)
		if err != nil {
			return denied(ctx, err)
		}
		return denied(ctx, unchanged(old, vote))
	}
	if !mutate {
		return denied(ctx, j.check(ctx, request.UserInfo, vote))
	}
	stamped, err := j.stamp(ctx, request.UserInfo, vote)
	if err != nil {
		return denied(ctx, err)
	}
	return patched(ctx, request.Object.Raw, stamped)
}

func decoded(raw []byte) (*v1alpha1.ApprovalDecision, error) {
	vote := &v1alpha1.ApprovalDecision{}
	if err := json.Unmarshal(raw, vote); err != nil {
		return nil, refuse("the decision cannot be read: %v", err)
	}
	return vote, nil
}

// patched admits with the JSON patch from what was sent to what is to be stored.
func patched(ctx context.Context, before []byte, after *v1alpha1.ApprovalDecision) *admissionv1.AdmissionResponse {
	// Only what is stamped may differ: the rest of the object stays as it was sent.
	var sent map[string]any
	if err := json.Unmarshal(before, &sent); err != nil {
		return denied(ctx, fmt.Errorf("reading the decision: %w", err))
	}
	spec, _ := sent["spec"].(map[string]any)
	metadata, _ := sent["metadata"].(map[string]any)
	if spec == nil || metadata == nil {
		return denied(ctx, refuse("the decision has no spec"))
	}
	spec["voter"], spec["requestUID"] = after.Spec.Voter, after.Spec.RequestUID
	if after.Spec.Digest != "" {
		spec["digest"] = after.Spec.Digest
	}
	metadata["labels"], metadata["ownerReferences"] = after.Labels, after.OwnerReferences
	whole, err := json.Marshal(sent)
	if err != nil {
		return denied(ctx, fmt.Errorf("encoding the decision: %w", err))
	}
	operations, err := jsonpatch.CreatePatch(before, whole)
	if err != nil {
		return denied(ctx, fmt.Errorf("making the patch: %w", err))
	}
	patch, err := json.Marshal(operations)
	if err != nil {
		return denied(ctx, fmt.Errorf("encoding the patch: %w", err))
	}
	kind := admissionv1.PatchTypeJSONPatch
	return &admissionv1.AdmissionResponse{Allowed: true, Patch: patch, PatchType: &kind}
}

// denied admits if err is nil. A refusal is told to the voter as it is; any other error is logged, and
// the voter may try again.
func denied(ctx context.Context, err error) *admissionv1.AdmissionResponse {
	if err == nil {
		return &admissionv1.AdmissionResponse{Allowed: true}
	}
	status := &metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusForbidden, Reason: metav1.StatusReasonForbidden, Message: err.Error(),
	}
	var told *refusal
	if !errors.As(err, &told) {
		logging.FromContext(ctx).Errorw("judging a decision", zap.Error(err))
		status.Code, status.Reason = http.StatusServiceUnavailable, metav1.StatusReasonServiceUnavailable
		status.Message = "the vote could not be judged just now; try again"
	}
	return &admissionv1.AdmissionResponse{Allowed: false, Result: status}
}
