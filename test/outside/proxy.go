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

package outside

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Module is the path of this project's module.
const Module = "github.com/customtasks/customtasks"

// Proxy is a module proxy that has the checkout as a version, and knows nothing else.
type Proxy struct {
	// Version of the checkout. It is different each time, so that the go command's module cache, which
	// trusts that a version never changes, can be shared.
	Version string

	dir   string
	cache string
	env   []string
}

// Pack makes the checkout at root a version on a proxy. Close the proxy when done.
func Pack(ctx context.Context, root string) (*Proxy, error) {
	const digest = 6
	random := make([]byte, digest)
	if _, err := rand.Read(random); err != nil {
		return nil, fmt.Errorf("making up a version: %w", err)
	}
	settings, err := exec.CommandContext(ctx, "go", "env", "GOPROXY", "GOMODCACHE").Output()
	if err != nil {
		return nil, fmt.Errorf("asking for Go's settings: %w", err)
	}
	usual, cache, _ := strings.Cut(strings.TrimSpace(string(settings)), "\n")
	dir, err := os.MkdirTemp("", "outside-proxy-")
	if err != nil {
		return nil, fmt.Errorf("making the proxy's folder: %w", err)
	}
	p := &Proxy{
		Version: "v0.1.1-0.20260101000000-" + hex.EncodeToString(random),
		dir:     dir,
		cache:   cache,
	}
	p.env = append(os.Environ(),
		"GOPROXY=file://"+filepath.ToSlash(dir)+","+usual,
		"GONOPROXY=none",
		"GOPRIVATE=",
		// A checkout is in no checksum database, and what it needs was checked against its own go.sum.
		"GOSUMDB=off",
		"GOFLAGS=-mod=mod",
		"GOWORK=off",
		"CGO_ENABLED=0",
	)
	if err := pack(root, dir, p.Version); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// Go runs the go command in a folder, with this proxy before the usual ones. The error shows what the
// command said.
func (p *Proxy) Go(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = dir, append(p.env, "PWD="+dir)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out.String())
	}
	return out.String(), nil
}

// Init makes a module with a kind of its own below dir, as its author would: customtask-init is run at
// the checkout's version, and the module tidied. It returns the module's folder.
func (p *Proxy) Init(ctx context.Context, dir, kind, groupVersion string) (string, error) {
	if _, err := p.Go(ctx, dir, "run", Module+"/cmd/customtask-init@"+p.Version, kind, groupVersion); err != nil {
		return "", err
	}
	made := filepath.Join(dir, strings.ToLower(kind))
	_, err := p.Go(ctx, made, "mod", "tidy")
	return made, err
}

// Close removes the proxy, and its one version from Go's module cache.
func (p *Proxy) Close() error {
	errs := []error{os.RemoveAll(p.dir)}
	download := filepath.Join(p.cache, "cache", "download", filepath.FromSlash(Module), "@v", p.Version)
	cached, err := filepath.Glob(download + ".*")
	errs = append(errs, err)
	for _, path := range cached {
		errs = append(errs, os.Remove(path))
	}
	// The module cache is read-only.
	unpacked := filepath.Join(p.cache, filepath.FromSlash(Module)+"@"+p.Version)
	err = filepath.WalkDir(unpacked, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			err = os.Chmod(path, 0o755)
		}
		return err
	})
	if !errors.Is(err, fs.ErrNotExist) {
		errs = append(errs, err)
	}
	return errors.Join(append(errs, os.RemoveAll(unpacked))...)
}
