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
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"knative.dev/pkg/apis"
)

var scanKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Scan"}

// Scan is what to look for.
type Scan struct {
	Severity string `json:"severity"`
}

// scan finds its definitions by name. A real task asks a lister.
type scan map[string]Scan

var _ customtask.Referencer[Scan] = scan{}

func (s scan) GetSpec(_ context.Context, _, name string) (*Scan, error) {
	spec, ok := s[name]
	if !ok {
		return nil, apierrors.NewNotFound(schema.GroupResource{Group: scanKind.Group, Resource: "scans"}, name)
	}
	return &spec, nil
}

func (scan) Reconcile(_ context.Context, run *customtask.Run[Scan]) (customtask.Outcome, error) {
	return customtask.Succeeded("Clean", "nothing "+run.Spec.Severity+" was found"), nil
}

// A run selects a definition by customRef.name.
func ExampleReferencer() {
	h := customtasktest.New(exampletest.T{}, scanKind, scan{"strict": {Severity: "low"}})
	h.Create(customtasktest.Run("run", scanKind, customtasktest.Named("strict")))
	h.Settle("run")

	c := h.Get("run").Status.GetCondition(apis.ConditionSucceeded)
	fmt.Printf("%s %s: %s\n", c.Status, c.Reason, c.Message)
	// Output: True Clean: nothing low was found
}

// namedScan has no meaning without a definition.
type namedScan struct{ scan }

var _ customtask.NameRequired = namedScan{}

func (namedScan) NameRequired() {}

// A run that gives neither a name nor a spec fails.
func ExampleNameRequired() {
	h := customtasktest.New(exampletest.T{}, scanKind, namedScan{})
	h.Create(customtasktest.Run("run", scanKind))
	h.Settle("run")

	c := h.Get("run").Status.GetCondition(apis.ConditionSucceeded)
	fmt.Printf("%s %s: %s\n", c.Status, c.Reason, c.Message)
	// Output: False NameRequired: the run gives no spec; set spec.customRef.name to a Scan or give a customSpec with a spec
}

// ownedScan lets nobody but the owner of the Scan objects say what is scanned for.
type ownedScan struct{ scan }

var _ customtask.NameOnly = ownedScan{}

func (ownedScan) NameOnly() {}

// A run cannot bring a definition of its own.
func ExampleNameOnly() {
	h := customtasktest.New(exampletest.T{}, scanKind, ownedScan{})
	h.Create(customtasktest.Run("run", scanKind, customtasktest.Spec(`{"severity": "none"}`)))
	h.Settle("run")

	c := h.Condition("run")
	fmt.Printf("%s %s: %s\n", c.Status, c.Reason, c.Message)
	// Output: False CustomSpecNotSupported: spec.customSpec cannot define an object of kind Scan; set spec.customRef.name to one that exists
}
