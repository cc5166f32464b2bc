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
	"go/ast"
	"go/doc"
	"go/printer"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// Listing is the exported API as text: one declaration a line, sorted, without comments. A field and an
// interface's method have a line of their own, which begins with that of their type. A constant has the
// value that the compiler finds, and a field its tag. The text changes when the API does and at no other
// time.
func (p *Package) Listing() (string, error) {
	constants, err := p.constants()
	if err != nil {
		return "", err
	}
	l := &listing{fset: p.fset, constants: constants}
	l.values(p.doc.Consts)
	l.values(p.doc.Vars)
	for _, f := range p.functions() {
		l.function(f.Decl)
	}
	for _, t := range p.doc.Types {
		l.values(t.Consts)
		l.values(t.Vars)
		for _, spec := range t.Decl.Specs {
			if spec := spec.(*ast.TypeSpec); spec.Name.Name == t.Name {
				l.typ(*spec)
			}
		}
		for _, m := range t.Methods {
			l.function(m.Decl)
		}
	}
	slices.Sort(l.lines)
	return strings.Join(l.lines, "\n") + "\n", nil
}

type listing struct {
	fset      *token.FileSet
	constants map[string]string
	lines     []string
}

func (l *listing) add(parts ...string) { l.lines = append(l.lines, strings.Join(parts, "")) }

// text is a piece of source on one line.
func (l *listing) text(node any) string {
	var out strings.Builder
	if err := printer.Fprint(&out, l.fset, node); err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

func (l *listing) values(all []*doc.Value) {
	for _, v := range all {
		for _, spec := range v.Decl.Specs {
			spec := spec.(*ast.ValueSpec)
			for i, name := range spec.Names {
				if !name.IsExported() {
					continue
				}
				if v.Decl.Tok == token.CONST {
					l.add("const ", name.Name, " ", l.constants[name.Name])
					continue
				}
				line := "var " + name.Name
				if spec.Type != nil {
					line += " " + l.text(spec.Type)
				}
				if i < len(spec.Values) {
					line += " = " + l.text(spec.Values[i])
				}
				l.add(line)
			}
		}
	}
}

func (l *listing) function(decl *ast.FuncDecl) {
	f := ast.FuncDecl{Name: decl.Name, Type: decl.Type}
	if decl.Recv != nil {
		f.Recv = &ast.FieldList{List: []*ast.Field{{Type: decl.Recv.List[0].Type}}}
	}
	l.add(l.text(&f))
}

func (l *listing) typ(spec ast.TypeSpec) {
	spec.Doc, spec.Comment = nil, nil
	members, methods, hidden := &ast.FieldList{}, false, false
	switch t := spec.Type.(type) {
	case *ast.StructType:
		spec.Type, members = ast.NewIdent("struct"), t.Fields
	case *ast.InterfaceType:
		spec.Type, members, methods, hidden = ast.NewIdent("interface"), t.Methods, true, t.Incomplete
	}
	head := "type " + l.text(&spec)
	l.add(head)
	if hidden {
		l.add(head, ", unexported methods")
	}
	for _, member := range members.List {
		tag := ""
		if member.Tag != nil {
			tag = " " + tagText(member.Tag.Value)
		}
		if len(member.Names) == 0 {
			l.add(head, ", ", l.text(member.Type), tag)
		}
		for _, name := range member.Names {
			if f, ok := member.Type.(*ast.FuncType); ok && methods {
				l.add(head, ", ", strings.TrimPrefix(l.text(&ast.FuncDecl{Name: name, Type: f}), "func "))
			} else {
				l.add(head, ", ", name.Name, " ", l.text(member.Type), tag)
			}
		}
	}
}

// tagText is a field's tag as it is usually written, whichever quotes the source has.
func tagText(literal string) string {
	tag, err := strconv.Unquote(literal)
	if err != nil || !strconv.CanBackquote(tag) {
		return literal
	}
	return "`" + tag + "`"
}
