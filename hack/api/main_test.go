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
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

const feeding = "package zoo\n\n// Feed feeds.\nfunc Feed(food string) {}\n"

func TestCheck(t *testing.T) {
	const listed = feeding + `
// Meal is one.
type Meal struct {
	// Food is eaten.
	Food string ` + "`json:\"food\"`" + `
}

// Sizes of a meal.
const (
	Small = iota
	Large
)

const noise = "loud"

// Loud is how it is eaten.
const Loud = noise
`
	rows := map[string]struct {
		source string
		want   error
	}{
		"nothing changed":               {listed, nil},
		"a comment changed":             {strings.Replace(listed, "Feed feeds", "Feed gives food", 1), nil},
		"a parameter's type changed":    {strings.Replace(listed, "food string", "food []byte", 1), errDiffers},
		"a declaration is gone":         {strings.Replace(listed, feeding, "package zoo\n", 1), errDiffers},
		"a declaration has been added":  {listed + "\n// Close closes.\nfunc Close() {}\n", errDiffers},
		"an unexported function is new": {listed + "\nfunc hide() {}\n", nil},
		"a tag changed":                 {strings.Replace(listed, `json:"food"`, `json:"foods"`, 1), errDiffers},
		"what iota gives changed":       {strings.Replace(listed, "Small = iota", "_ = iota\n\tSmall", 1), errDiffers},
		"a hidden constant changed":     {strings.Replace(listed, `"loud"`, `"louder"`, 1), errDiffers},
		"a constant is typed":           {strings.Replace(listed, "Loud = noise", "Loud string = noise", 1), errDiffers},
		"a constant is written anew":    {strings.Replace(listed, `"loud"`, `"lo" + "ud"`, 1), nil},
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
