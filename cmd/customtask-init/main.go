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

// Command customtask-init writes a new module with a custom task of one's own: task, main, tests,
// manifests and all, to be changed from there.
//
//	go run github.com/customtasks/customtasks/cmd/customtask-init Greeting example.dev/v1
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
)

func main() {
	err := run(os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintf(os.Stderr, "customtask-init: %v\n", err)
		os.Exit(1)
	}
}

// run does what the arguments say. Progress goes to out, the usage to usage.
func run(args []string, out, usage io.Writer) error {
	flags := flag.NewFlagSet("customtask-init", flag.ContinueOnError)
	flags.SetOutput(usage)
	dir := flags.String("dir", "", "The folder to write; empty or not there yet. Default: the kind in lower case.")
	module := flags.String("module", "", "The path of the new module. Default: the group and the kind in lower case.")
	version := flags.String("sdk-version", "", "The version of "+sdkModule+" to require. Default: this program's.")
	replace := flags.String("replace", "", "A folder with "+sdkModule+" to use in place of the required version.")
	flags.Usage = func() {
		//nolint:errcheck // there is nobody to tell
		fmt.Fprintln(usage, "Usage: customtask-init [flags] KIND GROUP/VERSION, as in: customtask-init Greeting example.dev/v1")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	const names = 2
	if flags.NArg() != names {
		flags.Usage()
		return fmt.Errorf("got %d arguments; give KIND and GROUP/VERSION, after the flags", flags.NArg())
	}
	m, err := newModule(flags.Arg(0), flags.Arg(1), *module)
	if err != nil {
		return err
	}
	if m.SDK, err = sdkVersion(*version, debug.ReadBuildInfo); err != nil {
		return err
	}
	if *replace != "" {
		if m.Replace, err = checkout(*replace); err != nil {
			return err
		}
	}
	if *dir == "" {
		*dir = m.Short
	}
	files, err := render(m)
	if err != nil {
		return err
	}
	if err := write(*dir, files); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, `Wrote %s, module %s, with kind %s of %s/%s. Next:

    cd %s
    go mod tidy
    go test ./...
    KO_DOCKER_REPO=<where your cluster pulls images from> ko apply -f config
    kubectl create -f pipelinerun.yaml

README.md says what each file is. Begin with task.go.
`, *dir, m.Module, m.Kind, m.Group, m.Version, shellWord(*dir))
	return err
}

// checkout is the absolute path of a folder that has the SDK's module.
func checkout(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("finding -replace %q: %w", dir, err)
	}
	data, err := os.ReadFile(filepath.Join(abs, "go.mod")) //nolint:gosec // whoever runs this names the folder
	if err != nil {
		return "", fmt.Errorf("reading the module of -replace: %w", err)
	}
	for line := range strings.Lines(string(data)) {
		if strings.TrimSpace(line) == "module "+sdkModule {
			return abs, nil
		}
	}
	return "", fmt.Errorf("-replace %q is not a folder of module %s", dir, sdkModule)
}
