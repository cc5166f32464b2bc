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

// greetingKind is what a pipeline names: taskRef: {apiVersion: example.dev/v1, kind: Greeting}.
var greetingKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Greeting"}

// Greeting is the spec: what a pipeline author writes.
type Greeting struct {
	Name string `json:"name"`
}

// FromParams lets the name come from a param too.
func (g *Greeting) FromParams(p customtask.Params) error {
	if err := p.Only("name"); err != nil {
		return err
	}
	name, ok, err := p.String("name")
	if ok {
		g.Name = name
	}
	return err
}

type greet struct{}

func (greet) Reconcile(_ context.Context, run *customtask.Run[Greeting]) (customtask.Outcome, error) {
	if run.Spec.Name == "" {
		return customtask.Outcome{}, customtask.FailRun("NobodyToGreet", "name: say whom to greet")
	}
	return customtask.Succeeded("Greeted", "said hello").WithResult("greeting", "Hello "+run.Spec.Name), nil
}

// A whole task, and a run of it. exampletest.T stands for the t of a test.
func Example() {
	// A program does: sharedmain.Main("greeter", customtask.NewController(greetingKind, greet{}))
	h := customtasktest.New(exampletest.T{}, greetingKind, greet{})
	h.Create(customtasktest.Run("hello", greetingKind, customtasktest.Param("name", "Ada")))
	h.Settle("hello")

	status := h.Get("hello").Status
	c := status.GetCondition(apis.ConditionSucceeded)
	fmt.Printf("%s %s: %s\n", c.Status, c.Reason, c.Message)
	for _, r := range status.Results {
		fmt.Printf("%s = %s\n", r.Name, r.Value)
	}
	// Output:
	// True Greeted: said hello
	// greeting = Hello Ada
}
