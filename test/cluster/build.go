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
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// ours are this project's programs: the name of the binary and the package in the main module.
var ours = map[string]string{
	"customtasks-controller": "controller",
	"customtasks-webhook":    "webhook",
	"tkn-approval":           "tkn-approval",
}

// Build makes every program that a cluster runs, each announced in Options.Log. A program is built only when its
// pinned dependencies changed since the last time; this project's own are brought up to date always. It is safe to
// interrupt, and to run twice at once: builds into one cache folder wait for each other.
func Build(ctx context.Context, opts Options) error {
	opts, err := opts.complete()
	if err != nil {
		return err
	}
	unlock, err := lockBuilds(ctx, opts)
	if err != nil {
		return err
	}
	defer unlock()
	// The last place is for this project's own programs.
	built, err := buildPrograms(ctx, opts, plane, 1)
	if err != nil {
		return err
	}
	return buildOurs(ctx, opts, fmt.Sprintf("%d of %[1]d", built+1))
}

// BuildImageTools makes ko, crane and registry, which only trying the release needs.
func BuildImageTools(ctx context.Context, opts Options) error {
	opts, err := opts.complete()
	if err != nil {
		return err
	}
	unlock, err := lockBuilds(ctx, opts)
	if err != nil {
		return err
	}
	defer unlock()
	_, err = buildPrograms(ctx, opts, imageTools, 0)
	return err
}

// buildPrograms builds those of the programs that are missing or out of date, and returns how many they were. The
// announced total counts these and extra more that follow.
func buildPrograms(ctx context.Context, opts Options, programs []program, extra int) (int, error) {
	var stale []program
	for _, p := range programs {
		if p.assetPath() != "" {
			continue
		}
		ok, err := upToDate(opts, p)
		if err != nil {
			return 0, err
		}
		if !ok {
			stale = append(stale, p)
		}
	}
	for i, p := range stale {
		if err := buildProgram(ctx, opts, p, fmt.Sprintf("%d of %d", i+1, len(stale)+extra)); err != nil {
			return i, err
		}
	}
	return len(stale), nil
}

func stampPath(opts Options, p program) string {
	return filepath.Join(opts.CacheDir, "build", p.name+".stamp")
}

// upToDate says whether the binary is there and its stamp is that of the pinned dependencies.
func upToDate(opts Options, p program) (bool, error) {
	version, err := p.version(opts)
	if err != nil {
		return false, err
	}
	want, err := p.fingerprint(opts, version)
	if err != nil {
		return false, err
	}
	if _, err := os.Stat(filepath.Join(opts.binDir(), p.name)); err != nil {
		return false, nil
	}
	got, err := os.ReadFile(stampPath(opts, p))
	return err == nil && string(got) == want, nil
}

// buildProgram builds beside the final place, moves the binary there, and only then stamps it.
func buildProgram(ctx context.Context, opts Options, p program, place string) error {
	version, err := p.version(opts)
	if err != nil {
		return err
	}
	stamp, err := p.fingerprint(opts, version)
	if err != nil {
		return err
	}
	opts.logf("building %s %s (%s, about %s on 2 cores)…", p.name, version, place, roughly(p.about))
	started := time.Now()
	fresh := filepath.Join(opts.CacheDir, "build", p.name)
	defer os.Remove(fresh)
	err = goCommand(ctx, opts, "build", "-C", filepath.Join(opts.toolDir(), p.tool), "-buildvcs=false", "-trimpath",
		"-ldflags", p.ldflags(version), "-o", fresh, p.pkg)
	if err != nil {
		return fmt.Errorf("building %s %s: %w", p.name, version, err)
	}
	if err := os.Rename(fresh, filepath.Join(opts.binDir(), p.name)); err != nil {
		return fmt.Errorf("installing %s: %w", p.name, err)
	}
	if err := os.WriteFile(stampPath(opts, p), []byte(stamp), 0o644); err != nil {
		return fmt.Errorf("stamping %s: %w", p.name, err)
	}
	opts.logf("built %s %s in %.0f s", p.name, version, time.Since(started).Seconds())
	return nil
}

// buildOurs brings this project's programs up to date. They are linked into a folder that stays, so that an
// unchanged program is not linked again, and copied from there.
func buildOurs(ctx context.Context, opts Options, place string) error {
	opts.logf("building this project's programs (%s, about 1 min on 2 cores if never built before)…", place)
	started := time.Now()
	dir := filepath.Join(opts.CacheDir, "build", "ours") + string(filepath.Separator)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the build folder: %w", err)
	}
	args := []string{"build", "-C", opts.RepoRoot, "-buildvcs=false", "-ldflags", "-s -w", "-o", dir}
	for _, pkg := range ours {
		args = append(args, "./cmd/"+pkg)
	}
	if err := goCommand(ctx, opts, args...); err != nil {
		return fmt.Errorf("building this project's programs: %w", err)
	}
	for name, pkg := range ours {
		if err := installCopy(dir+pkg, filepath.Join(opts.binDir(), name)); err != nil {
			return fmt.Errorf("installing %s: %w", name, err)
		}
	}
	opts.logf("built this project's programs in %.0f s", time.Since(started).Seconds())
	return nil
}

// installCopy puts a copy of an executable in place in one step, whoever runs the old one.
func installCopy(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		return errors.Join(err, os.Remove(out.Name()))
	}
	return os.Rename(out.Name(), to)
}

// goCommand runs the go command, and shows its output in the error if it fails.
func goCommand(ctx context.Context, opts Options, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	var output tailBuffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("go %s: %w\n%s", args[0], err, output.tail(tailLines))
	}
	return nil
}

// lockBuilds takes the cache folder for one build, and returns how to give it back.
func lockBuilds(ctx context.Context, opts Options) (func(), error) {
	for _, dir := range []string{opts.binDir(), filepath.Join(opts.CacheDir, "build")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("making the cache folder: %w", err)
		}
	}
	f, err := os.OpenFile(filepath.Join(opts.CacheDir, "build", "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("locking builds: %w", err)
	}
	unlock := func() { f.Close() }
	for waiting := false; ; {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return unlock, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			unlock()
			return nil, fmt.Errorf("locking builds: %w", err)
		}
		if !waiting {
			opts.logf("waiting for another build in %s…", opts.CacheDir)
			waiting = true
		}
		select {
		case <-ctx.Done():
			unlock()
			return nil, context.Cause(ctx)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// roughly says a duration the way people do.
func roughly(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
}
