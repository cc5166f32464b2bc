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

package approval

import (
	"context"
	"fmt"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	client "github.com/customtasks/customtasks/pkg/client/injection/client"
	decisioninformer "github.com/customtasks/customtasks/pkg/client/injection/informers/approval/v1alpha1/approvaldecision"
	requestinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/approval/v1alpha1/approvalrequest"
	"github.com/customtasks/customtasks/pkg/customtask"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/cache"
	"knative.dev/pkg/injection"
)

// Kind is what a CustomRun names to be a gate.
var Kind = v1alpha1.SchemeGroupVersion.WithKind("ApprovalRequest")

// NewController drives the runs of kind ApprovalRequest.
func NewController(opts ...customtask.Option) injection.ControllerConstructor {
	return customtask.NewController(Kind, &Task{}, opts...)
}

// Initialize watches requests, and decisions, which wake the run behind their request.
func (t *Task) Initialize(ctx context.Context, env customtask.Env) error {
	informer := requestinformer.Get(ctx)
	decisions := decisioninformer.Get(ctx).Informer()
	if err := decisions.AddIndexers(cache.Indexers{byRequest: requestUIDs}); err != nil {
		return fmt.Errorf("indexing decisions: %w", err)
	}
	t.recorder = env.Recorder
	// A recorder names the kind of an object by the scheme that client-go's own clients share.
	if err := v1alpha1.AddToScheme(scheme.Scheme); err != nil {
		return fmt.Errorf("registering the types of approvals: %w", err)
	}
	t.requests = requests{client: client.Get(ctx), lister: informer.Lister(), decisions: decisions.GetIndexer()}

	wake := func(obj any) {
		decision, ok := obj.(*v1alpha1.ApprovalDecision)
		if !ok {
			return
		}
		// A decision that is seen before its request needs nothing: the request will wake the run.
		if request, err := t.requests.lister.ApprovalRequests(decision.Namespace).Get(decision.Spec.Request); err == nil {
			env.Enqueue(request.Namespace, request.Spec.Run.Name)
		}
	}
	// A decision never changes. One that is deleted is not counted from then on, unless it has decided.
	if _, err := decisions.AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: wake}); err != nil {
		return fmt.Errorf("watching decisions: %w", err)
	}
	return env.Owns(informer.Informer())
}
