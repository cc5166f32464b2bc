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

package conformance

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// specFields are the fields that a spec of a profile may have. The suite sets the rest itself.
var specFields = []string{"customRef", "customSpec", "params", "retries", "serviceAccountName", "timeout", "workspaces"}

var camelCase = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)

// check returns what is wrong with the profile, as one sentence that names the field.
func (p Profile) check() error {
	group, version, ok := strings.Cut(p.APIVersion, "/")
	switch {
	case !ok || group == "" || version == "" || strings.Contains(version, "/"):
		return fmt.Errorf("apiVersion %q must be GROUP/VERSION", p.APIVersion)
	case p.Kind == "":
		return errors.New("kind is missing")
	}
	if err := p.checkRuns(); err != nil {
		return err
	}
	if err := p.checkParts(); err != nil {
		return err
	}
	for i, reason := range p.Reasons {
		if !camelCase.MatchString(reason) {
			return fmt.Errorf("reasons[%d] %q is not CamelCase", i, reason)
		}
	}
	return nil
}

// checkRuns makes sure that no case of level M lacks a run.
func (p Profile) checkRuns() error {
	if p.Runs.Succeeds == nil {
		return errors.New("runs.succeeds is missing: say how to make a run that ends True")
	}
	if p.Runs.Fails == nil {
		return errors.New("runs.fails is missing: say how to make a run that ends False")
	}
	if p.Runs.NeverEnds == nil && !p.Instant {
		return errors.New("runs.neverEnds is missing: say how to make a run that goes on until it is cancelled, or set instant: true")
	}
	entries := map[string]*Entry{"succeeds": p.Runs.Succeeds, "fails": &p.Runs.Fails.Entry, "neverEnds": p.Runs.NeverEnds}
	if p.Runs.Takes != nil {
		entries["takes"] = &p.Runs.Takes.Entry
		if p.Runs.Takes.For.Duration <= 0 {
			return errors.New("runs.takes.for must be more than 0, as in 3s")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		entry := entries[name]
		if entry == nil {
			continue
		}
		if err := checkSpec("runs."+name+".spec", entry.Spec); err != nil {
			return err
		}
		if err := entry.Result.check("runs." + name + ".result"); err != nil {
			return err
		}
	}
	return nil
}

func (p Profile) checkParts() error {
	if p.Supports.Named && p.Definition == nil {
		return errors.New("definition is missing: give an object that a run can name, or set supports.named: false")
	}
	if p.Definition != nil {
		metadata, ok := p.Definition.Object["metadata"].(map[string]any)
		if name, _ := metadata["name"].(string); !ok || name == "" {
			return errors.New("definition.object.metadata.name is missing")
		}
	}
	for i, object := range p.Objects {
		if err := checkObject(fmt.Sprintf("objects[%d]", i), object); err != nil {
			return err
		}
	}
	if p.Definition != nil {
		if err := checkObject("definition.object", p.Definition.Object); err != nil {
			return err
		}
	}
	for i, invalid := range p.Invalid {
		if err := checkSpec(fmt.Sprintf("invalid[%d].spec", i), invalid.Spec); err != nil {
			return err
		}
		if invalid.Mentions == "" {
			return fmt.Errorf("invalid[%d].mentions is missing: say what the message must contain", i)
		}
	}
	for i, child := range p.Children {
		if child.APIVersion == "" || child.Kind == "" {
			return fmt.Errorf("children[%d] needs apiVersion and kind", i)
		}
		if (child.EndedField == "") != (len(child.EndedValues) == 0) {
			return fmt.Errorf("children[%d] needs both endedField and endedValues, or neither", i)
		}
	}
	if s := p.Substitution; s != nil {
		if err := checkSpec("substitution.spec", s.Spec); err != nil {
			return err
		}
		if _, ok := s.Spec["customSpec"]; !ok {
			return errors.New("substitution.spec.customSpec is missing")
		}
		if len(withoutParam(s.Spec, s.Param)) == len(paramsOf(s.Spec)) {
			return fmt.Errorf("substitution.param %q is not among substitution.spec.params", s.Param)
		}
	}
	return nil
}

// checkObject refuses a namespace, as the suite makes its own.
func checkObject(field string, object map[string]any) error {
	metadata, _ := object["metadata"].(map[string]any)
	if namespace, ok := metadata["namespace"]; ok {
		return fmt.Errorf("%s.metadata.namespace %q cannot be set: the suite creates the object in namespaces of its own", field, namespace)
	}
	return nil
}

func (r *Result) check(field string) error {
	if r == nil {
		return nil
	}
	if r.Name == "" {
		return fmt.Errorf("%s.name is missing", field)
	}
	if (r.Value == "") == (r.Pattern == "") {
		return fmt.Errorf("%s needs either a value or a pattern", field)
	}
	if _, err := regexp.Compile(r.Pattern); err != nil {
		return fmt.Errorf("%s.pattern: %w", field, err)
	}
	return nil
}

// matches says whether a value is the one that is wanted.
func (r *Result) matches(value string) bool {
	if r.Pattern == "" {
		return value == r.Value
	}
	return regexp.MustCompile(`^(?:` + r.Pattern + `)$`).MatchString(value)
}

// wanted says in words what the value must be.
func (r *Result) wanted() string {
	if r.Pattern == "" {
		return fmt.Sprintf("%q", r.Value)
	}
	return "what matches " + r.Pattern
}

func checkSpec(field string, spec map[string]any) error {
	if spec == nil {
		return fmt.Errorf("%s is missing; an empty one is {}", field)
	}
	for _, key := range slices.Sorted(maps.Keys(spec)) {
		if !slices.Contains(specFields, key) {
			return fmt.Errorf("%s.%s cannot be set; the fields are %s", field, key, strings.Join(specFields, ", "))
		}
	}
	_, ref := spec["customRef"]
	_, embedded := spec["customSpec"]
	if ref && embedded {
		return fmt.Errorf("%s has both customRef and customSpec", field)
	}
	for _, key := range []string{"customRef", "customSpec"} {
		if value, ok := spec[key]; ok {
			if _, isObject := value.(map[string]any); !isObject {
				return fmt.Errorf("%s.%s must be an object", field, key)
			}
		}
	}
	if params, ok := spec["params"]; ok {
		list, isList := params.([]any)
		if !isList {
			return fmt.Errorf("%s.params must be a list", field)
		}
		for i, param := range list {
			if _, isObject := param.(map[string]any); !isObject {
				return fmt.Errorf("%s.params[%d] must have a name and a value", field, i)
			}
		}
	}
	return nil
}
