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
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/items"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
)

func TestTheFieldThatSaysWhatToIterateOver(t *testing.T) {
	rows := map[string]v1alpha1.Loop{
		"items":          {Items: raw(), IterateParam: "word"},
		"matrix":         {Matrix: &v1.Matrix{}, Until: "true"},
		"iterateNumeric": {IterateNumeric: "n", Until: "true"},
		"iterateParam":   {IterateParam: "word", Until: "true"},
		"maxIterations":  {Until: "true"},
	}
	for want, loop := range rows {
		if got := items.Field(loop); got != want {
			t.Errorf("got %s; want %s", got, want)
		}
	}
}

// A condition holds so much, and no more.
func TestASentenceIsShortHoweverLongTheNamesAre(t *testing.T) {
	long := strings.Repeat("x", 5000)
	counting := v1alpha1.Loop{IterateParam: long, IterationNumberParam: long + "-subvar-" + long}
	byLong := v1alpha1.Loop{IterateParam: "word", IterateParamStringSeparator: long}
	rows := map[string]struct {
		loop   v1alpha1.Loop
		params v1.Params
	}{
		"no such param":                {v1alpha1.Loop{IterateParam: long}, nil},
		"an object":                    {v1alpha1.Loop{IterateParam: long}, v1.Params{{Name: long, Value: v1.ParamValue{Type: v1.ParamTypeObject}}}},
		"no such separator":            {byLong, v1.Params{param("word", "a")}},
		"a separator that is a list":   {byLong, v1.Params{param("word", "a"), array(long)}},
		"a list that is none":          {v1alpha1.Loop{IterateParam: long}, v1.Params{param(long, "[a]")}},
		"what Tekton has not replaced": {v1alpha1.Loop{IterateParam: long}, v1.Params{array(long, "$(tasks."+long+")")}},
		"null in a list":               {v1alpha1.Loop{IterateParam: long}, v1.Params{param(long, "[null]")}},
		"null in an object":            {byWord, v1.Params{param("word", `[{"`+long+`": null}]`)}},
		"the number is a key":          {counting, v1.Params{param(long, `[{"`+long+`": 1}]`)}},
		"the run gives what items do":  {v1alpha1.Loop{IterateParam: long, Items: raw("1")}, v1.Params{param(long, "a")}},
		"the run gives the number":     {v1alpha1.Loop{IterateParam: "word", IterationNumberParam: long}, v1.Params{array("word"), param(long, "a")}},
		"a number that is none":        {v1alpha1.Loop{IterateNumeric: "n"}, v1.Params{param("from", long)}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			_, err := items.Of(row.loop, row.params, ",", limit)
			if err == nil || len(err.Error()) > 700 {
				t.Errorf("got %d characters: %.100v", len(err.Error()), err)
			}
		})
	}
}
