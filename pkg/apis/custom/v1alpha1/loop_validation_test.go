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
	"encoding/json"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
)

// taskLoop is a TaskLoop over a param, with more fields.
func taskLoop(t *testing.T, fields string) *v1alpha1.TaskLoopSpec {
	t.Helper()
	spec := &v1alpha1.TaskLoopSpec{}
	if err := json.Unmarshal([]byte(fields), spec); err != nil {
		t.Fatal(err)
	}
	return spec
}

func pipelineLoop(t *testing.T, fields string) *v1alpha1.PipelineLoopSpec {
	t.Helper()
	spec := &v1alpha1.PipelineLoopSpec{}
	if err := json.Unmarshal([]byte(fields), spec); err != nil {
		t.Fatal(err)
	}
	return spec
}

func TestGoodTaskLoops(t *testing.T) {
	rows := map[string]string{
		"a param":                               `{"taskRef": {"name": "x"}, "iterateParam": "word", "iterateParamStringSeparator": "by", "iterationNumberParam": "i"}`,
		"numbers":                               `{"taskRef": {"name": "x"}, "iterateNumeric": "n", "iterationNumberParam": "i"}`,
		"items":                                 `{"taskRef": {"name": "x"}, "iterateParam": "word", "items": ["a"]}`,
		"no items":                              `{"taskRef": {"name": "x"}, "iterateParam": "word", "items": []}`,
		"a matrix":                              `{"taskRef": {"name": "x"}, "matrix": {"params": [{"name": "os", "value": ["a"]}, {"name": "arch", "value": []}], "include": [{"params": [{"name": "os", "value": "b"}]}, {"params": [{"name": "os", "value": "c"}]}]}, "iterationNumberParam": "i"}`,
		"a matrix of include alone":             `{"taskRef": {"name": "x"}, "matrix": {"include": [{"params": [{"name": "os", "value": "b"}]}]}}`,
		"until alone":                           `{"taskRef": {"name": "x"}, "until": "true", "maxIterations": 1, "concurrency": 1, "iterationNumberParam": "i"}`,
		"until over items":                      `{"taskRef": {"name": "x"}, "iterateParam": "word", "until": "true", "maxIterations": 2}`,
		"each failure policy":                   `{"taskRef": {"name": "x"}, "iterateParam": "word", "failurePolicy": "CancelRunning"}`,
		"as many retries as may be, no timeout": `{"taskRef": {"name": "x"}, "iterateParam": "word", "failurePolicy": "Stop", "retries": 100, "timeout": "0s"}`,
		"all at once":                           `{"taskRef": {"name": "x"}, "iterateParam": "word", "failurePolicy": "Continue", "concurrency": 0}`,
		"a resolver":                            `{"taskRef": {"resolver": "git"}, "iterateParam": "word"}`,
		"a Task":                                `{"taskSpec": {"steps": [{"image": "x"}]}, "iterateParam": "word"}`,
		"a Task as v1beta1 has it":              `{"taskSpec": {"steps": [{"image": "x", "resources": {"requests": {"cpu": "1"}}}]}, "iterateParam": "word"}`,
	}
	for name, fields := range rows {
		t.Run(name, func(t *testing.T) {
			if err := taskLoop(t, fields).Validate(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestBadLoopsSayWhatToDo(t *testing.T) {
	const which = `{"taskRef": {"name": "x"}, `
	rows := map[string]struct{ fields, want string }{
		"two Tasks":                         {`{"taskRef": {"name": "x"}, "taskSpec": {}, "iterateParam": "word"}`, "both are set; set exactly one: taskRef, taskSpec"},
		"no Task":                           {`{"iterateParam": "word"}`, "nothing says which Task to run; set one of them: taskRef, taskSpec"},
		"a Task without a name":             {`{"taskRef": {}, "iterateParam": "word"}`, "it names nothing; set name, or resolver and params: taskRef"},
		"a Task of another kind":            {`{"taskRef": {"name": "x", "kind": "ClusterTask"}, "iterateParam": "word"}`, `"ClusterTask" cannot be run by a TaskRun; remove it, and name what is not in the namespace by a resolver: taskRef.kind`},
		"a Task by name and resolver":       {`{"taskRef": {"name": "x", "resolver": "git"}, "iterateParam": "word"}`, "name and resolver are both set; set exactly one: taskRef"},
		"a Task that is no object":          {`{"taskSpec": "x", "iterateParam": "word"}`, "it must be an object with fields: taskSpec"},
		"a Task with a field of a bad type": {`{"taskSpec": {"steps": "x"}, "iterateParam": "word"}`, "field steps cannot be a string: taskSpec"},
		"a Task with a field twice":         {`{"taskSpec": {"steps": [], "steps": []}, "iterateParam": "word"}`, `duplicate field "steps": taskSpec`},
		"a Task with an unknown field":      {`{"taskSpec": {"step": []}, "iterateParam": "word"}`, `unknown field "step": taskSpec`},
		"nothing to iterate over":           {which + `"retries": 1}`, "nothing says what to iterate over; set one of them, items and matrix in a spec and not by params: items, iterateNumeric, iterateParam, matrix, until"},
		"items and numbers":                 {which + `"iterateParam": "word", "items": [], "iterateNumeric": "n"}`, "only one of them can say what to iterate over; remove the others: items, iterateNumeric"},
		"a param and a matrix":              {which + `"iterateParam": "word", "matrix": {"params": [{"name": "os", "value": []}]}}`, "only one of them can say what to iterate over; remove the others: iterateParam, matrix"},
		"items for no param":                {which + `"items": ["a"]}`, "items need the name of the param that gets the item; set it: iterateParam"},
		"a separator of items":              {which + `"iterateParam": "word", "items": ["a"], "iterateParamStringSeparator": "by"}`, "it goes with a string in iterateParam; remove it: iterateParamStringSeparator"},
		"a separator of numbers":            {which + `"iterateNumeric": "n", "iterateParamStringSeparator": "by"}`, "it goes with a string in iterateParam; remove it: iterateParamStringSeparator"},
		"a separator that is the list":      {which + `"iterateParam": "word", "iterateParamStringSeparator": "word"}`, `"word" has the items; name another param, which holds what stands between them: iterateParamStringSeparator`},
		"the number and the item":           {which + `"iterateParam": "word", "iterationNumberParam": "word"}`, `"word" gets the item already; name another param: iterationNumberParam`},
		"the number and the numbers":        {which + `"iterateNumeric": "n", "iterationNumberParam": "n"}`, `"n" gets the item already; name another param: iterationNumberParam`},
		"the number and a matrix":           {which + `"matrix": {"params": [{"name": "os", "value": ["a"]}]}, "iterationNumberParam": "os"}`, `"os" gets the item already; name another param: iterationNumberParam`},
		"the number and an include":         {which + `"matrix": {"include": [{"params": [{"name": "cc", "value": "a"}]}]}, "iterationNumberParam": "cc"}`, `"cc" gets the item already; name another param: iterationNumberParam`},
		"a failure policy that is none":     {which + `"iterateParam": "word", "failurePolicy": "stop"}`, `"stop" must be Stop, CancelRunning or Continue: failurePolicy`},
		"too many retries":                  {which + `"iterateParam": "word", "retries": 101}`, "101 must be from 0 to 100: retries"},
		"negative retries":                  {which + `"iterateParam": "word", "retries": -1}`, "-1 must be from 0 to 100: retries"},
		"a negative timeout":                {which + `"iterateParam": "word", "timeout": "-1ns"}`, `-1ns is negative; write a positive duration, or "0" for none: timeout`},
		"a bound without until":             {which + `"iterateParam": "word", "maxIterations": 1}`, "it goes with until; set until, or remove it: maxIterations"},
		"until without a bound":             {which + `"iterateParam": "word", "until": "true"}`, "a loop that has until needs a bound; set it to 1 or more: maxIterations"},
		"until with all at once":            {which + `"iterateParam": "word", "until": "true", "maxIterations": 1, "concurrency": 0}`, "until looks at one iteration after the other; set it to 1, or remove it: concurrency"},
		"a matrix of nothing":               {which + `"matrix": {}}`, "it has no params and no include; set one of them: matrix"},
		"a matrix param without a name":     {which + `"matrix": {"params": [{"value": ["a"]}]}}`, `"" must be a name of its own: matrix.params[0].name`},
		"a matrix param twice":              {which + `"matrix": {"params": [{"name": "os", "value": ["a"]}, {"name": "os", "value": ["b"]}]}}`, `"os" must be a name of its own: matrix.params[1].name`},
		"a matrix param that is a string":   {which + `"matrix": {"params": [{"name": "os", "value": "a"}]}}`, `the values of "os" must be an array: matrix.params[0].value`},
		"a param of include without a name": {which + `"matrix": {"include": [{"params": [{"value": "a"}]}]}}`, `"" must be a name of its own: matrix.include[0].params[0].name`},
		"a param of include twice":          {which + `"matrix": {"include": [{}, {"params": [{"name": "os", "value": "a"}, {"name": "os", "value": "b"}]}]}}`, `"os" must be a name of its own: matrix.include[1].params[1].name`},
		"a param of include that is a list": {which + `"matrix": {"include": [{"params": [{"name": "os", "value": ["a"]}]}]}}`, `the value of "os" must be a string: matrix.include[0].params[0].value`},
		"two mistakes are both said":        {which + `"matrix": {}, "retries": 101}`, "101 must be from 0 to 100: retries\nit has no params and no include; set one of them: matrix"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			err := taskLoop(t, row.fields).Validate(t.Context())
			switch {
			case err == nil:
				t.Error("it is taken for good")
			case err.Error() != row.want:
				t.Errorf("got %v; want %s", err, row.want)
			}
		})
	}
}

// A condition holds so much, and no more.
func TestASentenceIsShortHoweverLongTheNamesAre(t *testing.T) {
	rows := map[string]string{
		"a failure policy":          `"iterateParam": "word", "failurePolicy": "LONG"`,
		"the number's param":        `"iterateParam": "LONG", "iterationNumberParam": "LONG"`,
		"the separator's param":     `"iterateParam": "LONG", "iterateParamStringSeparator": "LONG"`,
		"a matrix param":            `"matrix": {"params": [{"name": "LONG", "value": "a"}]}`,
		"a matrix param twice":      `"matrix": {"params": [{"name": "LONG", "value": []}, {"name": "LONG", "value": []}]}`,
		"a param of include":        `"matrix": {"include": [{"params": [{"name": "LONG", "value": []}]}]}`,
		"a param of include, twice": `"matrix": {"include": [{"params": [{"name": "LONG", "value": "a"}, {"name": "LONG", "value": "a"}]}]}`,
	}
	for name, fields := range rows {
		t.Run(name, func(t *testing.T) {
			spec := taskLoop(t, `{"taskRef": {"name": "x"}, `+strings.ReplaceAll(fields, "LONG", strings.Repeat("x", 5000))+`}`)
			if err := spec.Validate(t.Context()); err == nil || len(err.Error()) > 700 {
				t.Errorf("got %.100v", err)
			}
		})
	}
}

func TestPipelineLoops(t *testing.T) {
	const over = `"iterateParam": "word"}`
	rows := map[string]struct{ fields, want string }{
		"a name":                             {`{"pipelineRef": {"name": "x"}, ` + over, ""},
		"a Pipeline":                         {`{"pipelineSpec": {"tasks": []}, ` + over, ""},
		"a Pipeline as v1beta1 has it":       {`{"pipelineSpec": {"tasks": [{"name": "x", "taskRef": {"name": "x", "bundle": "y"}}]}, ` + over, ""},
		"two Pipelines":                      {`{"pipelineRef": {"name": "x"}, "pipelineSpec": {}, ` + over, "both are set; set exactly one: pipelineRef, pipelineSpec"},
		"no Pipeline":                        {`{` + over, "nothing says which Pipeline to run; set one of them: pipelineRef, pipelineSpec"},
		"a Pipeline without a name":          {`{"pipelineRef": {}, ` + over, "it names nothing; set name, or resolver and params: pipelineRef"},
		"a Pipeline with an unknown field":   {`{"pipelineSpec": {"task": []}, ` + over, `unknown field "task": pipelineSpec`},
		"until with several at once":         {`{"pipelineRef": {"name": "x"}, "until": "true", "maxIterations": 1, "parallelism": 2}`, "until looks at one iteration after the other; set it to 1, or remove it: parallelism"},
		"what loops have in common is bad":   {`{"pipelineRef": {"name": "x"}}`, "nothing says what to iterate over; set one of them, items and matrix in a spec and not by params: items, iterateNumeric, iterateParam, matrix, until"},
		"the reference and the rest are bad": {`{"pipelineRef": {}}`, "it names nothing; set name, or resolver and params: pipelineRef\nnothing says what to iterate over; set one of them, items and matrix in a spec and not by params: items, iterateNumeric, iterateParam, matrix, until"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			got := ""
			if err := pipelineLoop(t, row.fields).Validate(t.Context()); err != nil {
				got = err.Error()
			}
			if got != row.want {
				t.Errorf("got %q; want %q", got, row.want)
			}
		})
	}
}

func TestAnEmptyListOfItemsIsNotNone(t *testing.T) {
	rows := map[string]struct {
		fields string
		none   bool
		stored string
	}{
		"an empty list": {`{"iterateParam":"word","items":[]}`, false, `{"iterateParam":"word","items":[]}`},
		"null":          {`{"iterateParam":"word","items":null}`, true, `{"iterateParam":"word"}`},
		"no list":       {`{"iterateParam":"word"}`, true, `{"iterateParam":"word"}`},
		"null in it":    {`{"iterateParam":"word","items":[null,1]}`, false, `{"iterateParam":"word","items":[null,1]}`},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			spec := taskLoop(t, row.fields)
			if none := spec.DeepCopy().Items == nil; none != row.none {
				t.Errorf("none: %t; want %t", none, row.none)
			}
			stored, err := json.Marshal(spec)
			if err != nil || string(stored) != row.stored {
				t.Errorf("stored as %s, %v; want %s", stored, err, row.stored)
			}
		})
	}
}

func TestALoopWithoutABodyOfItsOwnHasNone(t *testing.T) {
	if task, err := taskLoop(t, `{"taskRef": {"name": "x"}}`).Task(); task != nil || err != nil {
		t.Errorf("got %v, %v", task, err)
	}
	if pipeline, err := pipelineLoop(t, `{"pipelineRef": {"name": "x"}}`).Pipeline(); pipeline != nil || err != nil {
		t.Errorf("got %v, %v", pipeline, err)
	}
}
