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

package children

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// MaxDepth is how many children may be inside of each other.
const MaxDepth = 10

// AnnotationPipeline is on every PipelineRun that is made for a run: which pipeline it runs, as PipelineOf
// has it.
const AnnotationPipeline = "custom.tekton.dev/pipeline"

// PipelineOf names the pipeline that a PipelineRun runs, to tell whether two are the same: by its name in the
// namespace, or by a digest of how it is found or what it is.
func PipelineOf(spec pipelinev1.PipelineRunSpec) string {
	if ref := spec.PipelineRef; ref != nil && ref.Resolver == "" {
		return "Pipeline/" + ref.Name
	}
	raw, err := json.Marshal([]any{spec.PipelineRef, spec.PipelineSpec})
	if err != nil {
		return ""
	}
	return fmt.Sprintf("sha256:%x", sha256.Sum256(raw))
}

// Owner is the CustomRun that a child was made for; nil if it is gone.
func (s *Set) Owner(ctx context.Context, child *Child) (*v1beta1.CustomRun, error) {
	return s.customRun(ctx, child.Namespace, child.Owner)
}

// Ancestors are the children that a run is inside of, the nearest first, of a set of PipelineRuns. It goes
// up the owners, by the caches; what they lack is read. It ends with MaxDepth of them, or where an owner is
// gone.
func (s *Set) Ancestors(ctx context.Context, run *v1beta1.CustomRun) ([]*Child, error) {
	var line []*Child
	for len(line) < MaxDepth {
		owner := metav1.GetControllerOfNoCopy(run)
		// Tekton copies the label of a PipelineRun to its runs. A pipeline can give it another value there,
		// by taskRunSpecs, and cannot take it away.
		_, inside := run.Labels[v1alpha1.LabelChild]
		if owner == nil || owner.Kind != pipeline.PipelineRunControllerName || !inside {
			break
		}
		parent := s.Cached(run.Namespace, owner.Name)
		if parent == nil || parent.UID != owner.UID {
			var err error
			if parent, err = s.Live(ctx, run.Namespace, owner.Name); err != nil {
				return nil, err
			}
		}
		if parent == nil || parent.UID != owner.UID {
			break
		}
		line = append(line, parent)
		next, err := s.Owner(ctx, parent)
		if err != nil {
			return nil, err
		}
		if next == nil {
			break
		}
		run = next
	}
	return line, nil
}

// customRun is the owner of a child; nil if it is gone, or no CustomRun.
func (s *Set) customRun(ctx context.Context, namespace string, owner metav1.OwnerReference) (*v1beta1.CustomRun, error) {
	if owner.Kind != pipeline.CustomRunControllerName {
		return nil, nil
	}
	run, err := s.runs.CustomRuns(namespace).Get(owner.Name)
	if apierrors.IsNotFound(err) {
		run, err = s.client.TektonV1beta1().CustomRuns(namespace).Get(ctx, owner.Name, metav1.GetOptions{})
	}
	switch {
	case apierrors.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("reading CustomRun %q: %w", owner.Name, err)
	case run.UID != owner.UID:
		return nil, nil
	}
	return run, nil
}
