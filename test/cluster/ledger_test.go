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
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// sleeper starts a process that would outlive the test, and ends it with the test.
func sleeper(t *testing.T) (*exec.Cmd, <-chan struct{}) {
	t.Helper()
	cmd := exec.Command("sleep", "300")
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting sleep: %v", err)
	}
	gone := make(chan struct{})
	go func() {
		cmd.Wait()
		close(gone)
	}()
	t.Cleanup(func() { cmd.Process.Kill() })
	return cmd, gone
}

func birthOf(t *testing.T, pid int) string {
	t.Helper()
	b, err := birth(pid)
	if err != nil {
		t.Fatalf("birth(%d): %v", pid, err)
	}
	return b
}

func TestSignalReachesOnlyTheProcessThatWasMeant(t *testing.T) {
	cmd, gone := sleeper(t)
	pid := cmd.Process.Pid
	other := entry{Name: "sleep", PID: pid, Birth: birthOf(t, pid) + "0"}
	if other.alive() {
		t.Error("a process with the pid of an earlier one was taken for it")
	}
	if err := other.signal(syscall.SIGKILL); err != nil {
		t.Errorf("signalling a process that is gone: %v", err)
	}
	select {
	case <-gone:
		t.Fatal("a process was ended in place of an earlier one with its pid")
	case <-time.After(100 * time.Millisecond):
	}
	same := entry{Name: "sleep", PID: pid, Birth: birthOf(t, pid)}
	if !same.alive() {
		t.Error("a live process was taken for dead")
	}
	if err := same.signal(syscall.SIGKILL); err != nil {
		t.Errorf("signalling: %v", err)
	}
	select {
	case <-gone:
	case <-time.After(10 * time.Second):
		t.Error("the process that was meant lives on")
	}
}

func TestBirthOfNobody(t *testing.T) {
	cmd := exec.Command("true")
	if err := cmd.Run(); err != nil {
		t.Fatalf("running true: %v", err)
	}
	if got, err := birth(cmd.Process.Pid); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("birth of a process that has ended = %q, %v; want that it does not exist", got, err)
	}
}

func TestLedgerSurvivesALineCutShort(t *testing.T) {
	dir := t.TempDir()
	l, err := newLedger(dir)
	if err != nil {
		t.Fatalf("newLedger: %v", err)
	}
	cmd, _ := sleeper(t)
	if err := l.add("sleep", cmd.Process.Pid); err != nil {
		t.Fatalf("add: %v", err)
	}
	data, err := os.ReadFile(filepath.Join(dir, ledgerFile))
	if err != nil {
		t.Fatalf("reading the ledger: %v", err)
	}
	write(t, filepath.Join(dir, ledgerFile), string(data)+`{"name":"cut","pi`)

	owner, started, err := readLedger(dir)
	if err != nil {
		t.Fatalf("readLedger: %v", err)
	}
	if owner.PID != os.Getpid() || !owner.alive() {
		t.Errorf("the owner is %+v, want this process", owner)
	}
	want := entry{Name: "sleep", PID: cmd.Process.Pid, Birth: birthOf(t, cmd.Process.Pid)}
	if len(started) != 1 || started[0] != want {
		t.Errorf("the processes are %+v, want %+v alone", started, want)
	}
}
