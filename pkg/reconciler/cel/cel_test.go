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
	"context"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/cel/v1alpha1"
	"github.com/customtasks/customtasks/pkg/client/clientset/versioned/fake"
	"github.com/customtasks/customtasks/pkg/client/informers/externalversions"
	client "github.com/customtasks/customtasks/pkg/client/injection/client"
	celinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/cel/v1alpha1/cel"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/cel"
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// harness runs the CEL controller beside some CEL objects.
func harness(t testing.TB, objects ...*v1alpha1.CEL) *customtasktest.Harness {
	t.Helper()
	clientset := fake.NewSimpleClientset()
	for _, object := range objects {
		if err := clientset.Tracker().Add(object); err != nil {
			t.Fatal(err)
		}
	}
	newTask := func() customtask.Task[cel.Spec] { return &cel.Task{} }
	return customtasktest.NewFrom(t, cel.Kind, newTask, customtasktest.WithContext(
		func(h *customtasktest.Harness, ctx context.Context) context.Context {
			informer := externalversions.NewSharedInformerFactory(clientset, 0).Cel().V1alpha1().CELs()
			h.Follow(clientset, cel.Kind, informer.Informer().GetIndexer())
			ctx = context.WithValue(ctx, client.Key{}, clientset)
			return context.WithValue(ctx, celinformer.Key{}, informer)
		}))
}

func named(name string, spec v1alpha1.CELSpec) *v1alpha1.CEL {
	return &v1alpha1.CEL{ObjectMeta: metav1.ObjectMeta{Namespace: customtasktest.Namespace, Name: name}, Spec: spec}
}

func newRun(opts ...customtasktest.RunOption) *v1beta1.CustomRun {
	return customtasktest.Run("run", cel.Kind, opts...)
}

func ended(t *testing.T, h *customtasktest.Harness, run *v1beta1.CustomRun) *v1beta1.CustomRun {
	t.Helper()
	h.Create(run)
	h.Settle(run.Name)
	return h.Get(run.Name)
}

func wantCondition(t *testing.T, run *v1beta1.CustomRun, status corev1.ConditionStatus, reason, message string) {
	t.Helper()
	conditions := run.Status.Conditions
	if len(conditions) != 1 {
		t.Fatalf("conditions %v; want one", conditions)
	}
	if c := conditions[0]; c.Status != status || c.Reason != reason || c.Message != message {
		t.Errorf("got %s %s %q\nwant %s %s %q", c.Status, c.Reason, c.Message, status, reason, message)
	}
}

func wantResults(t *testing.T, run *v1beta1.CustomRun, want ...string) {
	t.Helper()
	var got []string
	for _, r := range run.Status.Results {
		got = append(got, r.Name+"="+r.Value)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want, +got):\n%s", diff)
	}
}

func TestEachParamIsAnExpression(t *testing.T) {
	rows := map[string]struct {
		params []customtasktest.RunOption
		want   []string
	}{
		"as the old project's first example": {
			[]customtasktest.RunOption{customtasktest.Param("expression", "type(1)")},
			[]string{"expression=int"},
		},
		"names that are no identifiers": {
			[]customtasktest.RunOption{
				customtasktest.Param("red", "{'blue': '0x000080', 'red': '0xFF0000'}['red']"),
				customtasktest.Param("is-red", "{'blue': '0x000080', 'red': '0xFF0000'}['red'] == '0xFF0000'"),
			},
			[]string{"red=0xFF0000", "is-red=true"},
		},
		"later ones use the results before them, as strings": {
			[]customtasktest.RunOption{
				customtasktest.Param("name", "'hello'"),
				customtasktest.Param("types", "type(name)"),
				customtasktest.Param("expression-use-context", "name + ' is type of ' + types"),
			},
			[]string{"name=hello", "types=string", "expression-use-context=hello is type of string"},
		},
		"a number that is used later is a string": {
			[]customtasktest.RunOption{customtasktest.Param("n", "1 + 1"), customtasktest.Param("m", "n + '0'")},
			[]string{"n=2", "m=20"},
		},
		"a param that is named as a function is": {
			[]customtasktest.RunOption{customtasktest.Param("type", "type(1)"), customtasktest.Param("size", "size('abc')"), customtasktest.Param("again", "string(size(type))")},
			[]string{"type=int", "size=3", "again=3"},
		},
		"params that are named as what specs may use": {
			[]customtasktest.RunOption{
				customtasktest.Param("params", "'p'"), customtasktest.Param("context", "'c'"), customtasktest.Param("variables", "'v'"),
				customtasktest.Param("results", "'r'"), customtasktest.Param("all", "params + context + variables + results"),
			},
			[]string{"params=p", "context=c", "variables=v", "results=r", "all=pcvr"},
		},
		"a list, which gave the text of an error once": {
			[]customtasktest.RunOption{customtasktest.Param("list", "['a', 'b']"), customtasktest.Param("map", "{'k': [1, 2]}")},
			[]string{`list=["a","b"]`, `map={"k":[1,2]}`},
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			h := harness(t)
			run := ended(t, h, newRun(row.params...))
			if !run.IsSuccessful() {
				t.Fatalf("condition %v", run.Status.Conditions)
			}
			wantResults(t, run, row.want...)
			if diff := cmp.Diff([]string{"create customruns", "update customruns/status"}, h.Server.Writes()); diff != "" {
				t.Errorf("writes (-want, +got):\n%s", diff)
			}
		})
	}
}

const coverage = `{
	"variables": [
		{"name": "report", "expression": "json.decode(params.report)"},
		{"name": "percent", "expression": "variables.report.covered * 100 / variables.report.lines"}
	],
	"expressions": [
		{"name": "percent", "expression": "variables.percent"},
		{"name": "is-good", "expression": "results.percent >= int(params.limit)"},
		{"name": "tags", "expression": "params.tags.filter(t, t != 'x') + [params.image.tag, context.customRun.name]"},
		{"name": "summary", "expression": "{'good': results['is-good'], 'percent': results.percent}"}
	],
	"cond": {"expression": "results['is-good']", "messageExpression": "'coverage is %d%%, which is less than %s%%'.format([variables.percent, params.limit])"}
}`

func coverageParams(limit string) []customtasktest.RunOption {
	return []customtasktest.RunOption{
		customtasktest.Param("report", `{"covered": 71, "lines": 100}`),
		customtasktest.Param("limit", limit),
		customtasktest.Param("tags", "a", "x", "b"),
		customtasktest.ObjectParam("image", map[string]string{"name": "app", "tag": "v1"}),
	}
}

func TestASpecOfVariablesExpressionsAndACondition(t *testing.T) {
	h := harness(t)
	run := ended(t, h, newRun(append(coverageParams("70"), customtasktest.Spec(coverage))...))
	wantCondition(t, run, corev1.ConditionTrue, cel.ReasonEvaluated, "evaluated to 4 results, and cond holds")
	wantResults(t, run, "percent=71", "is-good=true", `tags=["a","b","v1","run"]`, `summary={"good":true,"percent":71}`)
	if diff := cmp.Diff([]string{"create customruns", "update customruns/status"}, h.Server.Writes()); diff != "" {
		t.Errorf("writes (-want, +got):\n%s", diff)
	}
}

func TestAConditionThatDoesNotHoldFailsTheRunWithItsResults(t *testing.T) {
	run := ended(t, harness(t), newRun(append(coverageParams("80"), customtasktest.Spec(coverage), customtasktest.Retries(3))...))
	wantCondition(t, run, corev1.ConditionFalse, cel.ReasonConditionFalse, "coverage is 71%, which is less than 80%")
	wantResults(t, run, "percent=71", "is-good=false", `tags=["a","b","v1","run"]`, `summary={"good":false,"percent":71}`)
	if n := len(run.Status.RetriesStatus); n > 0 {
		t.Errorf("%d retries; a condition that is false stays so", n)
	}
}

func TestMessagesOfConditions(t *testing.T) {
	rows := map[string]struct{ cond, want string }{
		"none is given":         {`{"expression": "1 > 2"}`, "cond does not hold: 1 > 2"},
		"one with a percent":    {`{"expression": "false", "message": "100%d of it"}`, "100%d of it"},
		"one that uses a param": {`{"expression": "false", "message": "$(params.who) said no"}`, "$(params.who) 1+1 said no"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			run := ended(t, harness(t), newRun(customtasktest.Param("who", "$(params.who) 1+1"), customtasktest.Spec(`{"cond": `+row.cond+`}`)))
			wantCondition(t, run, corev1.ConditionFalse, cel.ReasonConditionFalse, row.want)
		})
	}
}

func TestC15AValueIsNeverAnExpression(t *testing.T) {
	hostile := `'+string(1+1)+'`
	rows := map[string]struct{ expression, want string }{
		"a string":                         {`params.evil`, hostile},
		"a string in quotes":               {`'x' + params.evil + 'x'`, "x" + hostile + "x"},
		"a list":                           {`params.list[0] + variables.copy`, hostile + hostile},
		"a key and a value of an object":   {`params.map[params.evil]`, hostile},
		"what JSON has":                    {`json.decode('{"a":' + json.encode(params.evil) + '}').a`, hostile},
		"a value of an earlier expression": {`results.earlier`, hostile},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			spec := v1alpha1.CELSpec{
				Variables:   []v1alpha1.Variable{{Name: "copy", Expression: "params.evil"}},
				Expressions: []v1alpha1.Expression{{Name: "earlier", Expression: "params.evil"}, {Name: "out", Expression: row.expression}},
			}
			run := ended(t, harness(t, named("it", spec)), newRun(customtasktest.Named("it"), customtasktest.Param("evil", hostile),
				customtasktest.Param("list", hostile, "b"), customtasktest.ObjectParam("map", map[string]string{hostile: hostile})))
			wantCondition(t, run, corev1.ConditionTrue, cel.ReasonEvaluated, "evaluated to 2 results")
			wantResults(t, run, "earlier="+hostile, "out="+row.want)
		})
	}
}

func TestC15AReferenceInAnExpressionIsRefused(t *testing.T) {
	spec := func(text string) v1alpha1.CELSpec {
		return v1alpha1.CELSpec{Expressions: []v1alpha1.Expression{{Name: "out", Expression: text}}}
	}
	const useVariable = " would make a value part of the expression; write it as a variable, as in params.NAME or context.customRun.name: expressions[0].expression"
	rows := map[string]struct{ text, want string }{
		"a param":        {`'$(params.evil)' == 'x'`, "$(params.evil)" + useVariable},
		"in brackets":    {`'$(params["evil"])'`, `$(params["evil"])` + useVariable},
		"an element":     {`$(params.list[0])`, "$(params.list[0])" + useVariable},
		"all elements":   {`[$(params.list[*])]`, "$(params.list[*])" + useVariable},
		"the run's name": {`'$(context.customRun.name)'`, "$(context.customRun.name)" + useVariable},
		"the result of a task": {
			`'$(tasks.a.results.b)' == 'x'`,
			"$(tasks.a.results.b) is not replaced here; give the task a param with this value, and write params.NAME: expressions[0].expression",
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			run := ended(t, harness(t, named("it", spec(row.text))), newRun(customtasktest.Named("it"),
				customtasktest.Param("evil", `' + 'x`), customtasktest.Param("list", "1+1", "2")))
			wantCondition(t, run, corev1.ConditionFalse, customtask.ReasonInvalidSpec, row.want)
		})
	}
	t.Run("of an embedded spec, in each place for an expression", func(t *testing.T) {
		for field, text := range map[string]string{
			"variables[0].expression": `{"variables":[{"name":"a","expression":"$(params.evil)"}],"cond":{"expression":"true"}}`,
			"cond.expression":         `{"cond":{"expression":"$(params.evil)"}}`,
			"cond.messageExpression":  `{"cond":{"expression":"true","messageExpression":"$(params.evil)"}}`,
		} {
			run := ended(t, harness(t), newRun(customtasktest.Spec(text), customtasktest.Param("evil", "true")))
			wantCondition(t, run, corev1.ConditionFalse, customtask.ReasonInvalidSpec,
				"$(params.evil) would make a value part of the expression; write it as a variable, as in params.NAME or context.customRun.name: "+field)
		}
	})
}

func TestContext(t *testing.T) {
	run := newRun(customtasktest.Spec(`{"expressions":[{"name":"all","expression":"[context.customRun.name, context.customRun.namespace, context.pipelineRun.name, context.pipeline.name, context.pipelineTask.name]"},{"name":"uid","expression":"context.customRun.uid.size() > 0"}]}`))
	run.Labels = map[string]string{"tekton.dev/pipelineRun": "pr", "tekton.dev/pipeline": "p", "tekton.dev/pipelineTask": "t"}
	wantResults(t, ended(t, harness(t), run), `all=["run","test","pr","p","t"]`, "uid=true")
}
