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
	"errors"
	"testing"
	"time"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
)

func TestAnAttemptsChildIsRememberedSinceItWasFirstSeen(t *testing.T) {
	var s seen
	first := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	if _, ok := s.has("run", 1); ok {
		t.Error("a child is remembered that nobody has seen")
	}
	s.mark("run", 1, first)
	s.mark("run", 1, first.Add(time.Minute))
	s.mark("other", 2, first.Add(time.Minute))
	if since, ok := s.has("run", 1); !ok || !since.Equal(first) {
		t.Errorf("%v, since %s; want since %s", ok, since, first)
	}
	s.mark("run", 2, first.Add(time.Hour))
	if _, ok := s.has("run", 1); ok {
		t.Error("the child of an attempt that is over is remembered")
	}
	if since, ok := s.has("run", 2); !ok || !since.Equal(first.Add(time.Hour)) {
		t.Errorf("C45: %v, since %s; want the time of the second attempt", ok, since)
	}
}

// informer gives its events to the test.
type informer struct {
	cache.SharedIndexInformer
	handler cache.ResourceEventHandler
	err     error
}

func (i *informer) AddEventHandler(h cache.ResourceEventHandler) (cache.ResourceEventHandlerRegistration, error) {
	i.handler = h
	return nil, i.err
}

func TestRunsThatAreDeletedAreForgotten(t *testing.T) {
	var s seen
	var runs informer
	if err := s.follow(&runs); err != nil {
		t.Fatal(err)
	}
	run := func(uid string) *v1beta1.CustomRun {
		return &v1beta1.CustomRun{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "run", UID: "uid-of-" + types.UID(uid)}}
	}
	for _, uid := range []string{"a", "b", "c"} {
		s.mark(run(uid).UID, 1, time.Time{})
	}
	runs.handler.OnUpdate(run("c"), run("c"))
	runs.handler.OnDelete(run("a"))
	runs.handler.OnDelete(cache.DeletedFinalStateUnknown{Obj: run("b")})
	runs.handler.OnDelete("what is no object")
	for uid, want := range map[string]bool{"a": false, "b": false, "c": true} {
		if _, ok := s.has(run(uid).UID, 1); ok != want {
			t.Errorf("%s is remembered: %v; want %v", uid, ok, want)
		}
	}
	if n := len(s.attempts); n != 1 {
		t.Errorf("%d runs take memory; want 1", n)
	}
	broken := &informer{err: errors.New("stopped")}
	if err := s.follow(broken); !errors.Is(err, broken.err) {
		t.Errorf("got %v; want that it cannot follow", err)
	}
}
