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
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// webhookService is the Service that the API server finds a webhook by. There is no cluster network, so it is made
// an ExternalName of localhost, and everything that refers to it is given the port of the webhook's process.
type webhookService struct {
	namespace, name string
	port            string
}

func (s webhookService) object() *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1",
		"kind":       "Service",
		"metadata":   map[string]any{"namespace": s.namespace, "name": s.name},
		"spec":       map[string]any{"type": "ExternalName", "externalName": "localhost"},
	}}
}

// redirect returns the objects with the service replaced and the webhooks that refer to it given its port.
func (s webhookService) redirect(objects []*unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	port, err := strconv.ParseInt(s.port, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("reading the port of the webhook: %w", err)
	}
	out := []*unstructured.Unstructured{s.object()}
	for _, object := range objects {
		if object.GetKind() == "Service" && object.GetNamespace() == s.namespace && object.GetName() == s.name {
			continue
		}
		object = object.DeepCopy()
		for _, config := range clientConfigs(object) {
			if s.serves(config) {
				config["service"].(map[string]any)["port"] = port
			}
		}
		out = append(out, object)
	}
	// The service's namespace may be among the objects.
	for i := 1; i < len(out); i++ {
		if out[i].GetKind() == "Namespace" {
			out[i-1], out[i] = out[i], out[i-1]
			continue
		}
		break
	}
	return out, nil
}

// serves says whether a client configuration refers to the service.
func (s webhookService) serves(config map[string]any) bool {
	service, ok := config["service"].(map[string]any)
	return ok && service["namespace"] == s.namespace && service["name"] == s.name
}

// clientConfigs returns how the object has the API server call webhooks: the live maps, to read or to change.
func clientConfigs(object *unstructured.Unstructured) []map[string]any {
	var configs []map[string]any
	switch object.GetKind() {
	case "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration":
		webhooks, _ := object.Object["webhooks"].([]any)
		for _, webhook := range webhooks {
			if m, ok := webhook.(map[string]any); ok {
				if config, ok := m["clientConfig"].(map[string]any); ok {
					configs = append(configs, config)
				}
			}
		}
	case "CustomResourceDefinition":
		config, found, err := unstructured.NestedFieldNoCopy(object.Object, "spec", "conversion", "webhook", "clientConfig")
		if m, ok := config.(map[string]any); found && err == nil && ok {
			configs = append(configs, m)
		}
	}
	return configs
}

// answering waits until the webhook has filled in its certificate and its rules everywhere, and refuses the
// object, which it must find wrong. Only then does the API server really ask it.
func (c *Cluster) answering(ctx context.Context, webhook *Process, s webhookService, objects []*unstructured.Unstructured, wrong *unstructured.Unstructured) error {
	for _, object := range objects {
		configs := clientConfigs(object)
		if len(configs) == 0 || !s.serves(configs[0]) {
			continue
		}
		resource, err := c.resource(ctx, object, "")
		if err != nil {
			return err
		}
		what := webhook.Name + " to complete " + object.GetName()
		err = waitFor(ctx, what, plausible, []*Process{webhook}, func(ctx context.Context) error {
			current, err := resource.Get(ctx, object.GetName(), metav1.GetOptions{})
			if err != nil {
				return err
			}
			return completed(current)
		})
		if err != nil {
			return err
		}
	}
	resource, err := c.resource(ctx, wrong, metav1.NamespaceDefault)
	if err != nil {
		return err
	}
	what := webhook.Name + " to refuse a wrong " + wrong.GetKind()
	return waitFor(ctx, what, plausible, []*Process{webhook}, func(ctx context.Context) error {
		_, err := resource.Create(ctx, wrong, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		if err == nil {
			return errors.New("it was accepted")
		}
		if refusal(err) {
			return nil
		}
		return err
	})
}

// refusal says whether a webhook has judged a request and denied it, rather than failed to judge it.
func refusal(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status) && status.Status().Code < http.StatusInternalServerError &&
		strings.Contains(err.Error(), "denied the request")
}

// completed says what a webhook has yet to fill in.
func completed(object *unstructured.Unstructured) error {
	for _, config := range clientConfigs(object) {
		if bundle, _ := config["caBundle"].(string); bundle == "" {
			return errors.New("it has no caBundle")
		}
	}
	webhooks, _ := object.Object["webhooks"].([]any)
	for _, webhook := range webhooks {
		m, _ := webhook.(map[string]any)
		if rules, _ := m["rules"].([]any); len(rules) == 0 {
			return errors.New("it has no rules")
		}
	}
	return nil
}
