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

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/customtasks/customtasks/test/cluster"
)

// withSuite builds everything, starts a control plane with the suite installed, calls use, and takes it down
// whatever came of it.
func withSuite(ctx context.Context, opts cluster.Options, use func(*cluster.Cluster) error) (err error) {
	if err := cluster.Build(ctx, opts); err != nil {
		return err
	}
	c, err := cluster.Start(ctx, opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	if err := c.InstallSuite(ctx); err != nil {
		return err
	}
	return use(c)
}

// runExec runs a command against a control plane of its own, and returns its exit status.
func runExec(ctx context.Context, args []string) (int, error) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return 2, errors.New("no command given")
	}
	status := 0
	err := withSuite(ctx, options("exec"), func(c *cluster.Cluster) error {
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		cmd.Env = append(os.Environ(),
			"KUBECONFIG="+c.Kubeconfig(cluster.Admin),
			"KUBECACHEDIR="+filepath.Join(c.Dir(), "kubectl"),
			"PATH="+c.BinDir()+string(os.PathListSeparator)+os.Getenv("PATH"))
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
		cmd.WaitDelay = 30 * time.Second
		err := cmd.Run()
		var exit *exec.ExitError
		if errors.As(err, &exit) && ctx.Err() == nil {
			status = exit.ExitCode()
			return nil
		}
		return err
	})
	return status, err
}
