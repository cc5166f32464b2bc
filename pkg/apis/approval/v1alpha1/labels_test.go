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

package v1alpha1_test

import (
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
)

func TestALabelStandsForOneVoter(t *testing.T) {
	label := v1alpha1.VoterLabel("system:serviceaccount:ci:bot")
	if len(label) > 63 || label == v1alpha1.VoterLabel("system:serviceaccount:ci:bots") || label != v1alpha1.VoterLabel("system:serviceaccount:ci:bot") {
		t.Errorf("label %q", label)
	}
}
