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
	"go/doc"
	"slices"
)

// WithoutExample lists the exported functions, types and methods that have no example, as in "Remote"
// and "Run.ChildName". An example of an interface is one of its methods. Constants and variables need
// none.
func (p *Package) WithoutExample() []string {
	var names []string
	p.each(func(name string, examples []*doc.Example) {
		if name != "" && len(examples) == 0 {
			names = append(names, name)
		}
	})
	slices.Sort(names)
	return names
}

// BadExamples says of each example that does not show its reader what is promised what is wrong with it.
func (p *Package) BadExamples() []string {
	var bad []string
	p.each(func(_ string, examples []*doc.Example) {
		for _, e := range examples {
			if e.Output == "" && !e.EmptyOutput {
				bad = append(bad, "Example"+e.Name+" has no Output, so it is never run")
			}
			if e.Play == nil {
				bad = append(bad, "Example"+e.Name+" uses what its own file does not declare, so the documentation cannot show all of it")
			}
		}
	})
	slices.Sort(bad)
	return bad
}

// each visits the package, as "", and everything in it that may have examples.
func (p *Package) each(visit func(name string, examples []*doc.Example)) {
	visit("", p.doc.Examples)
	for _, f := range p.functions() {
		visit(f.Name, f.Examples)
	}
	for _, t := range p.doc.Types {
		visit(t.Name, t.Examples)
		for _, m := range t.Methods {
			visit(t.Name+"."+m.Name, m.Examples)
		}
	}
}

// functions are those of the package, constructors included.
func (p *Package) functions() []*doc.Func {
	all := slices.Clone(p.doc.Funcs)
	for _, t := range p.doc.Types {
		all = append(all, t.Funcs...)
	}
	return all
}
