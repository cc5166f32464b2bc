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
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
)

func TestBadNamesAreRefusedWithASentence(t *testing.T) {
	long := strings.Repeat("a", 60)
	rows := map[string]struct {
		args []string
		says string
	}{
		"no argument":                                {nil, "got 0 arguments; give KIND and GROUP/VERSION"},
		"flags after the names":                      {[]string{"Greeting", "example.dev/v1", "-dir", "x"}, "after the flags"},
		"a kind in lower case":                       {[]string{"greeting", "example.dev/v1"}, `the kind is "greeting"; it must be CamelCase`},
		"a kind with a dash":                         {[]string{"Greet-ing", "example.dev/v1"}, "must be CamelCase"},
		"a kind with letters of no DNS":              {[]string{"Grüße", "example.dev/v1"}, "must be CamelCase"},
		"a kind that starts with a digit":            {[]string{"2Greet", "example.dev/v1"}, "must be CamelCase"},
		"an empty kind":                              {[]string{"", "example.dev/v1"}, "must be CamelCase"},
		"a kind too long for a name":                 {[]string{"A" + long, "example.dev/v1"}, "the kind is 61 characters long; it can have at most 52"},
		"no version":                                 {[]string{"Greeting", "example.dev"}, `must be a group and a version, as in example.dev/v1`},
		"a group that is no domain":                  {[]string{"Greeting", "example/v1"}, `the group is "example"; it must be a domain of yours`},
		"a group in upper case":                      {[]string{"Greeting", "Example.dev/v1"}, "must be a domain of yours"},
		"a group that ends with a dot":               {[]string{"Greeting", "example.dev./v1"}, "must be a domain of yours"},
		"no group":                                   {[]string{"Greeting", "/v1"}, "must be a domain of yours"},
		"a group too long for names":                 {[]string{"Greeting", long + "." + long + ".dev/v1"}, "the group is 125 characters long; it can have at most 120"},
		"a version with a dot":                       {[]string{"Greeting", "example.dev/v1.0"}, `the version is "v1.0"; it must be as in v1, v1beta1 or v1alpha1`},
		"version 0":                                  {[]string{"Greeting", "example.dev/v0"}, "must be as in v1"},
		"two slashes":                                {[]string{"Greeting", "example.dev/v1/x"}, `the version is "v1/x"`},
		"a kind that is a device on Windows":         {[]string{"Nul", "example.dev/v1"}, `no folder on Windows can be called "nul"; take another name, as in NulTask`},
		"a kind that is a numbered device":           {[]string{"COM1", "example.dev/v1"}, `no folder on Windows can be called "com1"`},
		"a group that is Tekton's":                   {[]string{"Greeting", "tekton.dev/v1"}, `the group is "tekton.dev", which is Tekton's own; take a domain of your own`},
		"a group that is that of Tekton's triggers":  {[]string{"Greeting", "triggers.tekton.dev/v1"}, "take a domain of your own"},
		"a group that is that of Tekton's resolvers": {[]string{"Greeting", "resolution.tekton.dev/v1beta1"}, "take a domain of your own"},
		"a group that begins with a device":          {[]string{"Greeting", "aux.example.dev/v1"}, `the module's path would be "aux.example.dev/greeting", and no folder on Windows can be called "aux.example.dev"; give another path with -module`},
		"a module path with a space":                 {[]string{"-module", "a.dev/a b", "Greeting", "example.dev/v1"}, `no element can be "a b"; it must be the path of a Go module`},
		"a module path without a domain":             {[]string{"-module", "greeting", "Greeting", "example.dev/v1"}, `-module is "greeting", which does not begin with a domain`},
		"a module path with an empty element":        {[]string{"-module", "a.dev//x", "Greeting", "example.dev/v1"}, `no element can be ""`},
		"a module path that ends with a slash":       {[]string{"-module", "a.dev/x/", "Greeting", "example.dev/v1"}, `no element can be ""`},
		"a module path that begins with a slash":     {[]string{"-module", "/a.dev/x", "Greeting", "example.dev/v1"}, "does not begin with a domain"},
		"a module path that begins with a dot":       {[]string{"-module", "./x", "Greeting", "example.dev/v1"}, "does not begin with a domain"},
		"a module path with an element ..":           {[]string{"-module", "a.dev/../x", "Greeting", "example.dev/v1"}, `no element can be ".."`},
		"a module path that ends with a dot":         {[]string{"-module", "a.dev/x.", "Greeting", "example.dev/v1"}, `no element can be "x."`},
		"a module path with a device":                {[]string{"-module", "a.dev/Con.go/x", "Greeting", "example.dev/v1"}, `no folder on Windows can be called "Con.go"`},
		"a module path that is the SDK's":            {[]string{"-module", sdkModule, "Greeting", "example.dev/v1"}, "which is the SDK itself"},
		"a version of the SDK that is no version": {
			[]string{"-sdk-version", "latest", "Greeting", "example.dev/v1"}, `-sdk-version is "latest"; it must be a version, as in v0.1.0`,
		},
		"a replacement that is another module": {[]string{"-replace", "../../test/cluster", "Greeting", "example.dev/v1"}, "is not a folder of module"},
		"a replacement that is nowhere":        {[]string{"-replace", "nowhere", "Greeting", "example.dev/v1"}, "reading the module of -replace"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "new")
			err := run(append([]string{"-dir", dir}, row.args...), io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), row.says) {
				t.Errorf("got %v; want what says %q", err, row.says)
			}
			if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
				t.Error("something was written though the names are bad")
			}
		})
	}
}

func TestGoodNames(t *testing.T) {
	rows := map[string]struct {
		args                  []string
		name, module, version string
	}{
		"the usual":                              {[]string{"Greeting", "example.dev/v1"}, "greeting-controller", "example.dev/greeting", "v1"},
		"an alpha, with a path":                  {[]string{"HTTPCall2", "tasks.example.co.uk/v2alpha11", "github.com/me/http-call"}, "httpcall2-controller", "github.com/me/http-call", "v2alpha11"},
		"a group below Tekton's, whoever has it": {[]string{"Greeting", "greetings.tekton.dev/v1"}, "greeting-controller", "greetings.tekton.dev/greeting", "v1"},
		"a kind that only begins like a device":  {[]string{"Console", "example.dev/v1"}, "console-controller", "example.dev/console", "v1"},
		"a path that only begins like the SDK's": {[]string{"Greeting", "aux.example.dev/v1", sdkModule + "-more/x_y"}, "greeting-controller", sdkModule + "-more/x_y", "v1"},
		"the shortest":                           {[]string{"A", "b.c/v1"}, "a-controller", "b.c/a", "v1"},
		"the longest kind taken":                 {[]string{"A" + strings.Repeat("b", 51), "example.dev/v1"}, "a" + strings.Repeat("b", 51) + "-controller", "example.dev/a" + strings.Repeat("b", 51), "v1"},
	}
	for name, row := range rows {
		m, err := newModule(row.args[0], row.args[1], strings.Join(row.args[2:], ""))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if m.Name != row.name || m.Module != row.module || m.Version != row.version {
			t.Errorf("%s: got %+v", name, m)
		}
	}
}

func TestTheProgramIsCalledAsGoDoes(t *testing.T) {
	for path, want := range map[string]string{"a.dev/x": "x", "a.dev/x/v2": "x", "a.dev/v10": "a.dev", "a.dev/v1": "v1"} {
		if got := (module{Module: path}).Binary(); got != want {
			t.Errorf("%s: got %s; want %s", path, got, want)
		}
	}
}

func TestTheFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	var out bytes.Buffer
	if err := run([]string{"Greeting", "example.dev/v1"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("greeting/task.go"); err != nil {
		t.Errorf("the kind in lower case is not the folder: %v", err)
	}
	for _, step := range []string{"cd greeting\n", "go mod tidy\n", "go test ./...\n", "ko apply -f config\n"} {
		if !strings.Contains(out.String(), step) {
			t.Errorf("the next steps do not say %q:\n%s", step, out.String())
		}
	}
	t.Run("one with files in it is refused and left alone", func(t *testing.T) {
		if err := os.WriteFile("greeting/task.go", []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		err := run([]string{"Greeting", "example.dev/v1"}, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), `the folder "greeting" is not empty; name another one with -dir`) {
			t.Errorf("got %v", err)
		}
		if data, err := os.ReadFile("greeting/task.go"); err != nil || string(data) != "mine" {
			t.Errorf("task.go is %q, %v", data, err)
		}
	})
	t.Run("an empty one is taken", func(t *testing.T) {
		if err := run([]string{"-dir", t.TempDir(), "Greeting", "example.dev/v1"}, io.Discard, io.Discard); err != nil {
			t.Error(err)
		}
	})
	t.Run("a file is refused", func(t *testing.T) {
		if err := run([]string{"-dir", "greeting/task.go", "Greeting", "example.dev/v1"}, io.Discard, io.Discard); err == nil {
			t.Error("it was taken")
		}
	})
}

func TestAnyFolderCanBeTheReplacement(t *testing.T) {
	for _, name := range []string{"plain", "with a space", `with "quotes"`, "with `more`", "it's", "(old), [new]", "tab\t", "Grüße"} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), name)
			if err := os.MkdirAll(folder, 0o750); err != nil {
				t.Skip(err) // not on every system
			}
			if err := os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module "+sdkModule+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), "new")
			if err := run([]string{"-dir", dir, "-replace", folder, "Greeting", "example.dev/v1"}, io.Discard, io.Discard); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json", filepath.Join(dir, "go.mod")).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			var mod struct {
				Replace []struct{ New struct{ Path string } }
			}
			if err := json.Unmarshal(out, &mod); err != nil {
				t.Fatal(err)
			}
			if len(mod.Replace) != 1 || mod.Replace[0].New.Path != folder {
				t.Errorf("go reads %+v; want %q", mod.Replace, folder)
			}
		})
	}
}

func TestTheNextStepsCanBePasted(t *testing.T) {
	t.Chdir(t.TempDir())
	for dir, line := range map[string]string{
		"greeting": "cd greeting\n", "a/b~1": "cd a/b~1\n", "my tasks": "cd 'my tasks'\n",
		"it's": `cd 'it'\''s'` + "\n", "$HOME": "cd '$HOME'\n", "~me": "cd '~me'\n",
	} {
		var out bytes.Buffer
		if err := run([]string{"-dir", dir, "Greeting", "example.dev/v1"}, &out, io.Discard); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "    "+line) {
			t.Errorf("%s: want %q in\n%s", dir, line, out.String())
		}
	}
}

func TestHelpIsNoError(t *testing.T) {
	var usage bytes.Buffer
	if err := run([]string{"-h"}, io.Discard, &usage); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(usage.String(), "KIND GROUP/VERSION") {
		t.Errorf("the usage is %q", usage.String())
	}
}

func TestVersionOfTheSDK(t *testing.T) {
	module := func(path, version string) debug.Module { return debug.Module{Path: path, Version: version} }
	dep := module(sdkModule, "v0.3.0")
	rows := map[string]struct {
		given string
		info  *debug.BuildInfo
		want  string
	}{
		"the one given":                       {"v1.2.3", &debug.BuildInfo{Main: module(sdkModule, "v0.2.0")}, "v1.2.3"},
		"go run with a version":               {"", &debug.BuildInfo{Main: module(sdkModule, "v0.2.0")}, "v0.2.0"},
		"as a dependency of another module":   {"", &debug.BuildInfo{Main: module("example.dev/x", "(devel)"), Deps: []*debug.Module{&dep}}, "v0.3.0"},
		"a checkout":                          {"", &debug.BuildInfo{Main: module(sdkModule, "(devel)")}, firstRelease},
		"a checkout whose commit is recorded": {"", &debug.BuildInfo{Main: module(sdkModule, "v0.2.1-0.20260101000000-0123456789ab+dirty"), Settings: []debug.BuildSetting{{Key: "vcs", Value: "git"}}}, firstRelease},
		"no record at all":                    {"", nil, firstRelease},
	}
	for name, row := range rows {
		got, err := sdkVersion(row.given, func() (*debug.BuildInfo, bool) { return row.info, row.info != nil })
		if err != nil || got != row.want {
			t.Errorf("%s: got %s, %v; want %s", name, got, err, row.want)
		}
	}
}
