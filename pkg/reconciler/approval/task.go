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

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	typed "github.com/customtasks/customtasks/pkg/client/clientset/versioned/typed/approval/v1alpha1"
	client "github.com/customtasks/customtasks/pkg/client/injection/client"
	policyinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/approval/v1alpha1/approvalpolicy"
	clusterpolicyinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/approval/v1alpha1/clusterapprovalpolicy"
	listers "github.com/customtasks/customtasks/pkg/client/listers/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Task is a gate that the pipeline itself describes.
type Task struct{ engine }

var (
	_ customtask.Task[Spec]    = (*Task)(nil)
	_ customtask.Stopper[Spec] = (*Task)(nil)
	_ customtask.Initializer   = (*Task)(nil)
)

// Reconcile makes sure that people are asked, and counts their votes.
func (t *Task) Reconcile(ctx context.Context, r *customtask.Run[Spec]) (customtask.Outcome, error) {
	return t.reconcile(ctx, attempt{run: r, gate: r.Spec.Gate})
}

// Stop takes the question back, or finds that it was answered in time.
func (t *Task) Stop(ctx context.Context, r *customtask.Run[Spec], reason customtask.StopReason) (customtask.Outcome, error) {
	return t.stop(ctx, attempt{run: r, gate: r.Spec.Gate}, reason)
}

// policies is what the two kinds of policy have in common: who decides is an administrator's, so that a
// run names a policy and brings none of its own.
type policies struct{ engine }

// NameOnly refuses embedded specs.
func (*policies) NameOnly() {}

func ofPolicy(r *customtask.Run[PolicySpec]) attempt {
	policy := r.Spec.Policy
	return attempt{run: r, gate: r.Spec.Gate, policy: &policy}
}

// Reconcile makes sure that people are asked, and counts their votes.
func (p *policies) Reconcile(ctx context.Context, r *customtask.Run[PolicySpec]) (customtask.Outcome, error) {
	a := ofPolicy(r)
	if err := r.Spec.withinMaxTimeout(a); err != nil {
		return customtask.Outcome{}, err
	}
	return p.reconcile(ctx, a)
}

// Stop takes the question back, or finds that it was answered in time.
func (p *policies) Stop(ctx context.Context, r *customtask.Run[PolicySpec], reason customtask.StopReason) (customtask.Outcome, error) {
	return p.stop(ctx, ofPolicy(r), reason)
}

// specOf is what a run keeps of a policy.
func specOf(kind, name string, spec v1alpha1.ApprovalPolicySpec) *PolicySpec {
	return &PolicySpec{
		ApprovalPolicySpec: *spec.DeepCopy(),
		Policy:             v1alpha1.PolicyReference{Kind: kind, Name: name, RequireRBAC: spec.RequireRBAC},
	}
}

// PolicyTask is a gate by an ApprovalPolicy of the run's namespace.
type PolicyTask struct {
	policies
	lister listers.ApprovalPolicyLister
	client typed.ApprovalPoliciesGetter
}

// ClusterPolicyTask is a gate by a ClusterApprovalPolicy.
type ClusterPolicyTask struct {
	policies
	lister listers.ClusterApprovalPolicyLister
	client typed.ClusterApprovalPoliciesGetter
}

var (
	_ customtask.Task[PolicySpec]       = (*PolicyTask)(nil)
	_ customtask.Stopper[PolicySpec]    = (*PolicyTask)(nil)
	_ customtask.Referencer[PolicySpec] = (*PolicyTask)(nil)
	_ customtask.NameOnly               = (*PolicyTask)(nil)
	_ customtask.Initializer            = (*PolicyTask)(nil)
	_ customtask.Task[PolicySpec]       = (*ClusterPolicyTask)(nil)
	_ customtask.Stopper[PolicySpec]    = (*ClusterPolicyTask)(nil)
	_ customtask.Referencer[PolicySpec] = (*ClusterPolicyTask)(nil)
	_ customtask.NameOnly               = (*ClusterPolicyTask)(nil)
	_ customtask.Initializer            = (*ClusterPolicyTask)(nil)
)

// Initialize watches policies beside requests and decisions.
func (t *PolicyTask) Initialize(ctx context.Context, env customtask.Env) error {
	t.lister, t.client = policyinformer.Get(ctx).Lister(), client.Get(ctx).ApprovalV1alpha1()
	return t.engine.Initialize(ctx, env)
}

// GetSpec reads a policy from the cache, and from the API server if the cache has none.
func (t *PolicyTask) GetSpec(ctx context.Context, namespace, name string) (*PolicySpec, error) {
	policy, err := t.lister.ApprovalPolicies(namespace).Get(name)
	if apierrors.IsNotFound(err) {
		policy, err = t.client.ApprovalPolicies(namespace).Get(ctx, name, metav1.GetOptions{})
	}
	if err != nil {
		return nil, err
	}
	return specOf(PolicyKind.Kind, policy.Name, policy.Spec), nil
}

// Initialize watches policies beside requests and decisions.
func (t *ClusterPolicyTask) Initialize(ctx context.Context, env customtask.Env) error {
	t.lister, t.client = clusterpolicyinformer.Get(ctx).Lister(), client.Get(ctx).ApprovalV1alpha1()
	return t.engine.Initialize(ctx, env)
}

// GetSpec reads a policy from the cache, and from the API server if the cache has none.
func (t *ClusterPolicyTask) GetSpec(ctx context.Context, _, name string) (*PolicySpec, error) {
	policy, err := t.lister.Get(name)
	if apierrors.IsNotFound(err) {
		policy, err = t.client.ClusterApprovalPolicies().Get(ctx, name, metav1.GetOptions{})
	}
	if err != nil {
		return nil, err
	}
	return specOf(ClusterPolicyKind.Kind, policy.Name, policy.Spec), nil
}
