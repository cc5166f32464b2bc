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

// Package apidoc reads the exported API of a package from its source: what is exported, and which of it
// has examples.
//
//	p, err := apidoc.Load("pkg/customtask")
//	listing, err := p.Listing()
//	fmt.Println(p.WithoutExample())
package apidoc

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// Package is a package as its documentation shows it.
type Package struct {
	fset *token.FileSet
	doc  *doc.Package
	// dir is where the package is, and files what it is compiled of.
	dir   string
	files []string
}

// Load reads the package in a folder, with its tests.
func Load(dir string) (*Package, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("reading the package: %w", err)
	}
	p := &Package{fset: token.NewFileSet(), dir: dir}
	var files []*ast.File
	for _, entry := range entries {
		if entry.IsDir() || !strings.HasSuffix(entry.Name(), ".go") {
			continue
		}
		if ok, err := build.Default.MatchFile(dir, entry.Name()); err != nil || !ok {
			continue // a broken file is the compiler's to report
		}
		path := filepath.Join(dir, entry.Name())
		file, err := parser.ParseFile(p.fset, path, nil, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("parsing the package: %w", err)
		}
		files = append(files, file)
		if !strings.HasSuffix(path, "_test.go") {
			p.files = append(p.files, path)
		}
	}
	if p.doc, err = doc.NewFromFiles(p.fset, files, filepath.ToSlash(dir)); err != nil {
		return nil, fmt.Errorf("reading the documentation of %s: %w", dir, err)
	}
	return p, nil
}
