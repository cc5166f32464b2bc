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

package customtasktest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/utils/clock"
)

// Clientset is what a generated fake clientset offers to a [Server].
type Clientset interface {
	PrependReactor(verb, resource string, reaction clienttesting.ReactionFunc)
	Tracker() clienttesting.ObjectTracker
}

// Server makes fake clientsets behave as an API server: it gives UIDs, creation times and resource
// versions, refuses writes with an old resource version, keeps spec and status apart, and lets a test
// make writes fail.
type Server struct {
	clock clock.PassiveClock

	// created says what is wrong with an object that a controller creates.
	created func(schema.GroupVersionResource, runtime.Object) []string

	mu       sync.Mutex
	served   map[Clientset]bool
	version  int
	uids     int
	writes   []string
	reads    []string
	faults   []fault
	children []child
	stepped
}

// child is an object that a controller created, and where it is.
type child struct {
	tracker  clienttesting.ObjectTracker
	resource schema.GroupVersionResource
	name     types.NamespacedName
}

// fault is one write that goes wrong.
type fault struct {
	match string
	err   error
	lost  bool
}

// NewServer returns a Server whose times are the clock's.
func NewServer(c clock.PassiveClock) *Server {
	return &Server{clock: c, served: map[Clientset]bool{}}
}

// Serve puts the server behind a fake clientset, once.
func (s *Server) Serve(c Clientset) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.served[c] {
		return
	}
	s.served[c] = true
	tracker := c.Tracker()
	c.PrependReactor("*", "*", func(action clienttesting.Action) (bool, runtime.Object, error) {
		// The interfaces of creations and updates are alike, so the verb tells.
		switch action.GetVerb() {
		case "create":
			return s.write(tracker, action, func() (runtime.Object, error) {
				return s.create(tracker, action.(clienttesting.CreateAction))
			})
		case "update":
			return s.write(tracker, action, func() (runtime.Object, error) {
				return s.update(tracker, action.(clienttesting.UpdateAction))
			})
		case "patch":
			return s.write(tracker, action, func() (runtime.Object, error) {
				return s.patch(tracker, action.(clienttesting.PatchAction))
			})
		default:
			s.read(action)
			return false, nil, nil
		}
	})
}

// read takes note of what the controller reads from the API server.
func (s *Server) read(action clienttesting.Action) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if verb := action.GetVerb(); s.stepping && (verb == "get" || verb == "list") {
		s.reads = append(s.reads, name(action))
	}
}

// Reads lists what the controller has read from the API server, past its caches, in order, as in
// "get taskruns".
func (s *Server) Reads() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.reads...)
}

// Writes lists the writes so far, in order, as in "update customruns/status".
func (s *Server) Writes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.writes...)
}

// FailNext makes the next write that is called match, as in "update customruns/status", or "" for any,
// fail with err and change nothing.
func (s *Server) FailNext(match string, err error) { s.fail(fault{match: match, err: err}) }

// LoseNext makes the next such write take effect and answer with err all the same, as when a connection
// breaks.
func (s *Server) LoseNext(match string, err error) { s.fail(fault{match: match, err: err, lost: true}) }

func (s *Server) fail(f fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
}

// Name of a write, as Writes and FailNext have it.
func name(action clienttesting.Action) string {
	out := action.GetVerb() + " " + action.GetResource().Resource
	if sub := action.GetSubresource(); sub != "" {
		out += "/" + sub
	}
	return out
}

func (s *Server) write(tracker clienttesting.ObjectTracker, action clienttesting.Action, do func() (runtime.Object, error)) (bool, runtime.Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	called := name(action)
	s.writes = append(s.writes, called)
	if object, err, happened := s.happens(tracker, action, do); happened {
		return true, object, err
	}
	for i, f := range s.faults {
		if f.match != "" && f.match != called {
			continue
		}
		s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		s.wrong = true
		if f.lost {
			_, _ = do() //nolint:errcheck // the answer is lost
		}
		return true, nil, f.err
	}
	object, err := do()
	if err != nil {
		s.wrong = true
	}
	return true, object, err
}

func (s *Server) create(tracker clienttesting.ObjectTracker, a clienttesting.CreateAction) (runtime.Object, error) {
	object := a.GetObject().DeepCopyObject()
	m, err := meta.Accessor(object)
	if err != nil {
		return nil, err
	}
	s.uids++
	if m.GetName() == "" {
		m.SetName(m.GetGenerateName() + strconv.Itoa(s.uids))
	}
	if m.GetNamespace() == "" {
		m.SetNamespace(a.GetNamespace())
	}
	if m.GetUID() == "" {
		m.SetUID(types.UID(fmt.Sprintf("uid-%d", s.uids)))
	}
	if created := m.GetCreationTimestamp(); created.IsZero() {
		m.SetCreationTimestamp(metav1.NewTime(s.clock.Now()).Rfc3339Copy())
	}
	m.SetGeneration(1)
	s.stamp(m)
	if s.stepping && s.created != nil {
		s.broken = append(s.broken, s.created(a.GetResource(), object)...)
	}
	if object, err = stored(object); err != nil {
		return nil, err
	}
	if err := tracker.Create(a.GetResource(), object, m.GetNamespace()); err != nil {
		return nil, err
	}
	if s.stepping || s.arriving {
		s.children = append(s.children, child{tracker, a.GetResource(), types.NamespacedName{Namespace: m.GetNamespace(), Name: m.GetName()}})
	}
	return object.DeepCopyObject(), nil
}

func (s *Server) update(tracker clienttesting.ObjectTracker, a clienttesting.UpdateAction) (runtime.Object, error) {
	sent := a.GetObject()
	m, err := meta.Accessor(sent)
	if err != nil {
		return nil, err
	}
	current, err := tracker.Get(a.GetResource(), m.GetNamespace(), m.GetName())
	if err != nil {
		return nil, err
	}
	was, err := meta.Accessor(current)
	if err != nil {
		return nil, err
	}
	if m.GetResourceVersion() != "" && m.GetResourceVersion() != was.GetResourceVersion() || m.GetUID() != was.GetUID() {
		return nil, apierrors.NewConflict(a.GetResource().GroupResource(), m.GetName(), fmt.Errorf("the object has been modified"))
	}
	if m.GetResourceVersion() == "" && s.stepping {
		s.broken = append(s.broken, fmt.Sprintf("C50: %s %q has no resourceVersion, so that it overwrites what others have written", name(a), m.GetName()))
	}
	next := current.DeepCopyObject()
	changed, err := take(next, sent, strings.Contains(a.GetSubresource(), "status"))
	if err != nil {
		return nil, err
	}
	n, err := meta.Accessor(next)
	if err != nil {
		return nil, err
	}
	if a.GetSubresource() == "" {
		labels, annotations := n.GetLabels(), n.GetAnnotations()
		n.SetLabels(m.GetLabels())
		n.SetAnnotations(m.GetAnnotations())
		metadata := !equality.Semantic.DeepEqual(labels, n.GetLabels()) || !equality.Semantic.DeepEqual(annotations, n.GetAnnotations())
		if changed {
			n.SetGeneration(was.GetGeneration() + 1)
		}
		changed = changed || metadata
	}
	if s.stepping && !changed {
		s.broken = append(s.broken, fmt.Sprintf("C21: a write of %s %q changed nothing", name(a), m.GetName()))
	}
	return s.store(tracker, a, next)
}

func (s *Server) stamp(m metav1.Object) {
	s.version++
	m.SetResourceVersion(strconv.Itoa(s.version))
}

// stored is the object as it comes back: what JSON does not carry, such as parts of a second, is gone.
func stored(object runtime.Object) (runtime.Object, error) {
	raw, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	out := reflect.New(reflect.TypeOf(object).Elem()).Interface().(runtime.Object)
	return out, json.Unmarshal(raw, out)
}
