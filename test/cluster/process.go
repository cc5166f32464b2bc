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
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Process is a program that a cluster runs. Its methods may be called from several goroutines.
type Process struct {
	// Name of the process, one of a kind in its cluster.
	Name string
	// LogPath is the file that has its output, over all its restarts.
	LogPath string

	path   string
	args   []string
	env    []string
	dir    string
	ledger *ledger

	mu     sync.Mutex
	pid    int
	done   chan struct{}
	result error
}

// newProcess prepares a program of this cluster. env is its whole environment but for HOME, which is the state
// folder so that nothing is written elsewhere, and TMPDIR and PATH, which it inherits.
func (c *Cluster) newProcess(name, path string, args, env []string) *Process {
	whole := append([]string{"HOME=" + c.dir, "PATH=" + os.Getenv("PATH")}, env...)
	if tmp, ok := os.LookupEnv("TMPDIR"); ok {
		whole = append(whole, "TMPDIR="+tmp)
	}
	return &Process{
		Name:    name,
		LogPath: filepath.Join(c.dir, "logs", name+".log"),
		path:    path,
		args:    args,
		env:     whole,
		dir:     c.dir,
		ledger:  c.ledger,
	}
}

// Start runs the program, with the same arguments and environment every time. It is an error while it runs.
func (p *Process) Start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done != nil {
		select {
		case <-p.done:
		default:
			return fmt.Errorf("starting %s: it already runs", p.Name)
		}
	}
	log, err := os.OpenFile(p.LogPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("starting %s: %w", p.Name, err)
	}
	defer log.Close()
	cmd := exec.Command(p.path, p.args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = p.dir, p.env, log, log
	cmd.SysProcAttr = childAttributes()

	done, started := make(chan struct{}), make(chan error)
	go func() {
		// The kernel kills the child when the thread that started it ends, so the thread waits for the child.
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		err = cmd.Wait()
		p.mu.Lock()
		p.result = err
		p.mu.Unlock()
		close(done)
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("starting %s: %w", p.Name, err)
	}
	p.pid, p.done, p.result = cmd.Process.Pid, done, nil
	return p.ledger.add(p.Name, p.pid)
}

// Done is closed when the process, as last started, has ended. It is nil before the first start.
func (p *Process) Done() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.done
}

// PID of the process as last started.
func (p *Process) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pid
}

// Kill ends the process without warning, as a crash would, and returns when it is gone. It is no error if it
// already is.
func (p *Process) Kill() error { return p.end(syscall.SIGKILL, 10*time.Second) }

// Stop asks the process to end, as Kubernetes would a pod, and kills it if it has not after the grace period.
func (p *Process) Stop(grace time.Duration) error {
	if err := p.end(syscall.SIGTERM, grace); err == nil {
		return nil
	}
	return p.Kill()
}

// Pause stops the process where it stands, as a machine that hangs would, until Resume.
func (p *Process) Pause() error { return p.signal(syscall.SIGSTOP) }

// Resume lets a paused process go on.
func (p *Process) Resume() error { return p.signal(syscall.SIGCONT) }

// Restart kills the process and starts it again.
func (p *Process) Restart() error {
	if err := p.Kill(); err != nil {
		return err
	}
	return p.Start()
}

// Tail returns the last n lines of the log.
func (p *Process) Tail(n int) string { return tailFile(p.LogPath, n) }

// exited returns how the process ended, and false while it runs or was never started.
func (p *Process) exited() (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done == nil {
		return "", false
	}
	select {
	case <-p.done:
	default:
		return "", false
	}
	if p.result == nil {
		return "exit status 0", true
	}
	return p.result.Error(), true
}

// end signals the process and waits for its end.
func (p *Process) end(sig syscall.Signal, wait time.Duration) error {
	done := p.Done()
	if done == nil {
		return nil
	}
	if err := p.signal(sig); err != nil {
		return err
	}
	select {
	case <-done:
		return nil
	case <-time.After(wait):
		return fmt.Errorf("ending %s: still there %s after %s", p.Name, wait, sig)
	}
}

// signal sends the signal unless the process has ended: its pid may then belong to another.
func (p *Process) signal(sig syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done == nil {
		return fmt.Errorf("signalling %s: it was never started", p.Name)
	}
	select {
	case <-p.done:
		return nil
	default:
	}
	if err := syscall.Kill(p.pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signalling %s: %w", p.Name, err)
	}
	return nil
}
