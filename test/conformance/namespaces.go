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

package conformance

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
)

// namespaceLabel is on every namespace that the suite makes, so that leftovers of a crash are found.
const namespaceLabel = "conformance.customtasks.dev/namespace"

var (
	namespaces      = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	serviceAccounts = schema.GroupVersionResource{Version: "v1", Resource: "serviceaccounts"}
)

func (s *suite) createNamespace(ctx context.Context) (string, error) {
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1",
		"kind":       "Namespace",
		"metadata": map[string]any{
			"generateName": "conformance-",
			"labels":       map[string]any{namespaceLabel: strings.ToLower(s.profile.Kind)},
		},
	}}
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("creating a namespace: %w", err)
	}
	// An interrupt in the middle of the request would leave a namespace that nobody knows of.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	sent := time.Now()
	stored, err := s.dynamic.Resource(namespaces).Create(ctx, object, metav1.CreateOptions{FieldManager: fieldManager})
	if err != nil {
		return "", fmt.Errorf("creating a namespace: %w", err)
	}
	s.clock.learn(sent, stored.GetCreationTimestamp().Time, time.Now())
	s.mu.Lock()
	s.namespaces = append(s.namespaces, stored.GetName())
	s.mu.Unlock()
	s.awaitServiceAccount(ctx, stored.GetName())
	return stored.GetName(), nil
}

// awaitServiceAccount waits for a new namespace to have the service account that pods have by default: on a busy
// cluster, a child may be started before. It does not matter to kinds without pods, so nothing is said if there is none
// in time, or if the suite may not see it.
func (s *suite) awaitServiceAccount(ctx context.Context, namespace string) {
	const patience = 10 * time.Second
	_ = wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) { //nolint:errcheck // as said
		_, err := s.dynamic.Resource(serviceAccounts).Namespace(namespace).Get(ctx, "default", metav1.GetOptions{})
		return err == nil || apierrors.IsForbidden(err), nil
	})
}

// deleteNamespace asks for the deletion, and says whether the namespace is gone. If it is not, removeNamespaces asks
// again until it is.
func (s *suite) deleteNamespace(ctx context.Context, name string) bool {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	err := s.dynamic.Resource(namespaces).Delete(ctx, name, metav1.DeleteOptions{})
	return apierrors.IsNotFound(err)
}

// removeNamespaces deletes what is left of the suite's namespaces and waits until they are gone. That is a check of
// its own: no finalizer of the controller may block a namespace.
func (s *suite) removeNamespaces(ctx context.Context) Outcome {
	outcome := Outcome{
		Number: "C57", Level: levels["C57"], Title: "Deleting a namespace with runs of every state is not blocked", Result: Passed,
		Expected: "all namespaces of the suite are gone within two minutes",
	}
	s.mu.Lock()
	left := slices.Clone(s.namespaces)
	s.mu.Unlock()
	outcome.Seen = fmt.Sprintf("%d namespaces are gone", len(left))
	err := wait.PollUntilContextCancel(ctx, 200*time.Millisecond, true, func(ctx context.Context) (bool, error) {
		var there []string
		for _, name := range left {
			object, err := s.dynamic.Resource(namespaces).Get(ctx, name, metav1.GetOptions{})
			gone := apierrors.IsNotFound(err)
			if err == nil && object.GetDeletionTimestamp() == nil {
				gone = s.deleteNamespace(ctx, name)
			}
			if !gone {
				there = append(there, name)
			}
		}
		left = there
		return len(left) == 0, nil
	})
	if err != nil {
		outcome.Result = Failed
		outcome.Seen = fmt.Sprintf("still there: %s. %s", strings.Join(left, ", "), s.whatBlocks(ctx, left))
	}
	return outcome
}

// whatBlocks says what a namespace that does not go still holds.
func (s *suite) whatBlocks(ctx context.Context, left []string) string {
	if len(left) == 0 {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	object, err := s.dynamic.Resource(namespaces).Get(ctx, left[0], metav1.GetOptions{})
	if err != nil {
		return err.Error()
	}
	conditions, _, err := unstructured.NestedSlice(object.Object, "status", "conditions")
	if err != nil {
		return err.Error()
	}
	return asYAML(conditions)
}

// resourceOf finds the resource of a kind.
func (s *suite) resourceOf(apiVersion, kind string) (schema.GroupVersionResource, error) {
	gv, err := schema.ParseGroupVersion(apiVersion)
	if err != nil {
		return schema.GroupVersionResource{}, err
	}
	mapping, err := s.mapper.RESTMapping(gv.WithKind(kind).GroupKind(), gv.Version)
	if err != nil {
		return schema.GroupVersionResource{}, fmt.Errorf("finding the resource of kind %s: %w", kind, err)
	}
	return mapping.Resource, nil
}

func (s *suite) clientFor(object *unstructured.Unstructured, namespace string) (dynamic.ResourceInterface, error) {
	resource, err := s.resourceOf(object.GetAPIVersion(), object.GetKind())
	if err != nil {
		return nil, err
	}
	return s.dynamic.Resource(resource).Namespace(namespace), nil
}

// checkScopes refuses objects that are not in a namespace: the suite could not give each case its own, nor remove them.
func (s *suite) checkScopes() error {
	fields := map[string]map[string]any{}
	for i, object := range s.profile.Objects {
		fields[fmt.Sprintf("objects[%d]", i)] = object
	}
	if s.profile.Definition != nil {
		fields["definition.object"] = s.profile.Definition.Object
	}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		object := unstructured.Unstructured{Object: fields[field]}
		gvk := object.GroupVersionKind()
		// A kind that is not found is reported where it is needed.
		mapping, err := s.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
		if err == nil && mapping.Scope.Name() == meta.RESTScopeNameRoot {
			return fmt.Errorf("%s of the profile is a %s, which is in no namespace: create it before, and leave it out of the profile", field, gvk.Kind)
		}
	}
	return nil
}

// create makes an object of any kind.
func (s *suite) create(ctx context.Context, namespace string, manifest map[string]any) (*unstructured.Unstructured, error) {
	object := &unstructured.Unstructured{Object: runtime.DeepCopyJSON(manifest)}
	client, err := s.clientFor(object, namespace)
	if err != nil {
		return nil, err
	}
	stored, err := client.Create(ctx, object, metav1.CreateOptions{FieldManager: fieldManager})
	if err != nil {
		return nil, fmt.Errorf("creating %s %s: %w", object.GetKind(), object.GetName(), err)
	}
	return stored, nil
}
