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
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const small = `
apiVersion: example.dev/v1
kind: Mine
supports: {named: false}
runs:
  succeeds: {spec: {}}
  fails: {spec: {params: [{name: bad, value: x}]}}
  neverEnds: {spec: {params: [{name: for, value: 24h}]}}
`

func TestTheProfilesHereAreValid(t *testing.T) {
	files, err := filepath.Glob("profiles/*.yaml")
	if err != nil || len(files) < 2 {
		t.Fatalf("%d profiles, %v", len(files), err)
	}
	for _, file := range files {
		if _, err := Load(file); err != nil {
			t.Error(err)
		}
	}
}

func TestTheProfileInTheDocumentationIsValid(t *testing.T) {
	page, err := os.ReadFile("../../docs/conformance.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), "<<PROFILE\n")
	profile, _, ended := strings.Cut(rest, "    PROFILE\n")
	if !found || !ended {
		t.Fatal("there is no profile in docs/conformance.md")
	}
	if _, err := Parse([]byte(profile)); err != nil {
		t.Error(err)
	}
}

func TestDefaultsOfAProfile(t *testing.T) {
	p, err := Parse([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	s := p.Supports
	if !p.Unnamed || s.Named || !s.CustomSpec || !s.Retries || !s.Timeout || !s.Workspaces || !s.Results || !s.Pipeline {
		t.Errorf("unnamed %v, supports %+v", p.Unnamed, s)
	}
}

func TestErrorsOfAProfile(t *testing.T) {
	rows := map[string]struct{ old, new, want string }{
		"an unknown field":                {"kind: Mine", "kind: Mine\nkinds: x", `unknown field "kinds"`},
		"an unknown field further in":     {"succeeds: {", "succeeds: {than: x, ", `unknown field "runs.succeeds.than"`},
		"a field given twice":             {"kind: Mine", "kind: Mine\nkind: Other", `"kind" already set`},
		"a mistyped field":                {"named: false", "named: maybe", "supports"},
		"no group":                        {"example.dev/v1", "v1", `apiVersion "v1" must be GROUP/VERSION`},
		"no kind":                         {"kind: Mine", "", "kind is missing"},
		"nothing that succeeds":           {"  succeeds: {spec: {}}\n", "", "runs.succeeds is missing"},
		"nothing that fails":              {"  fails:", "  takes:", "runs.fails is missing"},
		"nothing that never ends":         {"  neverEnds:", "  takes:", "runs.neverEnds is missing"},
		"a time that is missing":          {"  neverEnds:", "  takes: {spec: {}}\n  neverEnds:", "runs.takes.for must be more than 0"},
		"a run without a spec":            {"{spec: {}}", "{then: x}", "runs.succeeds.spec is missing"},
		"a field that the suite sets":     {"{spec: {}}", "{spec: {status: x}}", "runs.succeeds.spec.status cannot be set"},
		"both customRef and customSpec":   {"{spec: {}}", "{spec: {customRef: {}, customSpec: {}}}", "has both customRef and customSpec"},
		"params that are no list":         {"{spec: {}}", "{spec: {params: {a: b}}}", "runs.succeeds.spec.params must be a list"},
		"a result without a value":        {"{spec: {}}", "{spec: {}, result: {name: a}}", "runs.succeeds.result needs either a value or a pattern"},
		"a result with a bad pattern":     {"{spec: {}}", "{spec: {}, result: {name: a, pattern: '('}}", "runs.succeeds.result.pattern"},
		"names without a definition":      {"{named: false}", "{}", "definition is missing"},
		"a definition without a name":     {"runs:", "definition: {object: {kind: A}}\nruns:", "definition.object.metadata.name is missing"},
		"a definition in a namespace":     {"runs:", "definition: {object: {kind: A, metadata: {name: a, namespace: b}}}\nruns:", `definition.object.metadata.namespace "b" cannot be set`},
		"an object in a namespace":        {"runs:", "objects: [{kind: A, metadata: {name: a, namespace: b}}]\nruns:", `objects[0].metadata.namespace "b" cannot be set`},
		"invalid without words":           {"runs:", "invalid: [{spec: {}}]\nruns:", "invalid[0].mentions is missing"},
		"a child without a kind":          {"runs:", "children: [{apiVersion: v1}]\nruns:", "children[0] needs apiVersion and kind"},
		"a child with half an end":        {"runs:", "children: [{apiVersion: v1, kind: A, endedField: a}]\nruns:", "children[0] needs both endedField and endedValues"},
		"a reason with blanks":            {"runs:", "reasons: [so it is]\nruns:", `reasons[0] "so it is" is not CamelCase`},
		"substitution without customSpec": {"runs:", "substitution: {spec: {}, param: a}\nruns:", "substitution.spec.customSpec is missing"},
		"substitution without the param":  {"runs:", "substitution: {spec: {customSpec: {}}, param: a}\nruns:", `substitution.param "a" is not among`},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(strings.Replace(small, row.old, row.new, 1)))
			if err == nil || !strings.Contains(err.Error(), row.want) || strings.Contains(err.Error(), "\n\n") {
				t.Errorf("error %v; want %q", err, row.want)
			}
		})
	}
}
