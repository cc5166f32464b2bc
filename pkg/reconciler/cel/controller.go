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

package cel

import (
	"context"

	"github.com/customtasks/customtasks/pkg/apis/cel/v1alpha1"
	"github.com/customtasks/customtasks/pkg/client/clientset/versioned"
	client "github.com/customtasks/customtasks/pkg/client/injection/client"
	celinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/cel/v1alpha1/cel"
	listers "github.com/customtasks/customtasks/pkg/client/listers/cel/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"knative.dev/pkg/injection"
)

// Kind is what a CustomRun names to be a CEL.
var Kind = v1alpha1.SchemeGroupVersion.WithKind("CEL")

// NewController drives the runs of kind CEL.
func NewController(opts ...customtask.Option) injection.ControllerConstructor {
	return customtask.NewController(Kind, &Task{}, opts...)
}

// definitions finds CEL objects.
type definitions struct {
	lister listers.CELLister
	client versioned.Interface
}

// Initialize takes the CEL informer and client from ctx.
func (t *Task) Initialize(ctx context.Context, _ customtask.Env) error {
	t.definitions = definitions{lister: celinformer.Get(ctx).Lister(), client: client.Get(ctx)}
	return nil
}

// namesObject reports whether the name of a customRef can be that of an object. One that cannot, such as the
// "cel_condition" of Kubeflow Pipelines, names none: the params are the expressions.
func namesObject(name string) bool {
	return name != "" && len(validation.IsDNS1123Subdomain(name)) == 0
}

// GetSpec reads a CEL object from the cache, and from the API server if the cache has none.
func (t *Task) GetSpec(ctx context.Context, namespace, name string) (*Spec, error) {
	if !namesObject(name) {
		return nil, nil
	}
	object, err := t.definitions.lister.CELs(namespace).Get(name)
	if apierrors.IsNotFound(err) {
		object, err = t.definitions.client.CelV1alpha1().CELs(namespace).Get(ctx, name, metav1.GetOptions{})
	}
	if err != nil {
		return nil, err
	}
	return &Spec{CELSpec: object.Spec}, nil
}
