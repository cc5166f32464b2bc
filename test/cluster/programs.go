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
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// program is an upstream program and how it is built.
type program struct {
	// name of the binary in the bin folder.
	name string
	// tool is the folder under tools whose go.mod pins the program's whole dependency graph.
	tool string
	// module is the upstream module that has the version people know the program by.
	module string
	// pkg is the main package.
	pkg string
	// about is how long a cold build takes on 2 cores.
	about time.Duration
	// asset is set for the programs that KUBEBUILDER_ASSETS supplies.
	asset bool
}

// plane is what every cluster needs.
var plane = []program{
	{"etcd", "etcd", "go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3", 20 * time.Second, true},
	{"kube-apiserver", "kubernetes", "k8s.io/kubernetes", "k8s.io/kubernetes/cmd/kube-apiserver", 5 * time.Minute, true},
	{"kube-controller-manager", "kubernetes", "k8s.io/kubernetes", "k8s.io/kubernetes/cmd/kube-controller-manager", time.Minute, false},
	{"kube-scheduler", "kubernetes", "k8s.io/kubernetes", "k8s.io/kubernetes/cmd/kube-scheduler", 5 * time.Second, false},
	{"kubectl", "kubernetes", "k8s.io/kubernetes", "k8s.io/kubernetes/cmd/kubectl", 20 * time.Second, true},
	{"kwok", "kwok", "sigs.k8s.io/kwok", "sigs.k8s.io/kwok/cmd/kwok", time.Minute, false},
	{"tekton-controller", "tekton", "github.com/tektoncd/pipeline", "github.com/tektoncd/pipeline/cmd/controller", 2 * time.Minute, false},
	{"tekton-webhook", "tekton", "github.com/tektoncd/pipeline", "github.com/tektoncd/pipeline/cmd/webhook", 10 * time.Second, false},
	{"tkn", "tkn", "github.com/tektoncd/cli", "github.com/tektoncd/cli/cmd/tkn", 80 * time.Second, false},
}

// imageTools build and hold container images; only the release needs them.
var imageTools = []program{
	{"ko", "ko", "github.com/google/ko", "github.com/google/ko", 30 * time.Second, false},
	{"crane", "ko", "github.com/google/go-containerregistry", "github.com/google/go-containerregistry/cmd/crane", 10 * time.Second, false},
	{"registry", "ko", "github.com/google/go-containerregistry", "github.com/google/go-containerregistry/cmd/registry", 10 * time.Second, false},
}

// ldflags are the linker's flags. Kubernetes' programs refuse to work with each other unless they know their version.
func (p program) ldflags(version string) string {
	flags := "-s -w"
	if p.module == "k8s.io/kubernetes" {
		flags += " -X k8s.io/component-base/version.gitVersion=" + version +
			" -X k8s.io/client-go/pkg/version.gitVersion=" + version
	}
	return flags
}

// version reads the program's version from its tool's go.mod.
func (p program) version(opts Options) (string, error) {
	data, err := os.ReadFile(filepath.Join(opts.toolDir(), p.tool, "go.mod"))
	if err != nil {
		return "", fmt.Errorf("finding the version of %s: %w", p.name, err)
	}
	version := requiredVersion(data, p.module)
	if version == "" {
		return "", fmt.Errorf("finding the version of %s: tools/%s/go.mod does not require %s", p.name, p.tool, p.module)
	}
	return version, nil
}

// requiredVersion returns the version at which a go.mod requires the module, or "".
func requiredVersion(gomod []byte, module string) string {
	for line := range bytes.Lines(gomod) {
		fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(string(line)), "require "))
		if len(fields) >= 2 && fields[0] == module && strings.HasPrefix(fields[1], "v") {
			return fields[1]
		}
	}
	return ""
}

// fingerprint changes whenever a new build of the program could differ: its pinned dependencies, flags or platform.
func (p program) fingerprint(opts Options, version string) (string, error) {
	h := sha256.New()
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(opts.toolDir(), p.tool, name))
		if err != nil {
			return "", fmt.Errorf("fingerprinting %s: %w", p.name, err)
		}
		fmt.Fprintf(h, "%s %d\n", name, len(data))
		h.Write(data)
	}
	fmt.Fprintln(h, p.pkg, p.ldflags(version), runtime.GOOS, runtime.GOARCH)
	return hex.EncodeToString(h.Sum(nil)), nil
}

// assetPath returns where KUBEBUILDER_ASSETS has the program, or "" if it has not.
func (p program) assetPath() string {
	dir := os.Getenv("KUBEBUILDER_ASSETS")
	if !p.asset || dir == "" {
		return ""
	}
	path := filepath.Join(dir, p.name)
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return ""
	}
	return path
}

// path returns the executable to run.
func (p program) path(opts Options) string {
	if asset := p.assetPath(); asset != "" {
		return asset
	}
	return filepath.Join(opts.binDir(), p.name)
}

// programPath is path for the program of the control plane with that name.
func programPath(opts Options, name string) string {
	for _, p := range plane {
		if p.name == name {
			return p.path(opts)
		}
	}
	return filepath.Join(opts.binDir(), name)
}
