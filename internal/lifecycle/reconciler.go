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

package lifecycle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	"github.com/tektoncd/pipeline/pkg/client/clientset/versioned"
	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/utils/clock"
	"knative.dev/pkg/apis"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/logging"
	"knative.dev/pkg/reconciler"
)

// Defaults of Options.
const (
	// DefaultWorkTimeout bounds one call of a kind's code.
	DefaultWorkTimeout = 30 * time.Second
	// DefaultStopTimeout bounds how long a run waits for its work to stop before it ends anyway.
	DefaultStopTimeout = 5 * time.Minute

	writeTimeout = 30 * time.Second
	// staleDelay is when to look again if the cache has not seen our last write.
	staleDelay = time.Second
	// Backoff of errors that are tried again, per run.
	minErrorDelay = 100 * time.Millisecond
	maxErrorDelay = 30 * time.Second
	// Backoff between attempts.
	minRetryDelay = time.Second
	maxRetryDelay = time.Minute
)

// Options make a Reconciler.
type Options struct {
	// Kind whose runs are driven.
	Kind schema.GroupVersionKind
	// Work of the kind.
	Work Work
	// Client writes status.
	Client versioned.Interface
	// Recorder takes the Events on runs.
	Recorder record.EventRecorder
	// Clock is the only source of time.
	Clock clock.PassiveClock
	// SideEffectFree work may end in the first status write.
	SideEffectFree bool
	// External work lives outside the cluster; its runs carry a finalizer.
	External bool
	// Workspaces are supported by the kind.
	Workspaces bool
	// WorkTimeout bounds one call of the kind's code. Default DefaultWorkTimeout.
	WorkTimeout time.Duration
	// StopTimeout bounds how long a run waits for its work to stop. Default DefaultStopTimeout.
	StopTimeout time.Duration
}

// Reconciler drives the runs of one kind. It implements the interface of Tekton's generated CustomRun
// reconciler, with SkipStatusUpdates.
type Reconciler struct {
	Options
	guard   *writeGuard
	strays  *strays
	backoff workqueue.TypedRateLimiter[types.NamespacedName]
}

var (
	_ reconciler.OnDeletionInterface = (*Reconciler)(nil)
)

// New returns a Reconciler.
func New(o Options) *Reconciler {
	if o.WorkTimeout == 0 {
		o.WorkTimeout = DefaultWorkTimeout
	}
	if o.StopTimeout == 0 {
		o.StopTimeout = DefaultStopTimeout
	}
	return &Reconciler{
		Options: o,
		guard:   newWriteGuard(),
		strays:  newStrays(),
		backoff: workqueue.NewTypedItemExponentialFailureRateLimiter[types.NamespacedName](minErrorDelay, maxErrorDelay),
	}
}

// Ours reports whether the run is of the kind: exactly its apiVersion and kind (C1). A run with both
// a ref and a spec is ours if either says so, and fails (C3). Once a kind has started a run, the run
// is that kind's: an edit of the spec hands the work, and what was stored of it, to nobody else.
func (r *Reconciler) Ours(run *v1beta1.CustomRun) bool {
	if len(run.Status.ExtraFields.Raw) > 0 {
		if e := readExtraFields(run); e.Kind != "" {
			return e.Kind == r.kindName()
		}
	}
	return r.named(run)
}

// kindName is how extraFields names the kind.
func (r *Reconciler) kindName() string {
	apiVersion, kind := r.Kind.ToAPIVersionAndKind()
	return apiVersion + "/" + kind
}

// named reports whether the run's spec says that it is of the kind.
func (r *Reconciler) named(run *v1beta1.CustomRun) bool {
	apiVersion, kind := r.Kind.ToAPIVersionAndKind()
	if ref := run.Spec.CustomRef; ref != nil && ref.APIVersion == apiVersion && string(ref.Kind) == kind {
		return true
	}
	spec := run.Spec.CustomSpec
	return spec != nil && spec.APIVersion == apiVersion && spec.Kind == kind
}

// ReconcileKind moves the run on. It is called with a private copy of what the cache holds.
func (r *Reconciler) ReconcileKind(ctx context.Context, run *v1beta1.CustomRun) reconciler.Event {
	if !r.Ours(run) || !run.DeletionTimestamp.IsZero() {
		return nil
	}
	key := types.NamespacedName{Namespace: run.Namespace, Name: run.Name}
	if r.guard.behind(key, run.UID, run.ResourceVersion) {
		return controller.NewRequeueAfter(staleDelay)
	}
	if err := r.sweep(ctx, key, run); err != nil {
		return r.again(ctx, key, err, 0)
	}
	for {
		p := newPass(r, run)
		workErr := p.decide(ctx)
		stored, err := r.write(ctx, run, p.run)
		if unstorable(err) {
			// It can never be stored. What was stored before can, with a condition that says so (C29).
			p = newPass(r, run)
			workErr = p.observed(p.fail(ctx, &Failure{Run: true, Reason: ReasonInvalidStatus, Message: fmt.Sprintf(
				"the API server does not take the status of this run: %v", err)}))
			stored, err = r.write(ctx, run, p.run)
		}
		switch {
		case apierrors.IsNotFound(err):
			return nil // deleted meanwhile
		case err != nil:
			if p.worked && apierrors.IsConflict(err) {
				r.strays.add(key, run.UID)
			}
			return r.again(ctx, key, fmt.Errorf("writing the status of CustomRun %s: %w", key, err), 0)
		case workErr != nil:
			return r.again(ctx, key, workErr, p.after)
		}
		if !p.goOn {
			r.backoff.Forget(key)
			r.strays.forget(key)
			if p.after > 0 {
				return controller.NewRequeueAfter(p.after)
			}
			return nil
		}
		run = stored
	}
}

// ObserveDeletion forgets a run that is gone.
func (r *Reconciler) ObserveDeletion(_ context.Context, key types.NamespacedName) error {
	r.guard.forget(key)
	r.strays.forget(key)
	r.backoff.Forget(key)
	return nil
}

// again asks for another look after the run's own backoff, or earlier if latest says so. It is not an error to the queue, which
// would count it against all runs, nor to the generated reconciler, which would record an Event.
func (r *Reconciler) again(ctx context.Context, key types.NamespacedName, err error, latest time.Duration) reconciler.Event {
	delay := r.backoff.When(key)
	if latest > 0 {
		delay = min(delay, latest)
	}
	log := logging.FromContext(ctx).With(zap.Error(err), zap.Duration("again", delay))
	if apierrors.IsConflict(err) {
		log.Debug("conflict; starting again from fresh state")
	} else {
		log.Warn("trying again")
	}
	return controller.NewRequeueAfter(delay)
}

// write stores the status if it changed, with the resourceVersion that was read, and returns what is
// stored now. An Event is recorded if the condition's status or reason changed.
func (r *Reconciler) write(ctx context.Context, old, run *v1beta1.CustomRun) (*v1beta1.CustomRun, error) {
	if sameStatus(&old.Status, &run.Status) {
		return old, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	stored, err := r.Client.TektonV1beta1().CustomRuns(run.Namespace).UpdateStatus(ctx, run, metav1.UpdateOptions{})
	if err != nil {
		return nil, err
	}
	key := types.NamespacedName{Namespace: run.Namespace, Name: run.Name}
	r.guard.wrote(key, run.UID, stored.ResourceVersion)
	r.event(old, stored)
	return stored, nil
}

func (r *Reconciler) event(old, run *v1beta1.CustomRun) {
	before, now := old.Status.GetCondition(apis.ConditionSucceeded), run.Status.GetCondition(apis.ConditionSucceeded)
	if now == nil || before != nil && before.Status == now.Status && before.Reason == now.Reason {
		return
	}
	kind := corev1.EventTypeNormal
	if now.IsFalse() {
		kind = corev1.EventTypeWarning
	}
	r.Recorder.Event(run, kind, now.Reason, now.Message)
	if now.IsFalse() && now.Reason != cancelledReason {
		r.tellParent(run, now)
	}
}

// tellParent says on the PipelineRun why one of its runs failed: tools that show PipelineRuns say nothing of
// CustomRuns.
func (r *Reconciler) tellParent(run *v1beta1.CustomRun, failed *apis.Condition) {
	if parent := PipelineRunOf(run); parent != nil {
		r.Recorder.Event(parent, corev1.EventTypeWarning, failed.Reason, run.Name+": "+failed.Message)
	}
}

// PipelineRunOf refers to the PipelineRun that a run is part of, for Events; nil if there is none.
func PipelineRunOf(run *v1beta1.CustomRun) *corev1.ObjectReference {
	owner := metav1.GetControllerOf(run)
	if owner == nil || owner.Kind != pipeline.PipelineRunControllerName {
		return nil
	}
	return &corev1.ObjectReference{
		APIVersion: owner.APIVersion, Kind: owner.Kind, Namespace: run.Namespace, Name: owner.Name, UID: owner.UID,
	}
}

// sameStatus compares what would be stored; extraFields by meaning, since the API server may order
// keys in another way.
func sameStatus(a, b *v1beta1.CustomRunStatus) bool {
	a, b = a.DeepCopy(), b.DeepCopy()
	var x, y any
	if json.Unmarshal(orNull(a.ExtraFields.Raw), &x) != nil || json.Unmarshal(orNull(b.ExtraFields.Raw), &y) != nil {
		return false
	}
	if !reflect.DeepEqual(x, y) {
		return false
	}
	a.ExtraFields.Raw, b.ExtraFields.Raw = nil, nil
	return equality.Semantic.DeepEqual(a, b)
}

func orNull(raw []byte) []byte {
	if len(raw) == 0 {
		return []byte("null")
	}
	return raw
}

// unstorable reports whether the API server will never take a status. etcd's own limit comes back as a
// plain error of the server, which only its text tells from others.
func unstorable(err error) bool {
	return apierrors.IsInvalid(err) || apierrors.IsRequestEntityTooLargeError(err) ||
		err != nil && strings.Contains(err.Error(), "request is too large")
}

// passing reports whether an error says nothing of the run: the API server was slow, busy, away, or
// somebody else wrote first. Such errors are not worth a write to every run (C7).
func passing(err error) bool {
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return false
	}
	return apierrors.IsConflict(err) || apierrors.IsServerTimeout(err) || apierrors.IsTimeout(err) ||
		apierrors.IsTooManyRequests(err) || apierrors.IsInternalError(err) || apierrors.IsServiceUnavailable(err) ||
		status.Status().Code >= 500
}
