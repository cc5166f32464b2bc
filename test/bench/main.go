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

// Command bench measures the suite on a real API server: how long things take, how many requests they
// cost and how much memory. Beside each figure stands what a writer that does nothing but the same writes
// needs on the same machine, in the same run. Run it with make bench.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/customtasks/customtasks/test/cluster"
)

func main() {
	var n sizes
	flag.IntVar(&n.burst, "burst", 500, "How many gates are created at once.")
	flag.IntVar(&n.pending, "pending", 1000, "How many gates wait while votes are timed.")
	flag.IntVar(&n.votes, "votes", 300, "How many votes are timed.")
	flag.IntVar(&n.idle, "idle", 10000, "How many gates wait while the controller is watched idling.")
	flag.IntVar(&n.items, "items", 1000, "How many items a loop has.")
	only := flag.String("only", "", "Measure gates or loops alone. Default: both.")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, n, *only); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type sizes struct{ burst, pending, votes, idle, items int }

func run(ctx context.Context, n sizes, only string) (err error) {
	plane, err := cluster.Start(ctx, cluster.Options{Name: "bench", Log: os.Stderr, Audit: true})
	if err != nil {
		return err
	}
	defer func() {
		if stopErr := plane.Stop(); err == nil {
			err = stopErr
		}
	}()
	if err := plane.InstallSuite(ctx); err != nil {
		return err
	}
	b, err := newBench(ctx, plane)
	if err != nil {
		return err
	}
	fmt.Println("| what | figure |\n|---|---|")
	var measures []func(context.Context, sizes) error
	if only != "gates" {
		measures = append(measures, b.loops)
	}
	if only != "loops" {
		measures = append(measures, b.floor, b.gates, b.votes, b.idle)
	}
	for _, measure := range measures {
		if err := measure(ctx, n); err != nil {
			return err
		}
	}
	return nil
}
