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

package apidoc

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const library = `// Package zoo is a package.
package zoo

import (
	"context"
	"io/fs"
	"time"
)

// Legs are counted.
const Legs, hidden = 4, 5

// Noise is one.
type Noise string

// Loud is a Noise.
const Loud Noise = "loud"

// Sizes are counted.
const (
	Small = iota * 10
	_
	Large
)

// Values that do not show their type, and one from elsewhere.
const (
	Half        = 0.5
	Whole       = 2.0
	Letter      = 'a'
	Spaced      = "two  spaces" + "!"
	Day         = 24 * time.Hour
	Mode        = fs.ModeDir
	Quiet       = Noise(hush)
	hush        = "hush"
	Early, Late = true, !Early
)

// Fed says when.
var Fed = "noon"

// Animal is one.
type Animal[F any] struct {
	// Name and Kind are fields.
	Name, Kind string ` + "`json:\"name\"`" + `
	context.Context "json:\",inline\""
	secret int
}

// New makes one.
func New[F any](name string) *Animal[F] { return nil }

// Eat eats.
func (a *Animal[F]) Eat(food F,
	more ...F) (full bool, err error) {
	return true, nil
}

func (a *Animal[F]) digest() {}

// Keeper keeps.
type Keeper interface {
	// Keep keeps.
	Keep(ctx context.Context, a ...string) error
	leave()
}

// Same is another name.
type Same = context.Context

// Close closes the zoo.
func Close() {}

func hiddenFunction() {}
`

const examples = `package zoo_test

func ExampleNew() {
	println("new")
	// Output: new
}

func ExampleKeeper() {
	elsewhere()
	// Output:
}

func ExampleAnimal_Eat() {}

func Example_whole() {}
`

func load(t *testing.T, files map[string]string) *Package {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func list(t *testing.T, files map[string]string) string {
	t.Helper()
	listing, err := load(t, files).Listing()
	if err != nil {
		t.Fatal(err)
	}
	return listing
}

func TestAConstantWithoutAValueIsAnError(t *testing.T) {
	p := load(t, map[string]string{"zoo.go": "package zoo\n\n// Legs are counted.\nconst Legs = missing\n"})
	if listing, err := p.Listing(); err == nil || !strings.Contains(err.Error(), "undefined: missing") {
		t.Errorf("got %v and\n%s", err, listing)
	}
}

func TestListingHasEveryExportOnALine(t *testing.T) {
	want := `const Day time.Duration = 86400000000000
const Early = true
const Half untyped float = 1/2
const Large = 20
const Late = false
const Legs = 4
const Letter untyped rune = 97
const Loud Noise = "loud"
const Mode fs.FileMode = 2147483648
const Quiet Noise = "hush"
const Small = 0
const Spaced = "two  spaces!"
const Whole untyped float = 2
func (*Animal[F]) Eat(food F, more ...F) (full bool, err error)
func Close()
func New[F any](name string) *Animal[F]
type Animal[F any] struct
type Animal[F any] struct, Kind string ` + "`json:\"name\"`" + `
type Animal[F any] struct, Name string ` + "`json:\"name\"`" + `
type Animal[F any] struct, context.Context ` + "`json:\",inline\"`" + `
type Keeper interface
type Keeper interface, Keep(ctx context.Context, a ...string) error
type Keeper interface, unexported methods
type Noise string
type Same = context.Context
var Fed = "noon"
`
	got := list(t, map[string]string{"zoo.go": library, "zoo_test.go": examples})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("listing (-want, +got):\n%s", diff)
	}
}

func TestListingIgnoresWhatIsNoAPI(t *testing.T) {
	changed := strings.NewReplacer(
		"// Keep keeps.", "// Keep keeps well.",
		"return true, nil", "return false, nil",
		"secret int", "secret string",
		"iota * 10", "iota * (5 + 5)",
		`"json:\",inline\""`, "`json:\",inline\"`",
		"hiddenFunction", "anotherFunction",
	).Replace(library)
	before, after := list(t, map[string]string{"zoo.go": library}), list(t, map[string]string{"zoo.go": changed})
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("listing (-before, +after):\n%s", diff)
	}
}

func TestMissingAndBadExamplesAreFound(t *testing.T) {
	p := load(t, map[string]string{"zoo.go": library, "zoo_test.go": examples})
	if diff := cmp.Diff([]string{"Animal", "Close", "Noise", "Same"}, p.WithoutExample()); diff != "" {
		t.Errorf("without example (-want, +got):\n%s", diff)
	}
	want := []string{
		"ExampleAnimal_Eat has no Output, so it is never run",
		"ExampleKeeper uses what its own file does not declare, so the documentation cannot show all of it",
		"Example_whole has no Output, so it is never run",
	}
	if diff := cmp.Diff(want, p.BadExamples()); diff != "" {
		t.Errorf("bad examples (-want, +got):\n%s", diff)
	}
}
