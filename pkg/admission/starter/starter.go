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

// Package starter records who creates a PipelineRun, so that a gate can keep them from deciding it. The
// webhook only writes the record; that nobody forges or changes it is up to a ValidatingAdmissionPolicy in
// the API server itself, in the same file of config/.
package starter

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/customtasks/customtasks/internal/sentence"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"gomodules.xyz/jsonpatch/v2"
	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// response answers one admission request on a PipelineRun: its creation gets a stamp.
func response(_ context.Context, request *admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
	if request.Operation != admissionv1.Create || request.SubResource != "" {
		return &admissionv1.AdmissionResponse{Allowed: true}
	}
	patch, err := stamp(request.Object.Raw, request.UserInfo)
	if err != nil {
		return &admissionv1.AdmissionResponse{Result: &metav1.Status{
			Status: metav1.StatusFailure, Code: http.StatusForbidden, Reason: metav1.StatusReasonForbidden, Message: err.Error(),
		}}
	}
	kind := admissionv1.PatchTypeJSONPatch
	return &admissionv1.AdmissionResponse{Allowed: true, Patch: patch, PatchType: &kind}
}

// stamp is the patch that records who creates the object. One that names somebody else is an error.
func stamp(raw []byte, user authenticationv1.UserInfo) ([]byte, error) {
	var object struct {
		Metadata struct {
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(raw, &object); err != nil {
		return nil, fmt.Errorf("the PipelineRun cannot be read: %w", err)
	}
	if says := object.Metadata.Annotations[v1alpha1.AnnotationStartedBy]; says != "" && says != user.Username {
		return nil, fmt.Errorf("annotation %s says %q, and the PipelineRun is created by %q; leave it out",
			v1alpha1.AnnotationStartedBy, sentence.Clip(says), user.Username)
	}
	var operations []jsonpatch.Operation
	if object.Metadata.Annotations == nil {
		operations = append(operations, jsonpatch.NewOperation("add", "/metadata/annotations", map[string]string{}))
	}
	at := "/metadata/annotations/" + strings.ReplaceAll(v1alpha1.AnnotationStartedBy, "/", "~1")
	operations = append(operations, jsonpatch.NewOperation("add", at, user.Username))
	return json.Marshal(operations)
}
