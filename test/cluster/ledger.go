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
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// ledgerFile lists, in a state folder, the processes of one run: first the program that owns the run, then each
// process that it started.
const ledgerFile = "processes"

// entry names a process so that it is never mistaken for a later one with the same pid.
type entry struct {
	Name string `json:"name"`
	PID  int    `json:"pid"`
	// Birth is when the process began, as the system tells it: see birth.
	Birth string `json:"birth"`
}

// alive says whether that very process still runs.
func (e entry) alive() bool {
	b, err := birth(e.PID)
	return err == nil && b == e.Birth
}

// signal sends the signal to that very process. It does nothing to a process that is gone, or whose pid another
// one has.
func (e entry) signal(sig syscall.Signal) error {
	if !e.alive() {
		return nil
	}
	if err := syscall.Kill(e.PID, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("ending %s (pid %d): %w", e.Name, e.PID, err)
	}
	return nil
}

// ledger is the file, open for a run that adds to it.
type ledger struct {
	mu   sync.Mutex
	path string
}

// newLedger begins the ledger of a run that this process owns.
func newLedger(dir string) (*ledger, error) {
	l := &ledger{path: filepath.Join(dir, ledgerFile)}
	return l, l.add("owner", os.Getpid())
}

// add records a process that has just been started.
func (l *ledger) add(name string, pid int) error {
	b, err := birth(pid)
	if errors.Is(err, os.ErrNotExist) {
		return nil // gone already
	}
	if err != nil {
		return fmt.Errorf("recording %s: %w", name, err)
	}
	line, err := json.Marshal(entry{Name: name, PID: pid, Birth: b})
	if err != nil {
		return fmt.Errorf("recording %s: %w", name, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("recording %s: %w", name, err)
	}
	_, err = f.Write(append(line, '\n'))
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("recording %s: %w", name, err)
	}
	return nil
}

// readLedger returns the owner of a run and the processes it started, oldest first. A last line that a crash cut
// short is left out.
func readLedger(dir string) (owner entry, started []entry, err error) {
	data, err := os.ReadFile(filepath.Join(dir, ledgerFile))
	if err != nil {
		return entry{}, nil, fmt.Errorf("reading the list of processes: %w", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for first := true; lines.Scan(); first = false {
		var e entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			break
		}
		if first {
			owner = e
		} else {
			started = append(started, e)
		}
	}
	if owner.PID == 0 {
		return entry{}, nil, fmt.Errorf("reading the list of processes: %s names no owner", dir)
	}
	return owner, started, nil
}
