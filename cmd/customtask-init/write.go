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
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed template
var templates embed.FS

// dotted are the files whose names begin with a dot in the module: embedding leaves such names out.
var dotted = map[string]string{"gitignore": ".gitignore", "ko.yaml": ".ko.yaml"}

// render fills in every template, and returns the contents by path.
func render(m module) (map[string][]byte, error) {
	const root = "template"
	files := map[string][]byte{}
	err := fs.WalkDir(templates, root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := templates.ReadFile(name)
		if err != nil {
			return err
		}
		filled, err := template.New(path.Base(name)).Funcs(quoting).Option("missingkey=error").Parse(string(text))
		if err != nil {
			return err
		}
		var out bytes.Buffer
		if err := filled.Execute(&out, m); err != nil {
			return err
		}
		name = strings.TrimSuffix(strings.TrimPrefix(name, root+"/"), ".tmpl")
		if to, ok := dotted[name]; ok {
			name = to
		}
		files[name] = out.Bytes()
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("filling in the templates: %w", err)
	}
	return files, nil
}

// write puts the files into a folder, which must be empty or not be there.
func write(dir string, files map[string][]byte) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("looking into the folder: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("the folder %q is not empty; name another one with -dir", dir)
	}
	for name, data := range files {
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil { //nolint:gosec // sources are for everybody to read
			return fmt.Errorf("making a folder: %w", err)
		}
		if err := os.WriteFile(to, data, 0o644); err != nil { //nolint:gosec // sources are for everybody to read
			return fmt.Errorf("writing a file: %w", err)
		}
	}
	return nil
}
