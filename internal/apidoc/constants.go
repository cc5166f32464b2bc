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
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// constants are the types and values of the package's constants, as in "Noise = \"loud\"", by name. They
// come from the compiler, so that a value which another package or iota gives is seen to change too.
func (p *Package) constants() (map[string]string, error) {
	fset := token.NewFileSet()
	var files []*ast.File
	imports := []string{}
	for _, path := range p.files {
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("parsing the package: %w", err)
		}
		files = append(files, file)
		for _, spec := range file.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err == nil && !slices.Contains(imports, path) {
				imports = append(imports, path)
			}
		}
	}
	compiled, err := export(p.dir, imports)
	if err != nil {
		return nil, err
	}
	var broken []error
	config := types.Config{
		IgnoreFuncBodies: true,
		Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
			return os.Open(compiled[path])
		}),
		Error: func(err error) { broken = append(broken, err) },
	}
	checked, _ := config.Check(p.dir, fset, files, nil) // config.Error has it
	out := map[string]string{}
	for _, name := range checked.Scope().Names() {
		c, ok := checked.Scope().Lookup(name).(*types.Const)
		if !ok || !c.Exported() {
			continue
		}
		if c.Val().Kind() == constant.Unknown {
			return nil, fmt.Errorf("finding the value of %s: %w", name, errors.Join(broken...))
		}
		out[name] = constantText(c)
	}
	return out, nil
}

// constantText leaves out the type of an untyped constant where the value shows it.
func constantText(c *types.Const) string {
	text := "= " + c.Val().ExactString()
	switch t, _ := c.Type().(*types.Basic); {
	case t != nil && slices.Contains([]types.BasicKind{types.UntypedBool, types.UntypedInt, types.UntypedString}, t.Kind()):
		return text
	default:
		return types.TypeString(c.Type(), func(other *types.Package) string {
			if other == c.Pkg() {
				return ""
			}
			return other.Name()
		}) + " " + text
	}
}

// export has the go command compile packages, and returns the files with what they export, by path.
func export(dir string, imports []string) (map[string]string, error) {
	out := map[string]string{}
	if len(imports) == 0 {
		return out, nil
	}
	//nolint:gosec,noctx // what our own source imports
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", "--"}, imports...)...)
	var stderr bytes.Buffer
	cmd.Dir, cmd.Stderr = dir, &stderr
	listed, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("compiling what %s imports: %w\n%s", dir, err, stderr.String())
	}
	for line := range strings.Lines(string(listed)) {
		path, file, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		out[path] = file
	}
	return out, nil
}
