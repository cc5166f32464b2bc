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

// Command customtask-conformance checks the controller of a CustomRun kind on a live cluster against the contract of
// Tekton's custom tasks. It exits with 0 if every case passed, 1 if one failed, and 2 if it could not run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"github.com/customtasks/customtasks/test/conformance"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// The exit statuses.
const (
	exitPassed = 0
	exitFailed = 1
	exitError  = 2
)

// flags are what the command line says.
type flags struct {
	profile, kubeconfig, only, jsonFile, junitFile string
	parallel                                       int
	timeout                                        time.Duration
	verbose, list                                  bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		// From now on the signal ends the program at once, as it does by default.
		stop()
		fmt.Fprintln(os.Stderr, "customtask-conformance: interrupted; removing the namespaces (again: end at once and leave them)")
	})
	status, err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "customtask-conformance:", err)
	}
	os.Exit(status)
}

// run is the whole command.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	f, only, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return exitPassed, nil
	}
	if err != nil {
		return exitError, err
	}
	profile, err := conformance.Load(f.profile)
	if err != nil {
		return exitError, err
	}
	if f.list {
		if err := list(stdout, profile, only); err != nil {
			return exitError, err
		}
		return exitPassed, nil
	}
	config, err := clientConfig(f.kubeconfig)
	if err != nil {
		return exitError, fmt.Errorf("finding the cluster: %w", err)
	}
	limited, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	report, err := conformance.Run(limited, config, profile, conformance.Options{
		Parallel: f.parallel,
		Only:     only,
		Progress: func(o conformance.Outcome) {
			if o.Result == conformance.Failed {
				fmt.Fprintf(os.Stderr, "failed: %s %s\n", o.Number, o.Title)
			}
		},
	})
	switch {
	case err != nil && ctx.Err() != nil:
		return exitError, fmt.Errorf("interrupted: %w", err)
	case err != nil:
		return exitError, err
	}
	if err := write(report, f, stdout); err != nil {
		return exitError, err
	}
	if ctx.Err() != nil {
		return exitError, errors.New("interrupted")
	}
	if report.Failed() > 0 {
		return exitFailed, nil
	}
	return exitPassed, nil
}

func parse(args []string, stderr io.Writer) (f flags, only *regexp.Regexp, err error) {
	set := flag.NewFlagSet("customtask-conformance", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.StringVar(&f.profile, "profile", "", "YAML `file` that describes the kind under test; needed")
	set.StringVar(&f.kubeconfig, "kubeconfig", "", "kubeconfig `file`; default: as kubectl finds it")
	set.StringVar(&f.only, "run", "", "run only the cases whose number and title match this `regexp`, as in '^C31 '")
	set.IntVar(&f.parallel, "parallel", 16, "how many cases run at once")
	set.DurationVar(&f.timeout, "timeout", 5*time.Minute, "after this long, cases that still run fail")
	set.StringVar(&f.jsonFile, "json", "", "also write the report to this `file`, as JSON")
	set.StringVar(&f.junitFile, "junit", "", "also write the report to this `file`, as JUnit's XML")
	set.BoolVar(&f.verbose, "v", false, "print what was expected and seen, and the run, of cases that passed too")
	set.BoolVar(&f.list, "list", false, "print the cases and whether they apply, without a cluster")
	if err := set.Parse(args); err != nil {
		return f, nil, err
	}
	switch {
	case set.NArg() > 0:
		return f, nil, fmt.Errorf("unexpected argument %q", set.Arg(0))
	case f.profile == "":
		return f, nil, errors.New("-profile is missing")
	case f.jsonFile != "" && filepath.Clean(f.jsonFile) == filepath.Clean(f.junitFile):
		return f, nil, fmt.Errorf("-json and -junit are both %s", f.jsonFile)
	case f.only == "":
		return f, nil, nil
	}
	if only, err = regexp.Compile(f.only); err != nil {
		return f, nil, fmt.Errorf("-run: %w", err)
	}
	return f, only, nil
}

// clientConfig finds the cluster as kubectl does.
func clientConfig(kubeconfig string) (*rest.Config, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = kubeconfig
	return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{}).ClientConfig()
}

// list prints the cases that were chosen.
func list(w io.Writer, profile conformance.Profile, only *regexp.Regexp) error {
	none := true
	for _, c := range conformance.Cases() {
		if only != nil && !only.MatchString(c.Number+" "+c.Title) {
			continue
		}
		none = false
		line := fmt.Sprintf("%-4s%s  %s", c.Number, c.Level, c.Title)
		if reason := c.Skip(profile); reason != "" {
			line += " (skipped: " + reason + ")"
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	if none {
		return errors.New("no case has a number and title like that")
	}
	return nil
}

// write writes the report in every form that was asked for.
func write(report conformance.Report, f flags, stdout io.Writer) error {
	if err := report.WriteText(stdout, f.verbose); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	for path, to := range map[string]func(io.Writer) error{f.jsonFile: report.WriteJSON, f.junitFile: report.WriteJUnit} {
		if path == "" {
			continue
		}
		if err := writeFile(path, to); err != nil {
			return fmt.Errorf("writing the report to %s: %w", path, err)
		}
	}
	return nil
}

func writeFile(path string, to func(io.Writer) error) error {
	file, err := os.Create(path) //nolint:gosec // The user names the file.
	if err != nil {
		return err
	}
	return errors.Join(to(file), file.Close())
}
