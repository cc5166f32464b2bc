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

package approval

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	tekton "github.com/tektoncd/pipeline/pkg/client/clientset/versioned"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/utils/clock"
)

// starters finds out who started a PipelineRun.
type starters struct {
	tekton tekton.Interface
	kube   kubernetes.Interface
	clock  clock.PassiveClock

	mu sync.Mutex
	// seen is when the guard of the stamp was last there.
	seen time.Time
}

// guardMemory is for how long the guard of the stamp is taken to be there once it was seen.
const guardMemory = 10 * time.Second

// of is who started the PipelineRun that a run is part of; for one that a loop or a sub-pipeline has made,
// who started the outermost. The stamp is read from the PipelineRun itself, where the API server lets nobody
// forge or change it, and not from the copy on the run. A run for which nothing vouches for a starter is a
// Failure.
func (s *starters) of(ctx context.Context, run *v1beta1.CustomRun) (*v1alpha1.Identity, error) {
	guarded, err := s.guarded(ctx)
	if err != nil {
		return nil, err
	}
	if !guarded {
		return nil, unknown("nothing in this cluster records who starts a PipelineRun; ask an administrator to install config/700-started-by.yaml")
	}
	parent, err := s.parentOf(ctx, run)
	for level := 0; err == nil; level++ {
		uid := parent.Annotations[v1alpha1.AnnotationStartedFor]
		if uid == "" {
			break
		}
		if level == maxLevels {
			return nil, unknown("it is inside of more than %d PipelineRuns", maxLevels)
		}
		parent, err = s.outside(ctx, parent, uid)
	}
	if err != nil {
		return nil, err
	}
	starter := parent.Annotations[v1alpha1.AnnotationStartedBy]
	if starter == "" {
		return nil, unknown("PipelineRun %q does not say who started it, since the webhook was not asked when it was created; start it again, or ask an administrator whether the webhook answers", parent.Name)
	}
	return &v1alpha1.Identity{Username: starter}, nil
}

// unknown is the failure of a gate that cannot know its starter.
func unknown(format string, args ...any) error {
	return customtask.FailRun(ReasonStarterUnknown, "the gate prevents self-approval, and "+fmt.Sprintf(format, args...))
}

// guarded reports whether the API server keeps the stamp from being forged.
func (s *starters) guarded(ctx context.Context) (bool, error) {
	s.mu.Lock()
	fresh := s.clock.Since(s.seen) < guardMemory && !s.seen.IsZero()
	s.mu.Unlock()
	if fresh {
		return true, nil
	}
	admission := s.kube.AdmissionregistrationV1()
	binding, err := admission.ValidatingAdmissionPolicyBindings().Get(ctx, v1alpha1.StartedByGuard, metav1.GetOptions{})
	if err == nil {
		_, err = admission.ValidatingAdmissionPolicies().Get(ctx, v1alpha1.StartedByGuard, metav1.GetOptions{})
	}
	switch {
	case apierrors.IsNotFound(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("looking for the guard of who starts a PipelineRun: %w", err)
	case binding.Spec.PolicyName != v1alpha1.StartedByGuard || binding.Spec.MatchResources != nil ||
		!slices.Contains(binding.Spec.ValidationActions, admissionregistrationv1.Deny):
		return false, nil // it guards nothing, or not everything
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = s.clock.Now()
	return true, nil
}
