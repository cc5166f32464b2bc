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
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/apis"
)

// Validate checks what Tekton would take for something else, or not before the pipeline has been asked for. The
// rest of the pipeline's form is Tekton's to check.
func (s *SubPipelineSpec) Validate(context.Context) *apis.FieldError {
	var errs *apis.FieldError
	invalid := func(message string, paths ...string) {
		errs = errs.Also(&apis.FieldError{Message: message, Paths: paths})
	}
	switch {
	case s.PipelineRef == nil && s.PipelineSpec == nil:
		invalid("nothing says which pipeline to run; set one of them", "pipelineRef", "pipelineSpec")
	case s.PipelineRef != nil && s.PipelineSpec != nil:
		invalid("both are set; set exactly one", "pipelineRef", "pipelineSpec")
	case s.PipelineRef != nil && s.PipelineRef.Name == "" && s.PipelineRef.Resolver == "":
		invalid("nothing says which pipeline to run; set one of them", "pipelineRef.name", "pipelineRef.resolver")
	case s.PipelineRef != nil && s.PipelineRef.Name != "" && s.PipelineRef.Resolver != "":
		invalid("both are set; set exactly one", "pipelineRef.name", "pipelineRef.resolver")
	}
	seen := map[string]bool{}
	for i, param := range s.Params {
		if seen[param.Name] {
			invalid(fmt.Sprintf("param %q is given twice", param.Name), fmt.Sprintf("params[%d].name", i))
		}
		seen[param.Name] = true
	}
	if t := s.Timeouts; t != nil {
		for name, timeout := range map[string]*metav1.Duration{"pipeline": t.Pipeline, "tasks": t.Tasks, "finally": t.Finally} {
			if timeout != nil && timeout.Duration < 0 {
				invalid(fmt.Sprintf(`%q is negative; write a positive duration, or "0" for none`, timeout.Duration), "timeouts."+name)
			}
		}
	}
	return errs
}

// Timeout of an attempt where the run sets none: that of the pipeline, or an hour. 0 is none.
func (s *SubPipelineSpec) Timeout() time.Duration {
	if s.Timeouts != nil && s.Timeouts.Pipeline != nil {
		return s.Timeouts.Pipeline.Duration
	}
	return time.Hour
}
