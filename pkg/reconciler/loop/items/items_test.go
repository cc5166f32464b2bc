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
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/items"
	"github.com/google/go-cmp/cmp"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

const limit = 10_000

func param(name string, values ...string) v1.Param {
	if len(values) == 1 {
		return v1.Param{Name: name, Value: v1.ParamValue{Type: v1.ParamTypeString, StringVal: values[0]}}
	}
	return array(name, values...)
}

func array(name string, values ...string) v1.Param {
	return v1.Param{Name: name, Value: v1.ParamValue{Type: v1.ParamTypeArray, ArrayVal: values}}
}

func raw(values ...string) []runtime.RawExtension {
	out := []runtime.RawExtension{}
	for _, v := range values {
		out = append(out, runtime.RawExtension{Raw: json.RawMessage(v)})
	}
	return out
}

// shown is each item as "name=value, name=value".
func shown(list items.List) []string {
	out := []string{}
	for i := range list.Len() {
		var pairs []string
		for _, p := range list.At(i).Params {
			pairs = append(pairs, p.Name+"="+p.Value.StringVal)
		}
		out = append(out, strings.Join(pairs, ", "))
	}
	return out
}

func texts(list items.List) []string {
	out := []string{}
	for i := range list.Len() {
		out = append(out, list.At(i).Text)
	}
	return out
}

var (
	byWord = v1alpha1.Loop{IterateParam: "word"}
	byRun  = v1alpha1.Loop{IterateParam: "word", IterateParamStringSeparator: "by"}
)

func TestItems(t *testing.T) {
	matrix := &v1.Matrix{
		Params: v1.Params{array("os", "linux", "mac"), array("arch", "arm", "amd")},
		Include: v1.IncludeParamsList{
			{Params: v1.Params{param("os", "mac"), param("cc", "clang")}},
			{Params: v1.Params{param("os", "plan9"), param("arch", "mips")}},
		},
	}
	rows := map[string]struct {
		loop   v1alpha1.Loop
		params v1.Params
		want   []string
		texts  []string
	}{
		"an array gives each of its values":                   {loop: byWord, params: v1.Params{array("word", "a", "b", "")}, want: []string{"word=a", "word=b", "word="}, texts: []string{"a", "b", ""}},
		"an empty array gives nothing":                        {loop: byWord, params: v1.Params{array("word")}, want: []string{}},
		"a JSON list of strings":                              {loop: byWord, params: v1.Params{param("word", `["a, b", "c"]`)}, want: []string{"word=a, b", "word=c"}},
		"a JSON list of numbers, as they are written":         {loop: byWord, params: v1.Params{param("word", `[1, 2.50, 12345678901234567890]`)}, want: []string{"word=1", "word=2.50", "word=12345678901234567890"}},
		"a JSON list of objects gives a param for each key":   {loop: byWord, params: v1.Params{param("word", `[{"b": 1, "a": "x"}]`)}, want: []string{"word-subvar-a=x, word-subvar-b=1"}, texts: []string{`{"a":"x","b":1}`}},
		"a nested value of an object is JSON":                 {loop: byWord, params: v1.Params{param("word", `[{"a": {"y": [1, 2], "x": "<&>"}}]`)}, want: []string{`word-subvar-a={"x":"<&>","y":[1,2]}`}},
		"a JSON list of mixed values":                         {loop: byWord, params: v1.Params{param("word", `["a", 1, [2]]`)}, want: []string{"word=a", "word=1", "word=[2]"}},
		"an empty JSON list gives nothing":                    {loop: byWord, params: v1.Params{param("word", `[]`)}, want: []string{}},
		"an empty string gives nothing":                       {loop: byWord, params: v1.Params{param("word", "")}, want: []string{}},
		"a string is split by the kind's separator":           {loop: byWord, params: v1.Params{param("word", "a;b")}, want: []string{"word=a", "word=b"}},
		"a string without a separator is one item":            {loop: byWord, params: v1.Params{param("word", "a,b")}, want: []string{"word=a,b"}},
		"a newline at the end is no item":                     {loop: byWord, params: v1.Params{param("word", "a;b\n")}, want: []string{"word=a", "word=b"}},
		"a string that only begins like JSON is split":        {loop: byWord, params: v1.Params{param("word", "[a];b")}, want: []string{"word=[a]", "word=b"}},
		"a string that only ends like JSON is split":          {loop: byWord, params: v1.Params{param("word", "a;[b]")}, want: []string{"word=a", "word=[b]"}},
		"a separator of the run splits what looks like JSON":  {loop: byRun, params: v1.Params{param("word", "[a]|[b]"), param("by", "|")}, want: []string{"word=[a]", "word=[b]"}},
		"a JSON list over several lines":                      {loop: byWord, params: v1.Params{param("word", "\n[\n\"a;b\",\n2\n]\n")}, want: []string{"word=a;b", "word=2"}},
		"the run names the separator":                         {loop: byRun, params: v1.Params{param("word", "a|b;c"), param("by", "|")}, want: []string{"word=a", "word=b;c"}},
		"a separator of the run comes before JSON":            {loop: byRun, params: v1.Params{param("word", `["a","b"]`), param("by", ",")}, want: []string{`word=["a"`, `word="b"]`}},
		"an empty separator of the run is none":               {loop: byRun, params: v1.Params{param("word", `a;b`), param("by", "")}, want: []string{"word=a", "word=b"}},
		"an empty separator of the run leaves JSON a list":    {loop: byRun, params: v1.Params{param("word", `["a;b"]`), param("by", "")}, want: []string{"word=a;b"}},
		"a separator of several characters":                   {loop: byRun, params: v1.Params{param("word", "a, b,c"), param("by", ", ")}, want: []string{"word=a", "word=b,c"}},
		"a space is a separator":                              {loop: byRun, params: v1.Params{param("word", "a b"), param("by", " ")}, want: []string{"word=a", "word=b"}},
		"a newline is a separator, and none at the end":       {loop: byRun, params: v1.Params{param("word", "a\nb\n"), param("by", "\n")}, want: []string{"word=a", "word=b"}},
		"an escaped newline is a backslash and an n":          {loop: byRun, params: v1.Params{param("word", `a\nb`+"\nc"), param("by", `\n`)}, want: []string{"word=a", "word=b\nc"}},
		"a separator at the end gives an empty item":          {loop: byRun, params: v1.Params{param("word", "a|"), param("by", "|")}, want: []string{"word=a", "word="}},
		"a separator does not touch an array":                 {loop: byRun, params: v1.Params{array("word", "a|b"), param("by", "|")}, want: []string{"word=a|b"}},
		"numbers include both ends":                           {loop: v1alpha1.Loop{IterateNumeric: "n"}, params: v1.Params{param("from", "1"), param("to", " 3\n")}, want: []string{"n=1", "n=2", "n=3"}, texts: []string{"1", "2", "3"}},
		"numbers stop before they pass the end":               {loop: v1alpha1.Loop{IterateNumeric: "n"}, params: v1.Params{param("from", "1"), param("to", "6"), param("step", "2")}, want: []string{"n=1", "n=3", "n=5"}},
		"numbers go down":                                     {loop: v1alpha1.Loop{IterateNumeric: "n"}, params: v1.Params{param("from", "1"), param("to", "-2"), param("step", "-1")}, want: []string{"n=1", "n=0", "n=-1", "n=-2"}},
		"one number":                                          {loop: v1alpha1.Loop{IterateNumeric: "n"}, params: v1.Params{param("from", "0"), param("to", "0"), param("step", "5")}, want: []string{"n=0"}},
		"a step that is longer than the way":                  {loop: v1alpha1.Loop{IterateNumeric: "n"}, params: v1.Params{param("from", "1"), param("to", "3"), param("step", "9")}, want: []string{"n=1"}},
		"a step that leads away gives nothing":                {loop: v1alpha1.Loop{IterateNumeric: "n"}, params: v1.Params{param("from", "3"), param("to", "1")}, want: []string{}},
		"numbers at the end of what an int holds":             {loop: v1alpha1.Loop{IterateNumeric: "n"}, params: v1.Params{param("from", "9223372036854775806"), param("to", "9223372036854775807")}, want: []string{"n=9223372036854775806", "n=9223372036854775807"}},
		"the iteration's own number, from 1":                  {loop: v1alpha1.Loop{IterateParam: "word", IterationNumberParam: "i"}, params: v1.Params{array("word", "a", "b")}, want: []string{"word=a, i=1", "word=b, i=2"}, texts: []string{"a", "b"}},
		"a literal list":                                      {loop: v1alpha1.Loop{IterateParam: "word", Items: raw(`"a"`, `2`, `{"k":"v"}`)}, want: []string{"word=a", "word=2", "word-subvar-k=v"}},
		"an empty literal list gives nothing":                 {loop: v1alpha1.Loop{IterateParam: "word", Items: raw()}, want: []string{}},
		"a matrix is a product, and include adds to it":       {loop: v1alpha1.Loop{Matrix: matrix}, want: []string{"arch=arm, os=linux", "arch=arm, cc=clang, os=mac", "arch=amd, os=linux", "arch=amd, cc=clang, os=mac", "arch=mips, os=plan9"}},
		"a matrix with an empty param gives nothing":          {loop: v1alpha1.Loop{Matrix: &v1.Matrix{Params: v1.Params{array("a", "1"), array("b")}}}, want: []string{}},
		"a matrix of include alone":                           {loop: v1alpha1.Loop{Matrix: &v1.Matrix{Include: matrix.Include[:1]}}, want: []string{"cc=clang, os=mac"}, texts: []string{`{"cc":"clang","os":"mac"}`}},
		"until without items counts":                          {loop: v1alpha1.Loop{Until: "false", MaxIterations: 2, IterationNumberParam: "i"}, want: []string{"i=1", "i=2"}, texts: []string{"1", "2"}},
		"maxIterations bounds items":                          {loop: v1alpha1.Loop{IterateParam: "word", Until: "false", MaxIterations: 2}, params: v1.Params{array("word", "a", "b", "c")}, want: []string{"word=a", "word=b"}},
		"maxIterations is no reason to iterate more often":    {loop: v1alpha1.Loop{IterateParam: "word", Until: "false", MaxIterations: 9}, params: v1.Params{array("word", "a", "b")}, want: []string{"word=a", "word=b"}},
		"a percent sign and a dollar survive as they are":     {loop: byWord, params: v1.Params{array("word", "100%s", "$(params.x)")}, want: []string{"word=100%s", "word=$(params.x)"}},
		"unicode and quotes survive as they are":              {loop: byWord, params: v1.Params{param("word", `["\"ü\"", "世"]`)}, want: []string{`word="ü"`, "word=世"}},
		"an empty string among the values of a string counts": {loop: byWord, params: v1.Params{param("word", "a;;b")}, want: []string{"word=a", "word=", "word=b"}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			list, err := items.Of(row.loop, row.params, ";", limit)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, shown(list)); diff != "" {
				t.Errorf("items (-want, +got):\n%s", diff)
			}
			if row.texts == nil {
				return
			}
			if diff := cmp.Diff(row.texts, texts(list)); diff != "" {
				t.Errorf("texts (-want, +got):\n%s", diff)
			}
		})
	}
}

func TestBadItems(t *testing.T) {
	const (
		broken = `param "word" stands in brackets and is no JSON list: `
		mend   = `; mend it, or name a param with what stands between its values in iterateParamStringSeparator`
	)
	numeric := v1alpha1.Loop{IterateNumeric: "n"}
	rows := map[string]struct {
		loop   v1alpha1.Loop
		params v1.Params
		want   string
	}{
		"a missing param":                {byWord, nil, `the run has no param "word"; give it, as an array or a string`},
		"an object param":                {byWord, v1.Params{{Name: "word", Value: v1.ParamValue{Type: v1.ParamTypeObject}}}, `param "word" is an object; give it as an array or a string`},
		"a separator that nothing holds": {v1alpha1.Loop{IterateParam: "word", IterateParamStringSeparator: ";"}, v1.Params{param("word", "a;b")}, `the run has no param ";", which iterateParamStringSeparator names; give it, with what stands between the values`},
		"what Tekton has not replaced": {
			byWord, v1.Params{array("word", "$(tasks.loop.results.out[*])")},
			`item 1 of param "word" is $(tasks.loop.results.out[*]), which Tekton has not replaced: the task has no such result, or an empty one; hand a list over whole, without [*]`,
		},
		"null in a list": {
			byWord, v1.Params{param("word", `["a", null]`)},
			`item 2 of param "word" is null; leave it out, or give a string, a number or an object`,
		},
		"null in items": {
			v1alpha1.Loop{IterateParam: "word", Items: raw(`"a"`, `null`)}, nil,
			`item 2 of items is null; leave it out, or give a string, a number or an object`,
		},
		"null as it is decoded": {
			v1alpha1.Loop{IterateParam: "word", Items: []runtime.RawExtension{{}}}, nil,
			`item 1 of items is null; leave it out, or give a string, a number or an object`,
		},
		"null in an object": {
			byWord, v1.Params{param("word", `["a", {"z": null, "k": null}]`)},
			`item 2 of param "word" has null at key "k"; leave the key out, or give it a value`,
		},
		"a boolean in a list":        {byWord, v1.Params{param("word", `["a", true]`)}, `item 2 of param "word" is true without quotes, a boolean; put it in quotes`},
		"a boolean in items":         {v1alpha1.Loop{IterateParam: "word", Items: raw(`false`)}, nil, `item 1 of items is false without quotes, a boolean; put it in quotes`},
		"an item cut off":            {v1alpha1.Loop{IterateParam: "word", Items: raw(`{"a":`)}, nil, `item 1 of items is not valid JSON: unexpected EOF; mend it`},
		"a list cut off":             {byWord, v1.Params{param("word", `["a", ["b"]`)}, broken + `unexpected end of JSON input` + mend},
		"a comma at the end":         {byWord, v1.Params{param("word", "[\n\"a\",\n]\n")}, broken + `invalid character ']' looking for beginning of value` + mend},
		"quotes as Python has":       {byWord, v1.Params{param("word", ` ['a', 'b'] `)}, broken + `invalid character '\'' looking for beginning of value` + mend},
		"words in brackets":          {byWord, v1.Params{param("word", `[a, b]`)}, broken + `invalid character 'a' looking for beginning of value` + mend},
		"two lists":                  {byWord, v1.Params{param("word", "[1]\n[2]")}, broken + `invalid character '[' after top-level value` + mend},
		"a separator that is a list": {byRun, v1.Params{param("word", "a"), array("by", ",")}, `param "by", which iterateParamStringSeparator names, must be a string`},
		"no from":                    {numeric, v1.Params{param("to", "1")}, `the run has no param "from"; give it, as a whole number`},
		"no to":                      {numeric, v1.Params{param("from", "1")}, `the run has no param "to"; give it, as a whole number`},
		"a from that is no number":   {numeric, v1.Params{param("from", "one"), param("to", "1")}, `param "from" is "one"; it must be a whole number`},
		"a list for a number":        {numeric, v1.Params{array("from", "1"), param("to", "1")}, `param "from" must be a whole number`},
		"a step of 0":                {numeric, v1.Params{param("from", "1"), param("to", "2"), param("step", "0")}, `param "step" is 0; it must be a positive or a negative number`},
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

func TestTheLimitIsCheckedBeforeItemsAreBuilt(t *testing.T) {
	thousand := strings.Split(strings.Repeat("x,", 999)+"x", ",")
	wide := &v1.Matrix{Params: v1.Params{array("a", thousand...), array("b", thousand...), array("c", thousand...), array("d", thousand...)}}
	most := strconv.FormatInt(math.MaxInt64, 10)
	least := strconv.FormatInt(math.MinInt64, 10)
	rows := map[string]struct {
		loop   v1alpha1.Loop
		params v1.Params
		want   string
	}{
		"an array":       {byWord, v1.Params{array("word", thousand...)}, `there are 1000 items; at most 999 are allowed`},
		"a string":       {byWord, v1.Params{param("word", strings.Join(thousand, ","))}, `there are 1000 items; at most 999 are allowed`},
		"a JSON list":    {byWord, v1.Params{param("word", "["+strings.Repeat("1,", 999)+"1]")}, `there are 1000 items; at most 999 are allowed`},
		"a literal list": {v1alpha1.Loop{IterateParam: "word", Items: make([]runtime.RawExtension, 1000)}, nil, `there are 1000 items; at most 999 are allowed`},
		"numbers":        {v1alpha1.Loop{IterateNumeric: "n"}, v1.Params{param("from", least), param("to", most)}, `there are 18446744073709551616 items; at most 999 are allowed`},
		"a matrix":       {v1alpha1.Loop{Matrix: wide}, nil, fmt.Sprintf(`there are %d items; at most 999 are allowed`, 1000*1000*1000*1000)},
		"maxIterations":  {v1alpha1.Loop{Until: "false", MaxIterations: 1000}, nil, `there are 1000 items; at most 999 are allowed`},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			_, err := items.Of(row.loop, row.params, ",", 999)
			if err == nil || err.Error() != row.want {
				t.Errorf("got %v; want %s", err, row.want)
			}
		})
	}
}

func TestAsManyItemsAsMayBe(t *testing.T) {
	rows := map[string]struct {
		loop   v1alpha1.Loop
		params v1.Params
	}{
		"an array":       {byWord, v1.Params{array("word", "a", "b")}},
		"a string":       {byWord, v1.Params{param("word", "a,b")}},
		"a JSON list":    {byWord, v1.Params{param("word", "[1, 2]")}},
		"a literal list": {v1alpha1.Loop{IterateParam: "word", Items: raw("1", "2")}, nil},
		"numbers":        {v1alpha1.Loop{IterateNumeric: "n"}, v1.Params{param("from", "1"), param("to", "2")}},
		"a matrix":       {v1alpha1.Loop{Matrix: &v1.Matrix{Params: v1.Params{array("a", "1", "2")}}}, nil},
		"maxIterations":  {v1alpha1.Loop{Until: "false", MaxIterations: 2}, nil},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			if list, err := items.Of(row.loop, row.params, ",", 2); err != nil || list.Len() != 2 {
				t.Errorf("%d items, %v; want 2", list.Len(), err)
			}
		})
	}
}

func TestUsedParamsAreNotForTheIterations(t *testing.T) {
	matrix := &v1.Matrix{Params: v1.Params{array("os", "linux", "mac"), array("arch", "arm")}}
	rows := map[string]struct {
		loop   v1alpha1.Loop
		params v1.Params
		want   []string
	}{
		"the list and its separator":        {byRun, v1.Params{param("word", "a"), param("by", ","), param("other", "x")}, []string{"word", "by"}},
		"what numbers go by":                {v1alpha1.Loop{IterateNumeric: "n"}, v1.Params{param("from", "1"), param("to", "2")}, []string{"from", "to", "step"}},
		"the list that a matrix comes from": {v1alpha1.Loop{Matrix: matrix}, v1.Params{array("other", "arm"), array("os", "linux", "mac")}, []string{"os"}},
		"none of literal items":             {v1alpha1.Loop{IterateParam: "word", Items: raw("1")}, v1.Params{param("other", "x")}, nil},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			list, err := items.Of(row.loop, row.params, ",", limit)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, list.Used()); diff != "" {
				t.Errorf("used (-want, +got):\n%s", diff)
			}
		})
	}
}
