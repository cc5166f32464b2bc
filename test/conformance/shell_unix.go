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
	"os/exec"
	"syscall"
	"time"
)

// group is a command and the processes that it starts.
type group struct{ cmd *exec.Cmd }

// newGroup gives a command that has not started a process group of its own.
func newGroup(cmd *exec.Cmd) group {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return group{cmd}
}

// kill ends all processes of the group.
func (g group) kill() { g.signal(syscall.SIGKILL) }

// signal says whether there was still a process in the group.
func (g group) signal(s syscall.Signal) bool {
	return g.cmd.Process != nil && syscall.Kill(-g.cmd.Process.Pid, s) == nil
}

// waitOrKill returns once the group is empty. When ctx ends, what is left is killed.
func (g group) waitOrKill(ctx context.Context) {
	for g.signal(0) {
		select {
		case <-ctx.Done():
			g.kill()
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}
