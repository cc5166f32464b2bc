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
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/cel/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/cel"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
)

func TestBadExpressions(t *testing.T) {
	one := func(text string) customtasktest.RunOption {
		return customtasktest.Spec(`{"expressions":[{"name":"fine","expression":"1"},{"name":"out","expression":` + quote(text) + `}]}`)
	}
	rows := map[string]struct {
		run             *v1beta1.CustomRun
		reason, message string
	}{
		"a param that is no expression": {
			newRun(customtasktest.Param("red", "{'blue': '0x000080', 'red': '0xFF0000'")), cel.ReasonSyntaxError,
			`param "red", line 1, column 39: the expression ends too early; complete it`,
		},
		"a name that there is not": {
			newRun(one("1 +\n nope")), cel.ReasonCheckError, `expression "out", line 2, column 2: undeclared reference to 'nope'; there are context, params, results and variables; if it is text, put quotes around it`,
		},
		"a param of another type": {
			newRun(one("params.count > 3"), customtasktest.Param("count", "4")), cel.ReasonCheckError,
			`expression "out", line 1, column 14: '>' cannot be used with string and int; put int() around the text, or string() around the number`,
		},
		"a result of another type, where it is not reached": {
			newRun(customtasktest.Spec(`{"expressions":[{"name":"n","expression":"1"},{"name":"out","expression":"false && results.n > 'a'"}]}`)), cel.ReasonCheckError,
			`expression "out", line 1, column 20: '>' cannot be used with int and string; put int() around the text, or string() around the number`,
		},
		"a param that the run does not have": {
			newRun(one("params.nope")), cel.ReasonEvaluationError, `expression "out", line 1, column 7: no such key: nope; where it may be missing, ask has() first`,
		},
		"a result whose name has a hyphen, after a dot": {
			newRun(customtasktest.Spec(`{"expressions":[{"name":"is-red","expression":"true"},{"name":"out","expression":"results.is-red"}]}`)), cel.ReasonCheckError,
			`expression "out", line 1, column 12: undeclared reference to 'red'; a hyphen is a minus; write results['is-red']`,
		},
		"a param whose name is misspelt": {
			newRun(one("params.verison"), customtasktest.Param("version", "1")), cel.ReasonEvaluationError,
			`expression "out", line 1, column 7: no such key: verison; did you mean version?`,
		},
		"a text that is no number": {
			newRun(one("int(params.count) > 3"), customtasktest.Param("count", "4a")), cel.ReasonEvaluationError,
			`expression "out", line 1, column 4: int() takes a whole number, as '42', not "4a"`,
		},
		"a division by zero": {
			newRun(one("1 / 0")), cel.ReasonEvaluationError, `expression "out", line 1, column 3: division by zero`,
		},
		"too many steps": {
			newRun(one("lists.range(1000).map(a, lists.range(1000).map(b, a * b)).size()")), cel.ReasonCostExceeded,
			`expression "out", line 1, column 47: the expression takes more than 1000000 steps`,
		},
		"a value that is too large": {
			newRun(customtasktest.Param("x", strings.Repeat("x", 300)), customtasktest.Spec(`{"variables":[{"name":"a","expression":"params.x.replace('', params.x)"}],"expressions":[{"name":"out","expression":"variables.a.replace('', variables.a)"}]}`)),
			cel.ReasonSizeExceeded, `expression "out", line 1, column 20: a value is larger than 1 MiB`,
		},
		"a value without a text": {
			newRun(one("optional.none()")), customtask.ReasonInvalidResult,
			`expression "out": the optional has no value; say with orValue() what to use instead`,
		},
		"a condition that is no condition": {
			newRun(customtasktest.Spec(`{"cond":{"expression":"1"}}`)), customtask.ReasonInvalidResult,
			`cond.expression: the value is of type int, not bool`,
		},
		"a variable that cannot be evaluated": {
			newRun(customtasktest.Spec(`{"variables":[{"name":"a","expression":"1 / 0"}],"cond":{"expression":"true"}}`)), cel.ReasonEvaluationError,
			`variable "a", line 1, column 3: division by zero`,
		},
		"a condition that cannot be evaluated": {
			newRun(customtasktest.Spec(`{"cond":{"expression":"1 / 0 == 1"}}`)), cel.ReasonEvaluationError,
			`cond.expression, line 1, column 3: division by zero`,
		},
		"a message that cannot be evaluated": {
			newRun(customtasktest.Spec(`{"cond":{"expression":"false","messageExpression":"string(1 / 0)"}}`)), cel.ReasonEvaluationError,
			`cond.messageExpression, line 1, column 10: division by zero`,
		},
		"a message without a text": {
			newRun(customtasktest.Spec(`{"cond":{"expression":"false","messageExpression":"optional.none()"}}`)), customtask.ReasonInvalidResult,
			`cond.messageExpression: the optional has no value; say with orValue() what to use instead`,
		},
		"no params and no spec": {
			newRun(), customtask.ReasonInvalidParams, "there is nothing to evaluate; give params, each an expression, or a spec with expressions",
		},
		"an empty param": {
			newRun(customtasktest.Param("a", " ")), customtask.ReasonInvalidParams, `param "a" is empty; it must be an expression`,
		},
		"a list for an expression": {
			newRun(customtasktest.Param("a", "1", "2")), customtask.ReasonInvalidParams, `param "a" must be a string, not of type array`,
		},
		"an embedded spec that is empty": {
			newRun(customtasktest.Spec("{}"), customtasktest.Param("a", "1")), customtask.ReasonInvalidSpec,
			"the spec has neither expressions nor a cond; give it some, or remove it and the name if the params are the expressions",
		},
		"a named object that is empty": {
			newRun(customtasktest.Named("empty"), customtasktest.Param("a", "1")), customtask.ReasonInvalidSpec,
			"the spec has neither expressions nor a cond; give it some, or remove it and the name if the params are the expressions",
		},
		"only variables": {
			newRun(customtasktest.Spec(`{"variables":[{"name":"a","expression":"1"}]}`)), customtask.ReasonInvalidSpec,
			"there are only variables, which give nothing; add expressions or a cond: expressions",
		},
		"two variables of a name": {
			newRun(customtasktest.Spec(`{"variables":[{"name":"a","expression":"1"},{"name":"a","expression":"1"}],"cond":{"expression":"true"}}`)),
			customtask.ReasonInvalidSpec, `"a" is the name of two variables; rename one: variables[1].name`,
		},
		"two expressions of a name": {
			newRun(customtasktest.Spec(`{"expressions":[{"name":"a","expression":"1"},{"name":"a","expression":"1"}]}`)),
			customtask.ReasonInvalidSpec, `"a" is the name of two expressions; rename one: expressions[1].name`,
		},
		"a variable that no expression could name": {
			newRun(customtasktest.Spec(`{"variables":[{"name":"a-b","expression":"1"}],"cond":{"expression":"true"}}`)),
			customtask.ReasonInvalidSpec,
			`"a-b" cannot be the name of a variable; use letters, digits and underscores, and no digit first: variables[0].name`,
		},
		"a result that Tekton would not take": {
			newRun(customtasktest.Spec(`{"expressions":[{"name":"a b","expression":"1"}]}`)), customtask.ReasonInvalidSpec,
			`"a b" cannot be the name of a result; use letters, digits, underscores, dashes and dots: expressions[0].name`,
		},
		"an expression without a text": {
			newRun(customtasktest.Spec(`{"expressions":[{"name":"a"}]}`)), customtask.ReasonInvalidSpec,
			`the expression is missing: expressions[0].expression`,
		},
		"two messages": {
			newRun(customtasktest.Spec(`{"cond":{"expression":"true","message":"a","messageExpression":"'b'"}}`)), customtask.ReasonInvalidSpec,
			`both are set; set at most one: cond.message, cond.messageExpression`,
		},
		"too many expressions": {
			newRun(customtasktest.Spec(`{"expressions":[` + strings.TrimSuffix(strings.Repeat(`{"name":"a","expression":"1"},`, 101), ",") + `]}`)),
			customtask.ReasonInvalidSpec, "101 variables and expressions are too many; at most 100 can be evaluated: expressions",
		},
		"an unknown field": {
			newRun(customtasktest.Spec(`{"expression":"1"}`)), customtask.ReasonInvalidSpec, `spec.customSpec.spec has unknown field "expression"`,
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			row.run.Spec.Retries = 2
			run := ended(t, harness(t, named("empty", v1alpha1.CELSpec{})), row.run)
			wantCondition(t, run, corev1.ConditionFalse, row.reason, row.message)
			if n := len(run.Status.RetriesStatus); n > 0 {
				t.Errorf("%d retries of what cannot get better", n)
			}
		})
	}
	t.Run("a CEL that does not exist", func(t *testing.T) {
		h := harness(t)
		h.Create(newRun(customtasktest.Named("nope")))
		h.Advance(10 * time.Second)
		h.Settle("run")
		wantCondition(t, h.Get("run"), corev1.ConditionFalse, customtask.ReasonDefinitionNotFound,
			`spec.customRef.name: there is no CEL "nope" in namespace "test"`)
	})
}

func TestAllExpressionsOfARunShareALimit(t *testing.T) {
	// A call that takes 500,000 bytes is 50,000 steps.
	spec := v1alpha1.CELSpec{Variables: []v1alpha1.Variable{{Name: "long", Expression: "lists.range(1000).map(i, params.text).join()"}}}
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		spec.Expressions = append(spec.Expressions, v1alpha1.Expression{
			Name: name, Expression: "[" + strings.TrimSuffix(strings.Repeat("variables.long.size(), ", 19), ", ") + "]",
		})
	}
	run := ended(t, harness(t, named("it", spec)), newRun(customtasktest.Named("it"), customtasktest.Param("text", strings.Repeat("x", 500))))
	c := run.Status.Conditions[0]
	if c.Reason != cel.ReasonCostExceeded || !strings.HasPrefix(c.Message, `expression "f": all expressions up to this one take`) {
		t.Errorf("got %s %q", c.Reason, c.Message)
	}
	if n := len(run.Status.Results); n != 5 {
		t.Errorf("%d results; want those of the expressions before", n)
	}
}

// What one expression gives is kept for those after it.
func TestTheValuesOfARunAreBoundedTogether(t *testing.T) {
	for n, reason := range map[int]string{8: cel.ReasonEvaluated, 9: cel.ReasonSizeExceeded} {
		spec := v1alpha1.CELSpec{Cond: &v1alpha1.Condition{Expression: "true"}}
		for i := range n {
			spec.Variables = append(spec.Variables, v1alpha1.Variable{Name: string(rune('a' + i)), Expression: "lists.range(65000)"})
		}
		run := ended(t, harness(t, named("it", spec)), newRun(customtasktest.Named("it")))
		if c := run.Status.Conditions[0]; c.Reason != reason {
			t.Errorf("%d variables: got %s %q; want %s", n, c.Reason, c.Message, reason)
		}
	}
}

// quote is a text as JSON.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
