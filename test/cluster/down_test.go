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
	"strconv"
	"strings"
	"testing"
	"time"
)

// ownerVariable makes the test binary run a process of a cluster in the folder it names, until it is killed.
const ownerVariable = "CLUSTER_TEST_OWNER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(ownerVariable); dir != "" {
		own(dir)
	}
	os.Exit(m.Run())
}

// own starts a process as a cluster would, says so, and never returns.
func own(cache string) {
	opts, err := Options{CacheDir: cache, Name: "dev"}.complete()
	if err != nil {
		panic(err)
	}
	c, err := newCluster(context.Background(), opts)
	if err != nil {
		panic(err)
	}
	if _, err := c.run("server", "/bin/sh", []string{"-c", "exec sleep 300"}, nil); err != nil {
		panic(err)
	}
	os.Stdout.WriteString("started\n")
	select {}
}

// owner runs own in another program, and returns that program and the process that it started.
func owner(t *testing.T, cache string) (*exec.Cmd, entry) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), ownerVariable+"="+cache)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatalf("reading the owner's output: %v", err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting the owner: %v", err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	line := make([]byte, len("started\n"))
	if _, err := out.Read(line); err != nil {
		t.Fatalf("waiting for the owner: %v", err)
	}
	dirs, err := filepath.Glob(filepath.Join(cache, "run", "dev-*"))
	if err != nil || len(dirs) != 1 {
		t.Fatalf("the owner made the state folders %v, %v; want one", dirs, err)
	}
	_, started, err := readLedger(dirs[0])
	if err != nil || len(started) != 1 {
		t.Fatalf("the owner started %v, %v; want one process", started, err)
	}
	return cmd, started[0]
}

func dies(t *testing.T, e entry) bool {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); e.alive(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

func TestDownRemovesWhatACrashLeft(t *testing.T) {
	cache := t.TempDir()
	cmd, server := owner(t, cache)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatalf("killing the owner: %v", err)
	}
	cmd.Wait()
	if err := Down(t.Context(), Options{CacheDir: cache}, "dev"); err != nil {
		t.Fatalf("Down: %v", err)
	}
	if server.alive() {
		t.Error("the process lives on after Down")
	}
	if left, _ := os.ReadDir(filepath.Join(cache, "run")); len(left) != 0 {
		t.Errorf("state folders are left: %v", left)
	}
}

func TestDownEndsALeftProcessAndNoOther(t *testing.T) {
	cache := t.TempDir()
	dir := filepath.Join(cache, "run", "demo-1")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatalf("making the state folder: %v", err)
	}
	left, _ := sleeper(t)
	other, _ := sleeper(t)
	l := &ledger{path: filepath.Join(dir, ledgerFile)}
	write(t, l.path, `{"name":"owner","pid":1,"birth":"another boot"}`+"\n")
	if err := l.add("left", left.Process.Pid); err != nil {
		t.Fatalf("add: %v", err)
	}
	data, err := os.ReadFile(l.path)
	if err != nil {
		t.Fatalf("reading the ledger: %v", err)
	}
	reused := entry{Name: "reused", PID: other.Process.Pid, Birth: birthOf(t, other.Process.Pid)}
	write(t, l.path, string(data)+`{"name":"reused","pid":`+strconv.Itoa(reused.PID)+`,"birth":"another boot"}`+"\n")
	leftEntry := entry{Name: "left", PID: left.Process.Pid, Birth: birthOf(t, left.Process.Pid)}

	if err := Down(t.Context(), Options{CacheDir: cache}, "dev"); err != nil {
		t.Fatalf("Down: %v", err)
	}
	if leftEntry.alive() {
		t.Error("the process that the run left lives on")
	}
	if !reused.alive() {
		t.Error("a process was ended that merely has the pid of one of the run's")
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the state folder is still there: %v", err)
	}
}

func TestDownAndRunsThatAreInUse(t *testing.T) {
	cache := t.TempDir()
	cmd, server := owner(t, cache)
	go cmd.Wait()
	var log bytes.Buffer
	if err := Down(t.Context(), Options{CacheDir: cache, Log: &log}, "demo"); err != nil {
		t.Fatalf("Down of another kind: %v", err)
	}
	if !server.alive() || !strings.Contains(log.String(), "left alone") {
		t.Errorf("a run in use was not left alone: it said %q", log.String())
	}
	if err := Down(t.Context(), Options{CacheDir: cache}, "dev"); err != nil {
		t.Fatalf("Down of its kind: %v", err)
	}
	if !dies(t, server) {
		t.Error("the process of a run that was to end lives on")
	}
}
