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
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Options say where a cluster lives and what it records. The zero value is usable anywhere inside the repository.
type Options struct {
	// RepoRoot is the folder of this repository. Default: the nearest one at or above the working directory.
	RepoRoot string
	// CacheDir holds the built programs and the state of running clusters. Default: .cache in RepoRoot.
	CacheDir string
	// Name begins the name of the state folder, and tells Down what kind of run it was. Default: "test".
	Name string
	// Log gets one line for each step. Default: nothing is printed.
	Log io.Writer
	// Audit records every request to the API server, for Cluster.Requests.
	Audit bool
	// Keep leaves the state folder, with every log, in place after Stop.
	Keep bool
}

const mainModule = "github.com/customtasks/customtasks"

// complete returns the options with every default filled in.
func (o Options) complete() (Options, error) {
	if o.RepoRoot == "" {
		wd, err := os.Getwd()
		if err != nil {
			return o, fmt.Errorf("finding the working directory: %w", err)
		}
		if o.RepoRoot, err = findRepoRoot(wd); err != nil {
			return o, err
		}
	}
	root, err := filepath.Abs(o.RepoRoot)
	if err != nil {
		return o, fmt.Errorf("making %s absolute: %w", o.RepoRoot, err)
	}
	o.RepoRoot = root
	if o.CacheDir == "" {
		o.CacheDir = filepath.Join(o.RepoRoot, ".cache")
	}
	if o.CacheDir, err = filepath.Abs(o.CacheDir); err != nil {
		return o, fmt.Errorf("making %s absolute: %w", o.CacheDir, err)
	}
	if o.Name == "" {
		o.Name = "test"
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	return o, nil
}

// findRepoRoot returns the nearest folder at or above dir whose go.mod is the main module's.
func findRepoRoot(dir string) (string, error) {
	for d := dir; ; d = filepath.Dir(d) {
		data, err := os.ReadFile(filepath.Join(d, "go.mod"))
		switch {
		case err == nil:
			for line := range strings.Lines(string(data)) {
				if strings.TrimSpace(line) == "module "+mainModule {
					return d, nil
				}
			}
		case !errors.Is(err, os.ErrNotExist):
			return "", fmt.Errorf("looking for the repository: %w", err)
		}
		if d == filepath.Dir(d) {
			return "", fmt.Errorf("no go.mod of module %s at or above %s", mainModule, dir)
		}
	}
}

func (o Options) binDir() string  { return filepath.Join(o.CacheDir, "bin") }
func (o Options) runDir() string  { return filepath.Join(o.CacheDir, "run") }
func (o Options) toolDir() string { return filepath.Join(o.RepoRoot, "test", "cluster", "tools") }

// logf writes one line of progress.
func (o Options) logf(format string, args ...any) {
	fmt.Fprintf(o.Log, format+"\n", args...)
}
