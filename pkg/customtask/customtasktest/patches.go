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
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	jsonpatch "github.com/evanphx/json-patch/v5"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	clienttesting "k8s.io/client-go/testing"
)

// take copies what an update may change: the status, or everything but the status and the metadata.
func take(into, from runtime.Object, status bool) (changed bool, err error) {
	target, source := reflect.ValueOf(into).Elem(), reflect.ValueOf(from).Elem()
	if target.Type() != source.Type() {
		return false, fmt.Errorf("the harness cannot take a %T for a %T", from, into)
	}
	for i := range target.NumField() {
		switch field := target.Type().Field(i).Name; field {
		case "TypeMeta", "ObjectMeta":
			continue
		default:
			if (field == "Status") != status {
				continue
			}
		}
		changed = changed || !reflect.DeepEqual(target.Field(i).Interface(), source.Field(i).Interface())
		target.Field(i).Set(source.Field(i))
	}
	return changed, nil
}

// store puts an object in the place of the one that is there.
func (s *Server) store(tracker clienttesting.ObjectTracker, a clienttesting.Action, object runtime.Object) (runtime.Object, error) {
	m, err := meta.Accessor(object)
	if err != nil {
		return nil, err
	}
	s.stamp(m)
	if object, err = stored(object); err != nil {
		return nil, err
	}
	if err := tracker.Update(a.GetResource(), object, a.GetNamespace()); err != nil {
		return nil, err
	}
	return object.DeepCopyObject(), nil
}

// patch takes JSON patches and merge patches of any object, and of the applied ones the one that the
// framework makes: the finalizers of a manager.
func (s *Server) patch(tracker clienttesting.ObjectTracker, a clienttesting.PatchAction) (runtime.Object, error) {
	if a.GetPatchType() == types.ApplyPatchType {
		return s.patchFinalizers(tracker, a)
	}
	current, err := tracker.Get(a.GetResource(), a.GetNamespace(), a.GetName())
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(current)
	if err != nil {
		return nil, err
	}
	switch a.GetPatchType() {
	case types.MergePatchType, types.StrategicMergePatchType:
		raw, err = jsonpatch.MergePatch(raw, a.GetPatch())
	case types.JSONPatchType:
		var operations jsonpatch.Patch
		if operations, err = jsonpatch.DecodePatch(a.GetPatch()); err == nil {
			raw, err = operations.Apply(raw)
		}
	default:
		err = fmt.Errorf("the harness does not understand patches of type %s", a.GetPatchType())
	}
	if err != nil {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("patching %s %q: %v", a.GetResource().Resource, a.GetName(), err))
	}
	next := reflect.New(reflect.TypeOf(current).Elem()).Interface().(runtime.Object)
	if err := json.Unmarshal(raw, next); err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	n, err := meta.Accessor(next)
	if err != nil {
		return nil, err
	}
	merged := current.DeepCopyObject()
	changed, err := take(merged, next, strings.Contains(a.GetSubresource(), "status"))
	if err != nil {
		return nil, err
	}
	m, err := meta.Accessor(merged)
	if err != nil {
		return nil, err
	}
	if a.GetSubresource() == "" {
		m.SetLabels(n.GetLabels())
		m.SetAnnotations(n.GetAnnotations())
		m.SetFinalizers(n.GetFinalizers())
		if changed {
			m.SetGeneration(m.GetGeneration() + 1)
		}
	}
	return s.store(tracker, a, merged)
}

// patchFinalizers takes the one kind of patch that the framework makes: the finalizers of a manager.
func (s *Server) patchFinalizers(tracker clienttesting.ObjectTracker, a clienttesting.PatchAction) (runtime.Object, error) {
	var patch struct {
		metav1.TypeMeta `json:",inline"`
		Metadata        struct {
			Name            string    `json:"name"`
			Namespace       string    `json:"namespace"`
			UID             types.UID `json:"uid"`
			ResourceVersion string    `json:"resourceVersion"`
			Finalizers      []string  `json:"finalizers"`
		} `json:"metadata"`
	}
	decoder := json.NewDecoder(bytes.NewReader(a.GetPatch()))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&patch); err != nil {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("the harness takes applied patches of finalizers only: %v", err))
	}
	current, err := tracker.Get(a.GetResource(), a.GetNamespace(), a.GetName())
	if err != nil {
		return nil, err
	}
	next := current.DeepCopyObject()
	m, err := meta.Accessor(next)
	if err != nil {
		return nil, err
	}
	if uid := patch.Metadata.UID; uid != "" && uid != m.GetUID() {
		return nil, apierrors.NewConflict(a.GetResource().GroupResource(), a.GetName(), fmt.Errorf("the UID is %s, not %s", m.GetUID(), uid))
	}
	m.SetFinalizers(patch.Metadata.Finalizers)
	s.stamp(m)
	if m.GetDeletionTimestamp() != nil && len(m.GetFinalizers()) == 0 {
		return next, tracker.Delete(a.GetResource(), a.GetNamespace(), a.GetName())
	}
	if err := tracker.Update(a.GetResource(), next, a.GetNamespace()); err != nil {
		return nil, err
	}
	return next.DeepCopyObject(), nil
}
