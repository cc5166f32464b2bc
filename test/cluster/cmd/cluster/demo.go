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
	"flag"
	"fmt"
	"os"

	"github.com/customtasks/customtasks/test/cluster"
	"github.com/customtasks/customtasks/test/cluster/demo"
)

// devName begins the state folders of dev, which down may end.
const devName = "dev"

// runDemo runs the demo on a control plane of its own.
func runDemo(ctx context.Context, args []string) (int, error) {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	reject := flags.Bool("reject", false, "have the gate rejected")
	if err := flags.Parse(args); err != nil {
		return 2, err
	}
	err := withSuite(ctx, options("demo"), func(c *cluster.Cluster) error {
		return demo.Run(ctx, c, demo.Options{Reject: *reject, Out: os.Stdout})
	})
	if err != nil {
		return 1, err
	}
	fmt.Println("All of it happened as it should, and everything is taken down.")
	return 0, nil
}

// runDev keeps a control plane up until it is interrupted.
func runDev(ctx context.Context, _ []string) (int, error) {
	err := withSuite(ctx, options(devName), func(c *cluster.Cluster) error {
		return demo.Stay(ctx, c, os.Stdout)
	})
	if err != nil {
		return 1, err
	}
	fmt.Println("Everything is taken down.")
	return 0, nil
}
