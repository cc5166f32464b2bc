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

package conformance

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func report() Report {
	return newReport(Profile{APIVersion: "example.dev/v1", Kind: "Mine"}, []Outcome{
		{Number: "C31", Level: Must, Title: "later", Result: Failed, Expected: "one", Seen: "another\nthing", CustomRun: "kind: CustomRun\nspec: {}"},
		{Number: "C2", Level: Own, Title: "earlier", Result: Passed, Seen: "well"},
		{Number: "C11", Level: Should, Title: "between", Result: Skipped, Seen: "not supported"},
	})
}

func TestTextReport(t *testing.T) {
	var out bytes.Buffer
	if err := report().WriteText(&out, false); err != nil {
		t.Fatal(err)
	}
	want := `passed  C2  O  earlier
skipped C11 S  between: not supported
failed  C31 M  later
    expected: one
    seen:     another
    thing
    | kind: CustomRun
    | spec: {}

example.dev/v1 Mine
level     passed  failed skipped
M              0       1       0
R              0       0       0
S              0       0       1
O              1       0       0
all            1       1       1
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("text (-want, +got):\n%s", diff)
	}
}

func TestJUnitReport(t *testing.T) {
	var out bytes.Buffer
	if err := report().WriteJUnit(&out); err != nil {
		t.Fatal(err)
	}
	var got junitSuite
	if err := xml.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Tests != 3 || got.Failures != 1 || got.Skipped != 1 || len(got.Cases) != 3 {
		t.Errorf("%d tests, %d failures, %d skipped, %d cases", got.Tests, got.Failures, got.Skipped, len(got.Cases))
	}
	if f := got.Cases[2].Failure; f == nil || !strings.Contains(f.Text, "kind: CustomRun") {
		t.Errorf("the failure is %+v", f)
	}
}

func TestMarkdownReport(t *testing.T) {
	var out bytes.Buffer
	other := newReport(Profile{Kind: "Other"}, []Outcome{{Number: "C2", Level: Own, Title: "earlier", Result: Skipped, Seen: "not supported"}})
	if err := WriteMarkdown(&out, report(), other); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| Mine | M | 0 | 1 | 0 |\n",
		"| C2 | O | earlier | passed | skipped 1 |\n| C11 | S | between | skipped 1 |  |\n| C31 | M | later | failed |  |\n",
		"\n1. not supported\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
}
