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
	_ "embed"
	"fmt"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

//go:embed kwok/stages.yaml
var stages []byte

// nodeNames are the simulated nodes.
var nodeNames = []string{"node-1", "node-2"}

// startNodes starts what turns a pod into a running one: the controllers of service accounts and garbage, the
// scheduler, and kwok with its nodes. It does not wait for them.
func (c *Cluster) startNodes(ctx context.Context) error {
	_, err := c.run("kube-controller-manager", programPath(c.opts, "kube-controller-manager"), []string{
		"--kubeconfig=" + c.systemKubeconfig(controllerManagerUser),
		"--controllers=garbage-collector-controller,namespace-controller,serviceaccount-controller,serviceaccount-token-controller",
		"--service-account-private-key-file=" + c.saKeyFile(),
		"--root-ca-file=" + c.caFile(),
		"--leader-elect=false",
		"--secure-port=0",
		"--kube-api-qps=500",
		"--kube-api-burst=1000",
	}, nil)
	if err != nil {
		return err
	}
	_, err = c.run("kube-scheduler", programPath(c.opts, "kube-scheduler"), []string{
		"--kubeconfig=" + c.systemKubeconfig(schedulerUser),
		"--leader-elect=false",
		"--secure-port=0",
		"--kube-api-qps=500",
		"--kube-api-burst=1000",
	}, nil)
	if err != nil {
		return err
	}
	config := filepath.Join(c.dir, "kwok.yaml")
	if err := os.WriteFile(config, stages, 0o644); err != nil {
		return fmt.Errorf("writing kwok's stages: %w", err)
	}
	_, err = c.run("kwok", programPath(c.opts, "kwok"), []string{
		"--kubeconfig=" + c.systemKubeconfig(kwokUser),
		"--config=" + config,
		"--manage-all-nodes",
		"--node-lease-duration-seconds=0",
	}, []string{"KWOK_WORKDIR=" + filepath.Join(c.dir, "kwok")})
	if err != nil {
		return err
	}
	for _, name := range nodeNames {
		if err := c.createNode(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cluster) createNode(ctx context.Context, name string) error {
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{
		Name:        name,
		Annotations: map[string]string{"kwok.x-k8s.io/node": "fake"},
		Labels: map[string]string{
			corev1.LabelOSStable: "linux", corev1.LabelArchStable: "amd64", corev1.LabelHostname: name,
		},
	}}
	if _, err := c.kube.CoreV1().Nodes().Create(ctx, node, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("creating node %s: %w", name, err)
	}
	return nil
}
