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

package policy

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	_ "knative.dev/pkg/client/injection/kube/informers/admissionregistration/v1/validatingwebhookconfiguration/fake"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/injection"
	_ "knative.dev/pkg/injection/clients/namespacedkube/informers/core/v1/secret/fake"
	"knative.dev/pkg/system"
	"knative.dev/pkg/webhook"
)

// served is the webhook as the API server calls it.
func served(t *testing.T) webhook.AdmissionController {
	t.Helper()
	t.Setenv(system.NamespaceEnvKey, "tekton-custom-tasks")
	ctx, _ := injection.Fake.SetupInformers(t.Context(), &rest.Config{})
	ctx = webhook.WithOptions(ctx, webhook.Options{SecretName: "certs"})
	return NewValidating(ctx, configmap.NewStaticWatcher()).Reconciler.(webhook.AdmissionController)
}

func TestPoliciesAreCheckedWhenTheyAreStored(t *testing.T) {
	server := served(t)
	if server.Path() != "/check-policy" {
		t.Errorf("it serves %s", server.Path())
	}
	good := v1alpha1.ApprovalPolicySpec{Gate: v1alpha1.Gate{Approvers: []string{"alice", "bob"}, Required: 2}}
	bad := *good.DeepCopy()
	bad.Required = 3
	const why = "validation failed: 3 approvals are required and the approvers named are only 2; name more or require fewer: spec.required"
	for name, row := range map[string]struct {
		operation admissionv1.Operation
		kind      string
		spec      v1alpha1.ApprovalPolicySpec
		want      string
	}{
		"a policy that can be met":                       {admissionv1.Create, "ApprovalPolicy", good, ""},
		"one that cannot":                                {admissionv1.Create, "ApprovalPolicy", bad, why},
		"one that cannot be met any more":                {admissionv1.Update, "ApprovalPolicy", bad, why},
		"one of the cluster":                             {admissionv1.Create, "ClusterApprovalPolicy", good, ""},
		"one of the cluster that cannot":                 {admissionv1.Create, "ClusterApprovalPolicy", bad, why},
		"one of the cluster that cannot be met any more": {admissionv1.Update, "ClusterApprovalPolicy", bad, why},
		"one that is deleted, whatever it asks":          {admissionv1.Delete, "ApprovalPolicy", bad, ""},
	} {
		t.Run(name, func(t *testing.T) {
			kind := v1alpha1.SchemeGroupVersion.WithKind(row.kind)
			encode := func(spec v1alpha1.ApprovalPolicySpec) runtime.RawExtension {
				raw, err := json.Marshal(&v1alpha1.ApprovalPolicy{
					TypeMeta:   metav1.TypeMeta{APIVersion: kind.GroupVersion().String(), Kind: kind.Kind},
					ObjectMeta: metav1.ObjectMeta{Name: "production"}, Spec: spec,
				})
				if err != nil {
					t.Fatal(err)
				}
				return runtime.RawExtension{Raw: raw}
			}
			request := &admissionv1.AdmissionRequest{
				Operation: row.operation, Kind: metav1.GroupVersionKind{Group: kind.Group, Version: kind.Version, Kind: kind.Kind}, Object: encode(row.spec),
			}
			if row.operation != admissionv1.Create {
				request.OldObject = encode(good)
			}
			got, response := "", server.Admit(context.Background(), request)
			if !response.Allowed {
				got = response.Result.Message
			}
			if got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}
