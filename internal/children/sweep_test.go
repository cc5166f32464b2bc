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

package children_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/apis"
	"knative.dev/pkg/kmeta"
)

func TestC61WhatGoesOnAfterTheEndOfItsRun(t *testing.T) {
	owner, other := newRun("owner"), newRun("other")
	child := func(name string, by run, change func(*pipelinev1.TaskRun)) *pipelinev1.TaskRun {
		c := &pipelinev1.TaskRun{ObjectMeta: metav1.ObjectMeta{
			Namespace: "ns", Name: name, UID: types.UID(name), OwnerReferences: []metav1.OwnerReference{*kmeta.NewControllerRef(by.CustomRun)},
		}}
		if change != nil {
			change(c)
		}
		return c
	}
	w := newWorld(t)
	for _, c := range []*pipelinev1.TaskRun{
		child("open", owner, nil),
		child("stopping", owner, func(c *pipelinev1.TaskRun) { c.Spec.Status = pipelinev1.TaskRunSpecStatusCancelled }),
		child("done", owner, func(c *pipelinev1.TaskRun) {
			c.Status.SetCondition(&apis.Condition{Type: apis.ConditionSucceeded, Status: corev1.ConditionTrue})
		}),
		child("foreign", other, nil),
	} {
		if err := w.tekton.Tracker().Add(c); err != nil {
			t.Fatal(err)
		}
		w.cached(c)
	}
	if err := w.taskRuns.Sweep(t.Context(), owner.CustomRun); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"patch taskruns"}, w.requests()); diff != "" {
		t.Errorf("requests (-want, +got):\n%s", diff)
	}
	for _, name := range []string{"open", "foreign"} {
		c, err := w.tekton.TektonV1().TaskRuns("ns").Get(t.Context(), name, metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if stopping := c.Spec.Status != ""; stopping != (name == "open") {
			t.Errorf("%s has the status %q", name, c.Spec.Status)
		}
	}
}
