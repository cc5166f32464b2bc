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

package command

import "testing"

func TestPlainName(t *testing.T) {
	for arg, want := range map[string]string{
		"half":                  "half",
		"ar/half":               "half",
		"AR/half":               "half",
		"approvalrequest/half":  "half",
		"approvalrequests/half": "half",
		"ApprovalRequest/half":  "half",
		"approvalrequest.approval.tekton.dev/half":           "half",
		"approvalrequests.v1alpha1.approval.tekton.dev/half": "half",
		"approvalrequests.other.example/half":                "approvalrequests.other.example/half",
		"approvalrequestlog/half":                            "approvalrequestlog/half",
		"pod/half":                                           "pod/half",
	} {
		if got := plainName(arg); got != want {
			t.Errorf("%s names %q, want %q", arg, got, want)
		}
	}
}
