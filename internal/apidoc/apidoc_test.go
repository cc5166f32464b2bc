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

import "context"

// Legs are counted.
const Legs, hidden = 4, 5

// Noise is one.
type Noise string

// Loud is a Noise.
const Loud Noise = "loud"

// Fed says when.
var Fed = "noon"

// Animal is one.
type Animal[F any] struct {
	// Name and Kind are fields.
	Name, Kind string
	context.Context
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

func TestListingHasEveryExportOnALine(t *testing.T) {
	want := `const Legs = 4
const Loud Noise = "loud"
func (*Animal[F]) Eat(food F, more ...F) (full bool, err error)
func Close()
func New[F any](name string) *Animal[F]
type Animal[F any] struct
type Animal[F any] struct, Kind string
type Animal[F any] struct, Name string
type Animal[F any] struct, context.Context
type Keeper interface
type Keeper interface, Keep(ctx context.Context, a ...string) error
type Keeper interface, unexported methods
type Noise string
type Same = context.Context
var Fed = "noon"
`
	got := load(t, map[string]string{"zoo.go": library, "zoo_test.go": examples}).Listing()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("listing (-want, +got):\n%s", diff)
	}
}

func TestListingIgnoresWhatIsNoAPI(t *testing.T) {
	changed := strings.NewReplacer(
		"// Keep keeps.", "// Keep keeps well.",
		"return true, nil", "return false, nil",
		"secret int", "secret string",
		"hiddenFunction", "anotherFunction",
	).Replace(library)
	before, after := load(t, map[string]string{"zoo.go": library}), load(t, map[string]string{"zoo.go": changed})
	if diff := cmp.Diff(before.Listing(), after.Listing()); diff != "" {
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
