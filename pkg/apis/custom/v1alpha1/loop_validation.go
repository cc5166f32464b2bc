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

package v1alpha1

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/customtasks/customtasks/internal/sentence"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/apis"
	kjson "sigs.k8s.io/json"
)

// maxRetries bounds the retries of an iteration.
const maxRetries = 100

func problem(path, format string, args ...any) *apis.FieldError {
	return &apis.FieldError{Message: fmt.Sprintf(format, args...), Paths: []string{path}}
}

// Validate says what of the loop cannot work. Every message says what to do.
func (s *TaskLoopSpec) Validate(context.Context) *apis.FieldError {
	errs := s.Loop.validate("concurrency", s.Concurrency)
	switch {
	case s.TaskRef == nil && s.TaskSpec == nil:
		errs = errs.Also(&apis.FieldError{Message: "nothing says which Task to run; set one of them", Paths: []string{"taskRef", "taskSpec"}})
	case s.TaskRef != nil && s.TaskSpec != nil:
		errs = errs.Also(&apis.FieldError{Message: "both are set; set exactly one", Paths: []string{"taskRef", "taskSpec"}})
	case s.TaskRef != nil && s.TaskRef.Kind != "" && s.TaskRef.Kind != v1.NamespacedTaskKind:
		errs = errs.Also(problem("taskRef.kind", "%q cannot be run by a TaskRun; remove it, and name what is not in the namespace by a resolver", sentence.Clip(string(s.TaskRef.Kind))))
	case s.TaskRef != nil:
		errs = errs.Also(validateRef("taskRef", s.TaskRef.Name, s.TaskRef.ResolverRef))
	default:
		_, err := s.Task()
		errs = errs.Also(err)
	}
	return errs
}

// Validate says what of the loop cannot work. Every message says what to do.
func (s *PipelineLoopSpec) Validate(context.Context) *apis.FieldError {
	errs := s.Loop.validate("parallelism", s.Parallelism)
	switch {
	case s.PipelineRef == nil && s.PipelineSpec == nil:
		errs = errs.Also(&apis.FieldError{Message: "nothing says which Pipeline to run; set one of them", Paths: []string{"pipelineRef", "pipelineSpec"}})
	case s.PipelineRef != nil && s.PipelineSpec != nil:
		errs = errs.Also(&apis.FieldError{Message: "both are set; set exactly one", Paths: []string{"pipelineRef", "pipelineSpec"}})
	case s.PipelineRef != nil:
		errs = errs.Also(validateRef("pipelineRef", s.PipelineRef.Name, s.PipelineRef.ResolverRef))
	default:
		_, err := s.Pipeline()
		errs = errs.Also(err)
	}
	return errs
}

func validateRef(path, name string, ref v1.ResolverRef) *apis.FieldError {
	switch {
	case name == "" && ref.Resolver == "":
		return problem(path, "it names nothing; set name, or resolver and params")
	case name != "" && ref.Resolver != "":
		return problem(path, "name and resolver are both set; set exactly one")
	}
	return nil
}

func (l *Loop) validate(atOnce string, concurrency *int) *apis.FieldError {
	errs := l.validateSource()
	if l.FailurePolicy != "" && l.FailurePolicy != FailurePolicyStop && l.FailurePolicy != FailurePolicyCancelRunning && l.FailurePolicy != FailurePolicyContinue {
		errs = errs.Also(problem("failurePolicy", "%q must be Stop, CancelRunning or Continue", sentence.Clip(string(l.FailurePolicy))))
	}
	if l.Retries < 0 || l.Retries > maxRetries {
		errs = errs.Also(problem("retries", "%d must be from 0 to %d", l.Retries, maxRetries))
	}
	if l.Timeout != nil && l.Timeout.Duration < 0 {
		errs = errs.Also(problem("timeout", `%s is negative; write a positive duration, or "0" for none`, l.Timeout.Duration))
	}
	if l.IterationNumberParam != "" && l.gives(l.IterationNumberParam) {
		errs = errs.Also(problem("iterationNumberParam", "%q gets the item already; name another param", sentence.Clip(l.IterationNumberParam)))
	}
	switch {
	case l.Until == "" && l.MaxIterations != 0:
		errs = errs.Also(problem("maxIterations", "it goes with until; set until, or remove it"))
	case l.Until != "" && l.MaxIterations < 1:
		errs = errs.Also(problem("maxIterations", "a loop that has until needs a bound; set it to 1 or more"))
	}
	if l.Until != "" && concurrency != nil && *concurrency != 1 {
		errs = errs.Also(problem(atOnce, "until looks at one iteration after the other; set it to 1, or remove it"))
	}
	return errs
}

// gives reports whether items are known to give a param, but for the keys of objects.
func (l *Loop) gives(name string) bool {
	return name == l.IterateParam || name == l.IterateNumeric ||
		l.Matrix != nil && slices.ContainsFunc(l.Matrix.GetAllParams(), func(p v1.Param) bool { return p.Name == name })
}

// validateSource checks that one thing says what to iterate over.
func (l *Loop) validateSource() *apis.FieldError {
	var set []string
	if l.Items != nil {
		set = append(set, "items")
	} else if l.IterateParam != "" {
		set = append(set, "iterateParam")
	}
	if l.IterateNumeric != "" {
		set = append(set, "iterateNumeric")
	}
	if l.Matrix != nil {
		set = append(set, "matrix")
	}
	var errs *apis.FieldError
	switch {
	case len(set) > 1:
		errs = errs.Also(&apis.FieldError{Message: "only one of them can say what to iterate over; remove the others", Paths: set})
	case len(set) == 0 && l.Until == "":
		errs = errs.Also(&apis.FieldError{
			Message: "nothing says what to iterate over; set one of them, items and matrix in a spec and not by params",
			Paths:   []string{"iterateParam", "iterateNumeric", "items", "matrix", "until"},
		})
	}
	if l.Items != nil && l.IterateParam == "" {
		errs = errs.Also(problem("iterateParam", "items need the name of the param that gets the item; set it"))
	}
	if l.IterateParamStringSeparator != "" && (l.IterateParam == "" || l.Items != nil) {
		errs = errs.Also(problem("iterateParamStringSeparator", "it goes with a string in iterateParam; remove it"))
	} else if l.IterateParam != "" && l.IterateParamStringSeparator == l.IterateParam {
		errs = errs.Also(problem("iterateParamStringSeparator", "%q has the items; name another param, which holds what stands between them", sentence.Clip(l.IterateParam)))
	}
	return errs.Also(l.validateMatrix())
}

// validateMatrix checks what Tekton checks of the matrix of a pipeline task.
func (l *Loop) validateMatrix() *apis.FieldError {
	if l.Matrix == nil {
		return nil
	}
	var errs *apis.FieldError
	if !l.Matrix.HasParams() && !l.Matrix.HasInclude() {
		return problem("matrix", "it has no params and no include; set one of them")
	}
	seen := map[string]bool{}
	for i, p := range l.Matrix.Params {
		path := fmt.Sprintf("matrix.params[%d]", i)
		switch {
		case p.Name == "" || seen[p.Name]:
			errs = errs.Also(problem(path+".name", "%q must be a name of its own", sentence.Clip(p.Name)))
		case p.Value.Type != v1.ParamTypeArray:
			errs = errs.Also(problem(path+".value", "the values of %q must be an array", sentence.Clip(p.Name)))
		}
		seen[p.Name] = true
	}
	for i, include := range l.Matrix.Include {
		seen := map[string]bool{}
		for j, p := range include.Params {
			path := fmt.Sprintf("matrix.include[%d].params[%d]", i, j)
			switch {
			case p.Name == "" || seen[p.Name]:
				errs = errs.Also(problem(path+".name", "%q must be a name of its own", sentence.Clip(p.Name)))
			case p.Value.Type != v1.ParamTypeString:
				errs = errs.Also(problem(path+".value", "the value of %q must be a string", sentence.Clip(p.Name)))
			}
			seen[p.Name] = true
		}
	}
	return errs
}

// Task is the embedded taskSpec; nil if there is none.
func (s *TaskLoopSpec) Task() (*v1.TaskSpec, *apis.FieldError) {
	if s.TaskSpec == nil {
		return nil, nil
	}
	spec, err := decodeEither(s.TaskSpec.Raw, func(old *v1beta1.TaskSpec, spec *v1.TaskSpec) error {
		return old.ConvertTo(context.Background(), spec, &metav1.ObjectMeta{}, "")
	})
	if err != nil {
		return nil, problem("taskSpec", "%v", err)
	}
	return spec, nil
}

// Pipeline is the embedded pipelineSpec; nil if there is none.
func (s *PipelineLoopSpec) Pipeline() (*v1.PipelineSpec, *apis.FieldError) {
	if s.PipelineSpec == nil {
		return nil, nil
	}
	spec, err := decodeEither(s.PipelineSpec.Raw, func(old *v1beta1.PipelineSpec, spec *v1.PipelineSpec) error {
		return old.ConvertTo(context.Background(), spec, &metav1.ObjectMeta{})
	})
	if err != nil {
		return nil, problem("pipelineSpec", "%v", err)
	}
	return spec, nil
}

// decodeEither decodes strictly as New and, if that does not fit, as Old, which convert turns into New. The
// error is that of New.
func decodeEither[Old, New any](raw []byte, convert func(*Old, *New) error) (*New, error) {
	spec := new(New)
	err := decodeStrictly(raw, spec)
	if err == nil {
		return spec, nil
	}
	old, converted := new(Old), new(New)
	if decodeStrictly(raw, old) == nil && convert(old, converted) == nil {
		return converted, nil
	}
	return nil, err
}

func decodeStrictly(raw []byte, into any) error {
	if !strings.HasPrefix(string(bytes.TrimSpace(raw)), "{") {
		return errors.New("it must be an object with fields")
	}
	strict, err := kjson.UnmarshalStrict(raw, into, kjson.DisallowUnknownFields, kjson.DisallowDuplicateFields)
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mistyped) && mistyped.Field != "":
		return fmt.Errorf("field %s cannot be a %s", mistyped.Field, strings.Fields(mistyped.Value)[0])
	case err != nil:
		return err
	case len(strict) > 0:
		return strict[0]
	}
	return nil
}
