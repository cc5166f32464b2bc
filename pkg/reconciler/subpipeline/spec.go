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

package subpipeline

import (
	"fmt"
	"slices"
	"time"

	"github.com/customtasks/customtasks/internal/sentence"
	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

// Spec is which pipeline to run, and with what.
type Spec struct {
	v1alpha1.SubPipelineSpec
}

var (
	_ customtask.ParamReader = (*Spec)(nil)
	_ customtask.Validatable = (*Spec)(nil)
	_ customtask.Timeouter   = (*Spec)(nil)
	_ customtask.Verbatim    = (*Spec)(nil)
)

// Verbatim: the references in a pipeline are its own.
func (*Spec) Verbatim(field string) bool { return field == "pipelineSpec" }

// DefaultTimeout is the pipeline's.
func (s *Spec) DefaultTimeout() *time.Duration {
	timeout := s.Timeout()
	return &timeout
}

// FromParams takes all params of the run: they are the pipeline's, which says which it needs.
func (s *Spec) FromParams(p customtask.Params) error {
	if err := p.Only(p.Names()...); err != nil { // one that is given twice
		return err
	}
	for _, param := range p.All() {
		given := pipelinev1.Param{Name: param.Name, Value: valueOf(param.Value)}
		i := slices.IndexFunc(s.Params, func(own pipelinev1.Param) bool { return own.Name == param.Name })
		if i >= 0 {
			s.Params[i] = given
		} else {
			s.Params = append(s.Params, given)
		}
	}
	return nil
}

func valueOf(v v1beta1.ParamValue) pipelinev1.ParamValue {
	return pipelinev1.ParamValue{
		Type: pipelinev1.ParamType(v.Type), StringVal: v.StringVal, ArrayVal: v.ArrayVal, ObjectVal: v.ObjectVal,
	}
}

// pipeline is what a message calls the pipeline.
func (s *Spec) pipeline() string {
	switch ref := s.PipelineRef; {
	case ref == nil:
		return "the embedded pipeline"
	case ref.Resolver != "":
		return fmt.Sprintf("a pipeline from resolver %q", sentence.Clip(string(ref.Resolver)))
	default:
		return fmt.Sprintf("Pipeline %q", sentence.Clip(ref.Name))
	}
}
