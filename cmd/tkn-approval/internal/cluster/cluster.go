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

// Package cluster connects to the API server, as kubectl does, and asks it who is asking.
package cluster

import (
	"context"
	"fmt"
	"io"

	approvalclient "github.com/customtasks/customtasks/pkg/client/clientset/versioned/typed/approval/v1alpha1"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	authenticationclient "k8s.io/client-go/kubernetes/typed/authentication/v1"
	authorizationclient "k8s.io/client-go/kubernetes/typed/authorization/v1"
	coreclient "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
)

// User is who somebody is to the API server.
type User struct {
	Name   string
	Groups []string
}

// Cluster is where requests are read and votes are cast.
type Cluster struct {
	// Approvals reads requests and casts votes.
	Approvals approvalclient.ApprovalV1alpha1Interface
	// Namespace is that of the flag, or else of the kubeconfig.
	Namespace string
	// Reviews tells who is asking.
	Reviews authenticationclient.SelfSubjectReviewsGetter
	// Namespaces lists those that there are.
	Namespaces coreclient.NamespacesGetter
	// Rights tells what the one who is asking may do.
	Rights authorizationclient.SelfSubjectAccessReviewsGetter

	// rights that were asked for already.
	rights map[authorizationv1.ResourceAttributes]bool
}

// ConfigError is returned when the kubeconfig and the flags name no cluster to connect to, or nobody to
// connect as.
type ConfigError struct{ err error }

func (e ConfigError) Error() string { return "reading the kubeconfig: " + e.err.Error() }
func (e ConfigError) Unwrap() error { return e.err }

// Connect reads the kubeconfig and the flags; an error about them is a ConfigError. It makes no call.
// Warnings of the API server go to errOut.
func Connect(flags *genericclioptions.ConfigFlags, errOut io.Writer) (*Cluster, error) {
	namespace, _, err := flags.ToRawKubeConfigLoader().Namespace()
	if err != nil {
		return nil, ConfigError{err}
	}
	config, err := flags.ToRESTConfig()
	if err != nil {
		return nil, ConfigError{err}
	}
	config.WarningHandler = rest.NewWarningWriter(errOut, rest.WarningWriterOptions{Deduplicate: true})
	approvals, err := approvalclient.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	reviews, err := authenticationclient.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	rights, err := authorizationclient.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	namespaces, err := coreclient.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	return &Cluster{Approvals: approvals, Namespace: namespace, Reviews: reviews, Namespaces: namespaces, Rights: rights}, nil
}

// WhoAmI asks the API server whom it takes the caller for, which every authenticated user may do. It
// follows impersonation.
func (c *Cluster) WhoAmI(ctx context.Context) (User, error) {
	review, err := c.Reviews.SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		return User{}, fmt.Errorf("asking the API server who you are: %w", err)
	}
	return User{Name: review.Status.UserInfo.Username, Groups: review.Status.UserInfo.Groups}, nil
}
