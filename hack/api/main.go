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

// Command api lists the exported API of the library's packages in their api.txt, so that a change of it
// is seen in review. With -check it writes nothing, and fails if a listing is out of date. It is run in
// the repository's root, by make generate and make verify.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/customtasks/customtasks/internal/apidoc"
)

var errDiffers = errors.New(`the exported API is not what api.txt lists. Run make generate and commit the result.
A line that is removed or changed (-) breaks authors: docs/compatibility.md says when that may be`)

func main() {
	check := flag.Bool("check", false, "Fail, and show the difference, if a listing is out of date.")
	flag.Parse()
	if err := run(*check, "pkg/customtask", "pkg/customtask/customtasktest", "pkg/customtask/sharedmain"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(check bool, dirs ...string) error {
	var result error
	for _, dir := range dirs {
		p, err := apidoc.Load(dir)
		if err != nil {
			return err
		}
		listing, err := p.Listing()
		if err != nil {
			return err
		}
		path := filepath.Join(dir, "api.txt")
		if !check {
			if err := os.WriteFile(path, []byte(listing), 0o644); err != nil { //nolint:gosec // for everybody to read
				return fmt.Errorf("writing a listing: %w", err)
			}
			continue
		}
		stored, err := os.ReadFile(path) //nolint:gosec // a listing of this repository
		if err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("reading a listing: %w", err)
		}
		if changes := diff(string(stored), listing); len(changes) > 0 {
			fmt.Println(path + ":\n" + strings.Join(changes, "\n"))
			result = errDiffers
		}
	}
	return result
}

// diff lists the lines that are in one listing only, those of before with "-" and of after with "+".
func diff(before, after string) []string {
	was, is := strings.Split(before, "\n"), strings.Split(after, "\n")
	var out []string
	for _, line := range was {
		if !slices.Contains(is, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range is {
		if !slices.Contains(was, line) {
			out = append(out, "+ "+line)
		}
	}
	return out
}
