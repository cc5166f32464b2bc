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
	"context"
	"fmt"

	"github.com/customtasks/customtasks/internal/exampletest"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"knative.dev/pkg/apis"
)

var noticeKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Notice"}

// Notice has no fields.
type Notice struct{}

// notice posts to a channel that the administrator sets.
type notice struct{}

var _ customtask.ConfigWatcher = notice{}

// ConfigName is a ConfigMap in the controller's namespace.
func (notice) ConfigName() string { return "config-notice" }

func (notice) Reconcile(ctx context.Context, _ *customtask.Run[Notice]) (customtask.Outcome, error) {
	return customtask.Succeeded("Posted", "posted to "+channel(ctx)), nil
}

// channel is where to post.
func channel(ctx context.Context) string {
	if name := customtask.Config(ctx)["channel"]; name != "" {
		return name
	}
	return "#general"
}

func ExampleConfigWatcher() {
	h := customtasktest.New(exampletest.T{}, noticeKind, notice{},
		customtasktest.WithConfig(map[string]string{"channel": "#releases"}))
	h.Create(customtasktest.Run("run", noticeKind))
	h.Settle("run")
	fmt.Println(h.Get("run").Status.GetCondition(apis.ConditionSucceeded).Message)
	// Output: posted to #releases
}

// Read the data in each call: it may have changed since the last one. What is not set has a default.
func ExampleConfig() {
	fmt.Println(channel(context.Background()))
	// Output: #general
}

// A test of one's own functions says what the ConfigMap says.
func ExampleWithConfig() {
	ctx := customtask.WithConfig(context.Background(), map[string]string{"channel": "#releases"})
	fmt.Println(channel(ctx))
	// Output: #releases
}
