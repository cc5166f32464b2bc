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

package cluster

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseAuditEvent(t *testing.T) {
	const line = `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"1","stage":"ResponseComplete",
"requestURI":"/apis/tekton.dev/v1beta1/namespaces/ns/customruns/run/status","verb":"patch",
"user":{"username":"system:serviceaccount:a:b","groups":["system:authenticated"]},"userAgent":"controller/v1",
"objectRef":{"resource":"customruns","namespace":"ns","name":"run","apiGroup":"tekton.dev","apiVersion":"v1beta1","subresource":"status"},
"responseStatus":{"metadata":{},"code":409},"requestReceivedTimestamp":"2026-01-02T03:04:05.600000Z"}`
	want := Request{
		User:        "system:serviceaccount:a:b",
		UserAgent:   "controller/v1",
		Verb:        "patch",
		Group:       "tekton.dev",
		Resource:    "customruns",
		Subresource: "status",
		Namespace:   "ns",
		Name:        "run",
		Code:        409,
		Time:        time.Date(2026, 1, 2, 3, 4, 5, 600e6, time.UTC),
	}
	got, err := parseAuditEvent([]byte(line))
	if err != nil {
		t.Fatalf("parseAuditEvent: %v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parseAuditEvent (-want, +got):\n%s", diff)
	}
}

func TestWrites(t *testing.T) {
	for verb, want := range map[string]bool{
		"get": false, "list": false, "watch": false,
		"create": true, "update": true, "patch": true, "delete": true, "deletecollection": true,
	} {
		if got := (Request{Verb: verb}).Writes(); got != want {
			t.Errorf("a %s writes: %v, want %v", verb, got, want)
		}
	}
}
