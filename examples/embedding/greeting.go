// Copyright 2026 The Custom Tasks Authors. SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	"github.com/customtasks/customtasks/pkg/customtask"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"knative.dev/pkg/apis"
)

// greeting is a kind of this program's own.
var greeting = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Greeting"}

// Greeting is what a pipeline author gives.
type Greeting struct {
	Name string `json:"name"`
}

// FromParams takes the param name.
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

// Validate wants a name.
func (g *Greeting) Validate(context.Context) *apis.FieldError {
	if g.Name == "" {
		return apis.ErrMissingField("name")
	}
	return nil
}

type greet struct{}

func (greet) Reconcile(_ context.Context, run *customtask.Run[Greeting]) (customtask.Outcome, error) {
	return customtask.Succeeded("Greeted", "said hello").WithResult("greeting", "Hello "+run.Spec.Name), nil
}
