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
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/google/go-cmp/cmp"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	kubefake "k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
)

const kubeconfig = `
apiVersion: v1
kind: Config
current-context: one
clusters: [{name: c, cluster: {server: "https://c.example"}}]
users: [{name: u, user: {token: t}}]
contexts:
- {name: one, context: {cluster: c, user: u, namespace: team}}
- {name: two, context: {cluster: c, user: u}}
`

func flagsOf(t *testing.T, text string) *genericclioptions.ConfigFlags {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatalf("writing the kubeconfig: %v", err)
	}
	flags := genericclioptions.NewConfigFlags(false)
	flags.KubeConfig = &path
	return flags
}

func TestConnectTakesTheNamespace(t *testing.T) {
	two, other := "two", "other"
	for name, row := range map[string]struct {
		change func(*genericclioptions.ConfigFlags)
		want   string
	}{
		"of the kubeconfig": {func(*genericclioptions.ConfigFlags) {}, "team"},
		"of the context":    {func(f *genericclioptions.ConfigFlags) { f.Context = &two }, "default"},
		"of the flag":       {func(f *genericclioptions.ConfigFlags) { f.Namespace = &other }, "other"},
	} {
		t.Run(name, func(t *testing.T) {
			flags := flagsOf(t, kubeconfig)
			row.change(flags)
			c, err := Connect(flags, &bytes.Buffer{})
			if err != nil {
				t.Fatalf("connecting: %v", err)
			}
			if c.Namespace != row.want {
				t.Errorf("the namespace is %q, want %q", c.Namespace, row.want)
			}
		})
	}
}

func TestConnectRefusesWhatNamesNoCluster(t *testing.T) {
	nowhere, nobody := "/nonexistent", "nobody"
	for name, row := range map[string]struct {
		text   string
		change func(*genericclioptions.ConfigFlags)
	}{
		"a kubeconfig that cannot be read": {"{", func(*genericclioptions.ConfigFlags) {}},
		"a kubeconfig that is not there":   {"", func(f *genericclioptions.ConfigFlags) { f.KubeConfig = &nowhere }},
		"a context that is not there":      {kubeconfig, func(f *genericclioptions.ConfigFlags) { f.Context = &nobody }},
		"a cluster that is not there":      {kubeconfig, func(f *genericclioptions.ConfigFlags) { f.ClusterName = &nobody }},
		"a user who is not there":          {kubeconfig, func(f *genericclioptions.ConfigFlags) { f.AuthInfoName = &nobody }},
		"a time that is not one":           {kubeconfig, func(f *genericclioptions.ConfigFlags) { f.Timeout = &nobody }},
	} {
		t.Run(name, func(t *testing.T) {
			flags := flagsOf(t, row.text)
			row.change(flags)
			_, err := Connect(flags, &bytes.Buffer{})
			if !errors.As(err, &ConfigError{}) {
				t.Errorf("the error is %v, want a ConfigError", err)
			}
		})
	}
}

func TestMayDecide(t *testing.T) {
	policy := &v1alpha1.PolicyReference{Kind: "ApprovalPolicy", Name: "prod", RequireRBAC: true}
	inCluster := &v1alpha1.PolicyReference{Kind: "ClusterApprovalPolicy", Name: "prod", RequireRBAC: true}
	inNamespace := authorizationv1.ResourceAttributes{Verb: "decide", Group: "approval.tekton.dev", Resource: "approvalpolicies", Namespace: "team", Name: "prod"}
	everywhere := authorizationv1.ResourceAttributes{Verb: "decide", Group: "approval.tekton.dev", Resource: "clusterapprovalpolicies", Name: "prod"}
	for name, row := range map[string]struct {
		policy  *v1alpha1.PolicyReference
		allowed bool
		failure error
		want    bool
		asked   []authorizationv1.ResourceAttributes
	}{
		"without a policy":               {nil, false, nil, true, nil},
		"a policy that asks for none":    {&v1alpha1.PolicyReference{Kind: "ApprovalPolicy", Name: "prod"}, false, nil, true, nil},
		"with the right":                 {policy, true, nil, true, []authorizationv1.ResourceAttributes{inNamespace}},
		"without the right":              {policy, false, nil, false, []authorizationv1.ResourceAttributes{inNamespace}},
		"of the cluster":                 {inCluster, false, nil, false, []authorizationv1.ResourceAttributes{everywhere}},
		"if the API server does not say": {policy, false, context.DeadlineExceeded, true, []authorizationv1.ResourceAttributes{inNamespace}},
	} {
		t.Run(name, func(t *testing.T) {
			kube := kubefake.NewClientset()
			var asked []authorizationv1.ResourceAttributes
			kube.PrependReactor("create", "selfsubjectaccessreviews", func(action clienttesting.Action) (bool, runtime.Object, error) {
				review := action.(clienttesting.CreateAction).GetObject().(*authorizationv1.SelfSubjectAccessReview)
				asked = append(asked, *review.Spec.ResourceAttributes)
				return true, &authorizationv1.SelfSubjectAccessReview{Status: authorizationv1.SubjectAccessReviewStatus{Allowed: row.allowed}}, row.failure
			})
			c := &Cluster{Rights: kube.AuthorizationV1()}
			request := &v1alpha1.ApprovalRequest{Spec: v1alpha1.ApprovalRequestSpec{Policy: row.policy}}
			request.Namespace = "team"
			for range 2 { // the second answer is remembered
				if got := c.MayDecide(t.Context(), request); got != row.want {
					t.Errorf("may decide: %v, want %v", got, row.want)
				}
			}
			if diff := cmp.Diff(row.asked, asked); diff != "" {
				t.Errorf("asked for other rights (-want, +got):\n%s", diff)
			}
		})
	}
}

func TestWhoAmI(t *testing.T) {
	kube := kubefake.NewClientset()
	answer, failure := authenticationv1.UserInfo{Username: "alice", Groups: []string{"a", "b"}}, error(nil)
	kube.PrependReactor("create", "selfsubjectreviews", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, &authenticationv1.SelfSubjectReview{Status: authenticationv1.SelfSubjectReviewStatus{UserInfo: answer}}, failure
	})
	c := &Cluster{Reviews: kube.AuthenticationV1()}
	got, err := c.WhoAmI(t.Context())
	if diff := cmp.Diff(User{Name: "alice", Groups: []string{"a", "b"}}, got); diff != "" || err != nil {
		t.Errorf("somebody else asks (-want, +got): %s; %v", diff, err)
	}
	failure = context.DeadlineExceeded
	if _, err := c.WhoAmI(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v, want %v", err, failure)
	}
}
