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

package main

import (
	"os"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

func TestEveryFaultCanBePutIntoTheCode(t *testing.T) {
	t.Chdir("../..")
	var faults []fault
	if err := yaml.UnmarshalStrict(list, &faults); err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Run(f.Fault, func(t *testing.T) {
			if _, err := f.overlay(t.TempDir()); err != nil {
				t.Error(err)
			}
			if f.Package == "" || f.Test == "" || f.Replace == f.With {
				t.Errorf("it is not complete: %+v", f)
			}
		})
	}
}

func TestAFaultIsSeenOnlyByATestThatPassesWithoutIt(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, content := range map[string]string{
		"go.mod": "module example.dev/zoo\n\ngo 1.26\n",
		"zoo.go": "package zoo\n\nfunc legs() int { return 4 }\n",
		"zoo_test.go": `package zoo

import "testing"

func TestLegs(t *testing.T) {
	t.Run("of a lion", func(t *testing.T) {
		if legs() != 4 {
			t.Error("it limps")
		}
	})
}

func TestRed(t *testing.T)     { t.Error("always") }
func TestBlind(t *testing.T)   { legs() }
func TestSkipped(t *testing.T) { t.Skip("not today") }
`,
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rows := map[string]struct{ test, with, by, says string }{
		"a test that notices":                     {"TestLegs", "return 3", "TestLegs", ""},
		"a subtest that notices":                  {"TestLegs/lion", "return 3", "TestLegs", ""},
		"a test that does not":                    {"TestBlind", "return 3", "", "TestBlind in . passes all the same"},
		"a test that is red anyway":               {"TestRed", "return 3", "", "TestRed in . fails without the fault"},
		"no test of the name":                     {"TestWings", "return 3", "", "TestWings is no test in . that is run and passes"},
		"no subtest of the name":                  {"TestLegs/tiger", "return 3", "", "TestLegs/tiger is no test in . that is run and passes"},
		"a test that is skipped":                  {"TestSkipped", "return 3", "", "TestSkipped is no test in . that is run and passes"},
		"a fault with which nothing can be built": {"TestLegs", "return", "", "no test failed, but this did"},
	}
	tests := baseline{}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			f := fault{Fault: name, File: "zoo.go", Replace: "return 4", With: row.with, Package: ".", Test: row.test}
			by, err := f.try(t.TempDir(), tests)
			if by != row.by || (err == nil) != (row.says == "") || err != nil && !strings.Contains(err.Error(), row.says) {
				t.Errorf("got %q, %v; want %q, or an error that says %q", by, err, row.by, row.says)
			}
		})
	}
}
