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

package loop_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/reconciler/loop"
	"github.com/google/go-cmp/cmp"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func given(name string, value any) v1beta1.Param {
	out := v1beta1.Param{Name: name}
	switch value := value.(type) {
	case string:
		out.Value = v1beta1.ParamValue{Type: v1beta1.ParamTypeString, StringVal: value}
	case []string:
		out.Value = v1beta1.ParamValue{Type: v1beta1.ParamTypeArray, ArrayVal: value}
	case map[string]string:
		out.Value = v1beta1.ParamValue{Type: v1beta1.ParamTypeObject, ObjectVal: value}
	}
	return out
}

func TestAllFieldsComeFromParams(t *testing.T) {
	all := customtask.NewParams(
		given("taskRef", "task"), given("pipelineRef", "pipeline"), given("concurrency", "3"), given("parallelism", "4"),
		given("iterateParam", "word"), given("iterateParamStringSeparator", "by"), given("iterateNumeric", "n"),
		given("iterationNumberParam", "i"), given("until", "true"), given("maxIterations", "5"), given("failurePolicy", "Continue"),
		given("retries", "6"), given("serviceAccountName", "account"), given("timeout", "90s"),
		given("word", []string{"a", "b"}), given("size", map[string]string{"w": "1"}), given("text", ""),
	)
	three, four := 3, 4
	want := v1alpha1.Loop{
		IterateParam: "word", IterateParamStringSeparator: "by", IterateNumeric: "n", IterationNumberParam: "i", Until: "true", MaxIterations: 5,
		FailurePolicy: v1alpha1.FailurePolicyContinue, Retries: 6, ServiceAccountName: "account", Timeout: &metav1.Duration{Duration: 90 * time.Second},
	}
	left := func() pipelinev1.Params {
		return pipelinev1.Params{
			{Name: "word", Value: pipelinev1.ParamValue{Type: "array", ArrayVal: []string{"a", "b"}}},
			{Name: "size", Value: pipelinev1.ParamValue{Type: "object", ObjectVal: map[string]string{"w": "1"}}},
			{Name: "text", Value: pipelinev1.ParamValue{Type: "string"}},
		}
	}
	text := func(name, value string) pipelinev1.Param {
		return pipelinev1.Param{Name: name, Value: pipelinev1.ParamValue{Type: "string", StringVal: value}}
	}
	t.Run("TaskLoop", func(t *testing.T) {
		var got loop.TaskSpec
		if err := got.FromParams(all); err != nil {
			t.Fatal(err)
		}
		spec := loop.TaskSpec{
			TaskLoopSpec: v1alpha1.TaskLoopSpec{Loop: want, TaskRef: &pipelinev1.TaskRef{Name: "task"}, Concurrency: &three},
			Given:        append(pipelinev1.Params{text("pipelineRef", "pipeline"), text("parallelism", "4")}, left()...),
		}
		if diff := cmp.Diff(spec, got); diff != "" {
			t.Errorf("spec (-want, +got):\n%s", diff)
		}
	})
	t.Run("PipelineLoop", func(t *testing.T) {
		var got loop.PipelineSpec
		if err := got.FromParams(all); err != nil {
			t.Fatal(err)
		}
		spec := loop.PipelineSpec{
			PipelineLoopSpec: v1alpha1.PipelineLoopSpec{Loop: want, PipelineRef: &pipelinev1.PipelineRef{Name: "pipeline"}, Parallelism: &four},
			Given:            append(pipelinev1.Params{text("taskRef", "task"), text("concurrency", "3")}, left()...),
		}
		if diff := cmp.Diff(spec, got); diff != "" {
			t.Errorf("spec (-want, +got):\n%s", diff)
		}
	})
}

func TestParamsAreNoFieldsOfALoopThatHasItsBody(t *testing.T) {
	params := customtask.NewParams(given("retries", "many"), given("timeout", "long"))
	tasks := []loop.TaskSpec{
		{TaskLoopSpec: v1alpha1.TaskLoopSpec{TaskRef: &pipelinev1.TaskRef{Name: "x"}}},
		{TaskLoopSpec: taskSpec(t, `{"taskSpec": {}}`)},
	}
	for _, spec := range tasks {
		if err := spec.FromParams(params); err != nil || spec.Retries != 0 || len(spec.Given) != 2 {
			t.Errorf("got %+v, %v", spec, err)
		}
	}
	pipelines := []loop.PipelineSpec{
		{PipelineLoopSpec: v1alpha1.PipelineLoopSpec{PipelineRef: &pipelinev1.PipelineRef{Name: "x"}}},
		{PipelineLoopSpec: pipelineSpec(t, `{"pipelineSpec": {}}`)},
	}
	for _, spec := range pipelines {
		if err := spec.FromParams(params); err != nil || spec.Retries != 0 || len(spec.Given) != 2 {
			t.Errorf("got %+v, %v", spec, err)
		}
	}
}

func taskSpec(t *testing.T, fields string) (out v1alpha1.TaskLoopSpec) {
	t.Helper()
	if err := json.Unmarshal([]byte(fields), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func pipelineSpec(t *testing.T, fields string) (out v1alpha1.PipelineLoopSpec) {
	t.Helper()
	if err := json.Unmarshal([]byte(fields), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestBadParamsNameThemselves(t *testing.T) {
	rows := map[string]struct {
		params []v1beta1.Param
		want   string
	}{
		"every bad number is said": {
			[]v1beta1.Param{given("taskRef", "x"), given("concurrency", "all"), given("maxIterations", "1.5"), given("timeout", "soon")},
			`param "concurrency" is "all"; it must be a whole number|param "maxIterations" is "1.5"; it must be a whole number|param "timeout" is "soon"`,
		},
		"a name that is a list":    {[]v1beta1.Param{given("taskRef", []string{"x"})}, `param "taskRef"`},
		"a param of the run twice": {[]v1beta1.Param{given("taskRef", "x"), given("word", "a"), given("word", "b")}, `param "word"`},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			err := (&loop.TaskSpec{}).FromParams(customtask.NewParams(row.params...))
			for part := range strings.SplitSeq(row.want, "|") {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("got %v; want %s", err, part)
				}
			}
		})
	}
}

func TestANumberThatIsTooLargeIsAsLargeAsMayBe(t *testing.T) {
	for text, want := range map[string]int{
		"9223372036854775807": math.MaxInt32, "-9223372036854775808": math.MinInt32, "2147483646": math.MaxInt32 - 1, "-2147483647": math.MinInt32 + 1,
	} {
		var got loop.TaskSpec
		if err := got.FromParams(customtask.NewParams(given("taskRef", "x"), given("concurrency", text))); err != nil || *got.Concurrency != want {
			t.Errorf("%s became %v, %v; want %d", text, got.Concurrency, err, want)
		}
	}
}

func TestWhatNoReferenceIsReplacedIn(t *testing.T) {
	for _, field := range []string{"until", "taskSpec", "pipelineSpec", "items", "given"} {
		if got, want := (&loop.TaskSpec{}).Verbatim(field), field == "until" || field == "taskSpec"; got != want {
			t.Errorf("%s of a TaskLoop: %t; want %t", field, got, want)
		}
		if got, want := (&loop.PipelineSpec{}).Verbatim(field), field == "until" || field == "pipelineSpec"; got != want {
			t.Errorf("%s of a PipelineLoop: %t; want %t", field, got, want)
		}
	}
}

func TestASpecIsCheckedWithItsParams(t *testing.T) {
	words := pipelinev1.Params{{Name: "word", Value: pipelinev1.ParamValue{Type: "string", StringVal: "a\nb,c"}}}
	rows := map[string]struct {
		task, pipeline string
		config         map[string]string
		wantTask       string
		wantPipeline   string
	}{
		"as many items as may be": {config: map[string]string{"max-items": "2"}},
		"more than may be: lines of a TaskLoop, commas of a PipelineLoop": {
			config:   map[string]string{"max-items": "1"},
			wantTask: "there are 2 items; at most 1 are allowed: iterateParam", wantPipeline: "there are 2 items; at most 1 are allowed: iterateParam",
		},
		"a limit of none": {
			config:   map[string]string{"max-items": "0"},
			wantTask: `max-items is "0"; it must be a whole number from 1: ConfigMap config-loops`, wantPipeline: `max-items is "0"; it must be a whole number from 1: ConfigMap config-loops`,
		},
		"a spec that is bad by itself is said first": {
			task: `"retries": -1, `, pipeline: `"retries": -1, `, config: map[string]string{"max-items": "0"},
			wantTask: "-1 must be from 0 to 100: retries", wantPipeline: "-1 must be from 0 to 100: retries",
		},
		"a declared result of the loop's": {
			task: `"results": [{"name": "count"}], `, pipeline: `"results": [{"name": "out"}, {"name": "condition"}], `,
			wantTask:     `result "count" has the name of a result that the loop itself gives; rename it: taskSpec.results`,
			wantPipeline: `result "condition" has the name of a result that the loop itself gives; rename it: pipelineSpec.results`,
		},
		"a declared result of its own": {task: `"results": [{"name": "counted"}], `, pipeline: `"results": [{"name": "out"}], `},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			ctx := customtask.WithConfig(t.Context(), row.config)
			body := func(kind, fields string) string {
				if strings.Contains(fields, "results") {
					return `{"iterateParam": "word", "` + kind + `Spec": {` + strings.TrimSuffix(fields, ", ") + `}}`
				}
				return `{` + fields + `"iterateParam": "word", "` + kind + `Ref": {"name": "x"}}`
			}
			task := loop.TaskSpec{TaskLoopSpec: taskSpec(t, body("task", row.task)), Given: words}
			pipeline := loop.PipelineSpec{PipelineLoopSpec: pipelineSpec(t, body("pipeline", row.pipeline)), Given: words}
			for _, check := range []struct {
				spec customtask.Validatable
				want string
			}{{&task, row.wantTask}, {&pipeline, row.wantPipeline}} {
				got := ""
				if err := check.spec.Validate(ctx); err != nil {
					got = err.Error()
				}
				if got != check.want {
					t.Errorf("%T: got %q; want %q", check.spec, got, check.want)
				}
			}
		})
	}
}

func TestAnEmptyListOfItemsIsStoredAsOne(t *testing.T) {
	spec := loop.TaskSpec{TaskLoopSpec: taskSpec(t, `{"iterateParam": "word", "taskRef": {"name": "x"}, "items": []}`)}
	stored, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	var again loop.TaskSpec
	if err := json.Unmarshal(stored, &again); err != nil {
		t.Fatal(err)
	}
	if err := again.Validate(t.Context()); err != nil {
		t.Errorf("%s: %v", stored, err)
	}
}
