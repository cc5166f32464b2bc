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
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// newTool makes a repository whose only tool prints its version, and returns the tool.
func newTool(t *testing.T, log *bytes.Buffer) (Options, program) {
	t.Helper()
	root := t.TempDir()
	opts := Options{RepoRoot: root, CacheDir: filepath.Join(root, ".cache"), Log: log}
	p := program{name: "tool", tool: "tool", module: "example.com/dep", pkg: ".", about: time.Second}
	dir := filepath.Join(opts.toolDir(), p.tool)
	if err := os.MkdirAll(filepath.Join(dir, "dep"), 0o755); err != nil {
		t.Fatalf("making %s: %v", dir, err)
	}
	write(t, filepath.Join(dir, "go.mod"),
		"module example.com/tool\n\ngo 1.26\n\nrequire example.com/dep v1.0.0\n\nreplace example.com/dep => ./dep\n")
	write(t, filepath.Join(dir, "go.sum"), "")
	write(t, filepath.Join(dir, "dep", "go.mod"), "module example.com/dep\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "main.go"), "package main\n\nfunc main() { println(\"one\") }\n")
	return opts, p
}

func build(t *testing.T, opts Options, p program) error {
	t.Helper()
	unlock, err := lockBuilds(t.Context(), opts)
	if err != nil {
		t.Fatalf("locking: %v", err)
	}
	defer unlock()
	_, err = buildPrograms(t.Context(), opts, []program{p}, 0)
	return err
}

func output(t *testing.T, opts Options, p program) string {
	t.Helper()
	out, err := exec.Command(p.path(opts)).CombinedOutput()
	if err != nil {
		t.Fatalf("running %s: %v", p.name, err)
	}
	return strings.TrimSpace(string(out))
}

func TestBuildOnlyWhatIsStale(t *testing.T) {
	var log bytes.Buffer
	opts, p := newTool(t, &log)
	if err := build(t, opts, p); err != nil {
		t.Fatalf("building: %v", err)
	}
	if !strings.HasPrefix(log.String(), "building tool v1.0.0 (1 of 1, about 1 s on 2 cores)…\nbuilt tool v1.0.0 in ") {
		t.Errorf("the build was announced as %q", log.String())
	}
	if got := output(t, opts, p); got != "one" {
		t.Errorf("the tool prints %q, want one", got)
	}
	log.Reset()
	if err := build(t, opts, p); err != nil {
		t.Fatalf("building again: %v", err)
	}
	if log.Len() != 0 {
		t.Errorf("an unchanged tool was built again: %q", log.String())
	}
	dir := filepath.Join(opts.toolDir(), p.tool)
	write(t, filepath.Join(dir, "main.go"), "package main\n\nfunc main() { println(\"two\") }\n")
	write(t, filepath.Join(dir, "go.sum"), "\n")
	if err := build(t, opts, p); err != nil {
		t.Fatalf("building with other dependencies: %v", err)
	}
	if got := output(t, opts, p); got != "two" {
		t.Errorf("the tool prints %q after its dependencies changed, want two", got)
	}
}

func TestFailedBuildLeavesTheOldBinaryAndIsTriedAgain(t *testing.T) {
	var log bytes.Buffer
	opts, p := newTool(t, &log)
	if err := build(t, opts, p); err != nil {
		t.Fatalf("building: %v", err)
	}
	dir := filepath.Join(opts.toolDir(), p.tool)
	write(t, filepath.Join(dir, "main.go"), "package main\n\nfunc main() { undefined() }\n")
	write(t, filepath.Join(dir, "go.sum"), "\n")
	for range 2 {
		err := build(t, opts, p)
		if err == nil || !strings.Contains(err.Error(), "undefined: undefined") {
			t.Errorf("building what does not compile: %v, want the compiler's message", err)
		}
	}
	if got := output(t, opts, p); got != "one" {
		t.Errorf("the tool prints %q after a failed build, want one", got)
	}
}

func TestBuildsIntoOneCacheWaitForEachOther(t *testing.T) {
	var log bytes.Buffer
	opts, _ := newTool(t, &log)
	unlock, err := lockBuilds(t.Context(), opts)
	if err != nil {
		t.Fatalf("locking: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := lockBuilds(ctx, opts); err == nil {
		t.Error("a second build got the lock while the first held it")
	}
	unlock()
	second, err := lockBuilds(t.Context(), opts)
	if err != nil {
		t.Fatalf("locking after the first build: %v", err)
	}
	second()
}
