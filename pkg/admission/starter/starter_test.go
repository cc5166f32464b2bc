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
	"testing"

	admissionv1 "k8s.io/api/admission/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

func request(raw string, operation admissionv1.Operation) *admissionv1.AdmissionRequest {
	return &admissionv1.AdmissionRequest{
		Operation: operation, Object: runtime.RawExtension{Raw: []byte(raw)},
		UserInfo: authenticationv1.UserInfo{Username: "oidc:alice/1"},
	}
}

func TestWhoCreatesAPipelineRunIsRecorded(t *testing.T) {
	const add = `{"op":"add","path":"/metadata/annotations/approval.tekton.dev~1started-by","value":"oidc:alice/1"}`
	for name, row := range map[string]struct{ sent, want string }{
		"where it has no annotations": {`{"metadata":{"name":"x"},"spec":{}}`, `[{"op":"add","path":"/metadata/annotations","value":{}},` + add + `]`},
		"beside others":               {`{"metadata":{"annotations":{"a":"b"}}}`, `[` + add + `]`},
		"where it says so itself":     {`{"metadata":{"annotations":{"approval.tekton.dev/started-by":"oidc:alice/1"}}}`, `[` + add + `]`},
	} {
		t.Run(name, func(t *testing.T) {
			response := response(context.Background(), request(row.sent, admissionv1.Create))
			if !response.Allowed || string(response.Patch) != row.want {
				t.Errorf("allowed %v, patch %s; want %s", response.Allowed, response.Patch, row.want)
			}
		})
	}
}

func TestAForgedRecordIsRefused(t *testing.T) {
	sent := request(`{"metadata":{"annotations":{"approval.tekton.dev/started-by":"mallory"}}}`, admissionv1.Create)
	const want = `annotation approval.tekton.dev/started-by says "mallory", and the PipelineRun is created by "oidc:alice/1"; leave it out`
	if response := response(context.Background(), sent); response.Allowed || response.Result.Message != want {
		t.Errorf("allowed %v, told %+v", response.Allowed, response.Result)
	}
}

func TestNothingButACreationIsStamped(t *testing.T) {
	status := request(`{}`, admissionv1.Create)
	status.SubResource = "status"
	for name, sent := range map[string]*admissionv1.AdmissionRequest{
		"an update": request(`{}`, admissionv1.Update), "a deletion": request(`{}`, admissionv1.Delete), "a subresource": status,
	} {
		if response := response(context.Background(), sent); !response.Allowed || response.Patch != nil {
			t.Errorf("%s: allowed %v, patch %s", name, response.Allowed, response.Patch)
		}
	}
}
