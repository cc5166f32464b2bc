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
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCheck(t *testing.T) {
	const listed = "package zoo\n\n// Feed feeds.\nfunc Feed(food string) {}\n"
	rows := map[string]struct {
		source string
		want   error
	}{
		"nothing changed":               {listed, nil},
		"a comment changed":             {"package zoo\n\n// Feed gives food.\nfunc Feed(food string) {}\n", nil},
		"a parameter's type changed":    {"package zoo\n\n// Feed feeds.\nfunc Feed(food []byte) {}\n", errDiffers},
		"a declaration is gone":         {"package zoo\n", errDiffers},
		"a declaration has been added":  {listed + "\n// Close closes.\nfunc Close() {}\n", errDiffers},
		"an unexported function is new": {listed + "\nfunc hide() {}\n", nil},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "zoo.go"), listed)
			if err := run(false, dir); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, "zoo.go"), row.source)
			if err := run(true, dir); !errors.Is(err, row.want) {
				t.Errorf("check says %v; want %v", err, row.want)
			}
		})
	}
}

func TestCheckFailsWithoutAListing(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "zoo.go"), "package zoo\n\n// Feed feeds.\nfunc Feed() {}\n")
	if err := run(true, dir); !errors.Is(err, errDiffers) {
		t.Errorf("check says %v; want %v", err, errDiffers)
	}
}

func TestDiffShowsWhatWentAndWhatCame(t *testing.T) {
	want := []string{"- func Feed(food string)", "+ func Feed(food []byte)"}
	got := diff("func Close()\nfunc Feed(food string)\n", "func Close()\nfunc Feed(food []byte)\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("diff (-want, +got):\n%s", diff)
	}
}
