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
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"k8s.io/client-go/util/cert"
)

func (c *Cluster) caFile() string     { return filepath.Join(c.dir, "apiserver.crt") }
func (c *Cluster) keyFile() string    { return filepath.Join(c.dir, "apiserver.key") }
func (c *Cluster) saKeyFile() string  { return filepath.Join(c.dir, "service-accounts.key") }
func (c *Cluster) tokenPath() string  { return filepath.Join(c.dir, "tokens.csv") }
func (c *Cluster) policyPath() string { return filepath.Join(c.dir, "audit-policy.yaml") }

// writeCredentials makes the API server's certificate, which clients trust as it stands, the key that signs the
// tokens of service accounts, and the users' tokens.
func (c *Cluster) writeCredentials() error {
	crt, key, err := cert.GenerateSelfSignedCertKey("127.0.0.1", []net.IP{net.IPv4(127, 0, 0, 1)},
		[]string{"localhost", "kubernetes.default.svc"})
	if err != nil {
		return fmt.Errorf("making the API server's certificate: %w", err)
	}
	signer, err := newSigningKey()
	if err != nil {
		return fmt.Errorf("making the key of service accounts: %w", err)
	}
	for path, data := range map[string][]byte{
		c.caFile():     crt,
		c.keyFile():    key,
		c.saKeyFile():  signer,
		c.tokenPath():  []byte(tokenFile(c.tokens)),
		c.policyPath(): []byte(auditPolicy),
	} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			return fmt.Errorf("writing credentials: %w", err)
		}
	}
	return nil
}

func newSigningKey() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), nil
}
