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

package decision

import (
	"context"
	"fmt"

	"github.com/customtasks/customtasks/pkg/apis/approval"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// authorizer asks by SubjectAccessReview, for the very user that the API server has authenticated.
func authorizer(client kubernetes.Interface) Authorizer {
	return func(ctx context.Context, user authenticationv1.UserInfo, verb, resource, namespace, name string) (bool, error) {
		extra := map[string]authorizationv1.ExtraValue{}
		for key, value := range user.Extra {
			extra[key] = authorizationv1.ExtraValue(value)
		}
		review, err := client.AuthorizationV1().SubjectAccessReviews().Create(ctx, &authorizationv1.SubjectAccessReview{
			Spec: authorizationv1.SubjectAccessReviewSpec{
				User: user.Username, UID: user.UID, Groups: user.Groups, Extra: extra,
				ResourceAttributes: &authorizationv1.ResourceAttributes{
					Verb: verb, Group: approval.GroupName, Resource: resource, Namespace: namespace, Name: name,
				},
			},
		}, metav1.CreateOptions{})
		if err != nil {
			return false, fmt.Errorf("asking whether %q may %s %s %q: %w", user.Username, verb, resource, name, err)
		}
		return review.Status.Allowed && !review.Status.Denied, nil
	}
}
