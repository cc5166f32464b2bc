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

package cel_test

import (
	"testing"

	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

// The compiler of Kubeflow Pipelines names every CEL task so, and no object can have that name.
func TestANameThatNoObjectCanHaveNamesNone(t *testing.T) {
	run := ended(t, harness(t), newRun(customtasktest.Named("cel_condition"), customtasktest.Param("outcome", "1 == 1 ? 'a' : 'b'")))
	if diff := cmp.Diff([]v1beta1.CustomRunResult{{Name: "outcome", Value: "a"}}, run.Status.Results); diff != "" {
		t.Errorf("results (-want, +got):\n%s", diff)
	}
}
