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

// Command cluster runs the local control plane: see its usage.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/customtasks/customtasks/test/cluster"
)

const usage = `Usage: cluster COMMAND

  build           build every program that the control plane runs
  build-images    build ko, crane and registry
  demo [-reject]  run examples/approval to its end on a fresh control plane, and take it down
  dev             keep a control plane up, with examples/approval waiting for approval, until Ctrl-C
  down            end and remove what crashed runs, and dev, left behind
  exec CMD ARG…   run a command against a fresh control plane, with KUBECONFIG and PATH set
`

// command is what a word on the command line stands for. It returns the exit status.
type command func(ctx context.Context, args []string) (int, error)

var commands = map[string]command{
	"build": func(ctx context.Context, _ []string) (int, error) {
		return 0, cluster.Build(ctx, options("build"))
	},
	"build-images": func(ctx context.Context, _ []string) (int, error) {
		return 0, cluster.BuildImageTools(ctx, options("build"))
	},
	"down": func(ctx context.Context, _ []string) (int, error) {
		return 0, cluster.Down(ctx, options("down"), devName)
	},
	"demo": runDemo,
	"dev":  runDev,
	"exec": runExec,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

// run carries out one command and returns the exit status.
func run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return 2
	}
	do, ok := commands[args[0]]
	if !ok {
		fmt.Fprintf(os.Stderr, "unknown command %q\n\n%s", args[0], usage)
		return 2
	}
	status, err := do(ctx, args[1:])
	if err == nil {
		return status
	}
	if ctx.Err() != nil {
		fmt.Fprintln(os.Stderr, "interrupted")
		return 130
	}
	fmt.Fprintf(os.Stderr, "%s: %v\n", args[0], err)
	return max(status, 1)
}

func options(name string) cluster.Options {
	return cluster.Options{Name: name, Log: os.Stderr}
}
