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

package v1alpha1_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
)

func TestOneUnreadableObjectLeavesTheOthersOfItsListReadable(t *testing.T) {
	list := func(good, bad string) []byte {
		return fmt.Appendf(nil, `{"metadata":{"resourceVersion":"7"},"items":[
			{"metadata":{"name":"bad","namespace":"ns","resourceVersion":"5"},"spec":%s},
			{"metadata":{"name":"good","namespace":"ns"},"spec":%s}]}`, bad, good)
	}
	check := func(t *testing.T, name, unreadable, says, other, otherUnreadable string) {
		t.Helper()
		if name != "bad" || !strings.Contains(unreadable, says) {
			t.Errorf("%q cannot be read because of %q; want %q", name, unreadable, says)
		}
		if other != "good" || otherUnreadable != "" {
			t.Errorf("%q cannot be read because of %q", other, otherUnreadable)
		}
	}
	t.Run("TaskLoop", func(t *testing.T) {
		var got v1alpha1.TaskLoopList
		if err := json.Unmarshal(list(`{"taskRef":{"name":"work"},"iterateParam":"x","timeout":"1h"}`, `{"taskRef":{"name":"work"},"timeout":"1 hour"}`), &got); err != nil {
			t.Fatal(err)
		}
		check(t, got.Items[0].Name, got.Items[0].Unreadable, "hour", got.Items[1].Name, got.Items[1].Unreadable)
		if got.Items[0].ResourceVersion != "5" || got.Items[0].Spec.TaskRef != nil || got.Items[1].Spec.TaskRef.Name != "work" {
			t.Errorf("read %+v", got.Items)
		}
	})
	t.Run("PipelineLoop", func(t *testing.T) {
		var got v1alpha1.PipelineLoopList
		if err := json.Unmarshal(list(`{"iterateParam":"x"}`, `{"workspaces":[{"name":"a","emptyDir":{"sizeLimit":"lots"}}]}`), &got); err != nil {
			t.Fatal(err)
		}
		check(t, got.Items[0].Name, got.Items[0].Unreadable, "quantities", got.Items[1].Name, got.Items[1].Unreadable)
	})
	t.Run("SubPipeline", func(t *testing.T) {
		var got v1alpha1.SubPipelineList
		if err := json.Unmarshal(list(`{"pipelineRef":{"name":"p"}}`, `{"timeouts":{"pipeline":"10 minutes"}}`), &got); err != nil {
			t.Fatal(err)
		}
		check(t, got.Items[0].Name, got.Items[0].Unreadable, "minutes", got.Items[1].Name, got.Items[1].Unreadable)
	})
}
