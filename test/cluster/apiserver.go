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
	"net"
	"net/url"
	"path/filepath"
	"time"

	"k8s.io/client-go/kubernetes"
)

const (
	// plausible is how long one program may take to come up on a machine with little to spare.
	plausible = time.Minute
	// askAgain is how long one question to a program that comes up may take.
	askAgain = 2 * time.Second
)

// startAPIServer starts etcd and kube-apiserver at the address, and returns when the API server is ready.
func (c *Cluster) startAPIServer(ctx context.Context, address string) error {
	etcd, etcdURL, err := c.startEtcd(ctx)
	if err != nil {
		return err
	}
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("reading the address of the API server: %w", err)
	}
	args := []string{
		"--etcd-servers=" + etcdURL,
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
		"--secure-port=" + u.Port(),
		"--cert-dir=" + filepath.Join(c.dir, "apiserver"),
		"--tls-cert-file=" + c.caFile(),
		"--tls-private-key-file=" + c.keyFile(),
		"--token-auth-file=" + c.tokenPath(),
		"--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + c.saKeyFile(),
		"--service-account-signing-key-file=" + c.saKeyFile(),
		"--service-cluster-ip-range=10.0.0.0/16",
		"--endpoint-reconciler-type=none",
		// Nodes begin with a not-ready taint otherwise, which the node lifecycle controller would have to remove.
		"--disable-admission-plugins=TaintNodesByCondition",
	}
	if c.opts.Audit {
		args = append(args, "--audit-policy-file="+c.policyPath(), "--audit-log-path="+c.auditPath())
	}
	server, err := c.run("kube-apiserver", programPath(c.opts, "kube-apiserver"), args, nil)
	if err != nil {
		return err
	}
	config := c.RESTConfig(Admin)
	config.Timeout = askAgain
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("making the admin's client: %w", err)
	}
	return waitFor(ctx, "the API server", plausible, []*Process{server, etcd}, func(ctx context.Context) error {
		return client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
	})
}

// startEtcd starts etcd, which need not survive the machine, and returns its address.
func (c *Cluster) startEtcd(ctx context.Context) (*Process, string, error) {
	clientPort, err := c.ports.port()
	if err != nil {
		return nil, "", err
	}
	peerPort, err := c.ports.port()
	if err != nil {
		return nil, "", err
	}
	client, peer := "http://127.0.0.1:"+clientPort, "http://127.0.0.1:"+peerPort
	etcd, err := c.run("etcd", programPath(c.opts, "etcd"), []string{
		"--name=local",
		"--data-dir=" + filepath.Join(c.dir, "etcd"),
		"--unsafe-no-fsync",
		"--listen-client-urls=" + client,
		"--advertise-client-urls=" + client,
		"--listen-peer-urls=" + peer,
		"--initial-advertise-peer-urls=" + peer,
		"--initial-cluster=local=" + peer,
		"--quota-backend-bytes=8589934592",
		"--log-level=warn",
	}, nil)
	if err != nil {
		return nil, "", err
	}
	err = waitFor(ctx, "etcd", plausible, []*Process{etcd}, func(ctx context.Context) error {
		return dial(ctx, clientPort)
	})
	return etcd, client, err
}

// dial says whether something listens on the port.
func dial(ctx context.Context, port string) error {
	d := net.Dialer{Timeout: askAgain}
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return err
	}
	return conn.Close()
}
