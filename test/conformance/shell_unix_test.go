//go:build unix

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

package conformance

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

const (
	poll     = 5 * time.Millisecond
	patience = 10 * time.Second
)

// pidIn waits until a command has written the id of a process into a file.
func pidIn(t *testing.T, file string) int {
	t.Helper()
	var pid int
	err := wait.PollUntilContextTimeout(t.Context(), poll, patience, true, func(context.Context) (bool, error) {
		data, err := os.ReadFile(file)
		if err != nil {
			return false, nil //nolint:nilerr // it is not written yet
		}
		pid, err = strconv.Atoi(strings.TrimSpace(string(data)))
		return err == nil, nil
	})
	if err != nil {
		t.Fatalf("the command did not start: %v", err)
	}
	return pid
}

// wantEnd fails the test if a process goes on.
func wantEnd(t *testing.T, pid int) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), poll, patience, true, func(context.Context) (bool, error) {
		// One that nobody has waited for yet is still there, as a zombie.
		stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
		return syscall.Kill(pid, 0) != nil || err == nil && strings.Contains(string(stat), ") Z "), nil
	})
	if err != nil {
		t.Errorf("process %d outlived the case: %v", pid, err)
	}
}

func TestCommandsEndWithTheCase(t *testing.T) {
	rows := map[string]string{
		"a child that the shell waits for":    `sleep 300 & echo $! > "$FILE"; wait`,
		"a child that was left behind":        `sleep 300 >/dev/null 2>&1 & echo $! > "$FILE"`,
		"a child that does not care for TERM": `sh -c 'trap "" TERM; echo $$ > "$FILE"; sleep 300; true'`,
	}
	for name, command := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			file := filepath.Join(t.TempDir(), "pid")
			s := &scene{ctx: ctx, suite: &suite{environment: []string{"FILE=" + file}}}
			s.background.Go(func() { s.command(ctx, command, past(t, running).versions[0]) })
			pid := pidIn(t, file)
			cancel()
			s.background.Wait()
			wantEnd(t, pid)
			if len(s.problems) > 0 {
				t.Error(s.problems)
			}
		})
	}
}

func TestWhatARestartLeavesBehindGoesOn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	_, group, err := shell(t.Context(), `sleep 300 >/dev/null 2>&1 & echo $! > "$FILE"`, []string{"FILE=" + file})
	if err != nil {
		t.Fatal(err)
	}
	if pid := pidIn(t, file); syscall.Kill(pid, 0) != nil {
		t.Error("the controller that was started again was killed")
	}
	group.kill()
}
