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
	"strings"
	"sync"
	"syscall"
)

var bootID = sync.OnceValues(func() (string, error) {
	data, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(data)), err
})

// birth returns when the process began: the boot of the machine and the clock tick since. The error is
// os.ErrNotExist if there is no such process, or only its exit status is left of it.
func birth(pid int) (string, error) {
	boot, err := bootID()
	if err != nil {
		return "", fmt.Errorf("reading the boot id: %w", err)
	}
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if errors.Is(err, syscall.ESRCH) {
		err = os.ErrNotExist // it ended between the opening and the reading
	}
	if err != nil {
		return "", fmt.Errorf("reading the start time of pid %d: %w", pid, err)
	}
	tick, err := startTick(string(data))
	if err != nil {
		return "", fmt.Errorf("reading the start time of pid %d: %w", pid, err)
	}
	return boot + "/" + tick, nil
}

// startTick reads the start time from a /proc/PID/stat line, whose second field is the command's name in
// parentheses and may hold anything.
func startTick(stat string) (string, error) {
	const (
		state     = 0  // the first field after the name
		startTime = 19 // field 22 of proc(5), counted from there
	)
	i := strings.LastIndexByte(stat, ')')
	if i < 0 {
		return "", fmt.Errorf("unexpected format %q", stat)
	}
	fields := strings.Fields(stat[i+1:])
	if len(fields) <= startTime {
		return "", fmt.Errorf("unexpected format %q", stat)
	}
	if fields[state] == "Z" || fields[state] == "X" {
		return "", os.ErrNotExist
	}
	return fields[startTime], nil
}
