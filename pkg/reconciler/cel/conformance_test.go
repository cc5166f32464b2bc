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

	"github.com/customtasks/customtasks/pkg/apis/cel/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

func TestConformance(t *testing.T) {
	sum := v1alpha1.CELSpec{Expressions: []v1alpha1.Expression{{Name: "sum", Expression: "1 + 2"}}}
	for name, succeeds := range map[string]*v1beta1.CustomRun{
		"by params":           newRun(customtasktest.Param("sum", "1 + 2"), customtasktest.Param("list", "['a', 'b']")),
		"by an embedded spec": newRun(customtasktest.Spec(coverage), func(run *v1beta1.CustomRun) { with(run, coverageParams("1")) }),
		"by name":             newRun(customtasktest.Named("sum")),
	} {
		t.Run(name, func(t *testing.T) {
			customtasktest.Conformance(t, customtasktest.Kind{
				New:      func(t testing.TB) *customtasktest.Harness { return harness(t, named("sum", sum)) },
				Succeeds: customtasktest.Scenario{Run: succeeds},
				Fails: &customtasktest.Scenario{Run: newRun(customtasktest.Spec(coverage),
					func(run *v1beta1.CustomRun) { with(run, coverageParams("99")) })},
				Invalid: map[string]*v1beta1.CustomRun{
					"nope":             newRun(customtasktest.Param("out", "nope")),
					"sum":              newRun(customtasktest.Param("sum", "1", "2")),
					"line 1, column 3": newRun(customtasktest.Param("out", "1 / 0")),
					"expressions[0]":   newRun(customtasktest.Spec(`{"expressions":[{"name":"a","expression":"$(params.x)"}]}`), customtasktest.Param("x", "1")),
					"cond.expression":  newRun(customtasktest.Spec(`{"cond":{"expression":"'yes'"}}`)),
					"colour":           newRun(customtasktest.Spec(`{"colour":"red"}`)),
				},
			})
		})
	}
}

func with(run *v1beta1.CustomRun, opts []customtasktest.RunOption) {
	for _, opt := range opts {
		opt(run)
	}
}
