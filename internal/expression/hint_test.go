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
	"strings"
	"testing"

	"github.com/customtasks/customtasks/internal/expression"
)

const quoteIt = "; there are index, params, results and status; if it is text, put quotes around it"

func TestFaultsSayWhatToDo(t *testing.T) {
	rows := map[string]struct{ expression, want string }{
		"a hyphen in a name after a dot":            {`results.is-red`, "line 1, column 12: undeclared reference to 'red'; a hyphen is a minus; write results['is-red']"},
		"two hyphens":                               {"1 +\n params.a.is-not-red", "line 2, column 14: undeclared reference to 'not'; a hyphen is a minus; write params.a['is-not-red']"},
		"a hyphen before a digit":                   {`results.is-1`, "line 1, column 8: no such key: is; a hyphen is a minus; write results['is-1']"},
		"a hyphen in a name":                        {`is-red`, "line 1, column 1: undeclared reference to 'is'; a hyphen is a minus, so 'is-red' cannot be a name by itself; where it is a key, write it in brackets, as in results['is-red']"},
		"a minus with spaces":                       {`index - one`, "line 1, column 9: undeclared reference to 'one'" + quoteIt},
		"a misspelt variable":                       {`parms.count`, "line 1, column 1: undeclared reference to 'parms'; did you mean params?"},
		"letters in the wrong order":                {`statsu`, "line 1, column 1: undeclared reference to 'statsu'; did you mean status?"},
		"a name that is like none":                  {`red`, "line 1, column 1: undeclared reference to 'red'" + quoteIt},
		"a name of which all letters are others":    {`x`, "line 1, column 1: undeclared reference to 'x'" + quoteIt},
		"what is called is no name":                 {`tags.size()`, "line 1, column 1: undeclared reference to 'tags'" + quoteIt},
		"a misspelt function":                       {`sise('a')`, "line 1, column 5: undeclared reference to 'sise'; did you mean size?"},
		"a misspelt method":                         {`status.trimm()`, "line 1, column 13: undeclared reference to 'trimm'; did you mean trim?"},
		"a misspelt macro":                          {`params.l.fliter(x, true)`, "line 1, column 16: undeclared reference to 'fliter'; did you mean filter?"},
		"a misspelt function of a namespace":        {`math.gratest(1, 2)`, "line 1, column 1: undeclared reference to 'math'; did you mean math.greatest?"},
		"a function that there is not":              {`quantity('1Gi')`, "line 1, column 9: undeclared reference to 'quantity'; there is no such function"},
		"a misspelt key":                            {`params.coutn`, "line 1, column 7: no such key: coutn; did you mean count?"},
		"a misspelt key of an object":               {`params.image.tga`, "line 1, column 13: no such key: tga; did you mean tag?"},
		"a key like none":                           {`params.nope`, "line 1, column 7: no such key: nope; where it may be missing, ask has() first"},
		"a key of what a function gives":            {`json.decode('{"a": 1}').b`, "line 1, column 24: no such key: b; where it may be missing, ask has() first"},
		"a text and a number":                       {`status > 3`, "line 1, column 8: '>' cannot be used with string and int; put int() around the text, or string() around the number"},
		"a number and a text":                       {`1.5 == status`, "line 1, column 5: '==' cannot be used with double and string; put double() around the text, or string() around the number"},
		"a text and a bool":                         {`status == true`, "line 1, column 8: '==' cannot be used with string and bool; compare the text with 'true'"},
		"what only the value shows":                 {`params.count - 1`, "line 1, column 14: '-' cannot be used with string and int; put int() around the text, or string() around the number"},
		"what cannot be converted":                  {`params.l < 3`, "line 1, column 10: '<' cannot be used with list and int"},
		"a function with another type":              {`status.startsWith(1)`, "line 1, column 18: 'startsWith' cannot be used with string and int; put int() around the text, or string() around the number"},
		"a type of several parts":                   {`{'a': 1} + [2]`, "line 1, column 10: '+' cannot be used with map(string, int) and list(int)"},
		"a method that the type does not have":      {`index.trim()`, "line 1, column 11: 'trim' cannot be used with int"},
		"a part of a text":                          {`'a' in status`, "line 1, column 5: 'in' cannot be used with string and string; for a part of a text write TEXT.contains(PART)"},
		"a text for a condition":                    {`status ? 1 : 2`, "line 1, column 8: '?:' cannot be used with string, int and int; compare it, as with == 'true'"},
		"a text for a condition beside another one": {`status && true`, "line 1, column 1: expected type 'bool' but found 'string'; compare it, as with == 'true'"},
		"a number for a condition":                  {`!index`, "line 1, column 1: '!' cannot be used with int; compare it, as with > 0"},
		"a list for a condition":                    {`![1]`, "line 1, column 1: '!' cannot be used with list(int)"},
		"a text that is no int":                     {`int(params.count)`, `line 1, column 4: int() takes a whole number, as '42', not "4a"`},
		"a text that is no uint":                    {`uint('-1')`, `line 1, column 5: uint() takes a whole number that is not negative, as '42', not "-1"`},
		"a text that is no double":                  {`double(params.count)`, `line 1, column 7: double() takes a number, as '1.5', not "4a"`},
		"a text that is no bool":                    {`bool('yes')`, `line 1, column 5: bool() takes 'true' or 'false', not "yes"`},
		"a text that is no duration":                {`duration(params.count)`, `line 1, column 9: duration() takes a duration, as '1h30m', not "4a"`},
		"a text that is no time":                    {`timestamp(params.count)`, `line 1, column 10: timestamp() takes a time, as '2026-01-31T09:00:00Z', not "4a"`},
		"a time that is none":                       {`timestamp('soon')`, "line 1, column 11: invalid timestamp argument; it takes a time, as '2026-01-31T09:00:00Z'"},
		"one equals sign":                           {`index = 4`, "line 1, column 7: token recognition error at: '= '; for equal write =="},
		"an end in the middle":                      {`1 +`, "line 1, column 4: the expression ends too early; complete it"},
		"and as a word":                             {`true and false`, "line 1, column 6: mismatched input 'and' expecting <EOF>; for and write &&"},
		"if":                                        {`if true then 1`, "line 1, column 1: reserved identifier: if; for a choice write CONDITION ? THIS : THAT"},
		"a reference":                               {`$(params.x)`, "line 1, column 1: token recognition error at: '$'; write a value by its name, as params.NAME, without $()"},
		"a long text":                               {`int(params.long)`, `line 1, column 4: int() takes a whole number, as '42', not "` + strings.Repeat("x", 100) + `…"`},
	}
	env, err := expression.New(
		expression.Var("params", expression.Map(expression.Dyn)), expression.Var("results", expression.Map(expression.Dyn)),
		expression.Var("status", expression.String), expression.Var("index", expression.Int))
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]any{
		"params":  map[string]any{"count": "4a", "l": []string{"a"}, "image": map[string]string{"tag": "v"}, "long": strings.Repeat("x", 200)},
		"results": map[string]any{"is-1": "x"}, "status": "Succeeded", "index": 1,
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			program, err := env.Compile(row.expression)
			if err == nil {
				_, err = program.Eval(t.Context(), given)
			}
			if err == nil || err.Error() != row.want {
				t.Errorf("%s\n got %v\nwant %s", row.expression, err, row.want)
			}
		})
	}
}

func TestWithoutVariablesANameIsLikelyText(t *testing.T) {
	env, err := expression.New()
	if err != nil {
		t.Fatal(err)
	}
	_, err = env.Compile("red")
	if want := "line 1, column 1: undeclared reference to 'red'; if it is text, put quotes around it"; err == nil || err.Error() != want {
		t.Errorf("got %v; want %s", err, want)
	}
}
