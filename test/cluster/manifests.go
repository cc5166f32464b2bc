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
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
)

// fieldManager owns the fields that this package applies.
const fieldManager = "local-control-plane"

// ReadManifests reads the objects in YAML files. A folder stands for the .yaml files in it, in order of name, and
// not for those in its folders.
func ReadManifests(paths ...string) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	for _, path := range paths {
		files := []string{path}
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("reading manifests: %w", err)
		}
		if info.IsDir() {
			if files, err = filepath.Glob(filepath.Join(path, "*.yaml")); err != nil {
				return nil, fmt.Errorf("reading manifests: %w", err)
			}
			slices.Sort(files)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				return nil, fmt.Errorf("reading manifests: %w", err)
			}
			read, err := parseManifests(data)
			if err != nil {
				return nil, fmt.Errorf("reading %s: %w", file, err)
			}
			objects = append(objects, read...)
		}
	}
	return objects, nil
}

// parseManifests reads the documents of one file, empty ones left out.
func parseManifests(data []byte) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	documents := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(data), 4096)
	for {
		var document runtime.RawExtension
		err := documents.Decode(&document)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		if len(document.Raw) == 0 || string(document.Raw) == "null" {
			continue
		}
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(document.Raw); err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
}

// Apply makes the objects so, as the admin: a named one by server-side apply, one with a generateName by creating
// it. A namespaced object without a namespace goes to the one given. It returns the objects as the server has them.
func (c *Cluster) Apply(ctx context.Context, namespace string, objects ...*unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	var applied []*unstructured.Unstructured
	for _, object := range objects {
		resource, err := c.resource(ctx, object, namespace)
		if err != nil {
			return applied, err
		}
		var result *unstructured.Unstructured
		if object.GetName() == "" {
			result, err = resource.Create(ctx, object, metav1.CreateOptions{FieldManager: fieldManager})
		} else {
			result, err = resource.Apply(ctx, object.GetName(), object,
				metav1.ApplyOptions{FieldManager: fieldManager, Force: true})
		}
		if err != nil {
			return applied, fmt.Errorf("applying %s %s%s: %w", object.GetKind(), object.GetName(), object.GetGenerateName(), err)
		}
		applied = append(applied, result)
	}
	return applied, nil
}

// resource returns the client of the object's kind in its namespace. A kind that is not served yet may have been
// defined a moment ago, and is waited for.
func (c *Cluster) resource(ctx context.Context, object *unstructured.Unstructured, namespace string) (dynamic.ResourceInterface, error) {
	kind := object.GroupVersionKind()
	var mapping *meta.RESTMapping
	find := func(context.Context) (err error) {
		mapping, err = c.mapper.RESTMapping(kind.GroupKind(), kind.Version)
		if err != nil {
			c.mapper.Reset()
		}
		return err
	}
	if err := waitFor(ctx, kind.Kind+" to be served", 10*time.Second, nil, find); err != nil {
		return nil, err
	}
	resource := c.dynamic.Resource(mapping.Resource)
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		return resource, nil
	}
	if object.GetNamespace() != "" {
		namespace = object.GetNamespace()
	}
	return resource.Namespace(namespace), nil
}

// established waits until the server serves every CustomResourceDefinition among the objects.
func (c *Cluster) established(ctx context.Context, objects []*unstructured.Unstructured) error {
	for _, object := range objects {
		if object.GetKind() != "CustomResourceDefinition" {
			continue
		}
		resource, err := c.resource(ctx, object, "")
		if err != nil {
			return err
		}
		err = waitFor(ctx, object.GetName()+" to be established", plausible, nil, func(ctx context.Context) error {
			crd, err := resource.Get(ctx, object.GetName(), metav1.GetOptions{})
			if err != nil {
				return err
			}
			conditions, _, err := unstructured.NestedSlice(crd.Object, "status", "conditions")
			if err != nil {
				return err
			}
			for _, condition := range conditions {
				if m, ok := condition.(map[string]any); ok && m["type"] == "Established" && m["status"] == "True" {
					return nil
				}
			}
			return fmt.Errorf("its conditions are %v", conditions)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// CreateNamespace makes a namespace in which pods can be created: one that has its default service account. It is
// no error if the namespace exists.
func (c *Cluster) CreateNamespace(ctx context.Context, name string) error {
	namespace := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name},
	}}
	if _, err := c.Apply(ctx, "", namespace); err != nil {
		return err
	}
	return c.defaultServiceAccount(ctx, name)
}

// defaultServiceAccount waits until the namespace has it, without which no pod is admitted.
func (c *Cluster) defaultServiceAccount(ctx context.Context, namespace string) error {
	needs := []*Process{c.Process("kube-controller-manager")}
	what := "the default service account of namespace " + namespace
	return waitFor(ctx, what, plausible, needs, func(ctx context.Context) error {
		_, err := c.kube.CoreV1().ServiceAccounts(namespace).Get(ctx, "default", metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return errors.New("it does not exist")
		}
		return err
	})
}
