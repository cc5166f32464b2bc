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
)

// pidIn waits until a command has written the id of a process into a file.
func pidIn(t *testing.T, file string) int {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		data, err := os.ReadFile(file)
		if pid, bad := strconv.Atoi(strings.TrimSpace(string(data))); err == nil && bad == nil {
			return pid
		}
	}
	t.Fatal("the command did not start")
	return 0
}

// wantEnd fails the test if a process goes on.
func wantEnd(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		// One that nobody has waited for yet is still there, as a zombie.
		stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
		if syscall.Kill(pid, 0) != nil || err == nil && strings.Contains(string(stat), ") Z ") {
			return
		}
	}
	t.Errorf("process %d outlived the case", pid)
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
