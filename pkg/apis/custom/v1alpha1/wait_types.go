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
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Wait is a named wait that CustomRuns refer to by `customRef: {apiVersion: custom.tekton.dev/v1alpha1,
// kind: Wait, name: NAME}`. It does nothing by itself.
//
// +genclient
// +genclient:noStatus
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type Wait struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec says how long to wait.
	Spec WaitSpec `json:"spec"`
}

// WaitSpec says how long to wait. Exactly one of duration and until is set, here or by the param of
// the same name.
type WaitSpec struct {
	// Duration to wait from the start of the attempt, in Go's form: "90s", "1h30m". "0" succeeds at
	// once.
	// +optional
	Duration string `json:"duration,omitempty"`

	// Until is the time to wait for, in RFC 3339: "2026-01-31T09:00:00Z". A time in the past succeeds
	// at once.
	// +optional
	Until string `json:"until,omitempty"`
}

// WaitList is a list of Waits.
//
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type WaitList struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Wait `json:"items"`
}
