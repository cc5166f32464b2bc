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

package resources_test

import (
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/items"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/resources"
	"github.com/google/go-cmp/cmp"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

func param(name, value string) v1.Param {
	return v1.Param{Name: name, Value: *v1.NewStructuredValues(value)}
}

func TestParamsOfAnIteration(t *testing.T) {
	given := v1.Params{param("word", "a,b"), param("by", ","), param("other", "x")}
	item := items.Item{Params: v1.Params{param("word", "a"), param("number", "1")}}
	want := v1.Params{param("other", "x"), param("word", "a"), param("number", "1")}
	if diff := cmp.Diff(want, resources.Params(given, []string{"word", "by"}, item)); diff != "" {
		t.Errorf("params (-want, +got):\n%s", diff)
	}
}

func TestTheTimeoutOfAnIteration(t *testing.T) {
	minute := &metav1.Duration{Duration: time.Minute}
	for _, want := range []*metav1.Duration{nil, minute} {
		loop := v1alpha1.Loop{Timeout: want}
		task, err := resources.TaskRun(v1alpha1.TaskLoopSpec{Loop: loop}, nil)
		if err != nil || task.Timeout != want {
			t.Errorf("a TaskRun has %v, %v; want %v", task.Timeout, err, want)
		}
		pipeline, err := resources.PipelineRun(v1alpha1.PipelineLoopSpec{Loop: loop}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := pipeline.Timeouts; want == nil && got != nil || want != nil && (got == nil || got.Pipeline != want) {
			t.Errorf("a PipelineRun has %v; want %v", got, want)
		}
	}
}

func TestABodyThatCannotBeReadMakesNoIteration(t *testing.T) {
	bad := &runtime.RawExtension{Raw: []byte(`{"unknown": true}`)}
	if task, err := resources.TaskRun(v1alpha1.TaskLoopSpec{TaskSpec: bad}, nil); task != nil || err == nil {
		t.Errorf("got %v, %v", task, err)
	}
	if pipeline, err := resources.PipelineRun(v1alpha1.PipelineLoopSpec{PipelineSpec: bad}, nil); pipeline != nil || err == nil {
		t.Errorf("got %v, %v", pipeline, err)
	}
}

func TestLabelsThatCannotBeAreLeftOut(t *testing.T) {
	run := &v1beta1.CustomRun{ObjectMeta: metav1.ObjectMeta{Name: "a-name-that-is-longer-than-a-label-may-be-which-has-sixty-three-characters"}}
	run.Spec.CustomRef = &v1beta1.TaskRef{Kind: "TaskLoop", Name: "loop"}
	child := &v1.TaskRun{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"team": "a"}}}
	resources.Label(child, run)
	if diff := cmp.Diff(map[string]string{"team": "a", resources.LabelTaskLoop: "loop"}, child.Labels); diff != "" {
		t.Errorf("labels (-want, +got):\n%s", diff)
	}
}
