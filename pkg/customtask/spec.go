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

package customtask

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/customtasks/customtasks/internal/lifecycle"
	"github.com/customtasks/customtasks/internal/sentence"
	"github.com/customtasks/customtasks/internal/substitution"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"knative.dev/pkg/apis"
	kjson "sigs.k8s.io/json"
)

// What a pointer to a spec may implement. The framework calls them in this order: verbatim; then, after it
// has decoded the spec strictly, defaults, params, validation, timeout.
type (
	// Verbatim keeps $(params…) and $(context…) as they are in some fields, whole, wherever in the spec
	// they are. It is for fields whose text is code, as an expression or a script is: a value that was
	// put into it would be code as well (C15); and for those that have references of their own, as a Task
	// or a Pipeline has. It is called on the zero spec, with the name of a field in JSON.
	Verbatim interface {
		Verbatim(field string) bool
	}

	// Defaultable fills in what the spec leaves open, before the params.
	Defaultable = apis.Defaultable

	// ParamReader takes the run's params into the spec. It should begin with [Params.Only], which
	// refuses unknown params. Any error fails the run with reason InvalidParams. For a spec that does
	// not implement it, params are there for substitution and [Run.Params] only.
	ParamReader interface {
		FromParams(Params) error
	}

	// Validatable checks the spec, at reconcile time (C8). An error fails the run with reason
	// InvalidSpec; it names the field by its path.
	Validatable = apis.Validatable

	// Timeouter gives the timeout of an attempt where the run sets none; nil or 0 is none (C38).
	// A spec without it has no timeout.
	Timeouter interface {
		DefaultTimeout() *time.Duration
	}
)

// notFoundGrace is how long after a run's creation a named object may still appear (C7).
const notFoundGrace = 5 * time.Second

// prepare resolves a run's spec: source, substitution, decoding, defaults, params, validation.
func (w *work[S]) prepare(ctx context.Context, run *v1beta1.CustomRun) (lifecycle.Prepared, error) {
	var prepared lifecycle.Prepared
	raw, where, err := w.source(ctx, run)
	if err != nil {
		return prepared, err
	}
	values := substitution.For(run, lifecycle.MaxSpec)
	spec := new(S)
	if v, ok := any(spec).(Verbatim); ok {
		values.Except(v.Verbatim)
	}
	if err := decode(raw, where, values, spec); err != nil {
		return prepared, FailRun(ReasonInvalidSpec, err.Error())
	}
	if d, ok := any(spec).(Defaultable); ok {
		d.SetDefaults(ctx)
	}
	if p, ok := any(spec).(ParamReader); ok {
		if err := p.FromParams(Params{list: run.Spec.Params, used: values.Used}); err != nil {
			var failure *Failure
			if errors.As(err, &failure) {
				return prepared, err
			}
			return prepared, FailRun(ReasonInvalidParams, err.Error())
		}
	}
	if v, ok := any(spec).(Validatable); ok {
		if err := v.Validate(ctx); err != nil {
			return prepared, FailRun(ReasonInvalidSpec, err.Error())
		}
	}
	if t, ok := any(spec).(Timeouter); ok {
		prepared.Timeout = t.DefaultTimeout()
	}
	prepared.Spec, err = json.Marshal(spec)
	if err != nil {
		return prepared, FailRun(ReasonInvalidSpec, fmt.Sprintf("the spec cannot be stored: %v", err))
	}
	return prepared, nil
}

// source is the spec before substitution, as JSON, and what to call it towards the user.
func (w *work[S]) source(ctx context.Context, run *v1beta1.CustomRun) (raw []byte, where string, err error) {
	kind := w.kind.Kind
	referencer, named := w.task.(Referencer[S])
	_, nameOnly := w.task.(NameOnly)
	switch ref := run.Spec.CustomRef; {
	case run.Spec.CustomSpec != nil && nameOnly:
		return nil, "", FailRun(ReasonCustomSpecNotSupported, fmt.Sprintf(
			"spec.customSpec cannot define an object of kind %s; set spec.customRef.name to one that exists", kind))
	case run.Spec.CustomSpec != nil:
		raw, where = run.Spec.CustomSpec.Spec.Raw, "spec.customSpec.spec"
	case ref != nil && ref.Name != "" && !named:
		return nil, "", FailRun(ReasonNameNotSupported, fmt.Sprintf(
			"spec.customRef.name is %q, and %s has no named objects; remove the name and give params or a customSpec", sentence.Clip(ref.Name), kind))
	case ref != nil && ref.Name != "":
		spec, err := referencer.GetSpec(ctx, run.Namespace, ref.Name)
		if err != nil {
			return nil, "", w.notResolved(run, err)
		}
		if raw, err = json.Marshal(spec); err != nil {
			return nil, "", FailRun(ReasonInvalidSpec, fmt.Sprintf("%s %q cannot be used: %v", kind, ref.Name, err))
		}
		where = fmt.Sprintf("%s %q", kind, ref.Name)
	}
	if len(raw) == 0 || string(raw) == "null" {
		if nameOnly {
			return nil, "", FailRun(ReasonNameRequired, fmt.Sprintf("the run names no %s; set spec.customRef.name to one", kind))
		}
		if _, required := w.task.(NameRequired); required {
			return nil, "", FailRun(ReasonNameRequired, fmt.Sprintf(
				"the run gives no spec; set spec.customRef.name to a %s or give a customSpec with a spec", kind))
		}
		return []byte("{}"), "spec", nil
	}
	return raw, where, nil
}

// notResolved tells a definition that is not there from one that could not be read just now.
func (w *work[S]) notResolved(run *v1beta1.CustomRun, err error) error {
	kind, name := w.kind.Kind, run.Spec.CustomRef.Name
	switch {
	case apierrors.IsNotFound(err):
		if w.clock.Since(run.CreationTimestamp.Time) <= notFoundGrace {
			return fmt.Errorf("reading %s %q: %w", kind, name, err)
		}
		return FailRun(ReasonDefinitionNotFound, fmt.Sprintf(
			"spec.customRef.name: there is no %s %q in namespace %q", kind, sentence.Clip(name), run.Namespace)).WithCause(err)
	case apierrors.IsForbidden(err):
		return FailRun(ReasonForbidden, fmt.Sprintf("reading %s %q: %v", kind, sentence.Clip(name), err)).WithCause(err)
	}
	return fmt.Errorf("reading %s %q: %w", kind, name, err)
}

// decode replaces references and decodes strictly: an unknown, repeated or mistyped field is an error
// that names its path (C9).
func decode(raw []byte, where string, values *substitution.Values, into any) error {
	if len(raw) > lifecycle.MaxSpec {
		return fmt.Errorf("%s is %d bytes; at most %d can be used", where, len(raw), lifecycle.MaxSpec)
	}
	var tree any
	strict, err := kjson.UnmarshalStrict(raw, &tree, kjson.DisallowDuplicateFields)
	if err != nil {
		return fmt.Errorf("%s is not valid JSON: %w", where, err)
	}
	if len(strict) > 0 {
		return fieldErrors(where, strict)
	}
	if _, ok := tree.(map[string]any); !ok {
		return fmt.Errorf("%s must be an object with fields", where)
	}
	tree, err = values.Apply(tree, where)
	if err != nil {
		return err
	}
	replaced, err := json.Marshal(tree)
	if err != nil {
		return fmt.Errorf("%s cannot be used: %w", where, err)
	}
	if len(replaced) > lifecycle.MaxSpec {
		return fmt.Errorf("%s is %d bytes with its params; at most %d can be used", where, len(replaced), lifecycle.MaxSpec)
	}
	strict, err = kjson.UnmarshalStrict(replaced, into, kjson.DisallowUnknownFields)
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mistyped) && mistyped.Field != "":
		return fmt.Errorf("%s.%s must be %s, not %s", where, fieldPath(mistyped.Field), jsonType(mistyped.Type), strings.Fields(mistyped.Value)[0])
	case err != nil:
		return fmt.Errorf("%s%s: %w", where, badField(tree, into), err)
	case len(strict) > 0:
		return fieldErrors(where, strict)
	}
	return nil
}

// badField is the field of an object, with a dot, whose value a type refuses to take: the errors of types that read
// themselves, as a duration does, do not say where they are.
func badField(tree, into any) string {
	object, ok := tree.(map[string]any)
	if !ok {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		raw, err := json.Marshal(map[string]any{name: object[name]})
		if err == nil && json.Unmarshal(raw, reflect.New(reflect.TypeOf(into).Elem()).Interface()) != nil {
			return "." + name
		}
	}
	return ""
}

// fieldPath is the path of a field as the user writes it: encoding/json also names the structs that a
// field is promoted from, which are no fields of the object.
func fieldPath(path string) string {
	parts := strings.Split(path, ".")
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool {
		return part != "" && unicode.IsUpper(rune(part[0]))
	}), ".")
}

func fieldErrors(where string, errs []error) error {
	texts := make([]string, 0, len(errs))
	for _, err := range errs {
		texts = append(texts, err.Error())
	}
	return fmt.Errorf("%s has %s", where, strings.Join(texts, ", "))
}

// jsonType says what JSON a Go type takes.
func jsonType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number"
	default:
		return "a number"
	}
}
