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
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
)

// fieldManager is the name under which the suite writes.
const fieldManager = "customtask-conformance"

// window is how long a case looks on to see that nothing happens.
const window = 2 * time.Second

// scene is where one case plays: a namespace of its own, everything recorded.
type scene struct {
	ctx       context.Context
	suite     *suite
	profile   Profile
	namespace string
	runs      *observer
	children  []*observer
	observers []*observer
	restart   func() error
	// background is what must have ended before the case has.
	background sync.WaitGroup

	mu       sync.Mutex
	expected string
	seen     string
	subject  *subject
	problems []string
	// pointless is why the case turned out not to apply.
	pointless string
	// exempt are runs whose status the case itself wrote, so that their history proves nothing.
	exempt map[types.UID]bool
	actors map[string]*Entry
	// tolerant is set if commands may fail, as when a run ends before its vote is cast.
	tolerant bool
	undo     []func(context.Context)
	// needs are what the tasks of a pipeline need beside their own fields, by their names.
	needs map[string]needs
}

// failed ends a case.
type failed struct{}

// expect says what must be so. It goes into the report.
func (s *scene) expect(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expected = fmt.Sprintf(format, args...)
}

// see says what was seen, in a case that passes.
func (s *scene) see(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = fmt.Sprintf(format, args...)
}

// fatalf fails the case and ends it.
func (s *scene) fatalf(format string, args ...any) {
	s.problem(format, args...)
	panic(failed{})
}

// skip ends a case that turned out not to apply.
func (s *scene) skip(reason string) {
	s.mu.Lock()
	s.pointless = reason
	s.mu.Unlock()
	panic(failed{})
}

// problem fails the case, which goes on.
func (s *scene) problem(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

// mayFail says that commands of the profile may fail without failing the case.
func (s *scene) mayFail() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tolerant = true
}

// must ends the case if one of the suite's own requests went wrong.
func (s *scene) must(err error, format string, args ...any) {
	if err != nil {
		s.fatalf("%s: %v", fmt.Sprintf(format, args...), err)
	}
}

// play runs a case's function to its end.
func (s *scene) play(f func(*scene)) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(failed); !ok {
				s.problem("the suite itself panicked: %v\n%s", r, debug.Stack())
			}
		}
		for i := len(s.undo) - 1; i >= 0; i-- {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), 30*time.Second)
			s.undo[i](ctx)
			cancel()
		}
	}()
	f(s)
}

// cleanup is called at the end of the case, whatever came of it.
func (s *scene) cleanup(f func(context.Context)) { s.undo = append(s.undo, f) }

// patiently waits for something that must happen.
func (s *scene) patiently(o *observer, what string, look func() bool) {
	ctx, cancel := context.WithTimeout(s.ctx, s.suite.options.Patience)
	defer cancel()
	err := o.await(ctx, look)
	switch {
	case err == nil:
	case s.ctx.Err() != nil:
		s.fatalf("the suite ran out of time, or was interrupted, while it waited for %s", what)
	case errors.Is(err, context.DeadlineExceeded):
		if trouble := o.troubles(); trouble != nil {
			what += fmt.Sprintf(" (the suite has trouble to see anything: %v)", trouble)
		}
		s.fatalf("not seen within %s: %s", s.suite.options.Patience, what)
	default:
		s.fatalf("while waiting for %s: %v", what, err)
	}
}

// wait lets a time pass, as for a window in which nothing must happen.
func (s *scene) wait(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.ctx.Done():
		s.fatalf("the suite ran out of time, or was interrupted")
	}
}

func (s *scene) resource(r schema.GroupVersionResource) dynamic.ResourceInterface {
	return s.suite.dynamic.Resource(r).Namespace(s.namespace)
}

// apply creates an object of any kind in the scene's namespace.
func (s *scene) apply(manifest map[string]any) *unstructured.Unstructured {
	object, err := s.suite.create(s.ctx, s.namespace, manifest)
	s.must(err, "creating an object for the case")
	return object
}

// remove deletes an object that apply returned.
func (s *scene) remove(object *unstructured.Unstructured) {
	client, err := s.suite.clientFor(object, s.namespace)
	s.must(err, "finding the resource of %s", object.GetKind())
	background := metav1.DeletePropagationBackground
	err = client.Delete(s.ctx, object.GetName(), metav1.DeleteOptions{PropagationPolicy: &background})
	s.must(err, "deleting %s %s", object.GetKind(), object.GetName())
}
