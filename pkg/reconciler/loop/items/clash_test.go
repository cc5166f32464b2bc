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

package items_test

import (
	"fmt"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/items"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
)

func TestNoIterationGetsAParamTwice(t *testing.T) {
	const byNumber = `the run gives param "i", and so does iterationNumberParam; remove it from the run, or name another param`
	byItem := func(name string) string {
		return fmt.Sprintf(`the run gives param %q, and so does an item; remove it from the run, or name one of them differently`, name)
	}
	object := raw(`{"a": 1}`, `{"b": 2}`)
	matrix := &v1.Matrix{
		Params:  v1.Params{array("os", "linux", "mac")},
		Include: v1.IncludeParamsList{{Params: v1.Params{param("os", "mac"), param("cc", "clang")}}},
	}
	rows := map[string]struct {
		loop   v1alpha1.Loop
		params v1.Params
		want   string
	}{
		"the run gives the param of items": {
			v1alpha1.Loop{IterateParam: "word", Items: raw(`"a"`)}, v1.Params{param("word", "b")}, byItem("word"),
		},
		"the run gives the param of items that are objects": {
			v1alpha1.Loop{IterateParam: "word", Items: object}, v1.Params{param("word", "b")}, byItem("word"),
		},
		"the run gives a key of a later item": {
			v1alpha1.Loop{IterateParam: "word", Items: object}, v1.Params{param("word-subvar-b", "b")}, byItem("word-subvar-b"),
		},
		"the run gives a key of its own list": {
			byWord, v1.Params{param("word", `[{"a": 1}]`), param("word-subvar-a", "b")}, byItem("word-subvar-a"),
		},
		"the run gives a param of a matrix": {v1alpha1.Loop{Matrix: matrix}, v1.Params{param("os", "plan9")}, byItem("os")},
		"the run gives another list to a matrix": {
			v1alpha1.Loop{Matrix: matrix}, v1.Params{array("os", "linux", "plan9")}, byItem("os"),
		},
		"the run gives an object to a matrix of nothing": {
			v1alpha1.Loop{Matrix: &v1.Matrix{Params: v1.Params{array("os")}}}, v1.Params{{Name: "os", Value: v1.ParamValue{Type: v1.ParamTypeObject}}}, byItem("os"),
		},
		"the run gives a list to include":     {v1alpha1.Loop{Matrix: matrix}, v1.Params{array("cc", "clang")}, byItem("cc")},
		"the run gives a param of include":    {v1alpha1.Loop{Matrix: matrix}, v1.Params{param("cc", "gcc")}, byItem("cc")},
		"the run gives the param of numbers":  {v1alpha1.Loop{IterateNumeric: "n"}, v1.Params{param("from", "1"), param("to", "2"), param("n", "1")}, byItem("n")},
		"the run gives iterationNumberParam":  {v1alpha1.Loop{IterateParam: "word", IterationNumberParam: "i"}, v1.Params{array("word"), param("i", "1")}, byNumber},
		"a loop that counts gives it as well": {v1alpha1.Loop{Until: "false", MaxIterations: 2, IterationNumberParam: "i"}, v1.Params{param("i", "1")}, byNumber},
		"a matrix without combinations": {
			v1alpha1.Loop{Matrix: &v1.Matrix{Params: v1.Params{array("os")}}}, v1.Params{param("os", "plan9")}, byItem("os"),
		},
		"iterationNumberParam is a key of an item": {
			v1alpha1.Loop{IterateParam: "word", Items: object, IterationNumberParam: "word-subvar-b"}, nil,
			`iterationNumberParam is "word-subvar-b", which an item gives already; name another param`,
		},
		"iterationNumberParam is a key of the run's list": {
			v1alpha1.Loop{IterateParam: "word", IterationNumberParam: "word-subvar-a"}, v1.Params{param("word", `[{"a": 1}]`)},
			`iterationNumberParam is "word-subvar-a", which an item gives already; name another param`,
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			_, err := items.Of(row.loop, row.params, ",", limit)
			if err == nil || err.Error() != row.want {
				t.Errorf("got %v; want %s", err, row.want)
			}
		})
	}
}

func TestWhatSaysWhatToIterateOverMayHaveTheNameOfWhatItGives(t *testing.T) {
	rows := map[string]struct {
		loop   v1alpha1.Loop
		params v1.Params
	}{
		"the list and its items": {byWord, v1.Params{array("word", "a")}},
		"a list and the matrix of it": {
			v1alpha1.Loop{Matrix: &v1.Matrix{Params: v1.Params{array("os", "linux", "mac"), array("arch", "arm")}}},
			v1.Params{array("os", "linux", "mac"), param("other", "x")},
		},
		"an empty list and the matrix of it": {v1alpha1.Loop{Matrix: &v1.Matrix{Params: v1.Params{array("os")}}}, v1.Params{array("os")}},
		"from and the numbers":               {v1alpha1.Loop{IterateNumeric: "from"}, v1.Params{param("from", "1"), param("to", "2")}},
		"to and the iteration's number":      {v1alpha1.Loop{IterateNumeric: "n", IterationNumberParam: "to"}, v1.Params{param("from", "1"), param("to", "2")}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			if _, err := items.Of(row.loop, row.params, ",", limit); err != nil {
				t.Error(err)
			}
		})
	}
}
