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
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../.."

var proxy *Proxy

func TestMain(m *testing.M) {
	var err error
	if proxy, err = Pack(context.Background(), root); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	if err := proxy.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

// goes runs the go command outside of the repository.
func goes(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := proxy.Go(t.Context(), dir, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// requires says at which version a module requires the SDK.
func requires(t *testing.T, dir string) string {
	t.Helper()
	return strings.TrimSpace(goes(t, dir, "list", "-m", "-f", "{{.Version}}{{with .Replace}} => {{.}}{{end}}", Module))
}

func TestTheExamplesBuildOutsideOfThisRepository(t *testing.T) {
	for name, commands := range map[string][][]string{
		"custom-kind": {{"build", "./..."}, {"vet", "./..."}, {"test", "./..."}},
		// It is linked by the end-to-end tests.
		"embedding": {{"vet", "./..."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			example := filepath.Join(root, "examples", name)
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(example)); err != nil {
				t.Fatal(err)
			}
			before := read(t, filepath.Join(dir, "go.mod"))
			if !strings.Contains(before, "\t"+Module+" v0.1.0\n") || strings.Contains(before, "replace") {
				t.Fatalf("it does not just require the first release:\n%s", before)
			}
			goes(t, dir, "mod", "edit", "-require="+Module+"@"+proxy.Version)
			for _, command := range commands {
				goes(t, dir, command...)
			}
			if got := requires(t, dir); got != proxy.Version {
				t.Errorf("it was built with %s", got)
			}
			if after := read(t, filepath.Join(dir, "go.mod")); before != strings.ReplaceAll(after, proxy.Version, "v0.1.0") {
				t.Errorf("its go.mod lacks something; it became\n%s", after)
			}
		})
	}
}

func TestTheExampleIsSmall(t *testing.T) {
	const limit = 120
	files, err := filepath.Glob(filepath.Join(root, "examples", "custom-kind", "*"))
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, path := range files {
		if ext := filepath.Ext(path); ext == ".go" || ext == ".yaml" {
			lines += bytes.Count([]byte(read(t, path)), []byte("\n"))
		}
	}
	if lines == 0 || lines >= limit {
		t.Errorf("task, main, test and YAML of the example are %d lines; want fewer than %d", lines, limit)
	}
}

func TestANewModulePassesAsItIs(t *testing.T) {
	for kind, why := range map[string]string{
		"Greeting": "the usual",
		"Context":  "a type that is called like what the code uses of another package",
	} {
		t.Run(kind+", "+why, func(t *testing.T) {
			t.Parallel()
			dir, err := proxy.Init(t.Context(), t.TempDir(), kind, "example.dev/v1alpha1")
			if err != nil {
				t.Fatal(err)
			}
			if got := requires(t, dir); got != proxy.Version {
				t.Errorf("customtask-init at %s made a module that requires %s", proxy.Version, got)
			}
			goes(t, dir, "build", "./...")
			goes(t, dir, "vet", "./...")
			if out := goes(t, dir, "test", "-v", "./..."); !strings.Contains(out, "--- PASS: Test"+kind+"Conforms") {
				t.Errorf("go test does not run the conformance cases:\n%s", out)
			}
		})
	}
}

// forgetful has its work in memory, and only that it has begun in the state of the run.
const forgetful = `package main

import (
	"context"

	"github.com/customtasks/customtasks/pkg/customtask"
)

type forgetful[S any] struct {
	task customtask.Task[S]
	work map[string]bool
}

func (f forgetful[S]) Reconcile(ctx context.Context, run *customtask.Run[S]) (customtask.Outcome, error) {
	var begun bool
	if run.State(&begun) && !f.work[run.AttemptKey()] {
		return customtask.Outcome{}, customtask.FailRun("Lost", "the work was in memory")
	}
	f.work[run.AttemptKey()] = true
	outcome, err := f.task.Reconcile(ctx, run)
	return outcome.WithState(true), err
}
`

func TestATaskThatForgetsIsNoticedByTheTestsOfItsModule(t *testing.T) {
	for name, row := range map[string]struct{ spec, constructor, task string }{
		"of a new module": {"Greeting", "func newTask() customtask.Task[Greeting] ", "task{}"},
		"of the example":  {"OfficeHours", "func newGate() customtask.Task[OfficeHours] ", "gate{}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if row.spec == "Greeting" {
				made, err := proxy.Init(t.Context(), dir, row.spec, "example.dev/v1")
				if err != nil {
					t.Fatal(err)
				}
				dir = made
			} else {
				if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "examples", "custom-kind"))); err != nil {
					t.Fatal(err)
				}
				goes(t, dir, "mod", "edit", "-require="+Module+"@"+proxy.Version)
			}
			code := read(t, filepath.Join(dir, "task.go"))
			changed := strings.Replace(code, row.constructor+"{ return "+row.task+" }",
				row.constructor+"{ return forgetful["+row.spec+"]{"+row.task+", map[string]bool{}} }", 1)
			if changed == code {
				t.Fatalf("there is no %q to be changed", row.constructor)
			}
			for file, text := range map[string]string{"task.go": changed, "forgetful.go": forgetful} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			out, err := proxy.Go(t.Context(), dir, "test", "./...")
			if err == nil || !strings.Contains(out, "the work was in memory") {
				t.Errorf("got %v; want a test that fails with what the task says:\n%s", err, out)
			}
		})
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestThePackedVersionIsLikeARelease(t *testing.T) {
	list, err := files(root)
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, f := range list {
		has[f.Path()] = true
		for _, left := range []string{".cache/", ".git/", "test/cluster/", "test/e2e/", "test/outside/", "examples/custom-kind/"} {
			if strings.HasPrefix(f.Path(), left) {
				t.Fatalf("it has %s", f.Path())
			}
		}
	}
	for _, path := range []string{"go.mod", "LICENSE", "pkg/customtask/doc.go", "cmd/customtask-init/template/go.mod.tmpl", "examples/go.work"} {
		if !has[path] {
			t.Errorf("it lacks %s", path)
		}
	}
}
