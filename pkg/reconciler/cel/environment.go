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

package cel

import (
	"context"
	"errors"
	"fmt"

	"github.com/customtasks/customtasks/internal/expression"
	"github.com/customtasks/customtasks/pkg/apis/cel/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

// Labels that Tekton puts on the CustomRuns of a PipelineRun.
const (
	labelPipeline     = "tekton.dev/pipeline"
	labelPipelineRun  = "tekton.dev/pipelineRun"
	labelPipelineTask = "tekton.dev/pipelineTask"
)

// newEvaluation has what all expressions of a run may use. For a run whose params are the expressions,
// that is nothing: names that the old project did not know would hide what its users wrote.
func newEvaluation(ctx context.Context, run *customtask.Run[Spec]) (*evaluation, error) {
	e := &evaluation{
		ctx:       ctx,
		values:    map[string]any{},
		variables: map[string]expression.Value{},
		named:     map[string]expression.Value{},
	}
	var declared []expression.Variable
	if !run.Spec.IsZero() {
		var err error
		if declared, err = e.declarations(run.Object()); err != nil {
			return nil, fmt.Errorf("preparing the evaluation: %w", err)
		}
	}
	env, err := expression.New(declared...)
	if err != nil {
		return nil, fmt.Errorf("preparing the evaluation: %w", err)
	}
	e.env = env
	return e, nil
}

// declarations of params and context, and of the maps of variables and results, which are for names that
// are no identifiers.
func (e *evaluation) declarations(run *v1beta1.CustomRun) ([]expression.Variable, error) {
	declared := []expression.Variable{
		expression.Var("params", expression.Map(expression.Dyn)),
		expression.Var("variables", expression.Map(expression.Dyn)),
		expression.Var("results", expression.Map(expression.Dyn)),
		expression.Var("context", expression.Map(expression.Map(expression.String))),
	}
	params := map[string]any{}
	for _, p := range run.Spec.Params {
		value, kind := typed(p.Value)
		params[p.Name] = value
		// With a name of its own a param has its type, so that a wrong use is found before the evaluation.
		if v1alpha1.IsVariableName(p.Name) {
			declared = append(declared, expression.Var("params."+p.Name, kind))
			e.values["params."+p.Name] = value
		}
	}
	// Both become values once, and not for each expression.
	var errParams, errContext error
	e.values["params"], errParams = expression.ValueOf(params)
	e.values["context"], errContext = expression.ValueOf(map[string]any{
		"customRun":    map[string]string{"name": run.Name, "namespace": run.Namespace, "uid": string(run.UID)},
		"pipeline":     map[string]string{"name": run.Labels[labelPipeline]},
		"pipelineRun":  map[string]string{"name": run.Labels[labelPipelineRun]},
		"pipelineTask": map[string]string{"name": run.Labels[labelPipelineTask]},
	})
	e.values["variables"], e.values["results"] = e.variables, e.named
	return declared, errors.Join(errParams, errContext)
}

// typed is a param as data.
func typed(v v1beta1.ParamValue) (any, *expression.Type) {
	switch v.Type {
	case v1beta1.ParamTypeArray:
		return v.ArrayVal, expression.List(expression.String)
	case v1beta1.ParamTypeObject:
		return v.ObjectVal, expression.Map(expression.String)
	}
	return v.StringVal, expression.String
}
