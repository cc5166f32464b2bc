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

package expression_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/customtasks/customtasks/internal/expression"
	"github.com/google/go-cmp/cmp"
)

func environment(t testing.TB) *expression.Env {
	t.Helper()
	env, err := expression.New(
		expression.Var("params", expression.Map(expression.Dyn)),
		expression.Var("variables.count", expression.Int))
	if err != nil {
		t.Fatal(err)
	}
	return env
}

var inputs = map[string]any{
	"params": map[string]any{
		"name":   "web",
		"tags":   []string{"a", "b", "c"},
		"image":  map[string]string{"name": "app", "tag": "v1"},
		"report": `{"passed": 41, "failed": 1, "big": 9007199254740993, "ratio": 0.5, "names": ["x"]}`,
	},
	"variables.count": 3,
}

func eval(t testing.TB, text string) (expression.Value, error) {
	t.Helper()
	program, err := environment(t).Compile(text)
	if err != nil {
		return expression.Value{}, err
	}
	// What a test asks for is the same however busy the machine is.
	return program.EvalWithin(t.Context(), time.Hour, inputs)
}

func TestTheTextOfValues(t *testing.T) {
	rows := map[string]struct{ expression, want string }{
		"a string is itself":                           {`'a "b" <c> %d'`, `a "b" <c> %d`},
		"an empty string is empty":                     {`''`, ``},
		"true":                                         {`1 < 2`, `true`},
		"an int":                                       {`-42`, `-42`},
		"a uint":                                       {`42u`, `42`},
		"a double":                                     {`1.5`, `1.5`},
		"a whole double":                               {`2.0`, `2`},
		"a large double as string() writes it":         {`1000000.0 * 10.0`, `1e+07`},
		"a duration in seconds":                        {`duration('1h30m')`, `5400s`},
		"a timestamp in RFC 3339":                      {`timestamp('2026-01-31T09:00:00+01:00')`, `2026-01-31T09:00:00+01:00`},
		"null":                                         {`null`, `null`},
		"a type is its name":                           {`type(1)`, `int`},
		"a type of a type":                             {`type(type(1))`, `type`},
		"bytes that are UTF-8":                         {`b'h\xc3\xa9'`, `hé`},
		"an optional is what is in it":                 {`params.?name`, `web`},
		"a list of strings is a JSON array":            {`params.tags`, `["a","b","c"]`},
		"an empty list":                                {`[]`, `[]`},
		"a mixed list":                                 {`[1, 'a', true, null, 1.5, [2]]`, `[1,"a",true,null,1.5,[2]]`},
		"a list that a comprehension made":             {`params.tags.map(x, x + '!')`, `["a!","b!","c!"]`},
		"two lists as one":                             {`params.tags + ['d']`, `["a","b","c","d"]`},
		"a map has sorted keys":                        {`{'b': 1, 'a': {'d': 2, 'c': 3}}`, `{"a":{"c":3,"d":2},"b":1}`},
		"keys that are no strings":                     {`{1: 'a', true: 'b'}`, `{"1":"a","true":"b"}`},
		"text in JSON is not escaped for HTML":         {`['<a> & b']`, `["<a> & b"]`},
		"bytes in JSON are base64":                     {`[b'hello']`, `["aGVsbG8="]`},
		"durations, timestamps and types in JSON":      {`[duration('1m'), type(1)]`, `["60s","int"]`},
		"an object param":                              {`params.image`, `{"name":"app","tag":"v1"}`},
		"whole numbers keep their digits in JSON":      {`[9007199254740993, 18446744073709551615u]`, `[9007199254740993,18446744073709551615]`},
		"json.encode is the same as a result":          {`json.encode({'b': 9007199254740993, 'a': [1.0]})`, `{"a":[1],"b":9007199254740993}`},
		"json.decode keeps whole numbers whole":        {`json.decode(params.report).big + 1`, `9007199254740994`},
		"json.decode has doubles":                      {`json.decode(params.report).ratio * 2.0`, `1`},
		"json.decode of a list":                        {`json.decode('["a","b"]')[1]`, `b`},
		"a variable with a dot in its name":            {`variables.count + 1`, `4`},
		"numbers of different types compare":           {`json.decode('1.5') < 2`, `true`},
		"strings: split, join, replace, format, trim":  {`'a,b'.split(',').join('-').replace('a', 'x') + ' %d'.format([3]) + ' y '.trim()`, `x-b 3y`},
		"lists: sort, distinct, flatten, slice, range": {`[3, 1, 1].distinct().sort() + [[4]].flatten() + lists.range(2)`, `[1,3,4,0,1]`},
		"sortBy": {`['bb', 'a'].sortBy(x, x.size())`, `["a","bb"]`},
		"sets":   {`sets.contains([1, 2], [2]) && sets.intersects([1], [1]) && !sets.equivalent([1], [2])`, `true`},
		"parts of what has an unknown size, which no estimate refuses": {
			`[params.name.substring(1), params.name.substring(0, params.tags.size() - 2)] + lists.range(params.tags.size()).slice(1, params.tags.size()).map(i, string(i)) + params.tags.reverse()`,
			`["eb","w","1","2","c","b","a"]`,
		},
		"math":                              {`math.greatest(1, 5, 3) + math.least([2, 4]) + math.abs(-1)`, `8`},
		"base64":                            {`base64.encode(b'hello') + string(base64.decode('aGVsbG8='))`, `aGVsbG8=hello`},
		"regex":                             {`regex.replace('v1.2', r'v(\d+)\.(\d+)', r'\2.\1') + regex.extract('id:7', r'id:(\d+)').value()`, `2.17`},
		"all matches of a regex":            {`regex.extractAll('a1 b2', '[a-z][0-9]')`, `["a1","b2"]`},
		"matches":                           {`params.name.matches('^w')`, `true`},
		"bind":                              {`cel.bind(x, params.name, x + x)`, `webweb`},
		"optMap":                            {`params.?name.optMap(n, n + '!').orValue('none') + params.?nope.optMap(n, n).orValue('none')`, `web!none`},
		"optFlatMap":                        {`params.?image.optFlatMap(i, i.?tag).orValue('none')`, `v1`},
		"optMap inside optMap":              {`optional.of(1).optMap(a, optional.of(2).optMap(b, a + b).value()).value()`, `3`},
		"comprehensions over two variables": {`['a', 'b'].transformList(i, v, string(i) + v)`, `["0a","1b"]`},
		"transformMap":                      {`{'a': 1}.transformMap(k, v, v + 1)`, `{"a":2}`},
		"transformMapEntry":                 {`{'a': 1}.transformMapEntry(k, v, {string(v): k})`, `{"1":"a"}`},
		"a fault that || swallows, as everywhere in CEL":   {`1 / 0 == 1 || true`, `true`},
		"what a value says is never an expression (C15)":   {`cel.bind(x, '1 + 1', x)`, `1 + 1`},
		"a param of the name of a function of a namespace": {`[1].map(math, math + 1)`, `[2]`},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			value, err := eval(t, row.expression)
			if err != nil {
				t.Fatal(err)
			}
			got, err := value.Text()
			if err != nil || got != row.want {
				t.Errorf("%s is %q, %v; want %q", row.expression, got, err, row.want)
			}
		})
	}
}

func TestFaultsSayWhereTheyAre(t *testing.T) {
	rows := map[string]struct {
		expression string
		want       expression.Error
	}{
		"no expression": {" \n", expression.Error{Class: expression.Syntax, Text: "the expression is empty"}},
		"an operator without an operand": {"1 +\n  * 2", expression.Error{Class: expression.Syntax, Line: 2, Column: 3,
			Text: "extraneous input '*' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"}},
		"an unknown name": {`1 + nope`, expression.Error{Class: expression.Check, Line: 1, Column: 5,
			Text: "undeclared reference to 'nope'; there are params and variables; if it is text, put quotes around it"}},
		"types that do not fit": {`1 + 'a'`, expression.Error{Class: expression.Check, Line: 1, Column: 3,
			Text: "'+' cannot be used with int and string; put int() around the text, or string() around the number"}},
		"a wrong duration": {`duration('soon')`, expression.Error{Class: expression.Check, Line: 1, Column: 10,
			Text: "invalid duration argument; it takes a duration, as '1h30m'"}},
		"a division by zero": {"1 +\n 1 / 0", expression.Error{Class: expression.Evaluation, Line: 2, Column: 4,
			Text: "division by zero"}},
		"a key that is not there": {`params.nope`, expression.Error{Class: expression.Evaluation, Line: 1, Column: 7,
			Text: "no such key: nope; where it may be missing, ask has() first"}},
		"an index out of range": {`params.tags[7]`, expression.Error{Class: expression.Evaluation, Line: 1, Column: 12,
			Text: "index out of bounds: 7"}},
		"a wrong type that only the value shows": {`params.name + 1`, expression.Error{Class: expression.Evaluation, Line: 1, Column: 13,
			Text: "'+' cannot be used with string and int; put int() around the text, or string() around the number"}},
		"a wrong regular expression": {`'a'.matches('(')`, expression.Error{Class: expression.Evaluation, Line: 1, Column: 12,
			Text: "error parsing regexp: missing closing ): `(`"}},
		"a text that is no JSON": {`json.decode('{')`, expression.Error{Class: expression.Evaluation, Line: 1, Column: 12,
			Text: "json.decode: unexpected EOF"}},
		"a type that json.encode cannot write": {`json.encode([0.0 / 0.0])`, expression.Error{Class: expression.Evaluation, Line: 1, Column: 12,
			Text: "JSON has no number for NaN"}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			_, err := eval(t, row.expression)
			var got *expression.Error
			if !errors.As(err, &got) {
				t.Fatalf("error %v; want %v", err, &row.want)
			}
			if diff := cmp.Diff(&row.want, got); diff != "" {
				t.Errorf("(-want, +got):\n%s", diff)
			}
		})
	}
}

func TestValuesWithoutAText(t *testing.T) {
	rows := map[string]struct{ expression, want string }{
		"bytes that are no text":      {`b'\xff'`, "the bytes are not UTF-8; base64.encode makes a text of them"},
		"an optional without a value": {`params.?nope`, "the optional has no value; say with orValue() what to use instead"},
		"one inside a list":           {`[params.?nope]`, "an optional without a value cannot be JSON; say with orValue() what to use instead"},
		"infinity inside a list":      {`[1.0 / 0.0]`, "JSON has no number for +Inf"},
		"JSON that escapes make too large": {
			`[lists.range(20000).map(i, '\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01').join(), 1]`,
			"the value is larger than 1 MiB as JSON",
		},
		"two keys that JSON cannot tell": {`{1: 'a', '1': 'b'}`, `two keys of a map are both "1" as JSON`},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			value, err := eval(t, row.expression)
			if err != nil {
				t.Fatal(err)
			}
			text, err := value.Text()
			var got *expression.Error
			if !errors.As(err, &got) || got.Class != expression.Result || got.Text != row.want || text != "" {
				t.Errorf("%q, %v; want %q", text, err, row.want)
			}
		})
	}
}

func TestConditions(t *testing.T) {
	for text, want := range map[string]bool{`'a' in params.tags`: true, `params.tags == []`: false} {
		value, err := eval(t, text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := value.Bool(); got != want || err != nil {
			t.Errorf("%s is %t, %v; want %t", text, got, err, want)
		}
	}
	value, err := eval(t, `params.tags`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := value.Bool(); err == nil || err.Error() != "the value is of type list, not bool" {
		t.Errorf("a list as a condition: %v", err)
	}
}

func TestAValueCanBeAVariableOfAnotherExpression(t *testing.T) {
	tags, err := eval(t, `params.tags`)
	if err != nil {
		t.Fatal(err)
	}
	env, err := expression.New(expression.Var("variables.tags", expression.Dyn))
	if err != nil {
		t.Fatal(err)
	}
	program, err := env.Compile(`variables.tags.size()`)
	if err != nil {
		t.Fatal(err)
	}
	value, err := program.Eval(t.Context(), map[string]any{"variables.tags": tags})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := value.Text(); text != "3" || err != nil {
		t.Errorf("got %q, %v; want 3", text, err)
	}
}

func TestAVariableMayHaveTheNameOfAFunction(t *testing.T) {
	env, err := expression.New(expression.Var("type", expression.String))
	if err != nil {
		t.Fatal(err)
	}
	program, err := env.Compile(`type + string(type(1))`)
	if err == nil {
		t.Fatalf("string(type) is a fault in CEL; got %v", program.Type())
	}
	if program, err = env.Compile(`type(type) == string ? type : ''`); err != nil {
		t.Fatal(err)
	}
	value, err := program.Eval(t.Context(), map[string]any{"type": "mine"})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := value.Text(); text != "mine" || err != nil {
		t.Errorf("got %q, %v; want mine", text, err)
	}
}

func TestTheSizeOfAValueIsThatOfAllItContains(t *testing.T) {
	for text, want := range map[string]int{`1`: 16, `'abc'`: 19, `['abc', 'abc']`: 32 + 2*19, `{'a': 1}`: 32 + 48 + 17 + 16, `optional.of('abc')`: 19} {
		value, err := eval(t, text)
		if err != nil || value.Size() != want {
			t.Errorf("%s: size %d, %v; want %d", text, value.Size(), err, want)
		}
	}
}

// CEL's own count searches a stack that grows with each turn: this took seconds with it.
func TestTheCostOfALoopIsLinear(t *testing.T) {
	var costs []int
	for _, n := range []string{"10000", "20000", "40000"} {
		value, err := eval(t, "lists.range("+n+").all(x, x >= 0)")
		if err != nil {
			t.Fatal(err)
		}
		costs = append(costs, value.Cost())
	}
	if diff := cmp.Diff([]int{50_002, 100_002, 200_002}, costs); diff != "" {
		t.Errorf("steps (-want, +got):\n%s", diff)
	}
}

func TestEvaluationsShareNothing(t *testing.T) {
	env := environment(t)
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			text := "[" + strings.Repeat("dyn(1), ", i) + `timestamp(999999999999999 + 0)]`
			program, err := env.Compile(text)
			if err != nil {
				t.Error(err)
				return
			}
			for range 50 {
				_, err := program.Eval(t.Context(), inputs)
				var got *expression.Error
				if !errors.As(err, &got) || got.Column != 8*i+11 {
					t.Errorf("error %v; want one in column %d", err, 8*i+11)
					return
				}
			}
		})
	}
	wait.Wait()
}

// Calls are planned here and not by CEL, so each way of calling has a row: by type, by what the value turns out
// to be, as a method, as an operator.
func TestEveryWayOfCalling(t *testing.T) {
	for _, condition := range []string{
		`timestamp('2026-01-31T09:00:00Z').getFullYear() == 2026`,
		`timestamp('2026-01-31T23:30:00Z').getHours('Europe/Berlin') == 0`,
		`timestamp('2026-01-31T09:00:00Z') - timestamp('2026-01-31T08:00:00Z') == duration('1h')`,
		`duration('90m').getHours() == 1 && duration('1h') + duration('30m') == duration('90m')`,
		`size('abc') == 3 && 'abc'.size() == 3 && [1].size() == 1 && size({'a': 1}) == 1 && dyn('abc').size() == 3`,
		`int('3') == 3 && double(1) == 1.0 && uint(3) == 3u && string(1.5) == '1.5' && bytes('a') == b'a' && bool('true')`,
		`'a' in {'a': 1} && 1 in [1, 2] && !(3 in [1]) && 'x' in dyn(['x'])`,
		`-(1) == -1 && -(1.5) < 0.0 && 5 % 2 == 1 && 7 / 2 == 3 && 2u * 3u == 6u`,
		`[1] + [2] == [1, 2] && b'a' + b'b' == b'ab' && dyn('a') + 'b' == 'ab' && dyn(1) + dyn(2) == 3`,
		`type(1) == int && type([]) == list && type(dyn('')) == string`,
		`has(params.name) && !has(params.nope) && params.tags.exists_one(x, x == 'a') && params.tags.all(x, x != '')`,
		`json.decode('{"a":"x y"}').a.split(' ') == ['x', 'y'] && json.decode('["b","a"]').sort() == ['a', 'b']`,
		`dyn(1) < 2.5 && 1u < 2 && 'a' < 'b' && b'a' <= b'a' && dyn('b') >= 'a' && false < true`,
		`math.greatest(json.decode('[1, 5]')) == 5 && math.least(1, 2.0, 3u) == 1`,
		`'abc'.startsWith('a') && 'abc'.endsWith('c') && 'abc'.contains('b') && matches('abc', 'b') && dyn('abc').matches('b')`,
		`params.?name.hasValue() && optional.none().or(optional.of(1)).value() == 1 && [?optional.of(1), ?optional.none()] == [1]`,
		`(1 == 1 ? 'a' : 'b') == 'a' && params['name'] == 'web' && params.tags[0] == 'a' && {'a': {'b': 1}}.a.b == 1`,
		`[[1, 2], [3]].map(l, l.map(x, x * 2)).flatten() == [2, 4, 6] && [1, 2, 3].filter(x, x > 1).map(x, x > 2, x) == [3]`,
		`1 != 2 && null == null && [1, [2]] != [1, [3]] && {'a': dyn(1)} == {'a': dyn(1.0)}`,
	} {
		value, err := eval(t, condition)
		if err != nil {
			t.Errorf("%s: %v", condition, err)
			continue
		}
		if holds, err := value.Bool(); err != nil || !holds {
			t.Errorf("%s is %t, %v", condition, holds, err)
		}
	}
}

// Values come from results of others, whose JSON may be nested as deep as they like.
func TestValuesMayNotBeDeeperThanTheyCanBeUsed(t *testing.T) {
	deep := func(n int) any {
		var v any = "x"
		for range n {
			v = []any{v}
		}
		return v
	}
	if _, err := expression.ValueOf(deep(100)); err != nil {
		t.Errorf("100 deep: %v", err)
	}
	if _, err := expression.ValueOf(deep(101)); err == nil || err.Error() != "it is nested deeper than 100 lists and maps" {
		t.Errorf("101 deep: %v", err)
	}
	text := func(n int) string {
		return "json.decode('" + strings.Repeat("[", n) + strings.Repeat("]", n) + "') != []"
	}
	if value, err := eval(t, text(100)); err != nil {
		t.Errorf("JSON 100 deep: %v", err)
	} else if holds, err := value.Bool(); !holds || err != nil {
		t.Errorf("JSON 100 deep: %t, %v", holds, err)
	}
	var got *expression.Error
	if _, err := eval(t, text(102)); !errors.As(err, &got) || got.Text != "json.decode: it is nested deeper than 100 lists and maps" {
		t.Errorf("JSON 102 deep: %v", err)
	}
}
