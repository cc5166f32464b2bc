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

package subpipeline

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestTheCacheOfPipelinesKeepsTheirNames(t *testing.T) {
	whole := &pipelinev1.Pipeline{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "build", UID: "uid", ResourceVersion: "7", Annotations: map[string]string{"note": "long"}},
		Spec:       pipelinev1.PipelineSpec{Description: "long"},
	}
	want := &pipelinev1.Pipeline{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "build", UID: "uid", ResourceVersion: "7"}}
	kept, err := nameOnly(whole)
	if diff := cmp.Diff(any(want), kept); diff != "" || err != nil {
		t.Errorf("%v, kept (-want, +got):\n%s", err, diff)
	}
	if other, err := nameOnly("a tombstone"); other != "a tombstone" || err != nil {
		t.Errorf("%v, %v", other, err)
	}
}
