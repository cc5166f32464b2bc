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
	"context"
	"fmt"

	"github.com/customtasks/customtasks/internal/children"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// checkLine refuses a pipeline that is inside of itself, and more of them inside of each other than there may
// be. It goes up the owners, from the child that is about to be made.
func (e *engine) checkLine(ctx context.Context, run *v1beta1.CustomRun, spec *Spec) error {
	line, err := e.children.Ancestors(ctx, run)
	if err != nil {
		return err
	}
	if len(line) >= children.MaxDepth {
		return customtask.FailRun(ReasonTooDeep, fmt.Sprintf(
			"%s would be the %dth inside of others, and there may be %d; call it from further outside", spec.pipeline(), len(line)+1, children.MaxDepth))
	}
	this := children.PipelineOf(pipelinev1.PipelineRunSpec{PipelineRef: spec.PipelineRef, PipelineSpec: spec.PipelineSpec})
	for _, ancestor := range line {
		if ancestor.Annotations[children.AnnotationPipeline] == this {
			return inItself(spec, ancestor.Name)
		}
	}
	outermost := run
	if n := len(line); n > 0 {
		if outermost, err = e.children.Owner(ctx, line[n-1]); err != nil {
			return err
		}
	}
	return e.checkRoot(ctx, outermost, spec)
}

// checkRoot compares with the PipelineRun that a user has started, which is in no cache. It is read only if its
// runs have the name of the pipeline as a label; the label alone does not tell a Pipeline from a PipelineRun of
// that name.
func (e *engine) checkRoot(ctx context.Context, outermost *v1beta1.CustomRun, spec *Spec) error {
	if outermost == nil || spec.PipelineRef == nil || spec.PipelineRef.Resolver != "" ||
		outermost.Labels[pipeline.PipelineLabelKey] != spec.PipelineRef.Name {
		return nil
	}
	owner := metav1.GetControllerOf(outermost)
	if owner == nil || owner.Kind != pipeline.PipelineRunControllerName {
		return nil
	}
	root, err := e.tekton.TektonV1().PipelineRuns(outermost.Namespace).Get(ctx, owner.Name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return nil
	case err != nil:
		return fmt.Errorf("reading PipelineRun %q: %w", owner.Name, err)
	case root.UID == owner.UID && root.Spec.PipelineRef != nil && root.Spec.PipelineRef.Resolver == "" && root.Spec.PipelineRef.Name == spec.PipelineRef.Name:
		return inItself(spec, root.Name)
	}
	return nil
}

func inItself(spec *Spec, ancestor string) error {
	return customtask.FailRun(ReasonCycle, fmt.Sprintf(
		"%s would run inside of itself: PipelineRun %q runs it already, and this run is part of that", spec.pipeline(), ancestor))
}
