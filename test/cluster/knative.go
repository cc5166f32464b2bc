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
	"path/filepath"
	"slices"
	"strings"
)

// component is a program built on knative.dev/pkg, run as its Deployment would run it.
type component struct {
	name           string
	namespace      string
	serviceAccount string
	// program is the name of one that Build makes, or the path of any other.
	program string
	args    []string
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

// Program is a program built on knative.dev/pkg, such as a controller of one's own.
type Program struct {
	// Name of the process, one of a kind in its cluster.
	Name string
	// Path of the executable.
	Path string
	// Namespace is where its ConfigMaps and leases are. It must exist. Its config-observability must ask for
	// Prometheus: metrics are how the program is seen to have started.
	Namespace string
	// ServiceAccount of that namespace, which it acts as.
	ServiceAccount string
	// Env are settings beside those that every such program gets, each NAME=VALUE. They go before those. Every
	// program gets a KUBECONFIG of its service account, its SYSTEM_NAMESPACE, and ports of its own in PROBES_PORT,
	// METRICS_PROMETHEUS_PORT and PROFILING_PORT. One that has its probes from knative's own sharedmain serves them on
	// port 8080 whatever PROBES_PORT says, and ends if somebody else has that port.
	Env []string
}

// StartProgram runs a program as a process that may do what its service account may and no more. It returns when the
// program has started; whether it leads is up to leader election.
func (c *Cluster) StartProgram(ctx context.Context, program Program) (*Process, error) {
	env, err := settings(program.Name, program.Env)
	if err != nil {
		return nil, err
	}
	path, err := filepath.Abs(program.Path)
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", program.Name, err)
	}
	return c.startComponent(ctx, component{
		name:           program.Name,
		namespace:      program.Namespace,
		serviceAccount: program.ServiceAccount,
		program:        path,
		up:             metrics,
		env:            env,
	})
}

// settings reads a list of NAME=VALUE for the program of that name.
func settings(name string, list []string) (map[string]string, error) {
	env := map[string]string{}
	for _, setting := range list {
		key, value, ok := strings.Cut(setting, "=")
		if !ok {
			return nil, fmt.Errorf("starting %s: %q is not NAME=VALUE", name, setting)
		}
		env[key] = value
	}
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
	path := part.program
	if !filepath.IsAbs(path) {
		path = programPath(c.opts, path)
	}
	p, err := c.run(part.name, path, part.args, list)
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
