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
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Down ends what earlier runs in the cache folder left behind, and removes their state folders, kept logs included.
// A run whose owner still lives is left alone, but for runs named kind: their owners are asked to stop, and given
// 20 s to do so. Only processes that those runs started are ended, each told from a later one with the same pid.
func Down(ctx context.Context, opts Options, kind string) error {
	opts, err := opts.complete()
	if err != nil {
		return err
	}
	dirs, err := os.ReadDir(opts.runDir())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("looking for earlier runs: %w", err)
	}
	var errs []error
	for _, d := range dirs {
		if err := downRun(ctx, opts, filepath.Join(opts.runDir(), d.Name()), kind); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func downRun(ctx context.Context, opts Options, dir, kind string) error {
	name := filepath.Base(dir)
	owner, started, err := readLedger(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil // a run that is just beginning
	}
	if err != nil {
		return err
	}
	if owner.alive() {
		if !strings.HasPrefix(name, kind+"-") {
			opts.logf("%s is in use by process %d and left alone", name, owner.PID)
			return nil
		}
		if err := endOwner(ctx, owner); err != nil {
			return fmt.Errorf("ending %s: %w", name, err)
		}
	}
	for i := len(started) - 1; i >= 0; i-- {
		if err := started[i].signal(syscall.SIGKILL); err != nil {
			return err
		}
	}
	err = waitFor(ctx, "the processes of "+name+" to end", 10*time.Second, nil, func(context.Context) error {
		for _, e := range started {
			if e.alive() {
				return fmt.Errorf("%s (pid %d) is still there", e.Name, e.PID)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("removing %s: %w", name, err)
	}
	opts.logf("%s is gone", name)
	return nil
}

// endOwner asks the owner of a run to stop, which ends what it started, and kills it if it does not.
func endOwner(ctx context.Context, owner entry) error {
	if err := owner.signal(syscall.SIGTERM); err != nil {
		return err
	}
	gone := func(context.Context) error {
		if owner.alive() {
			return fmt.Errorf("process %d is still there", owner.PID)
		}
		return nil
	}
	if waitFor(ctx, "the owner to stop", 20*time.Second, nil, gone) == nil {
		return nil
	}
	if err := owner.signal(syscall.SIGKILL); err != nil {
		return err
	}
	return waitFor(ctx, "the owner to end", 10*time.Second, nil, gone)
}
