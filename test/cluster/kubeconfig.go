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
	"os"
	"path/filepath"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// tokenLife is how long the tokens of service accounts last: longer than any run.
const tokenLife = 30 * 24 * time.Hour

// RESTConfig returns the configuration of a client that acts as the person, without client-side rate limits. A
// name that is not one of People gets no credentials: the server answers 401 Unauthorized.
func (c *Cluster) RESTConfig(person string) *rest.Config {
	return c.restConfig(c.tokens[person])
}

// ServiceAccount returns the configuration of a client that acts as the service account, which must exist.
func (c *Cluster) ServiceAccount(ctx context.Context, namespace, name string) (*rest.Config, error) {
	token, err := c.serviceAccountToken(ctx, namespace, name)
	if err != nil {
		return nil, err
	}
	return c.restConfig(token), nil
}

// Kubeconfig returns the path of a kubeconfig file that acts as the person, and has a context named after each of
// People.
func (c *Cluster) Kubeconfig(person string) string {
	return filepath.Join(c.dir, "kubeconfig-"+person)
}

func (c *Cluster) restConfig(token string) *rest.Config {
	return &rest.Config{
		Host:            c.url,
		BearerToken:     token,
		TLSClientConfig: rest.TLSClientConfig{CAFile: c.caFile()},
		QPS:             -1,
	}
}

func (c *Cluster) serviceAccountToken(ctx context.Context, namespace, name string) (string, error) {
	seconds := int64(tokenLife / time.Second)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds}}
	response, err := c.kube.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, name, request, metav1.CreateOptions{})
	if err != nil {
		return "", fmt.Errorf("requesting a token of service account %s/%s: %w", namespace, name, err)
	}
	return response.Status.Token, nil
}

// serviceAccountKubeconfig writes a kubeconfig file that acts as the service account, and returns its path.
func (c *Cluster) serviceAccountKubeconfig(ctx context.Context, namespace, name string) (string, error) {
	token, err := c.serviceAccountToken(ctx, namespace, name)
	if err != nil {
		return "", err
	}
	path := filepath.Join(c.dir, "kubeconfig-"+namespace+"-"+name)
	return path, c.writeKubeconfig(path, name, map[string]string{name: token})
}

// writeUserKubeconfigs writes the kubeconfig file of every user.
func (c *Cluster) writeUserKubeconfigs() error {
	people := map[string]string{}
	for _, name := range People() {
		people[name] = c.tokens[name]
	}
	for _, u := range users {
		tokens := people
		if !u.person {
			tokens = map[string]string{u.name: c.tokens[u.name]}
		}
		if err := c.writeKubeconfig(c.systemKubeconfig(u.name), u.name, tokens); err != nil {
			return err
		}
	}
	return nil
}

// systemKubeconfig is Kubeconfig for any user, its colons left out of the file name.
func (c *Cluster) systemKubeconfig(name string) string {
	return c.Kubeconfig(strings.ReplaceAll(name, ":", "-"))
}

// writeKubeconfig writes a file with a context for each token, the current one being current.
func (c *Cluster) writeKubeconfig(path, current string, tokens map[string]string) error {
	const name = "local"
	config := clientcmdapi.NewConfig()
	config.Clusters[name] = &clientcmdapi.Cluster{Server: c.url, CertificateAuthority: c.caFile()}
	for user, token := range tokens {
		config.AuthInfos[user] = &clientcmdapi.AuthInfo{Token: token}
		config.Contexts[user] = &clientcmdapi.Context{Cluster: name, AuthInfo: user}
	}
	config.CurrentContext = current
	data, err := clientcmd.Write(*config)
	if err != nil {
		return fmt.Errorf("writing the kubeconfig of %s: %w", current, err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return fmt.Errorf("writing the kubeconfig of %s: %w", current, err)
	}
	return nil
}
