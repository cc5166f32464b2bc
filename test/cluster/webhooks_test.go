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
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const manifests = `
apiVersion: v1
kind: Namespace
metadata: {name: ours}
---
apiVersion: v1
kind: Service
metadata: {name: hook, namespace: ours}
spec: {ports: [{port: 443}]}
---
apiVersion: v1
kind: Service
metadata: {name: hook, namespace: theirs}
spec: {ports: [{port: 443}]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: admission}
webhooks:
- name: a
  clientConfig: {service: {name: hook, namespace: ours}}
- name: b
  clientConfig: {service: {name: hook, namespace: theirs}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things}
spec:
  conversion: {webhook: {clientConfig: {service: {name: hook, namespace: ours, port: 443}}}}
---
# A comment and nothing else.
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: plain}
`

const redirected = `
apiVersion: v1
kind: Namespace
metadata: {name: ours}
---
apiVersion: v1
kind: Service
metadata: {name: hook, namespace: ours}
spec: {type: ExternalName, externalName: localhost}
---
apiVersion: v1
kind: Service
metadata: {name: hook, namespace: theirs}
spec: {ports: [{port: 443}]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: admission}
webhooks:
- name: a
  clientConfig: {service: {name: hook, namespace: ours, port: 12345}}
- name: b
  clientConfig: {service: {name: hook, namespace: theirs}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things}
spec:
  conversion: {webhook: {clientConfig: {service: {name: hook, namespace: ours, port: 12345}}}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: plain}
`

func parse(t *testing.T, text string) []*unstructured.Unstructured {
	t.Helper()
	objects, err := parseManifests([]byte(text))
	if err != nil {
		t.Fatalf("parsing: %v", err)
	}
	return objects
}

func TestRedirectChangesOnlyWhatRefersToTheService(t *testing.T) {
	objects := parse(t, manifests)
	got, err := webhookService{namespace: "ours", name: "hook", port: "12345"}.redirect(objects)
	if err != nil {
		t.Fatalf("redirect: %v", err)
	}
	if diff := cmp.Diff(parse(t, redirected), got); diff != "" {
		t.Errorf("redirect (-want, +got):\n%s", diff)
	}
	if diff := cmp.Diff(parse(t, manifests), objects); diff != "" {
		t.Errorf("redirect changed what it was given (-before, +after):\n%s", diff)
	}
}

func TestCompleted(t *testing.T) {
	for name, row := range map[string]struct {
		object string
		want   bool
	}{
		"a webhook with certificate and rules": {"{kind: MutatingWebhookConfiguration, apiVersion: v1, webhooks: [{clientConfig: {caBundle: x}, rules: [{}]}]}", true},
		"a webhook without a certificate":      {"{kind: MutatingWebhookConfiguration, apiVersion: v1, webhooks: [{clientConfig: {}, rules: [{}]}]}", false},
		"a webhook without rules":              {"{kind: MutatingWebhookConfiguration, apiVersion: v1, webhooks: [{clientConfig: {caBundle: x}}]}", false},
		"a conversion with a certificate":      {"{kind: CustomResourceDefinition, apiVersion: v1, spec: {conversion: {webhook: {clientConfig: {caBundle: x}}}}}", true},
		"a conversion without a certificate":   {"{kind: CustomResourceDefinition, apiVersion: v1, spec: {conversion: {webhook: {clientConfig: {}}}}}", false},
	} {
		t.Run(name, func(t *testing.T) {
			err := completed(parse(t, row.object)[0])
			if (err == nil) != row.want {
				t.Errorf("completed: %v, want it complete: %v", err, row.want)
			}
		})
	}
}

func TestManifestsWithoutAKind(t *testing.T) {
	if got, err := parseManifests([]byte("metadata: {name: x}\n")); err == nil {
		t.Errorf("parsing a document without a kind = %v, want an error", got)
	}
}
