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

package main

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain lets the tests start the program: the test binary itself, with a variable set.
func TestMain(m *testing.M) {
	if os.Getenv("BE_CUSTOMTASK_CONFORMANCE") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestErrorsOfUse(t *testing.T) {
	for want, args := range map[string][]string{
		"-profile is missing":          nil,
		`unexpected argument "x"`:      {"-profile", "p", "x"},
		"-json and -junit are both ./": {"-profile", "p", "-json", "./report", "-junit", "report"},
		"-run: ":                       {"-profile", "p", "-run", "("},
	} {
		var out strings.Builder
		status, err := run(t.Context(), args, &out, &out)
		if status != exitError || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: status %d, error %v; want %q", args, status, err, want)
		}
	}
}

func TestTheListOfNoCasesIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "profile.yaml")
	if err := os.WriteFile(path, []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	for only, want := range map[string]int{"^C31 ": exitPassed, "^C99 ": exitError} {
		var out strings.Builder
		if status, err := run(t.Context(), []string{"-profile", path, "-list", "-run", only}, &out, &out); status != want || (err != nil) != (want != 0) {
			t.Errorf("%s: status %d, error %v", only, status, err)
		}
	}
}

const profile = `
apiVersion: example.dev/v1
kind: Mine
supports: {named: false}
instant: true
runs: {succeeds: {spec: {}}, fails: {spec: {}}}
`

// TestASecondInterruptEndsTheProgram uses a cluster that never answers, so that nothing can be removed.
func TestASecondInterruptEndsTheProgram(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no process can be interrupted")
	}
	asked, done := make(chan struct{}, 100), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked <- struct{}{}
		<-done
	}))
	defer server.Close()
	defer close(done)
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	kubeconfig := write("kubeconfig", fmt.Sprintf(`{apiVersion: v1, kind: Config, clusters: [{name: a, cluster: {server: %q}}],
		contexts: [{name: a, context: {cluster: a}}], current-context: a}`, server.URL))
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-profile", write("profile.yaml", profile), "-kubeconfig", kubeconfig)
	cmd.Env = append(os.Environ(), "BE_CUSTOMTASK_CONFORMANCE=1", "TMPDIR="+dir)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-asked
	interrupt := func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
	}
	interrupt()
	if line, err := bufio.NewReader(stderr).ReadString('\n'); err != nil || !strings.Contains(line, "interrupted; removing the namespaces") {
		t.Errorf("after one interrupt: %q, %v", line, err)
	}
	again := time.Now()
	interrupt()
	err = cmd.Wait()
	if took := time.Since(again); err == nil || cmd.ProcessState.Exited() || took > 10*time.Second {
		t.Errorf("after two: %v, after %s", err, took)
	}
}
