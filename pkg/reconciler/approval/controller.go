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
	floorinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/approval/v1alpha1/approvalfloor"
	requestinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/approval/v1alpha1/approvalrequest"
	listers "github.com/customtasks/customtasks/pkg/client/listers/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	tektonclient "github.com/tektoncd/pipeline/pkg/client/injection/client"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	kubeclient "knative.dev/pkg/client/injection/kube/client"
	"knative.dev/pkg/injection"
)

// What a CustomRun names to be a gate.
var (
	// Kind is a gate that the pipeline itself describes.
	Kind = v1alpha1.SchemeGroupVersion.WithKind("ApprovalRequest")
	// PolicyKind is a gate by an ApprovalPolicy of the namespace.
	PolicyKind = v1alpha1.SchemeGroupVersion.WithKind("ApprovalPolicy")
	// ClusterPolicyKind is a gate by a ClusterApprovalPolicy.
	ClusterPolicyKind = v1alpha1.SchemeGroupVersion.WithKind("ClusterApprovalPolicy")
)

// NewController drives the runs of kind ApprovalRequest.
func NewController(opts ...customtask.Option) injection.ControllerConstructor {
	return customtask.NewController(Kind, &Task{}, opts...)
}

// NewPolicyController drives the runs of kind ApprovalPolicy.
func NewPolicyController(opts ...customtask.Option) injection.ControllerConstructor {
	return customtask.NewController(PolicyKind, &PolicyTask{}, opts...)
}

// NewClusterPolicyController drives the runs of kind ClusterApprovalPolicy.
func NewClusterPolicyController(opts ...customtask.Option) injection.ControllerConstructor {
	return customtask.NewController(ClusterPolicyKind, &ClusterPolicyTask{}, opts...)
}

// engine asks, counts the votes and says where they stand. It writes what it is asked to write: the
// request once, and its status when a vote changes it. Nothing polls.
type engine struct {
	requests requests
	floors   listers.ApprovalFloorLister
	starters *starters
	recorder record.EventRecorder
	answers  answers
}

// Initialize watches requests, and decisions, which wake the run behind their request.
func (e *engine) Initialize(ctx context.Context, env customtask.Env) error {
	informer := requestinformer.Get(ctx)
	decisions := decisioninformer.Get(ctx).Informer()
	if _, ok := decisions.GetIndexer().GetIndexers()[byRequest]; !ok { // the kinds share one cache
		if err := decisions.AddIndexers(cache.Indexers{byRequest: requestUIDs}); err != nil {
			return fmt.Errorf("indexing decisions: %w", err)
		}
	}
	if err := decisions.SetTransform(slim); err != nil {
		return fmt.Errorf("keeping the cache of decisions small: %w", err)
	}
	e.recorder, e.answers = env.Recorder, newAnswers()
	// A recorder names the kind of an object by the scheme that client-go's own clients share.
	if err := v1alpha1.AddToScheme(scheme.Scheme); err != nil {
		return fmt.Errorf("registering the types of approvals: %w", err)
	}
	e.requests = requests{client: client.Get(ctx), lister: informer.Lister(), decisions: decisions.GetIndexer()}
	e.floors = floorinformer.Get(ctx).Lister()
	e.starters = &starters{tekton: tektonclient.Get(ctx), kube: kubeclient.Get(ctx), clock: env.Clock}

	wake := func(obj any) {
		decision, ok := obj.(*v1alpha1.ApprovalDecision)
		if !ok {
			return
		}
		// A decision that is seen before its request needs nothing: the request will wake the run.
		if request, err := e.requests.lister.ApprovalRequests(decision.Namespace).Get(decision.Spec.Request); err == nil {
			env.Enqueue(request.Namespace, request.Spec.Run.Name)
		}
	}
	// A decision never changes. One that is deleted is not counted from then on, unless it has decided.
	if _, err := decisions.AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: wake}); err != nil {
		return fmt.Errorf("watching decisions: %w", err)
	}
	return env.Owns(informer.Informer())
}
