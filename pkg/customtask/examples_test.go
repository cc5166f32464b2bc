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

package customtask_test

import (
	"testing"

	"github.com/customtasks/customtasks/internal/apidoc"
)

func TestEveryExportHasAnExample(t *testing.T) {
	p, err := apidoc.Load(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range p.WithoutExample() {
		t.Errorf("%s has no example; add one to an example_*_test.go", name)
	}
	for _, bad := range p.BadExamples() {
		t.Error(bad)
	}
}
