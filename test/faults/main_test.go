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
