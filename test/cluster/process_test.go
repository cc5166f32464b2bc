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
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// newTestCluster makes a cluster that runs nothing yet.
func newTestCluster(t *testing.T) *Cluster {
	t.Helper()
	opts, err := Options{CacheDir: t.TempDir()}.complete()
	if err != nil {
		t.Fatalf("completing options: %v", err)
	}
	c, err := newCluster(t.Context(), opts)
	if err != nil {
		t.Fatalf("newCluster: %v", err)
	}
	t.Cleanup(func() { c.Stop() })
	return c
}

// shell runs a script as a process of the cluster, and waits until it has said ready.
func shell(t *testing.T, c *Cluster, name, script string) *Process {
	t.Helper()
	p, err := c.run(name, "/bin/sh", []string{"-c", script}, []string{"GREETING=ready"})
	if err != nil {
		t.Fatalf("run: %v", err)
	}
	says(t, p, "ready")
	return p
}

func says(t *testing.T, p *Process, want string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); p.Tail(1) != want; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s says %q, want %q", p.Name, p.Tail(3), want)
		}
	}
}

const forever = "echo $GREETING; exec sleep 300"

func TestKillAndStartAgain(t *testing.T) {
	c := newTestCluster(t)
	p := shell(t, c, "server", forever)
	if c.Process("server") != p || c.Process("other") != nil {
		t.Error("Process does not find processes by their name")
	}
	if err := p.Start(); err == nil {
		t.Error("a running process was started a second time")
	}
	first, done := p.PID(), p.Done()
	if err := p.Kill(); err != nil {
		t.Fatalf("Kill: %v", err)
	}
	select {
	case <-done:
	default:
		t.Error("Kill returned before the process was gone")
	}
	if how, ended := p.exited(); !ended || how != "signal: killed" {
		t.Errorf("the process ended with %q, %v; want that it was killed", how, ended)
	}
	if err := p.Kill(); err != nil {
		t.Errorf("killing it again: %v", err)
	}
	if err := p.Start(); err != nil {
		t.Fatalf("starting it again: %v", err)
	}
	if p.PID() == first {
		t.Errorf("it still has pid %d", first)
	}
	if how, ended := p.exited(); ended {
		t.Errorf("it ended at once: %s", how)
	}
	says(t, p, "ready")
}

func TestStopIsGentleFirst(t *testing.T) {
	p := shell(t, newTestCluster(t), "gentle", "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; done")
	if err := p.Stop(10 * time.Second); err != nil {
		t.Fatalf("Stop: %v", err)
	}
	if how, _ := p.exited(); how != "exit status 0" || p.Tail(1) != "bye" {
		t.Errorf("it ended with %q and said %q, want that it could say bye", how, p.Tail(1))
	}
}

func TestStopEndsAProcessThatWillNot(t *testing.T) {
	p := shell(t, newTestCluster(t), "stubborn", "trap '' TERM; echo ready; while :; do sleep 0.01; done")
	if err := p.Stop(50 * time.Millisecond); err != nil {
		t.Fatalf("Stop: %v", err)
	}
	if how, ended := p.exited(); !ended || how != "signal: killed" {
		t.Errorf("it ended with %q, %v; want that it was killed", how, ended)
	}
}

func TestPauseAndResume(t *testing.T) {
	c := newTestCluster(t)
	p, err := c.run("counter", "/bin/sh", []string{"-c", "while :; do echo more; sleep 0.01; done"}, nil)
	if err != nil {
		t.Fatalf("run: %v", err)
	}
	says(t, p, "more")
	size := func() int64 {
		info, err := os.Stat(p.LogPath)
		if err != nil {
			t.Fatalf("looking at the log: %v", err)
		}
		return info.Size()
	}
	if err := p.Pause(); err != nil {
		t.Fatalf("Pause: %v", err)
	}
	if err := waitFor(t.Context(), "the log to stop growing", 10*time.Second, nil, quiet(size)); err != nil {
		t.Fatalf("after Pause: %v", err)
	}
	before := size()
	if err := p.Resume(); err != nil {
		t.Fatalf("Resume: %v", err)
	}
	for deadline := time.Now().Add(10 * time.Second); size() == before; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the process did not go on after Resume")
		}
	}
}

func TestStopOfAClusterEndsEverything(t *testing.T) {
	c := newTestCluster(t)
	a := shell(t, c, "a", forever)
	b := shell(t, c, "b", "trap '' TERM; echo ready; while :; do sleep 0.01; done")
	if _, err := c.run("a", "/bin/true", nil, nil); err == nil {
		t.Error("two processes may have one name")
	}
	if err := c.Stop(); err != nil {
		t.Fatalf("Stop: %v", err)
	}
	for _, p := range []*Process{a, b} {
		if _, ended := p.exited(); !ended {
			t.Errorf("%s runs on after Stop", p.Name)
		}
	}
	if _, err := os.Stat(c.Dir()); !os.IsNotExist(err) {
		t.Errorf("the state folder is still there: %v", err)
	}
	if err := c.Stop(); err != nil {
		t.Errorf("a second Stop: %v", err)
	}
	if _, err := c.run("late", "/bin/true", nil, nil); err == nil {
		t.Error("a stopped cluster started a process")
	}
}

func TestFailureKeepsTheLogsAndSaysWhere(t *testing.T) {
	c := newTestCluster(t)
	p := shell(t, c, "server", forever)
	err := c.fail(t.Context(), os.ErrDeadlineExceeded)
	logs := filepath.Join(c.Dir(), "logs")
	if !strings.Contains(err.Error(), os.ErrDeadlineExceeded.Error()) || !strings.Contains(err.Error(), logs) {
		t.Errorf("the error is %q, want the cause and the folder %s", err, logs)
	}
	if _, err := os.Stat(p.LogPath); err != nil {
		t.Errorf("the log is gone: %v", err)
	}
	if _, ended := p.exited(); !ended {
		t.Error("the process runs on after the failure")
	}
}

func TestAnInterruptedStartLeavesNothing(t *testing.T) {
	c := newTestCluster(t)
	p := shell(t, c, "server", forever)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.fail(ctx, context.Canceled); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v, want %v", err, context.Canceled)
	}
	if _, err := os.Stat(c.Dir()); !os.IsNotExist(err) {
		t.Errorf("the state folder is still there: %v", err)
	}
	if _, ended := p.exited(); !ended {
		t.Error("the process runs on")
	}
}

func TestSignalsOfATerminalDoNotReachAProcess(t *testing.T) {
	p := shell(t, newTestCluster(t), "server", forever)
	group, err := syscall.Getpgid(p.PID())
	if err != nil {
		t.Fatalf("reading the process group: %v", err)
	}
	if group == syscall.Getpgrp() {
		t.Error("the process is in the group that Ctrl-C goes to")
	}
}
