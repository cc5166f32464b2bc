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
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/customtasks/customtasks/internal/lifecycle"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/kmeta"
)

// Run is one attempt of a CustomRun, as a task sees it. It is read-only.
type Run[S any] struct {
	// Spec is the resolved, defaulted and validated spec, a snapshot taken when the run started.
	Spec S

	attempt lifecycle.Attempt
}

func newRun[S any](a lifecycle.Attempt) (*Run[S], error) {
	run := &Run[S]{attempt: a}
	if err := json.Unmarshal(a.Spec, &run.Spec); err != nil {
		return nil, fmt.Errorf("decoding the stored spec of CustomRun %s/%s: %w", a.Run.Namespace, a.Run.Name, err)
	}
	return run, nil
}

// Name of the CustomRun.
func (r *Run[S]) Name() string { return r.attempt.Run.Name }

// Namespace of the CustomRun.
func (r *Run[S]) Namespace() string { return r.attempt.Run.Namespace }

// Params are the run's params as they are now. What must not change while the run goes on belongs into
// the spec: see [ParamReader].
func (r *Run[S]) Params() Params { return Params{list: r.attempt.Run.Spec.Params} }

// Attempt counts from 1.
func (r *Run[S]) Attempt() int { return r.attempt.Number }

// AttemptKey is "<uid>-<attempt>": the same in every call for one attempt and different in all others.
// Use it as the idempotency key towards external systems.
func (r *Run[S]) AttemptKey() string {
	return string(r.attempt.Run.UID) + "-" + strconv.Itoa(r.attempt.Number)
}

// ChildName is the name for a child object of this attempt: the run's name, shortened, and a digest of
// AttemptKey and parts. It is a DNS label of at most 63 characters, the same in every call, and unique
// to the run's UID, the attempt and the parts (C54).
func (r *Run[S]) ChildName(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(append([]string{r.AttemptKey()}, parts...), "/")))
	base := strings.ReplaceAll(r.Name(), ".", "-")
	const digest = 10
	if limit := 63 - digest - 1; len(base) > limit {
		base = strings.TrimRight(base[:limit], "-")
	}
	return base + "-" + hex.EncodeToString(sum[:])[:digest]
}

// Now is the time of this look at the run, by the controller's clock.
func (r *Run[S]) Now() time.Time { return r.attempt.Now }

// StartTime is when the attempt started, the same in every call, also after a restart. It is exact, where
// the startTime in the run's status has whole seconds.
func (r *Run[S]) StartTime() time.Time { return r.attempt.Start }

// Deadline is when the attempt times out; ok is false if it never does.
func (r *Run[S]) Deadline() (deadline time.Time, ok bool) {
	return r.attempt.Deadline, !r.attempt.Deadline.IsZero()
}

// State decodes what [Outcome.WithState] stored in this attempt into v. It reports false, and leaves v
// alone, if nothing was stored or it does not fit.
func (r *Run[S]) State(v any) bool {
	return len(r.attempt.State) > 0 && json.Unmarshal(r.attempt.State, v) == nil
}

// OwnerReference makes the run the controller of a child, so that it is deleted with the run (C54).
func (r *Run[S]) OwnerReference() metav1.OwnerReference {
	return *kmeta.NewControllerRef(r.attempt.Run)
}

// Object is a copy of the CustomRun as of this look.
func (r *Run[S]) Object() *v1beta1.CustomRun { return r.attempt.Run.DeepCopy() }
