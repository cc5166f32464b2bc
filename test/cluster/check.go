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

import (
	"context"
	"errors"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// runs runs a TaskRun or CustomRun to its success in the default namespace, and removes it again. What ran it is
// then known to work, all the way.
func (c *Cluster) runs(ctx context.Context, run *unstructured.Unstructured, needs ...*Process) error {
	const namespace = metav1.NamespaceDefault
	if err := c.defaultServiceAccount(ctx, namespace); err != nil {
		return err
	}
	resource, err := c.resource(ctx, run, namespace)
	if err != nil {
		return err
	}
	if _, err := resource.Create(ctx, run, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("creating a %s: %w", run.GetKind(), err)
	}
	err = waitFor(ctx, "a "+run.GetKind()+" to succeed", plausible, needs, func(ctx context.Context) error {
		current, err := resource.Get(ctx, run.GetName(), metav1.GetOptions{})
		if err != nil {
			return err
		}
		return succeeded(current)
	})
	if err != nil {
		return err
	}
	if err := resource.Delete(ctx, run.GetName(), metav1.DeleteOptions{}); err != nil {
		return fmt.Errorf("deleting the %s: %w", run.GetKind(), err)
	}
	return nil
}

// succeeded says why a run cannot be said to have succeeded.
func succeeded(run *unstructured.Unstructured) error {
	conditions, _, err := unstructured.NestedSlice(run.Object, "status", "conditions")
	if err != nil {
		return err
	}
	for _, condition := range conditions {
		m, ok := condition.(map[string]any)
		if !ok || m["type"] != "Succeeded" {
			continue
		}
		if m["status"] == "True" {
			return nil
		}
		return fmt.Errorf("it stands at %v: %v", m["reason"], m["message"])
	}
	return errors.New("nothing has been said of it")
}

// trivialTaskRun is a TaskRun whose pod ends at once.
func trivialTaskRun() *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "tekton.dev/v1",
		"kind":       "TaskRun",
		"metadata":   map[string]any{"name": "control-plane-check"},
		"spec": map[string]any{"taskSpec": map[string]any{
			"steps": []any{map[string]any{"name": "check", "image": "none", "script": "true"}},
		}},
	}}
}
