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
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/internal/expression"
)

// doubled is a bind of x to init, then of x to x+x as often as said, around body.
func doubled(init string, times int, body string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "cel.bind(x0, %s, ", init)
	for i := range times {
		fmt.Fprintf(&text, "cel.bind(x%d, x%d + x%d, ", i+1, i, i)
	}
	return text.String() + strings.ReplaceAll(body, "LAST", fmt.Sprintf("x%d", times)) + strings.Repeat(")", times+1)
}

// nested is what holds the thing before it ten times, as often as said.
func nested(times int, body string) string {
	var text strings.Builder
	text.WriteString("cel.bind(x0, [1], ")
	for i := range times {
		fmt.Fprintf(&text, "cel.bind(x%d, [%s], ", i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("x%d, ", i), 10), ", "))
	}
	return text.String() + strings.ReplaceAll(body, "LAST", fmt.Sprintf("x%d", times)) + strings.Repeat(")", times+1)
}

// loops is a macro over a range in the same macro, as often as said, around body.
func loops(times int, over, macro, body string) string {
	for i := range times {
		body = fmt.Sprintf("%s.%s(v%d, %s)", over, macro, i, body)
	}
	return body
}

// typesDoubled binds x to a map of the x before it by itself, as often as said.
func typesDoubled(times int) string {
	var text strings.Builder
	text.WriteString("cel.bind(x0, 1, ")
	for i := range times {
		fmt.Fprintf(&text, "cel.bind(x%d, {x%d: x%d}, ", i+1, i, i)
	}
	return text.String() + "1" + strings.Repeat(")", times+1)
}

// compared binds empty lists, and compares each with what is made of the next one, which gives it a type.
func compared(times int, made string) string {
	var binds, conditions strings.Builder
	for i := range times {
		fmt.Fprintf(&binds, "cel.bind(x%d, [], ", i)
		if i > 0 {
			fmt.Fprintf(&conditions, "x%d == %s && ", i-1, strings.ReplaceAll(made, "LAST", fmt.Sprintf("x%d", i)))
		}
	}
	return binds.String() + conditions.String() + "true" + strings.Repeat(")", times)
}

// twenty numbers, of which it is known before that they are twenty.
var twenty = "[" + strings.TrimSuffix(strings.Repeat("1, ", 20), ", ") + "]"

var hostile = map[string]struct {
	expression string
	class      expression.Class
}{
	"seven nested maps over 20 known elements":     {loops(7, twenty, "map", "1"), expression.Cost},
	"seven nested maps over a range of 20":         {loops(7, "lists.range(20)", "map", "1"), expression.Cost},
	"seven nested maps over a param of 20":         {loops(7, "params.twenty", "map", "1"), expression.Cost},
	"seven nested exists that find nothing":        {loops(7, "params.twenty", "exists", "false"), expression.Cost},
	"loops of nothing but steps":                   {loops(7, "params.twenty", "all", "true"), expression.Cost},
	"a string doubled thirty times":                {doubled("'0123456789'", 30, "LAST"), expression.Cost},
	"a param doubled thirty times":                 {doubled("params.name", 30, "LAST"), expression.Size},
	"a param doubled thirty times, then its size":  {doubled("params.name", 30, "LAST.size()"), expression.Size},
	"a limit that || would swallow":                {doubled("params.name", 30, "LAST == '' || true"), expression.Size},
	"a list doubled thirty times":                  {doubled("[1]", 30, "LAST"), expression.Size},
	"a list doubled thirty times, never looked at": {doubled("params.twenty", 30, "true"), ""},
	"a list in a list in a list":                   {nested(12, "LAST"), expression.Size},
	"a list in a list in a list, compared":         {nested(12, "LAST == LAST"), expression.Size},
	"what a map makes, compared with itself": {
		`cel.bind(a, lists.range(60).map(x, lists.range(60)), cel.bind(b, lists.range(60).map(x, a), cel.bind(c, lists.range(60).map(x, b), c == c)))`,
		expression.Size,
	},
	"replace of nothing by much":                   {doubled("'0123456789'", 15, "LAST.replace('', LAST)"), expression.Size},
	"join by much":                                 {doubled("'0123456789'", 15, "lists.range(1000).map(x, 'a').join(LAST)"), expression.Size},
	"format of doubles with 300 digits":            {`'%s'.format([lists.range(50000).map(i, 1e308)])`, expression.Size},
	"format of doubles with 400 digits each":       {`cel.bind(f, lists.range(3000).map(i, '%.100f').join(), f.format(lists.range(3000).map(i, 1e308)))`, expression.Size},
	"format of a precision without end":            {`dyn('%.1000000000f').format([1.0])`, expression.Evaluation},
	"format of much in many maps":                  {`cel.bind(l, params.text, params.twenty.map(x, '%s'.format([` + strings.Repeat("{'a': ", 20) + `l` + strings.Repeat("}", 20) + `]).size()))`, expression.Size},
	"format as hex":                                {doubled("params.name", 16, "'%x'.format([LAST])"), expression.Size},
	"lists joined, looked through again and again": {doubled("params.thousand", 5, "params.thousand.all(x, LAST.all(y, true))"), expression.Cost},
	"lists joined, longer than they may be":        {"params.thousand" + strings.Repeat(" + params.thousand", 200), expression.Size},
	"lists joined one by one":                      {`cel.bind(l, lists.range(60000), params.thousand.all(x, (l + [1]).size() > 0))`, expression.Size},
	"flatten, again and again":                     {`cel.bind(l, lists.range(250).map(x, lists.range(100)), params.thousand.all(x, l.flatten().size() > 0))`, expression.Size},
	"maps, again and again":                        {`params.thousand.all(x, lists.range(1000).transformMap(i, v, v).size() > 0)`, expression.Cost},
	"time zones, again and again":                  {`params.thousand.all(x, params.thousand.all(y, timestamp('2026-01-31T09:00:00Z').getHours('Europe/Berlin') == 10))`, expression.Cost},
	"classes of letters, again and again":          {`params.thousand.all(x, params.thousand.all(y, !'a'.matches('(` + strings.Repeat(`\\pL`, 50) + `){10}')))`, expression.Cost},
	"a regular expression that repeats too much":   {`'a'.matches('` + strings.Repeat("x{1000}", 21) + `')`, expression.Size},
	"all matches of nothing":                       {doubled("'0123456789'", 13, `regex.extractAll(LAST, '')`), expression.Size},
	"all matches, again and again":                 {doubled("'0123456789'", 6, `params.thousand.all(x, regex.extractAll(LAST, '(.)').size() > 0)`), expression.Cost},
	"split into letters":                           {doubled("'0123456789'", 16, "LAST.split('')"), expression.Size},
	"indexOf of what is nearly there":              {doubled("'aaaaaaaaaa'", 15, "(LAST + LAST).indexOf(LAST + 'b')"), expression.Cost},
	"a large range":                                {`lists.range(10000000)`, expression.Evaluation},
	"ranges in a loop":                             {`lists.range(2000).map(x, lists.range(50000)).size()`, expression.Size},
	"ranges in a loop over a param":                {`params.thousand.map(x, lists.range(60000).size())`, expression.Size},
	"a large regular expression":                   {`params.text.matches('(` + strings.Repeat("x{1000}", 15) + `)+')`, expression.Cost},
	"a regular expression of many bytes":           {`params.text.matches('` + strings.Repeat("x{1000}", 1000) + `')`, expression.Size},
	"regex.replace of nothing by much":             {doubled("'0123456789'", 12, "regex.replace(LAST, '', LAST)"), expression.Size},
	"regex.replace that repeats what it matches":   {doubled("'0123456789'", 12, `regex.replace(LAST, '.*', '`+strings.Repeat(`\\0`, 500)+`')`), expression.Size},
	"JSON of much, again and again":                {doubled("'0123456789'", 16, "lists.range(1000).map(i, json.encode(LAST)).size()"), expression.Cost},
	"base64 of much, again and again":              {doubled("params.name", 15, "params.thousand.map(i, base64.encode(bytes(LAST)).size()).size()"), expression.Cost},
	"distinct of much":                             {`lists.range(50000).distinct().size()`, expression.Cost},
	"sets of much":                                 {`sets.contains(lists.range(50000), lists.range(50000))`, expression.Cost},
	"types that double":                            {typesDoubled(60), expression.Cost},
	"types that are found out by comparing":        {compared(40, "[LAST]"), expression.Cost},
	"types that double when they are found out":    {compared(8, "[{LAST: LAST}]"), expression.Cost},
	"maps in each other, whose types take long":    {strings.Repeat("[1].map(x, ", 240) + "x" + strings.Repeat(")", 240), expression.Cost},
	"optional values in each other":                {strings.Repeat("optional.of(", 60) + "1" + strings.Repeat(")", 60), expression.Cost},
	"sums of lists side by side":                   {"[" + strings.Repeat("[] + [], ", 1500) + "1]", expression.Cost},
	"macros side by side":                          {"[" + strings.Repeat("[0].map(x, x), ", 1000) + "1]", expression.Cost},
	"as many types as there may be":                {compared(15, "[LAST]"), ""},
	"as many lists in each other as there may be":  {strings.Repeat("[", 46) + "1" + strings.Repeat("]", 46), ""},
	"as many macros as there may be":               {"[" + strings.Repeat("[0].map(x, x), ", 199) + "1]", ""},
	"JSON of many small objects":                   {doubled(`'{"":0},'`, 15, `json.decode('[' + LAST + '0]').size()`), expression.Size},
	"JSON of many small lists":                     {doubled(`'[],'`, 15, `json.decode('[' + LAST + '0]').size()`), expression.Size},
	"a wrong regular expression, again and again":  {`params.thousand.map(x, params.thousand.exists(y, 'a'.matches('` + strings.Repeat("(", 900) + `')))`, expression.Evaluation},
	"a long text":                                  {strings.Repeat("1 + ", 5000) + "1", expression.Size},
	"many brackets":                                {strings.Repeat("(", 500) + "1" + strings.Repeat(")", 500), expression.Syntax},
	"many lists in each other":                     {strings.Repeat("[", 8000), expression.Syntax},
	"many signs":                                   {strings.Repeat("-", 16000) + "1", ""},
	"a chain of optMap":                            {"optional.of(1)" + strings.Repeat(".optMap(a, a)", 60), ""},
	"a long sum":                                   {strings.Repeat("1 + ", 4000) + "1", expression.Syntax},
	"a long selection":                             {"params" + strings.Repeat(".a", 3000), expression.Syntax},
	"many conditions":                              {strings.Repeat("true ? 1 : ", 1400) + "2", expression.Syntax},
}

func hostileInputs() map[string]any {
	return map[string]any{"params": map[string]any{
		"name": "0123456789", "twenty": make([]string, 20), "thousand": make([]string, 1000), "text": strings.Repeat("x", 60_000),
	}}
}

// Time and memory are bounded by cost, size and work, so it is these that the test asks for. What it
// allocates in all is counted by the runtime and does not depend on the speed of the machine.
func TestHostileExpressionsEndWithinTheirLimits(t *testing.T) {
	for name, row := range hostile {
		t.Run(name, func(t *testing.T) {
			env := environment(t)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			program, err := env.Compile(row.expression)
			if err == nil {
				_, err = program.EvalWithin(t.Context(), time.Hour, hostileInputs())
			}
			runtime.ReadMemStats(&after)
			allocated := (after.TotalAlloc - before.TotalAlloc) >> 20
			if t.Logf("allocated %d MiB: %v", allocated, err); allocated > 64 && !racing {
				t.Errorf("allocated %d MiB; want at most 64", allocated)
			}
			var got *expression.Error
			switch {
			case errors.As(err, &got) && got.Class == row.class:
			case err == nil && row.class == "":
			default:
				t.Errorf("error %v; want class %q", err, row.class)
			}
		})
	}
}

func TestAnEndedContextEndsAnEvaluation(t *testing.T) {
	program, err := environment(t).Compile(loops(7, "params.twenty", "all", "true"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = program.Eval(ctx, hostileInputs())
	var got *expression.Error
	if !errors.As(err, &got) || got.Class != expression.Time {
		t.Errorf("error %v; want class Time", err)
	}
}

// Each expression is checked with the types of those before it.
func TestTypesDoNotGrowFromExpressionToExpression(t *testing.T) {
	for name, text := range map[string]string{"twice as large": `false ? {x: x} : {}`, "deeper": `[[x]]`} {
		kind := expression.Int
		for range 40 {
			env, err := expression.New(expression.Var("x", kind))
			if err != nil {
				t.Fatal(err)
			}
			program, err := env.Compile(text)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if kind = program.Type(); len(kind.String()) > 200 {
				t.Fatalf("%s: the type is %s", name, kind)
			}
		}
	}
}

// The figures say what is near the limits of the check and must go on to work.
func TestLargeExpressionsOfEveryDay(t *testing.T) {
	for name, text := range map[string]string{
		"hundred conditions":                strings.Repeat("params.name == 'x' || ", 100) + "true",
		"a table of a thousand names":       "{" + strings.TrimSuffix(strings.Repeat("'NAME': 'value', ", 800), ", ") + "}.size() > 0",
		"objects in lists in objects":       `{'a': [{'b': [{'c': [{'d': ['e']}]}]}]}.a[0].b[0].c[0].d[0] == 'e'`,
		"empty lists for what is not there": "(" + strings.TrimSuffix(strings.Repeat("(has(params.x) ? ['a'] : []) + ", 12), " + ") + ") == []",
		"maps with names from a param":      `params.tags.transformMapEntry(i, t, {t: i}) == {'a': 0, 'b': 1, 'c': 2} && params.tags.transformMapEntry(i, t, {t: [t]}) != {}`,
		"a long chain of methods":           "params.name" + strings.Repeat(".trim()", 100) + " == 'web'",
	} {
		for i := strings.Count(text, "NAME"); i > 0; i-- {
			text = strings.Replace(text, "NAME", fmt.Sprint(i), 1)
		}
		if value, err := eval(t, text); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if holds, err := value.Bool(); err != nil || !holds {
			t.Errorf("%s: %t, %v", name, holds, err)
		}
	}
}
