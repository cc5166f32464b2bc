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
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	tektonfake "github.com/tektoncd/pipeline/pkg/client/clientset/versioned/fake"
	customrunreconciler "github.com/tektoncd/pipeline/pkg/client/injection/reconciler/pipeline/v1beta1/customrun"
	listers "github.com/tektoncd/pipeline/pkg/client/listers/pipeline/v1beta1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/cache"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/reconciler"
)

// promoting is a generated reconciler that becomes the leader of two runs.
type promoting struct{ keys []types.NamespacedName }

func (promoting) Reconcile(context.Context, string) error { return nil }

func (p promoting) Promote(bucket reconciler.Bucket, enqueue func(reconciler.Bucket, types.NamespacedName)) error {
	for _, key := range p.keys {
		enqueue(bucket, key)
	}
	return nil
}

func (promoting) Demote(reconciler.Bucket) {}

func (promoting) IsLeaderFor(types.NamespacedName) bool { return true }

func TestC2ANewLeaderTakesUpItsOwnRunsOnly(t *testing.T) {
	ours, other := newRun(), newRun()
	other.Name, other.Spec.CustomRef.Kind = "other", "Other"
	indexer := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	for _, run := range []*v1beta1.CustomRun{ours, other} {
		if err := indexer.Add(run); err != nil {
			t.Fatal(err)
		}
	}
	keys := []types.NamespacedName{{Namespace: "test", Name: "other"}, runKey, {Namespace: "test", Name: "gone"}}
	d := NewDriver(newReconciler(&counting{}, nil), listers.NewCustomRunLister(indexer),
		func(customrunreconciler.Interface) controller.Reconciler { return promoting{keys} })
	var got []types.NamespacedName
	err := d.Promote(reconciler.UniversalBucket(), func(_ reconciler.Bucket, key types.NamespacedName) { got = append(got, key) })
	if diff := cmp.Diff([]types.NamespacedName{runKey}, got); err != nil || diff != "" {
		t.Errorf("error %v, taken up (-want, +got):\n%s", err, diff)
	}
}

// releasing has the API server answer to the release of a finalizer.
func releasing(answer *v1beta1.CustomRun, err error) (*tektonfake.Clientset, *[][]byte) {
	client, patches := tektonfake.NewSimpleClientset(), new([][]byte)
	client.PrependReactor("patch", "customruns", func(a clienttesting.Action) (bool, runtime.Object, error) {
		*patches = append(*patches, a.(clienttesting.PatchAction).GetPatch())
		return true, answer, err
	})
	return client, patches
}

func TestTheReleaseOfAFinalizer(t *testing.T) {
	held := func(r *Reconciler) *v1beta1.CustomRun {
		run := newRun()
		run.Finalizers = []string{r.FinalizerName()}
		return run
	}
	t.Run("is of this very run, and known until the cache shows it", func(t *testing.T) {
		answer := newRun()
		answer.ResourceVersion = "5"
		client, patches := releasing(answer, nil)
		r := newReconciler(&counting{}, client)
		if err := r.release(t.Context(), held(r)); err != nil {
			t.Fatal(err)
		}
		var patch struct {
			Metadata metav1.ObjectMeta `json:"metadata"`
		}
		if len(*patches) != 1 {
			t.Fatalf("%d patches; want 1", len(*patches))
		}
		if err := json.Unmarshal((*patches)[0], &patch); err != nil || patch.Metadata.UID != "uid-1" {
			t.Errorf("patch %s, %v; want the uid in it, so that no other run of the name is meant", (*patches)[0], err)
		}
		if !r.guard.behind(runKey, "uid-1", "4") || r.guard.behind(runKey, "uid-1", "5") {
			t.Error("the write is not known to be newer than the cache")
		}
	})
	t.Run("is done if the run is gone", func(t *testing.T) {
		client, _ := releasing(nil, apierrors.NewNotFound(v1beta1.Resource("customruns"), "run"))
		r := newReconciler(&counting{}, client)
		if err := r.release(t.Context(), held(r)); err != nil {
			t.Errorf("got %v; want nothing left to do", err)
		}
	})
	t.Run("is tried again after an error", func(t *testing.T) {
		away := errors.New("away")
		client, _ := releasing(nil, away)
		r := newReconciler(&counting{}, client)
		if err := r.release(t.Context(), held(r)); !errors.Is(err, away) {
			t.Errorf("got %v; want %v", err, away)
		}
	})
}

// looks are the ways in that the generated reconciler calls.
func looks(r *Reconciler) map[string]func(context.Context, *v1beta1.CustomRun) reconciler.Event {
	return map[string]func(context.Context, *v1beta1.CustomRun) reconciler.Event{
		"ReconcileKind": r.ReconcileKind,
		"FinalizeKind": func(ctx context.Context, run *v1beta1.CustomRun) reconciler.Event {
			now := metav1.NewTime(start)
			run.Status.StartTime, run.DeletionTimestamp = &now, &now
			return finalizing{r}.FinalizeKind(ctx, run)
		},
	}
}

func TestC2EveryWayInKeepsRunsOfOtherKindsOut(t *testing.T) {
	for _, name := range []string{"ReconcileKind", "FinalizeKind"} {
		t.Run(name, func(t *testing.T) {
			run := newRun()
			run.Spec.CustomRef.Kind = "Other"
			work, client := &counting{}, tektonfake.NewSimpleClientset(run)
			if err := looks(newReconciler(work, client))[name](t.Context(), run.DeepCopy()); err != nil {
				t.Errorf("got %v", err)
			}
			if n := len(client.Actions()); n > 0 || *work != (counting{}) {
				t.Errorf("%d requests, calls %+v; want none", n, *work)
			}
		})
	}
}

func TestEveryWayInWaitsForACacheThatIsBehind(t *testing.T) {
	for _, name := range []string{"ReconcileKind", "FinalizeKind"} {
		t.Run(name, func(t *testing.T) {
			run := newRun()
			work, client := &counting{}, tektonfake.NewSimpleClientset(run)
			r := newReconciler(work, client)
			r.guard.wrote(runKey, run.UID, "2")
			err := looks(r)[name](t.Context(), run.DeepCopy())
			if ok, again := controller.IsRequeueKey(err); !ok || again > time.Second {
				t.Errorf("got %v; want another look within 1s", err)
			}
			if n := len(client.Actions()); n > 0 || *work != (counting{}) {
				t.Errorf("%d requests, calls %+v; want none", n, *work)
			}
		})
	}
}
