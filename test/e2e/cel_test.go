//go:build e2e

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

package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"knative.dev/pkg/apis"
	"sigs.k8s.io/yaml"
)

// celRun is a CustomRun of a CEL, as YAML.
func celRun(name, more string) string {
	return `apiVersion: tekton.dev/v1beta1
kind: CustomRun
metadata: {name: ` + name + `}
spec:
` + more
}

const celRef = `  customRef: {apiVersion: cel.tekton.dev/v1alpha1, kind: CEL}
`

func results(run *v1beta1.CustomRun) map[string]string {
	got := map[string]string{}
	for _, r := range run.Status.Results {
		got[r.Name] = r.Value
	}
	return got
}

// TestTheExamplesOfCEL runs each file of examples/cel to its end.
func TestTheExamplesOfCEL(t *testing.T) {
	t.Parallel()
	rows := map[string]map[string]pipelinev1.ResultValue{
		"cel/params.yaml": {"shades": *pipelinev1.NewStructuredValues(`["light red","dark red"]`)},
		"cel/spec.yaml": {
			"percent":       *pipelinev1.NewStructuredValues("91"),
			"weak-packages": *pipelinev1.NewStructuredValues(`["cli"]`),
			"summary":       *pipelinev1.NewStructuredValues(`{"percent":91,"weak":1}`),
		},
		"cel/named.yaml": {"version": *pipelinev1.NewStructuredValues("1.16.0")},
	}
	for file, want := range rows {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			ns := newNamespace(t)
			objects := apply(t, ns, example(t, file))
			done := pipelineEnded(t, ns, objects[len(objects)-1].GetName())
			if c := done.Status.GetCondition(apis.ConditionSucceeded); !c.IsTrue() {
				t.Fatalf("the PipelineRun ended with %v", c)
			}
			got := map[string]pipelinev1.ResultValue{}
			for _, r := range done.Status.Results {
				got[r.Name] = r.Value
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("C60: results (-want, +got):\n%s", diff)
			}
		})
	}
}

// TestWhatTheOldCELProjectDid has what tektoncd/experimental's cel had, in its own words where its API is the same.
func TestWhatTheOldCELProjectDid(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	rows := map[string]struct {
		params string
		want   map[string]string
	}{
		"one-expression": {`  params: [{name: expression, value: type(1)}]`, map[string]string{"expression": "int"}},
		"several-with-dashes": {`  params:
    - {name: red, value: "{'blue': '0x000080', 'red': '0xFF0000'}['red']"}
    - {name: is-red, value: "{'blue': '0x000080', 'red': '0xFF0000'}['red'] == '0xFF0000'"}`,
			map[string]string{"red": "0xFF0000", "is-red": "true"}},
		"earlier-results": {`  params:
    - {name: name, value: "'hello'"}
    - {name: types, value: type(name)}
    - {name: expression-use-context, value: "name + ' is type of ' + types"}`,
			map[string]string{"name": "hello", "types": "string", "expression-use-context": "hello is type of string"}},
		"lists-and-maps": {`  params: [{name: list, value: "[1, 'a']"}, {name: map, value: "{'b': [true], 'a': null}"}]`,
			map[string]string{"list": `[1,"a"]`, "map": `{"a":null,"b":[true]}`}},
	}
	for name, row := range rows {
		apply(t, ns, celRun(name, celRef+row.params))
	}
	for name, row := range rows {
		run := ended(t, ns, name)
		wantEnd(t, run, corev1.ConditionTrue, "EvaluationSuccess", "")
		if diff := cmp.Diff(row.want, results(run)); diff != "" {
			t.Errorf("%s: results (-want, +got):\n%s", name, diff)
		}
	}
	for _, row := range []struct{ name, params, reason string }{
		{"no-params", "", "InvalidParams"},
		{"no-string", `  params: [{name: a, value: ["1"]}]`, "InvalidParams"},
		{"no-expression", `  params: [{name: a, value: "1 +"}]`, "SyntaxError"},
		{"no-value", `  params: [{name: a, value: "1 / 0"}]`, "EvaluationError"},
	} {
		apply(t, ns, celRun(row.name, celRef+row.params))
		wantEnd(t, ended(t, ns, row.name), corev1.ConditionFalse, row.reason, "")
	}
}

func TestACELRunIsOneWriteAndNoRead(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, celRun("one", celRef+`  params: [{name: a, value: "1 + 1"}]`))
	ended(t, ns, "one")
	if diff := cmp.Diff(map[string]int{"update customruns/status": 1}, requestsBy(t, ns, "tekton-custom-tasks-controller")); diff != "" {
		t.Errorf("requests (-want, +got):\n%s", diff)
	}
}

func TestAFalseConditionFailsThePipeline(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	run := apply(t, ns, `apiVersion: tekton.dev/v1
kind: PipelineRun
metadata: {name: gate}
spec:
  params: [{name: percent, value: "71"}]
  pipelineSpec:
    params: [{name: percent}]
    tasks:
      - name: gate
        taskSpec:
          apiVersion: cel.tekton.dev/v1alpha1
          kind: CEL
          spec:
            cond:
              expression: int(params.percent) >= 80
              message: coverage is $(params.percent)%d, not 80
        params: [{name: percent, value: $(params.percent)}]`)[0]
	done := pipelineEnded(t, ns, run.GetName())
	if c := done.Status.GetCondition(apis.ConditionSucceeded); !c.IsFalse() || c.Reason != "Failed" {
		t.Errorf("the PipelineRun ended with %v", c)
	}
	wantEnd(t, ended(t, ns, "gate-gate"), corev1.ConditionFalse, "ConditionFalse", "coverage is 71%d, not 80")
}

// TestC4HostileExpressionsDelayNobody starts more hostile runs than the kind has workers, and then another one.
func TestC4HostileExpressionsDelayNobody(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	const loops = `params.twenty.all(a, params.twenty.all(b, params.twenty.all(c, params.twenty.all(d, params.twenty.all(e, params.twenty.all(f, params.twenty.all(g, true)))))))`
	for i := range 48 {
		apply(t, ns, celRun(fmt.Sprintf("hostile-%d", i), `  customSpec:
    apiVersion: cel.tekton.dev/v1alpha1
    kind: CEL
    spec: {expressions: [{name: out, expression: "`+loops+`"}]}
  params: [{name: twenty, value: ["","","","","","","","","","","","","","","","","","","",""]}]`))
	}
	apply(t, ns, celRun("honest", celRef+`  params: [{name: a, value: "1 + 1"}]`))
	honest := ended(t, ns, "honest")
	wantEnd(t, honest, corev1.ConditionTrue, "EvaluationSuccess", "evaluated to 1 result")
	if took := honest.Status.CompletionTime.Sub(honest.CreationTimestamp.Time); took > 10*time.Second {
		t.Errorf("the honest run took %v behind the hostile ones", took)
	}
	for i := range 48 {
		wantEnd(t, ended(t, ns, fmt.Sprintf("hostile-%d", i)), corev1.ConditionFalse, "CostExceeded", "")
	}
}

// TestTheSchemaOfCEL is what the API server refuses before a run could.
func TestTheSchemaOfCEL(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	for what, spec := range map[string]string{
		"a variable with a dash":     `{variables: [{name: a-b, expression: "1"}]}`,
		"an expression without text": `{expressions: [{name: a, expression: ""}]}`,
		"a result with a space":      `{expressions: [{name: a b, expression: "1"}]}`,
	} {
		if err := applied(t, ns, `apiVersion: cel.tekton.dev/v1alpha1
kind: CEL
metadata: {name: bad}
spec: `+spec); err == nil {
			t.Errorf("%s was stored", what)
		}
	}
}

// applied creates one object and returns what the API server says.
func applied(t *testing.T, namespace, manifest string) error {
	t.Helper()
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(manifest), &object.Object); err != nil {
		t.Fatal(err)
	}
	_, err := plane.Apply(t.Context(), namespace, object)
	return err
}
