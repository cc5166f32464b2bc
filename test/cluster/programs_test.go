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
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRequiredVersion(t *testing.T) {
	const gomod = `module example.com/tools

require example.com/alone v1.2.3

require (
	example.com/block v0.1.0
	example.com/block/v2 v2.0.0 // indirect
)

replace example.com/replaced => example.com/other v9.9.9
`
	for name, row := range map[string]struct{ module, want string }{
		"a requirement on a line of its own":        {"example.com/alone", "v1.2.3"},
		"a requirement in a block":                  {"example.com/block", "v0.1.0"},
		"a requirement with a comment":              {"example.com/block/v2", "v2.0.0"},
		"a module that is only replaced":            {"example.com/replaced", ""},
		"a module that is not there":                {"example.com/none", ""},
		"a module whose name begins another's name": {"example.com/bloc", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := requiredVersion([]byte(gomod), row.module); got != row.want {
				t.Errorf("requiredVersion(%s) = %q, want %q", row.module, got, row.want)
			}
		})
	}
}

func TestEveryProgramIsPinned(t *testing.T) {
	opts, err := Options{}.complete()
	if err != nil {
		t.Fatalf("completing options: %v", err)
	}
	for _, p := range append(append([]program{}, plane...), imageTools...) {
		version, err := p.version(opts)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if _, err := p.fingerprint(opts, version); err != nil {
			t.Errorf("%v", err)
		}
		if p.module == "k8s.io/kubernetes" && strings.Count(p.ldflags(version), version) != 2 {
			t.Errorf("%s is linked with %q, which does not tell it its version %s", p.name, p.ldflags(version), version)
		}
	}
}

func TestFingerprintFollowsThePinnedDependencies(t *testing.T) {
	opts := Options{RepoRoot: t.TempDir()}
	p := program{name: "tool", tool: "tool", pkg: "example.com/tool"}
	dir := filepath.Join(opts.toolDir(), p.tool)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatalf("making %s: %v", dir, err)
	}
	print := func() string {
		t.Helper()
		got, err := p.fingerprint(opts, "v1.0.0")
		if err != nil {
			t.Fatalf("fingerprint: %v", err)
		}
		return got
	}
	write(t, filepath.Join(dir, "go.mod"), "module tool\n")
	write(t, filepath.Join(dir, "go.sum"), "a\n")
	before := print()
	if again := print(); again != before {
		t.Errorf("the fingerprint of the same dependencies went from %s to %s", before, again)
	}
	write(t, filepath.Join(dir, "go.sum"), "b\n")
	if after := print(); after == before {
		t.Errorf("the fingerprint is %s before and after a change of go.sum", before)
	}
}

func TestAssetsSupplyOnlyWhatTheyHold(t *testing.T) {
	assets := t.TempDir()
	write(t, filepath.Join(assets, "etcd"), "")
	write(t, filepath.Join(assets, "kwok"), "")
	t.Setenv("KUBEBUILDER_ASSETS", assets)
	opts := Options{CacheDir: "/cache"}
	for name, want := range map[string]string{
		"etcd":                   filepath.Join(assets, "etcd"),
		"kubectl":                "/cache/bin/kubectl", // not in the folder
		"kwok":                   "/cache/bin/kwok",    // not what the variable stands for
		"customtasks-controller": "/cache/bin/customtasks-controller",
	} {
		if got := programPath(opts, name); got != want {
			t.Errorf("programPath(%s) = %s, want %s", name, got, want)
		}
	}
}
