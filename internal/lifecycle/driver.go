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
	"fmt"
	"slices"
	"strings"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	customrunreconciler "github.com/tektoncd/pipeline/pkg/client/injection/reconciler/pipeline/v1beta1/customrun"
	listers "github.com/tektoncd/pipeline/pkg/client/listers/pipeline/v1beta1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/reconciler"
)

// Driver stands around Tekton's generated CustomRun reconciler, which was written for one controller
// per type: it keeps runs of other kinds away from it at every way in, and keeps finished runs from
// getting a finalizer.
type Driver struct {
	lifecycle *Reconciler
	lister    listers.CustomRunLister
	generated generatedReconciler
}

type generatedReconciler interface {
	controller.Reconciler
	reconciler.LeaderAware
	IsLeaderFor(types.NamespacedName) bool
}

var (
	_ controller.Reconciler  = (*Driver)(nil)
	_ reconciler.LeaderAware = (*Driver)(nil)
)

// NewDriver returns a Driver around what generate makes of the lifecycle.
func NewDriver(lc *Reconciler, lister listers.CustomRunLister, generate func(customrunreconciler.Interface) controller.Reconciler) *Driver {
	var inner customrunreconciler.Interface = lc
	if lc.External {
		inner = finalizing{lc}
	}
	return &Driver{lifecycle: lc, lister: lister, generated: generate(inner).(generatedReconciler)}
}

// Reconcile hands our runs to the generated reconciler.
func (d *Driver) Reconcile(ctx context.Context, key string) error {
	namespace, name, err := cache.SplitMetaNamespaceKey(key)
	if err != nil {
		return nil //nolint:nilerr // a key that names nothing needs nothing
	}
	run, err := d.lister.CustomRuns(namespace).Get(name)
	if err != nil {
		return d.generated.Reconcile(ctx, key) // it is gone, and observed so
	}
	who := types.NamespacedName{Namespace: namespace, Name: name}
	switch {
	case !d.lifecycle.Ours(run):
		return nil
	case d.lifecycle.guard.behind(who, run.UID, run.ResourceVersion):
		// The generated reconciler would set a finalizer that the cache does not show yet once more.
		return controller.NewRequeueAfter(staleDelay)
	case run.IsDone() && d.lifecycle.External:
		return d.finished(ctx, who, run)
	}
	err = d.generated.Reconcile(ctx, key)
	if requeue, _ := controller.IsRequeueKey(err); err == nil || requeue || controller.IsSkipKey(err) {
		return err
	}
	return d.lifecycle.again(ctx, who, err, 0) // the finalizer could not be set or removed
}

// finished takes the finalizer off a run that is done, which the generated reconciler would keep on it.
func (d *Driver) finished(ctx context.Context, key types.NamespacedName, run *v1beta1.CustomRun) error {
	if !d.generated.IsLeaderFor(key) {
		return nil
	}
	if err := d.lifecycle.release(ctx, run); err != nil {
		return d.lifecycle.again(ctx, key, err, 0)
	}
	return d.lifecycle.ReconcileKind(ctx, run.DeepCopy())
}

// Promote passes our runs on, and no others, when this process becomes a leader (C2).
func (d *Driver) Promote(bucket reconciler.Bucket, enqueue func(reconciler.Bucket, types.NamespacedName)) error {
	if enqueue == nil {
		return d.generated.Promote(bucket, nil)
	}
	return d.generated.Promote(bucket, func(bucket reconciler.Bucket, key types.NamespacedName) {
		if run, err := d.lister.CustomRuns(key.Namespace).Get(key.Name); err == nil && d.lifecycle.Ours(run) {
			enqueue(bucket, key)
		}
	})
}

// Demote passes on that this process leads no more.
func (d *Driver) Demote(bucket reconciler.Bucket) { d.generated.Demote(bucket) }

// OursObject is Ours for informers.
func (r *Reconciler) OursObject(obj any) bool {
	if gone, ok := obj.(cache.DeletedFinalStateUnknown); ok {
		obj = gone.Obj
	}
	run, ok := obj.(*v1beta1.CustomRun)
	return ok && run != nil && r.Ours(run)
}

// FinalizerName is the kind's own finalizer and its field manager: "wait.custom.tekton.dev/stop".
func (r *Reconciler) FinalizerName() string {
	return strings.ToLower(r.Kind.Kind+"."+r.Kind.Group) + "/stop"
}

// release takes our finalizer off a finished run, which holds nothing any more.
func (r *Reconciler) release(ctx context.Context, run *v1beta1.CustomRun) error {
	if !slices.Contains(run.Finalizers, r.FinalizerName()) {
		return nil
	}
	patch, err := json.Marshal(map[string]any{
		"apiVersion": v1beta1.SchemeGroupVersion.String(),
		"kind":       "CustomRun",
		"metadata":   map[string]any{"name": run.Name, "namespace": run.Namespace, "uid": run.UID, "finalizers": []string{}},
	})
	if err != nil {
		return fmt.Errorf("encoding the finalizer patch: %w", err)
	}
	force := true
	stored, err := r.Client.TektonV1beta1().CustomRuns(run.Namespace).Patch(ctx, run.Name, types.ApplyPatchType, patch,
		metav1.PatchOptions{FieldManager: r.FinalizerName(), Force: &force})
	switch {
	case apierrors.IsNotFound(err):
	case err != nil:
		return fmt.Errorf("removing the finalizer of CustomRun %s/%s: %w", run.Namespace, run.Name, err)
	default:
		r.guard.wrote(types.NamespacedName{Namespace: run.Namespace, Name: run.Name}, run.UID, stored.ResourceVersion)
	}
	return nil
}

// finalizing is a Reconciler of a kind that holds something which garbage collection cannot free. The
// generated reconciler adds the finalizer before the first attempt and removes it after FinalizeKind.
type finalizing struct {
	*Reconciler
}

// FinalizeKind stops the work of a run that is being deleted. The finalizer stays while it returns an
// error, for at most StopTimeout after the deletion (C57).
func (f finalizing) FinalizeKind(ctx context.Context, run *v1beta1.CustomRun) reconciler.Event {
	if !f.Ours(run) {
		return nil
	}
	key := types.NamespacedName{Namespace: run.Namespace, Name: run.Name}
	if f.guard.behind(key, run.UID, run.ResourceVersion) {
		return controller.NewRequeueAfter(staleDelay)
	}
	if err := f.finalize(ctx, run); err != nil {
		return f.again(ctx, key, err, 0)
	}
	f.backoff.Forget(key)
	return nil
}
