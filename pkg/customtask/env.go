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

package customtask

import (
	"fmt"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	"k8s.io/utils/clock"
	"knative.dev/pkg/kmeta"
)

// Env is what the framework lends to an [Initializer].
type Env struct {
	// Clock is the only source of time that a task should use outside of [Run.Now].
	Clock clock.PassiveClock
	// Recorder records Events. It never blocks; Events are best effort. For objects of types of your own,
	// add the types to k8s.io/client-go/kubernetes/scheme.Scheme.
	Recorder record.EventRecorder

	enqueue func(types.NamespacedName)
}

// NewEnv makes an Env, for tests.
func NewEnv(c clock.PassiveClock, recorder record.EventRecorder, enqueue func(types.NamespacedName)) Env {
	return Env{Clock: c, Recorder: recorder, enqueue: enqueue}
}

// Enqueue asks for a look at the run of that name. It may be called for any run, also of another kind,
// from any goroutine.
func (e Env) Enqueue(namespace, name string) {
	e.enqueue(types.NamespacedName{Namespace: namespace, Name: name})
}

// Owns asks for a look at a run whenever an object of the informer that the run controls changes. Use
// a filtered informer with a label of your own for types of which the cluster has many.
func (e Env) Owns(informer cache.SharedIndexInformer) error {
	enqueue := func(obj any) {
		object, err := kmeta.DeletionHandlingAccessor(obj)
		if err != nil {
			return
		}
		owner := metav1.GetControllerOf(object)
		if owner != nil && owner.Kind == pipeline.CustomRunControllerName && owner.APIVersion == v1beta1.SchemeGroupVersion.String() {
			e.Enqueue(object.GetNamespace(), owner.Name)
		}
	}
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    enqueue,
		UpdateFunc: func(_, obj any) { enqueue(obj) },
		DeleteFunc: enqueue,
	})
	if err != nil {
		return fmt.Errorf("watching children: %w", err)
	}
	return nil
}
