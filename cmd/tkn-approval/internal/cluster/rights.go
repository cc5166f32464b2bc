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

	"github.com/customtasks/customtasks/pkg/apis/approval"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// MayDecide reports whether the caller has the right that the request's policy asks for, if it asks for
// one. Every authenticated user may ask that of themselves. If the API server does not say, they may: it
// judges the vote.
func (c *Cluster) MayDecide(ctx context.Context, request *v1alpha1.ApprovalRequest) bool {
	policy := request.Spec.Policy
	if policy == nil || !policy.RequireRBAC {
		return true
	}
	asked := authorizationv1.ResourceAttributes{
		Verb: "decide", Group: approval.GroupName, Resource: "approvalpolicies", Namespace: request.Namespace, Name: policy.Name,
	}
	if policy.Kind == "ClusterApprovalPolicy" {
		asked.Resource, asked.Namespace = "clusterapprovalpolicies", ""
	}
	if allowed, known := c.rights[asked]; known {
		return allowed
	}
	review, err := c.Rights.SelfSubjectAccessReviews().Create(ctx, &authorizationv1.SelfSubjectAccessReview{
		Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: asked.DeepCopy()},
	}, metav1.CreateOptions{})
	allowed := err != nil || review.Status.Allowed
	if c.rights == nil {
		c.rights = map[authorizationv1.ResourceAttributes]bool{}
	}
	c.rights[asked] = allowed
	return allowed
}
