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
	"maps"
	"path/filepath"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	suiteNamespace = "tekton-custom-tasks"
	// approverRole is the ClusterRole in config/ that lets people see requests and vote.
	approverRole = "tekton-custom-tasks-approver"
)

// suiteEnvironment is what the Deployments in config/ set.
var suiteEnvironment = map[string]string{
	"CONFIG_OBSERVABILITY_NAME":  "config-observability",
	"CONFIG_LEADERELECTION_NAME": "config-leader-election",
}

// InstallSuite applies all of config/ and runs this project's controller and webhook as the processes named
// controller and webhook. The Deployments among it do nothing: no deployment controller runs. It returns when the
// webhook really decides on admission and a CustomRun has run.
func (c *Cluster) InstallSuite(ctx context.Context) error {
	started := time.Now()
	service := webhookService{namespace: suiteNamespace, name: "tekton-custom-tasks-webhook"}
	var err error
	if service.port, err = c.ports.port(); err != nil {
		return err
	}
	objects, err := ReadManifests(filepath.Join(c.opts.RepoRoot, "config"))
	if err != nil {
		return fmt.Errorf("installing config/: %w", err)
	}
	if objects, err = c.install(ctx, service, objects); err != nil {
		return fmt.Errorf("installing config/: %w", err)
	}
	// The garbage collector learns of new kinds only every 30 s, but of all there are when it starts.
	if err := c.Process("kube-controller-manager").Restart(); err != nil {
		return err
	}
	controller := inBackground(func() (*Process, error) { return c.StartController(ctx, "controller") })
	webhook, webhookErr := c.startComponent(ctx, suiteWebhook(service))
	if webhookErr == nil {
		webhookErr = c.answering(ctx, webhook, service, objects, voteOnNothing())
	}
	replica, controllerErr := controller()
	if controllerErr == nil {
		controllerErr = c.runs(ctx, waitForNothing(), replica)
	}
	if err := errors.Join(webhookErr, controllerErr); err != nil {
		return err
	}
	c.opts.logf("this project's controller and webhook are up after another %.1f s", time.Since(started).Seconds())
	return nil
}

// StartController runs another replica of this project's controller, with these arguments, as the process of that
// name. It returns when the replica has started; whether it leads is up to leader election.
func (c *Cluster) StartController(ctx context.Context, name string, args ...string) (*Process, error) {
	return c.startComponent(ctx, component{
		name:           name,
		namespace:      suiteNamespace,
		serviceAccount: "tekton-custom-tasks-controller",
		program:        "customtasks-controller",
		args:           args,
		up:             metrics,
		env:            maps.Clone(suiteEnvironment),
	})
}

func suiteWebhook(service webhookService) component {
	env := maps.Clone(suiteEnvironment)
	env["WEBHOOK_SERVICE_NAME"] = service.name
	env["WEBHOOK_SECRET_NAME"] = "tekton-custom-tasks-webhook-certs"
	return component{
		name:           "webhook",
		namespace:      suiteNamespace,
		serviceAccount: "tekton-custom-tasks-webhook",
		program:        "customtasks-webhook",
		up:             metrics,
		webhookPort:    service.port,
		env:            env,
	}
}

// voteOnNothing is an ApprovalDecision that admission refuses: there is no such request.
func voteOnNothing() *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "approval.tekton.dev/v1alpha1",
		"kind":       "ApprovalDecision",
		"metadata":   map[string]any{"name": "control-plane-check"},
		"spec":       map[string]any{"request": "control-plane-check", "decision": "Approve"},
	}}
}

// waitForNothing is a run that succeeds at once.
func waitForNothing() *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "tekton.dev/v1beta1",
		"kind":       "CustomRun",
		"metadata":   map[string]any{"name": "control-plane-check"},
		"spec": map[string]any{
			"customRef": map[string]any{"apiVersion": "custom.tekton.dev/v1alpha1", "kind": "Wait"},
			"params":    []any{map[string]any{"name": "duration", "value": "0s"}},
		},
	}}
}

// BindApprovers lets every one of People see ApprovalRequests in the namespace and vote there. Whose vote is
// accepted is then up to admission alone.
func (c *Cluster) BindApprovers(ctx context.Context, namespace string) error {
	binding := &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "approvers"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: approverRole},
	}
	for _, name := range People() {
		binding.Subjects = append(binding.Subjects, rbacv1.Subject{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: name})
	}
	_, err := c.kube.RbacV1().RoleBindings(namespace).Create(ctx, binding, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("binding %s in namespace %s: %w", approverRole, namespace, err)
	}
	return nil
}
