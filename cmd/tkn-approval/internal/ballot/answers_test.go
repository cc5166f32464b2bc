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

package ballot

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/terminal"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/google/go-cmp/cmp"
)

func TestParseInputs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "notes")
	if err := os.WriteFile(file, []byte("one\ntwo\r\n"), 0o600); err != nil {
		t.Fatalf("writing the file: %v", err)
	}
	got, err := ParseInputs([]string{"a=1", "b=x=y", "c=", "d=@" + file, "e=@@home"})
	if err != nil {
		t.Fatalf("reading the inputs: %v", err)
	}
	want := []v1alpha1.InputValue{{Name: "a", Value: "1"}, {Name: "b", Value: "x=y"}, {Name: "c"}, {Name: "d", Value: "one\ntwo"}, {Name: "e", Value: "@home"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the inputs are others (-want, +got):\n%s", diff)
	}
}

func TestParseInputsRefuses(t *testing.T) {
	for name, row := range map[string]struct {
		given []string
		want  string
	}{
		"no value":      {[]string{"a"}, `--input "a": write it as NAME=VALUE, or NAME=@FILE`},
		"no name":       {[]string{"=a"}, `--input "=a": write it as NAME=VALUE, or NAME=@FILE`},
		"a name twice":  {[]string{"a=1", "a=2"}, "--input a is given twice"},
		"a lost file":   {[]string{"a=@/nonexistent"}, "--input a: open /nonexistent: no such file or directory"},
		"only a marker": {[]string{"a=@"}, "--input a: open : no such file or directory"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ParseInputs(row.given); err == nil || err.Error() != row.want {
				t.Errorf("got  %v\nwant %s", err, row.want)
			}
		})
	}
}

func TestAskAnswersAsksEveryType(t *testing.T) {
	half := "0.5"
	request := &v1alpha1.ApprovalRequest{}
	request.Spec.Inputs = []v1alpha1.Input{
		{Name: "given", Type: v1alpha1.InputString, Required: true},
		{Name: "sure", Type: v1alpha1.InputBoolean, Required: true},
		{Name: "count", Type: v1alpha1.InputInteger, Minimum: "1", Maximum: "9"},
		{Name: "share", Type: v1alpha1.InputNumber, Default: &half},
		{Name: "colour", Type: v1alpha1.InputEnum, Values: []string{"blue", "green"}},
		{Name: "notes", Type: v1alpha1.InputText},
	}
	var out bytes.Buffer
	prompt := terminal.NewPrompt(strings.NewReader("maybe\ntrue\n10\n9\n\ngreen\none\ntwo\n.\n"), &out)
	got, err := AskAnswers(prompt, request, []v1alpha1.InputValue{{Name: "given", Value: "x"}}, nil, false)
	if err != nil {
		t.Fatalf("asking: %v", err)
	}
	want := []v1alpha1.InputValue{
		{Name: "given", Value: "x"}, {Name: "sure", Value: "true"}, {Name: "count", Value: "9"},
		{Name: "colour", Value: "green"}, {Name: "notes", Value: "one\ntwo"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the answers are others (-want, +got):\n%s", diff)
	}
	wantOut := `sure: boolean; required
> input "sure": "maybe" must be true or false
> count: integer; at least 1; at most 9; may be left out
> input "count": 10 must be at most 9
> share: number; default "0.5"
> colour: enum of blue, green; may be left out
> notes: text; may be left out
(end with a line that is only a dot)
`
	if diff := cmp.Diff(wantOut, out.String()); diff != "" {
		t.Errorf("it asks otherwise (-want, +got):\n%s", diff)
	}
}
