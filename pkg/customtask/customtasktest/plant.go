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
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	clienttesting "k8s.io/client-go/testing"
)

// plantedVersion is the resourceVersion of what was planted.
const plantedVersion = "0"

// plant stores an object of somebody else, past the server, wherever its resource may be held.
func (s *Server) plant(resource schema.GroupVersionResource, object runtime.Object) error {
	m, err := meta.Accessor(object)
	if err != nil {
		return err
	}
	m.SetResourceVersion(plantedVersion)
	for _, tracker := range s.trackers() {
		if err := tracker.Create(resource, object.DeepCopyObject(), m.GetNamespace()); err != nil {
			return err
		}
	}
	return nil
}

// untouched reports whether what was planted is as it was.
func (s *Server) untouched(resource schema.GroupVersionResource, name types.NamespacedName) bool {
	for _, tracker := range s.trackers() {
		object, err := tracker.Get(resource, name.Namespace, name.Name)
		if err != nil {
			return false
		}
		if m, err := meta.Accessor(object); err != nil || m.GetResourceVersion() != plantedVersion {
			return false
		}
	}
	return true
}

func (s *Server) trackers() []clienttesting.ObjectTracker {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]clienttesting.ObjectTracker, 0, len(s.served))
	for c := range s.served {
		out = append(out, c.Tracker())
	}
	return out
}
