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

package cluster

import "testing"

func TestTaskResults(t *testing.T) {
	const want = `[{"key":"a","value":"1","type":1},{"key":"b","value":"say \"hi\"","type":1}]`
	got, err := TaskResults(map[string]string{"b": `say "hi"`, "a": "1"})
	if err != nil || got != want {
		t.Errorf("TaskResults = %s, %v; want %s", got, err, want)
	}
	if got, err := TaskResults(nil); err != nil || got != "[]" {
		t.Errorf("TaskResults of none = %s, %v; want []", got, err)
	}
}
