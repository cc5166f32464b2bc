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

package conformance

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
)

// flaky is an API server whose watches break as a script says. What is left of the script never ends.
type flaky struct {
	dynamic.ResourceInterface

	mu      sync.Mutex
	lists   []unstructured.UnstructuredList
	watches []func() (watch.Interface, error)
	// asked are the revisions that watches were asked to begin after.
	asked []string
}

func (f *flaky) List(context.Context, metav1.ListOptions) (*unstructured.UnstructuredList, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := f.lists[0]
	if len(f.lists) > 1 {
		f.lists = f.lists[1:]
	}
	return &list, nil
}

func (f *flaky) Watch(_ context.Context, options metav1.ListOptions) (watch.Interface, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, options.ResourceVersion)
	if len(f.watches) == 0 {
		return watch.NewFake(), nil
	}
	next := f.watches[0]
	if len(f.watches) > 1 {
		f.watches = f.watches[1:]
	}
	return next()
}

func (f *flaky) watchesAsked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.asked...)
}

func stored(uid, revision string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{"name": "of-" + uid, "uid": uid, "resourceVersion": revision},
	}}
}

func listOf(revision string, objects ...*unstructured.Unstructured) unstructured.UnstructuredList {
	list := unstructured.UnstructuredList{Object: map[string]any{"metadata": map[string]any{"resourceVersion": revision}}}
	for _, object := range objects {
		list.Items = append(list.Items, *object)
	}
	return list
}

// ends is a watch that shows some events and is closed.
func ends(events ...watch.Event) func() (watch.Interface, error) {
	return func() (watch.Interface, error) {
		w := watch.NewFakeWithChanSize(len(events), false)
		for _, event := range events {
			w.Action(event.Type, event.Object)
		}
		w.Stop()
		return w, nil
	}
}

func lasts() (watch.Interface, error) { return watch.NewFake(), nil }

func expired() *metav1.Status {
	status := apierrors.NewResourceExpired("too old").Status()
	return &status
}

func TestAnObserverOutlivesABrokenWatch(t *testing.T) {
	modified := func(uid, revision string) watch.Event {
		return watch.Event{Type: watch.Modified, Object: stored(uid, revision)}
	}
	rows := map[string]struct {
		lists   []unstructured.UnstructuredList
		watches []func() (watch.Interface, error)
		// want are the revisions of object a, the last of which is waited for, and whether some may be missing or late.
		want   []string
		unsure bool
		// gone is set if the last version is that of a deletion.
		gone bool
	}{
		"closed": {
			[]unstructured.UnstructuredList{listOf("1", stored("a", "1"))},
			[]func() (watch.Interface, error){ends(), ends(modified("a", "2")), ends(modified("a", "3")), lasts},
			[]string{"1", "2", "3"}, false, false,
		},
		"refused": {
			[]unstructured.UnstructuredList{listOf("1", stored("a", "1"))},
			[]func() (watch.Interface, error){
				func() (watch.Interface, error) { return nil, errors.New("connection refused") },
				ends(modified("a", "2")), lasts,
			},
			[]string{"1", "2"}, true, false,
		},
		"ended with an error that says nothing of the revision": {
			[]unstructured.UnstructuredList{listOf("1", stored("a", "1"))},
			[]func() (watch.Interface, error){
				ends(watch.Event{Type: watch.Error, Object: &metav1.Status{Reason: metav1.StatusReasonInternalError}}),
				ends(modified("a", "2")), lasts,
			},
			[]string{"1", "2"}, true, false,
		},
		"ended as the revision is too old": {
			[]unstructured.UnstructuredList{listOf("1", stored("a", "1")), listOf("9", stored("a", "8"))},
			[]func() (watch.Interface, error){ends(watch.Event{Type: watch.Error, Object: expired()}), lasts},
			[]string{"1", "8"}, true, false,
		},
		"refused as the revision is too old, and nothing happened": {
			[]unstructured.UnstructuredList{listOf("1", stored("a", "1")), listOf("9", stored("a", "1"))},
			[]func() (watch.Interface, error){
				func() (watch.Interface, error) { return nil, &apierrors.StatusError{ErrStatus: *expired()} },
				ends(modified("a", "10")), lasts,
			},
			[]string{"1", "10"}, true, false,
		},
		"ended as the revision is too old, with a deletion that was missed": {
			[]unstructured.UnstructuredList{listOf("1", stored("a", "1")), listOf("9")},
			[]func() (watch.Interface, error){ends(watch.Event{Type: watch.Error, Object: expired()}), lasts},
			[]string{"1", "9"}, true, true,
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			o, err := observe(ctx, &flaky{lists: row.lists, watches: row.watches}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := o.await(ctx, func() bool { return len(o.versions("a")) >= len(row.want) }); err != nil {
				t.Fatalf("%v; there are %d versions", err, len(o.versions("a")))
			}
			versions := o.versions(types.UID("a"))
			for i, v := range versions {
				if got := v.object.GetResourceVersion(); got != row.want[i] {
					t.Errorf("version %d is %s; want %s", i, got, row.want[i])
				}
			}
			if o.unsure() != row.unsure || versions[len(versions)-1].deleted != row.gone {
				t.Errorf("missed %v, deleted %v", o.unsure(), versions[len(versions)-1].deleted)
			}
		})
	}
}

func TestAnObserverDoesNotAskAgainAndAgain(t *testing.T) {
	server := &flaky{lists: []unstructured.UnstructuredList{listOf("1")}, watches: []func() (watch.Interface, error){ends()}}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	o, err := observe(ctx, server, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.await(ctx, func() bool { return false }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	// The pauses are 50, 100, 200 and 400 ms.
	if n := len(server.watchesAsked()); n < 2 || n > 5 {
		t.Errorf("%d watches within half a second", n)
	}
}

func TestAGapIsNotHeldAgainstTheController(t *testing.T) {
	_, archive, _ := strings.Cut(waiting, "retriesStatus")
	h := past(t, running, strings.TrimSuffix(bad, "}")+", retriesStatus"+archive)
	if betweenAttempts(h) == "" {
		t.Error("without a gap nothing is said of a run that was False between attempts")
	}
	h.versions[1].gap = true
	for _, c := range historyCases() {
		if wrong := c.check(h); wrong != "" {
			t.Errorf("%s: %s", c.Title, wrong)
		}
	}
	child := past(t, running).versions
	child[0].gap = true
	h = history{versions: past(t, good).versions, children: [][]version{child}}
	child[0].object.SetResourceVersion("7")
	if wrong := startsBeforeChildren(h) + noLateChildren(h); wrong != "" {
		t.Error(wrong)
	}
}
