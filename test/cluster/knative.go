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
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// component is a program built on knative.dev/pkg, run as its Deployment would run it.
type component struct {
	name           string
	namespace      string
	serviceAccount string
	program        string
	args           []string
	// env is the environment of the Deployment.
	env map[string]string
	// webhookPort is set for webhooks: the port that they serve on.
	webhookPort string
	// up is what answers once the program has started.
	up endpoint
}

// endpoint is a path on one of a program's servers, told by the variable that has its port.
type endpoint struct{ port, path string }

var (
	// probes is the server that Tekton's programs have for the kubelet.
	probes = endpoint{"PROBES_PORT", "/readiness"}
	// metrics is the server that knative runs when its ConfigMap asks for Prometheus.
	metrics = endpoint{"METRICS_PROMETHEUS_PORT", "/metrics"}
)

// knativeEnvironment is what every such program needs. All of its servers get ports of their own, since they share
// the machine's addresses and not a pod's.
func (c *Cluster) knativeEnvironment(part component, kubeconfig string) (map[string]string, error) {
	env := map[string]string{
		"KUBECONFIG":              kubeconfig,
		"SYSTEM_NAMESPACE":        part.namespace,
		"POD_NAME":                part.name,
		"CONFIG_LOGGING_NAME":     "config-logging",
		"KUBERNETES_MIN_VERSION":  "v1.28.0",
		"METRICS_PROMETHEUS_HOST": "127.0.0.1",
	}
	for _, name := range []string{probes.port, metrics.port, "PROFILING_PORT"} {
		port, err := c.ports.port()
		if err != nil {
			return nil, err
		}
		env[name] = port
	}
	if part.webhookPort != "" {
		env["WEBHOOK_PORT"] = part.webhookPort
	}
	maps.Copy(env, part.env)
	return env, nil
}

// startComponent runs the program with a token of its own service account, so that its RBAC is what the
// manifests say and no more. It returns when the program has started.
func (c *Cluster) startComponent(ctx context.Context, part component) (*Process, error) {
	kubeconfig, err := c.serviceAccountKubeconfig(ctx, part.namespace, part.serviceAccount)
	if err != nil {
		return nil, err
	}
	env, err := c.knativeEnvironment(part, kubeconfig)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		list = append(list, name+"="+env[name])
	}
	p, err := c.run(part.name, programPath(c.opts, part.program), part.args, list)
	if err != nil {
		return nil, err
	}
	return p, waitFor(ctx, part.name+" to start", plausible, []*Process{p}, func(ctx context.Context) error {
		return answers(ctx, "http://127.0.0.1:"+env[part.up.port]+part.up.path)
	})
}

// answers says whether the address can be read.
func answers(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, askAgain)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, response.Status)
	}
	return nil
}
