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

// Command faults puts the faults of faults.yaml into the code, one at a time and for the build alone, and
// fails if the tests that are named do not notice one. Those tests must be there and pass without it: one
// that is red anyway notices nothing. Run it with make faults.
package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

//go:embed faults.yaml
var list []byte

// fault is one entry of faults.yaml, which says what the fields are.
type fault struct {
	Fault   string `json:"fault"`
	File    string `json:"file"`
	Replace string `json:"replace"`
	With    string `json:"with"`
	Package string `json:"package"`
	Test    string `json:"test"`
}

func main() {
	only := flag.String("only", "", "Do only the faults whose sentence has this text.")
	flag.Parse()
	if err := run(*only); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(only string) error {
	var faults []fault
	if err := yaml.UnmarshalStrict(list, &faults); err != nil {
		return fmt.Errorf("reading faults.yaml: %w", err)
	}
	dir, err := os.MkdirTemp("", "faults-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	done, unseen, tests := 0, []error{}, baseline{}
	for _, f := range faults {
		if !strings.Contains(f.Fault, only) {
			continue
		}
		done++
		by, err := f.try(dir, tests)
		if err != nil {
			fmt.Printf("UNSEEN  %s\n", f.Fault)
			unseen = append(unseen, fmt.Errorf("%s: %w", f.Fault, err))
			continue
		}
		fmt.Printf("seen    %s\n        by %s\n", f.Fault, by)
	}
	if done == 0 {
		return fmt.Errorf("no fault has %q in its sentence", only)
	}
	fmt.Printf("%d of %d faults turn a test red\n", done-len(unseen), done)
	return errors.Join(unseen...)
}

// baseline has how tests did without any fault, by package and pattern, so that they are run once.
type baseline map[[2]string]error

// passes runs the tests of a fault without it. It is an error if one fails, or if none passes that is as
// deep among the subtests as the pattern.
func (b baseline) passes(f fault) error {
	key := [2]string{f.Package, f.Test}
	err, ok := b[key]
	if !ok {
		err = f.passes()
		b[key] = err
	}
	return err
}

func (f fault) passes() error {
	out, err := exec.Command("go", "test", "-v", "-run", f.Test, f.Package).CombinedOutput() //nolint:gosec,noctx // our own list
	if err != nil {
		return fmt.Errorf("%s in %s fails without the fault: %w\n%s", f.Test, f.Package, err, out)
	}
	for line := range strings.Lines(string(out)) {
		test, ok := strings.CutPrefix(strings.TrimSpace(line), "--- PASS: ")
		if ok && strings.Count(test, "/") >= strings.Count(f.Test, "/") {
			return nil
		}
	}
	return fmt.Errorf("%s is no test in %s that is run and passes; bring faults.yaml up to date", f.Test, f.Package)
}

// try builds and tests with the fault, and returns the first test that fails.
func (f fault) try(dir string, tests baseline) (string, error) {
	overlay, err := f.overlay(dir)
	if err != nil {
		return "", err
	}
	if err := tests.passes(f); err != nil {
		return "", err
	}
	out, err := exec.Command("go", "test", "-overlay", overlay, "-count=1", "-run", f.Test, f.Package).CombinedOutput() //nolint:gosec,noctx // our own list
	var failed *exec.ExitError
	switch {
	case err == nil:
		return "", fmt.Errorf("%s in %s passes all the same", f.Test, f.Package)
	case !errors.As(err, &failed):
		return "", fmt.Errorf("running go test: %w", err)
	}
	for line := range strings.Lines(string(out)) {
		if test, ok := strings.CutPrefix(strings.TrimSpace(line), "--- FAIL: "); ok {
			test, _, _ = strings.Cut(test, " (")
			return test, nil
		}
	}
	return "", fmt.Errorf("no test failed, but this did:\n%s", out)
}

// overlay writes the changed file, and what tells go to build with it.
func (f fault) overlay(dir string) (string, error) {
	code, err := os.ReadFile(f.File)
	if err != nil {
		return "", err
	}
	was := strings.TrimSuffix(f.Replace, "\n")
	if n := strings.Count(string(code), was); n != 1 {
		return "", fmt.Errorf("%s has what is to be replaced %d times; bring faults.yaml up to date", f.File, n)
	}
	changed := filepath.Join(dir, filepath.Base(f.File))
	if err := os.WriteFile(changed, []byte(strings.Replace(string(code), was, strings.TrimSuffix(f.With, "\n"), 1)), 0o600); err != nil {
		return "", err
	}
	file, err := filepath.Abs(f.File)
	if err != nil {
		return "", err
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {file: changed}})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, overlay, 0o600)
}
