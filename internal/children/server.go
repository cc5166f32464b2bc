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

package children

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
)

// server reads and writes one kind of children at the API server.
type server interface {
	get(ctx context.Context, namespace, name string) (metav1.Object, error)
	create(ctx context.Context, object metav1.Object) (metav1.Object, error)
	// list is a page of those that are there.
	list(ctx context.Context, namespace string, options metav1.ListOptions) (runtime.Object, error)
	patch(ctx context.Context, namespace, name string, patch []byte) error
	// stopped is the spec.status that asks for an end.
	stopped() string
}

// client is what is used of Tekton's client for a kind and a namespace.
type client[T metav1.Object, L runtime.Object] interface {
	Get(ctx context.Context, name string, opts metav1.GetOptions) (T, error)
	Create(ctx context.Context, object T, opts metav1.CreateOptions) (T, error)
	List(ctx context.Context, opts metav1.ListOptions) (L, error)
	Patch(ctx context.Context, name string, kind types.PatchType, patch []byte, opts metav1.PatchOptions, subresources ...string) (T, error)
}

// serverOf is a server by Tekton's clients.
type serverOf[T metav1.Object, L runtime.Object] struct {
	in   func(namespace string) client[T, L]
	stop string
}

func (s serverOf[T, L]) get(ctx context.Context, namespace, name string) (metav1.Object, error) {
	return s.in(namespace).Get(ctx, name, metav1.GetOptions{})
}

func (s serverOf[T, L]) create(ctx context.Context, object metav1.Object) (metav1.Object, error) {
	run, ok := object.(T)
	if !ok {
		return nil, fmt.Errorf("a %T is no %T", object, run)
	}
	return s.in(run.GetNamespace()).Create(ctx, run, metav1.CreateOptions{})
}

func (s serverOf[T, L]) list(ctx context.Context, namespace string, options metav1.ListOptions) (runtime.Object, error) {
	return s.in(namespace).List(ctx, options)
}

func (s serverOf[T, L]) patch(ctx context.Context, namespace, name string, patch []byte) error {
	_, err := s.in(namespace).Patch(ctx, name, types.JSONPatchType, patch, metav1.PatchOptions{})
	return err
}

func (s serverOf[T, L]) stopped() string { return s.stop }
