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
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/internal/expression"
)

// Each row ends by the guard of one function: without it, the expression would give a value, or take much more
// memory, or end for another reason.
func TestEveryGuardEndsWhatItShould(t *testing.T) {
	const tooLong = "a function would take too long with arguments as large as these"
	const tooLarge = "a value is larger than 1 MiB"
	again := func(call string) string {
		return `cel.bind(l, lists.range(50000), params.thousand.all(x, ` + call + `))`
	}
	sorted := func(call string) string {
		return `cel.bind(l, lists.range(16).map(i, params.text), params.thousand.all(x, ` + call + `.size() > 0))`
	}
	searched := func(call string) string { return `params.twenty.all(x, ` + call + `)` }
	part := `'` + strings.Repeat("x", 100) + `b'`
	pairs := func(call string) string {
		return `cel.bind(a, lists.range(8000), cel.bind(b, lists.range(8000).map(i, i + 9000), ` + call + `))`
	}
	rows := map[string]struct {
		expression, want string
		mib              uint64 // that it may allocate
	}{
		"==":                              {again(`l == l`), tooLong, 128},
		"!=":                              {again(`!(l != l)`), tooLong, 128},
		"in":                              {again(`!(-1 in l)`), tooLong, 64},
		"== of a param that is too large": {`params.big == params.big`, tooLarge, 8},
		"sets.contains":                   {pairs(`sets.contains(a, a)`), tooLong, 64},
		"sets.intersects":                 {pairs(`sets.intersects(a, b)`), tooLong, 64},
		"sets.equivalent":                 {pairs(`sets.equivalent(a, a)`), tooLong, 64},
		"distinct":                        {pairs(`a.distinct().size()`), tooLong, 64},
		"flatten":                         {`params.big.flatten().size()`, tooLarge, 8},
		"sort":                            {sorted(`l.sort()`), tooLong, 64},
		"sortBy":                          {sorted(`l.sortBy(i, i)`), tooLong, 64},
		"format, of elements not used":    {`'x'.format(params.big)`, tooLarge, 8},
		"format, of digits":               {`'%s'.format([lists.range(4000).map(i, 1e308)])`, tooLarge, 8},
		"format, of small digits":         {`'%s'.format([lists.range(4000).map(i, 1e-300)])`, tooLarge, 8},
		"format, of precision":            {`cel.bind(f, lists.range(8000).map(i, '%.100f').join(), f.format(lists.range(8000)))`, tooLarge, 12},
		"format, as bits":                 {`cel.bind(f, lists.range(17000).map(i, '%b').join(), f.format(lists.range(17000).map(i, -i)))`, tooLarge, 12},
		"format, of many maps":            {`params.thousand.all(x, '%s'.format([{'a': {'a': {'a': {'a': params.text}}}}]) != '')`, "the expression makes values of more than 16 MiB in all", 48},
		"json.encode":                     {`json.encode(params.big).size()`, tooLarge, 8},
		"json.decode":                     {`json.decode('[' + lists.range(9000).map(i, '{}').join(',') + ']').size()`, tooLarge, 8},
		"indexOf":                         {searched(`params.text.indexOf(` + part + `) < 0`), tooLong, 64},
		"lastIndexOf":                     {searched(`params.text.lastIndexOf(` + part + `) < 0`), tooLong, 64},
		"contains":                        {searched(`!params.text.contains(` + part + `)`), tooLong, 64},
		"split":                           {`(params.text + params.text + params.text + params.text).split('').size()`, tooLarge, 1},
		"join":                            {`params.thousand.join(params.text)`, tooLarge, 4},
		"replace":                         {`params.text.replace('x', params.hundred)`, tooLarge, 4},
		"replace, as often as said":       {`params.text.replace('x', params.hundred, 20000)`, tooLarge, 4},
		"matches":                         {searched(`!params.text.matches('` + strings.Repeat("x?", 100) + `b')`), tooLong, 64},
		"regex.extract":                   {searched(`!regex.extract(params.text, '` + strings.Repeat("x?", 100) + `b').hasValue()`), tooLong, 64},
		"regex.extractAll, of steps":      {searched(`regex.extractAll(params.text, '` + strings.Repeat("x?", 100) + `b') == []`), tooLong, 64},
		"regex.extractAll, of matches":    {`regex.extractAll(params.text + params.text, '').size()`, tooLarge, 12},
		"regex.extractAll, of groups":     {`regex.extractAll(params.text, '` + strings.Repeat("(x)?", 10) + `').size()`, "a text is too long for this regular expression", 4},
		"regex.replace, of steps":         {searched(`regex.replace(params.text, '` + strings.Repeat("x?", 100) + `b', '') != ''`), tooLong, 64},
		"regex.replace, of matches":       {`regex.replace(params.text, 'x', params.hundred)`, tooLarge, 16},
		"regex.replace, of groups":        {`regex.replace(params.text, '.*', r'` + strings.Repeat(`\0`, 20) + `')`, tooLarge, 8},
		"json.decode, again and again": {
			`cel.bind(s, '[' + lists.range(1000).map(i, '{}').join(',') + ']', params.thousand.all(x, json.decode(s).size() == 1000))`,
			"the expression makes values of more than 16 MiB in all", 64,
		},
		"maps that are written out": {
			`params.thousand.all(x, params.thousand.all(y, {` + strings.TrimSuffix(strings.Repeat("KEY: 1, ", 20), ", ") + `} != {}))`,
			"the expression makes values of more than 16 MiB in all", 128,
		},
		"a param as it is": {`params.big`, tooLarge, 8},
		"a sum of lists":   {`cel.bind(l, lists.range(40000), (l + l).size())`, tooLarge, 8},
	}
	for _, function := range []string{"FullYear", "Month", "DayOfYear", "DayOfMonth", "Date", "DayOfWeek", "Hours", "Minutes", "Seconds", "Milliseconds"} {
		row := rows["=="]
		row.expression = `lists.range(2600).all(i, timestamp(i).get` + function + `('Europe/Berlin') >= 0)`
		rows["get"+function+" of a zone"] = row
	}
	given := hostileInputs()
	params := given["params"].(map[string]any)
	params["hundred"] = strings.Repeat("y", 100)
	params["big"] = strings.Split(strings.Repeat(strings.Repeat("z", 60_000)+",", 20), ",")
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			for i := range strings.Count(row.expression, "KEY") {
				row.expression = strings.Replace(row.expression, "KEY", strconv.Itoa(i), 1)
			}
			program, err := environment(t).Compile(row.expression)
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err = program.EvalWithin(t.Context(), time.Hour, given)
			runtime.ReadMemStats(&after)
			var got *expression.Error
			if !errors.As(err, &got) || got.Text != row.want {
				t.Errorf("error %v; want %s", err, row.want)
			}
			if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; mib > row.mib && !racing {
				t.Errorf("allocated %d MiB; want at most %d", mib, row.mib)
			}
		})
	}
}

// What is just within the limits goes on to work.
func TestNoGuardEndsWhatItShouldNot(t *testing.T) {
	for name, condition := range map[string]string{
		"a table of numbers":                 "'%s'.format([lists.range(3000).map(i, 1e300)]).size() > 900000",
		"percent signs":                      "lists.range(9000).map(i, '%%').join().format([]).size() == 9000",
		"a table of lines":                   "lists.range(5000).map(i, '%s=%s').join().format(lists.range(10000)).size() > 40000",
		"a long list of texts":               "params.text.split('').size() == 60000",
		"a long text of parts":               "params.thousand.join(params.hundred).size() == 99900",
		"matches of a long text":             "regex.extractAll(params.text, 'xx').size() == 30000",
		"replacing in a long text":           "regex.replace(params.text, 'x', 'yy').size() == 120000 && params.text.replace('x', 'yy').size() == 120000",
		"a limit to replacing":               "params.text.replace('x', params.hundred, 5).size() == 60495",
		"a pattern for each line":            "lists.range(5000).filter(i, string(i).matches('^[a-z0-9_.-]+@?[0-9]{1,20}$')).size() == 4990",
		"classes of letters":                 `'Grüße'.matches('^[\\pL\\pN]{1,63}$')`,
		"a sum of lists as long as may be":   "cel.bind(l, lists.range(30000), (l + l).size() == 60000)",
		"a sum of a list and what maps give": "(params.thousand + lists.range(3).map(i, string(i)) + [])[1002] == '2'",
		"a small report":                     "json.decode('[' + lists.range(2000).map(i, '{\"a\":1}').join(',') + ']').size() == 2000",
		"two zones":                          "lists.range(2000).all(i, timestamp(i).getHours('Europe/Berlin') == 1)",
	} {
		program, err := environment(t).Compile(condition)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		given := hostileInputs()
		given["params"].(map[string]any)["hundred"] = strings.Repeat("y", 100)
		value, err := program.EvalWithin(t.Context(), time.Hour, given)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if holds, err := value.Bool(); err != nil || !holds {
			t.Errorf("%s: %t, %v", name, holds, err)
		}
	}
}
