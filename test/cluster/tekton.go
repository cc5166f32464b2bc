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
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const tektonNamespace = "tekton-pipelines"

// tektonConfigDir returns the config folder of the pinned Tekton Pipelines, which its module brings along.
func tektonConfigDir(ctx context.Context, opts Options) (string, error) {
	const module = "github.com/tektoncd/pipeline"
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", module)
	cmd.Dir = filepath.Join(opts.toolDir(), "tekton")
	output, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("finding the source of %s: %w\n%s", module, err, lastLines(string(output), tailLines))
	}
	var answer struct{ Dir string }
	if err := json.Unmarshal(output, &answer); err != nil {
		return "", fmt.Errorf("finding the source of %s: %w", module, err)
	}
	return filepath.Join(answer.Dir, "config"), nil
}

// installTekton applies Tekton's config folder. It returns the Service of its webhook, and what was applied.
func (c *Cluster) installTekton(ctx context.Context, config string) (webhookService, []*unstructured.Unstructured, error) {
	service := webhookService{namespace: tektonNamespace, name: "tekton-pipelines-webhook"}
	var err error
	if service.port, err = c.ports.port(); err != nil {
		return service, nil, err
	}
	objects, err := tektonManifests(config)
	if err != nil {
		return service, nil, err
	}
	objects, err = c.install(ctx, service, objects)
	return service, objects, err
}

// install applies manifests whose webhook is behind the service, and returns them as they were applied.
func (c *Cluster) install(ctx context.Context, service webhookService, objects []*unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	objects, err := service.redirect(objects)
	if err != nil {
		return nil, err
	}
	if _, err := c.Apply(ctx, service.namespace, objects...); err != nil {
		return nil, err
	}
	return objects, c.established(ctx, objects)
}

// startTekton runs the webhook and the controller. It returns when admission works and the controller has started.
func (c *Cluster) startTekton(ctx context.Context, service webhookService, objects []*unstructured.Unstructured) error {
	controller := inBackground(func() (*Process, error) { return c.startComponent(ctx, tektonController()) })
	webhook, webhookErr := c.startComponent(ctx, tektonWebhook(service))
	if webhookErr == nil {
		webhookErr = c.answering(ctx, webhook, service, objects, wrongTask())
	}
	_, controllerErr := controller()
	return errors.Join(webhookErr, controllerErr)
}

// tektonManifests reads what Tekton's release installs, but for the Deployments and what goes with them.
func tektonManifests(config string) ([]*unstructured.Unstructured, error) {
	var paths []string
	for _, pattern := range []string{
		"100-namespace", "200-*.yaml", "201-*.yaml", "clusterrole-aggregate-*.yaml", "300-crds", "config-*.yaml",
		"500-webhooks.yaml",
	} {
		matches, err := filepath.Glob(filepath.Join(config, pattern))
		if err != nil {
			return nil, fmt.Errorf("reading Tekton's manifests: %w", err)
		}
		if len(matches) == 0 {
			return nil, fmt.Errorf("reading Tekton's manifests: no %s in %s", pattern, config)
		}
		paths = append(paths, matches...)
	}
	return ReadManifests(paths...)
}

// tektonController is as in Tekton's controller.yaml. Leader election is left out: there is one replica. The client
// limits are raised so that Tekton is not what a test of many runs measures.
func tektonController() component {
	return component{
		name:           "tekton-controller",
		namespace:      tektonNamespace,
		serviceAccount: "tekton-pipelines-controller",
		program:        "tekton-controller",
		up:             probes,
		args: []string{
			"-entrypoint-image=none", "-nop-image=none", "-sidecarlogresults-image=none", "-workingdirinit-image=none",
			"-shell-image=none", "-shell-image-win=none", "-disable-ha", "-kube-api-qps=100", "-kube-api-burst=200",
		},
		env: map[string]string{
			"CONFIG_DEFAULTS_NAME":       "config-defaults",
			"CONFIG_OBSERVABILITY_NAME":  "config-observability",
			"CONFIG_FEATURE_FLAGS_NAME":  "feature-flags",
			"CONFIG_LEADERELECTION_NAME": "config-leader-election-controller",
			"CONFIG_SPIRE":               "config-spire",
			"METRICS_DOMAIN":             "tekton.dev/pipeline",
		},
	}
}

// tektonWebhook is as in Tekton's webhook.yaml.
func tektonWebhook(service webhookService) component {
	return component{
		name:           "tekton-webhook",
		namespace:      tektonNamespace,
		serviceAccount: "tekton-pipelines-webhook",
		program:        "tekton-webhook",
		up:             probes,
		args:           []string{"-disable-ha"},
		webhookPort:    service.port,
		env: map[string]string{
			"CONFIG_OBSERVABILITY_NAME":         "config-observability",
			"CONFIG_LEADERELECTION_NAME":        "config-leader-election-webhook",
			"CONFIG_FEATURE_FLAGS_NAME":         "feature-flags",
			"WEBHOOK_ADMISSION_CONTROLLER_NAME": "webhook.pipeline.tekton.dev",
			"WEBHOOK_SERVICE_NAME":              service.name,
			"WEBHOOK_SECRET_NAME":               "webhook-certs",
			"METRICS_DOMAIN":                    "tekton.dev/pipeline",
		},
	}
}

// wrongTask is a Task that Tekton refuses: it has no steps.
func wrongTask() *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "tekton.dev/v1",
		"kind":       "Task",
		"metadata":   map[string]any{"name": "control-plane-check"},
		"spec":       map[string]any{"steps": []any{}},
	}}
}
