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

package command

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/cluster"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/resourceversion"
)

// read gets a request.
func read(ctx context.Context, c *cluster.Cluster, name string) (*v1alpha1.ApprovalRequest, error) {
	request, err := c.Approvals.ApprovalRequests(c.Namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) && !unserved(err) {
		return nil, noRequest{c.Namespace, err}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the request: %w", err)
	}
	return request, nil
}

// votesOn a request, in the order in which the API server took them.
func votesOn(ctx context.Context, c *cluster.Cluster, request *v1alpha1.ApprovalRequest) ([]v1alpha1.ApprovalDecision, error) {
	list, err := c.Approvals.ApprovalDecisions(request.Namespace).List(ctx, metav1.ListOptions{
		LabelSelector: v1alpha1.LabelRequestUID + "=" + string(request.UID),
	})
	if err != nil {
		return nil, fmt.Errorf("reading the votes: %w", err)
	}
	slices.SortStableFunc(list.Items, func(a, b v1alpha1.ApprovalDecision) int {
		if order, err := resourceversion.CompareResourceVersion(a.ResourceVersion, b.ResourceVersion); err == nil && order != 0 {
			return order
		}
		return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time), cmp.Compare(a.Name, b.Name))
	})
	return list.Items, nil
}
