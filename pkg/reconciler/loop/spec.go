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

package loop

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/items"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/progress"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/apis"
)

// ConfigName is the ConfigMap of loops.
const ConfigName = "config-loops"

const (
	// keyMaxItems in the ConfigMap is how many items a loop may have.
	keyMaxItems     = "max-items"
	defaultMaxItems = 10_000
	// separators of strings that are no JSON lists.
	taskSeparator     = "\n"
	pipelineSeparator = ","
)

// TaskSpec is a loop over a Task, from a TaskLoop, an embedded spec or params.
type TaskSpec struct {
	v1alpha1.TaskLoopSpec
	// Given are the run's params as of its start.
	Given v1.Params `json:"given,omitempty"`
	// Metadata is what the iterations get of the named object's labels and annotations.
	Metadata *Metadata `json:"metadata,omitempty"`
}

// PipelineSpec is a loop over a Pipeline, from a PipelineLoop, an embedded spec or params.
type PipelineSpec struct {
	v1alpha1.PipelineLoopSpec
	// Given are the run's params as of its start.
	Given v1.Params `json:"given,omitempty"`
	// Metadata is what the iterations get of the named object's labels and annotations.
	Metadata *Metadata `json:"metadata,omitempty"`
}

var (
	_ customtask.ParamReader = (*TaskSpec)(nil)
	_ customtask.Validatable = (*TaskSpec)(nil)
	_ customtask.Verbatim    = (*TaskSpec)(nil)
	_ customtask.ParamReader = (*PipelineSpec)(nil)
	_ customtask.Validatable = (*PipelineSpec)(nil)
	_ customtask.Verbatim    = (*PipelineSpec)(nil)
)

// Verbatim is the Task, whose references are to its own params, until, which is code, and what other tools wrote on the object.
func (*TaskSpec) Verbatim(field string) bool {
	return field == "taskSpec" || field == "until" || field == "metadata"
}

// Verbatim is the Pipeline, whose references are to its own params, until, which is code, and what other tools wrote on the object.
func (*PipelineSpec) Verbatim(field string) bool {
	return field == "pipelineSpec" || field == "until" || field == "metadata"
}

// FromParams keeps the params for the iterations. Without a Task, the spec itself comes from params.
func (s *TaskSpec) FromParams(p customtask.Params) (err error) {
	var taken []string
	if s.TaskRef == nil && s.TaskSpec == nil {
		f := fields{params: p}
		if ref := ""; f.text("taskRef", &ref) {
			s.TaskRef = &v1.TaskRef{Name: ref}
		}
		f.number("concurrency", func(n int) { s.Concurrency = &n })
		if taken, err = f.loop(&s.Loop); err != nil {
			return err
		}
	}
	s.Given, err = given(p, s.Given, taken)
	return err
}

// FromParams keeps the params for the iterations. Without a Pipeline, the spec itself comes from params.
func (s *PipelineSpec) FromParams(p customtask.Params) (err error) {
	var taken []string
	if s.PipelineRef == nil && s.PipelineSpec == nil {
		f := fields{params: p}
		if ref := ""; f.text("pipelineRef", &ref) {
			s.PipelineRef = &v1.PipelineRef{Name: ref}
		}
		f.number("parallelism", func(n int) { s.Parallelism = &n })
		if taken, err = f.loop(&s.Loop); err != nil {
			return err
		}
	}
	s.Given, err = given(p, s.Given, taken)
	return err
}

// given are the params that no field was taken from.
func given(p customtask.Params, written v1.Params, taken []string) (v1.Params, error) {
	if written != nil {
		return nil, customtask.FailRun(customtask.ReasonInvalidSpec, `spec has unknown field "given"; remove it`)
	}
	if err := p.Only(p.Names()...); err != nil { // none is there twice
		return nil, err
	}
	var out v1.Params
	for _, name := range p.Names() {
		if slices.Contains(taken, name) {
			continue
		}
		value, err := valueOf(p, name)
		if err != nil {
			return nil, err
		}
		out = append(out, v1.Param{Name: name, Value: value})
	}
	return out, nil
}

func valueOf(p customtask.Params, name string) (v1.ParamValue, error) {
	if s, _, err := p.String(name); err == nil {
		return v1.ParamValue{Type: v1.ParamTypeString, StringVal: s}, nil
	}
	if o, _, err := p.Object(name); err == nil {
		return v1.ParamValue{Type: v1.ParamTypeObject, ObjectVal: o}, nil
	}
	list, _, err := p.Strings(name)
	return v1.ParamValue{Type: v1.ParamTypeArray, ArrayVal: list}, err
}

// Validate says what of the loop cannot work. Every message says what to do.
func (s *TaskSpec) Validate(ctx context.Context) *apis.FieldError {
	if errs := s.TaskLoopSpec.Validate(ctx); errs != nil {
		return errs
	}
	return validate(ctx, s.Loop, s.Given, taskSeparator, "taskSpec.results", s.declared())
}

// Validate says what of the loop cannot work. Every message says what to do.
func (s *PipelineSpec) Validate(ctx context.Context) *apis.FieldError {
	if errs := s.PipelineLoopSpec.Validate(ctx); errs != nil {
		return errs
	}
	return validate(ctx, s.Loop, s.Given, pipelineSeparator, "pipelineSpec.results", s.declared())
}

// declared are the results of the embedded Task.
func (s *TaskSpec) declared() (names []string) {
	if task, err := s.Task(); task != nil && err == nil {
		for _, r := range task.Results {
			names = append(names, r.Name)
		}
	}
	return names
}

// declared are the results of the embedded Pipeline.
func (s *PipelineSpec) declared() (names []string) {
	if pipeline, err := s.Pipeline(); pipeline != nil && err == nil {
		for _, r := range pipeline.Results {
			names = append(names, r.Name)
		}
	}
	return names
}

func validate(ctx context.Context, loop v1alpha1.Loop, params v1.Params, separator, where string, declared []string) *apis.FieldError {
	invalid := func(path string, err error) *apis.FieldError {
		return &apis.FieldError{Message: err.Error(), Paths: []string{path}}
	}
	if loop.Until != "" {
		if _, err := compileUntil(loop.Until); err != nil {
			return invalid("until", err)
		}
	}
	for _, name := range declared {
		if progress.Reserved(name) {
			return invalid(where, fmt.Errorf("result %q has the name of a result that the loop itself gives; rename it", name))
		}
	}
	limit, err := maxItems(customtask.Config(ctx))
	if err != nil {
		return invalid("ConfigMap "+ConfigName, err)
	}
	if _, err := items.Of(loop, params, separator, limit); err != nil {
		return invalid(items.Field(loop), err)
	}
	return nil
}

// maxItems is how many items a loop may have.
func maxItems(config map[string]string) (int, error) {
	text, ok := config[keyMaxItems]
	if !ok {
		return defaultMaxItems, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s is %q; it must be a whole number from 1", keyMaxItems, text)
	}
	return n, nil
}

// atOnce is how many iterations run at once: 1 unless said otherwise, all of them if it is 0 or less.
func atOnce(said *int) int {
	switch {
	case said == nil:
		return 1
	case *said <= 0:
		return math.MaxInt
	}
	return *said
}

// fields reads a spec from params that are called as its fields.
type fields struct {
	params customtask.Params
	taken  []string
	errs   []error
}

// take adds a param to those taken and reports whether it is there and good.
func (f *fields) take(name string, ok bool, err error) bool {
	if ok {
		f.taken = append(f.taken, name)
	}
	f.errs = append(f.errs, err)
	return ok && err == nil
}

func (f *fields) text(name string, into *string) bool {
	value, ok, err := f.params.String(name)
	if f.take(name, ok, err) {
		*into = value
		return true
	}
	return false
}

func (f *fields) number(name string, set func(int)) {
	value, ok, err := f.params.Int(name)
	if f.take(name, ok, err) {
		set(int(max(min(value, math.MaxInt32), math.MinInt32)))
	}
}

// loop reads what all loops have, and returns the params that were taken.
func (f *fields) loop(l *v1alpha1.Loop) ([]string, error) {
	f.text("iterateParam", &l.IterateParam)
	f.text("iterateParamStringSeparator", &l.IterateParamStringSeparator)
	f.text("iterateNumeric", &l.IterateNumeric)
	f.text("iterationNumberParam", &l.IterationNumberParam)
	f.text("until", &l.Until)
	f.number("maxIterations", func(n int) { l.MaxIterations = n })
	f.text("failurePolicy", (*string)(&l.FailurePolicy))
	f.number("retries", func(n int) { l.Retries = n })
	f.text("serviceAccountName", &l.ServiceAccountName)
	timeout, ok, err := f.params.Duration("timeout")
	if f.take("timeout", ok, err) {
		l.Timeout = &metav1.Duration{Duration: timeout}
	}
	return f.taken, errors.Join(f.errs...)
}
