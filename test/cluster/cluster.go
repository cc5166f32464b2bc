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
	"os"
	"path/filepath"
	"sync"
	"time"

	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/restmapper"
)

// Cluster is a running control plane.
type Cluster struct {
	opts   Options
	dir    string
	url    string
	tokens map[string]string
	ports  *portBlock
	ledger *ledger

	kube    kubernetes.Interface
	dynamic dynamic.Interface
	mapper  *restmapper.DeferredDiscoveryRESTMapper

	mu        sync.Mutex
	processes []*Process
	stopped   bool
}

// Start brings up a control plane with Tekton Pipelines and simulated nodes, and returns when a TaskRun has run on
// it. Build must have been called before. If something does not come up, Start ends what it started, keeps the
// logs, and returns an error that shows the useful end of them. Call Stop on the cluster it returns.
func Start(ctx context.Context, opts Options) (*Cluster, error) {
	opts, err := opts.complete()
	if err != nil {
		return nil, err
	}
	c, err := newCluster(ctx, opts)
	if err != nil {
		return nil, err
	}
	if err := c.start(ctx); err != nil {
		return nil, c.fail(ctx, err)
	}
	return c, nil
}

// newCluster makes the state folder and what every process needs.
func newCluster(ctx context.Context, opts Options) (*Cluster, error) {
	if err := os.MkdirAll(opts.runDir(), 0o755); err != nil {
		return nil, fmt.Errorf("making the folder of runs: %w", err)
	}
	dir, err := os.MkdirTemp(opts.runDir(), opts.Name+"-")
	if err != nil {
		return nil, fmt.Errorf("making the state folder: %w", err)
	}
	c := &Cluster{opts: opts, dir: dir, tokens: newTokens()}
	if err := c.prepare(); err != nil {
		return nil, c.fail(ctx, err)
	}
	return c, nil
}

func (c *Cluster) prepare() (err error) {
	if c.ledger, err = newLedger(c.dir); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(c.dir, "logs"), 0o755); err != nil {
		return fmt.Errorf("making the folder of logs: %w", err)
	}
	if c.ports, err = claimPorts(); err != nil {
		return err
	}
	port, err := c.ports.port()
	if err != nil {
		return err
	}
	c.url = "https://127.0.0.1:" + port
	if err := c.writeCredentials(); err != nil {
		return err
	}
	if err := c.writeUserKubeconfigs(); err != nil {
		return err
	}
	config := c.RESTConfig(Admin)
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("making the admin's client: %w", err)
	}
	c.kube = kube
	if c.dynamic, err = dynamic.NewForConfig(config); err != nil {
		return fmt.Errorf("making the admin's client: %w", err)
	}
	c.mapper = restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(kube.Discovery()))
	return nil
}

// start brings everything up, each part as soon as what it needs is there.
func (c *Cluster) start(ctx context.Context) error {
	started := time.Now()
	upstream := inBackground(func() (string, error) { return tektonConfigDir(ctx, c.opts) })
	if err := c.startAPIServer(ctx, c.url); err != nil {
		return err
	}
	c.opts.logf("etcd and kube-apiserver are up after %.1f s", time.Since(started).Seconds())
	config, err := upstream()
	if err != nil {
		return err
	}
	service, objects, err := c.installTekton(ctx, config)
	if err != nil {
		return fmt.Errorf("installing Tekton: %w", err)
	}
	// The garbage collector learns of new kinds only every 30 s, but of all there are when it starts.
	if err := c.startNodes(ctx); err != nil {
		return err
	}
	if err := c.startTekton(ctx, service, objects); err != nil {
		return err
	}
	c.opts.logf("Tekton's controller and webhook are up after %.1f s", time.Since(started).Seconds())
	if err := c.runs(ctx, trivialTaskRun(), c.Process("tekton-controller"), c.Process("kube-scheduler"), c.Process("kwok")); err != nil {
		return err
	}
	c.opts.logf("the control plane is ready after %.1f s: a TaskRun has run on a simulated node", time.Since(started).Seconds())
	return nil
}

// Dir is the state folder: logs are in its folder logs.
func (c *Cluster) Dir() string { return c.dir }

// BinDir is the folder of the built programs, kubectl and tkn among them.
func (c *Cluster) BinDir() string { return c.opts.binDir() }

// RepoRoot is the folder of this repository.
func (c *Cluster) RepoRoot() string { return c.opts.RepoRoot }

// Process returns the process of that name, or nil: etcd, kube-apiserver, kube-controller-manager, kube-scheduler,
// kwok, tekton-controller and tekton-webhook; once the suite is installed controller and webhook; and any that
// StartController and StartProgram added.
func (c *Cluster) Process(name string) *Process {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.processes {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// run starts a process and counts it among the cluster's.
func (c *Cluster) run(name, path string, args, env []string) (*Process, error) {
	p := c.newProcess(name, path, args, env)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return nil, fmt.Errorf("starting %s: the cluster has stopped", name)
	}
	for _, other := range c.processes {
		if other.Name == name {
			return nil, fmt.Errorf("starting %s: there is a process of that name", name)
		}
	}
	c.processes = append(c.processes, p)
	return p, p.Start()
}

// Stop ends every process that the cluster started, the last first, and removes the state folder unless
// Options.Keep is set. All of them end, whatever goes wrong with one. A second call does nothing.
func (c *Cluster) Stop() error {
	err := c.end()
	if c.opts.Keep || err != nil {
		return err
	}
	if err := os.RemoveAll(c.dir); err != nil {
		return fmt.Errorf("removing the state folder: %w", err)
	}
	return nil
}

// end kills every process: what they hold is thrown away, so none needs to be asked.
func (c *Cluster) end() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return nil
	}
	c.stopped = true
	var errs []error
	for i := len(c.processes) - 1; i >= 0; i-- {
		errs = append(errs, c.processes[i].Kill())
	}
	if c.ports != nil {
		errs = append(errs, c.ports.release())
	}
	return errors.Join(errs...)
}

// fail ends the cluster. It keeps the logs, and nothing else that is large, unless somebody just lost patience.
func (c *Cluster) fail(ctx context.Context, err error) error {
	errs := []error{err, c.end()}
	if errors.Is(ctx.Err(), context.Canceled) {
		return errors.Join(append(errs, os.RemoveAll(c.dir))...)
	}
	errs = append(errs, os.RemoveAll(filepath.Join(c.dir, "etcd")))
	if _, statErr := os.Stat(filepath.Join(c.dir, "logs")); statErr == nil {
		errs = append(errs, fmt.Errorf("all logs are in %s", filepath.Join(c.dir, "logs")))
	}
	return errors.Join(errs...)
}

// inBackground runs f at once, and returns how to wait for what it returns.
func inBackground[T any](f func() (T, error)) func() (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := f()
		done <- result{value, err}
	}()
	return func() (T, error) {
		r := <-done
		return r.value, r.err
	}
}
