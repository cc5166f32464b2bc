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
	"context"
	"time"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/apis"
)

// Create stores a run, in Namespace unless it says otherwise.
func (h *Harness) Create(run *v1beta1.CustomRun) *v1beta1.CustomRun {
	h.t.Helper()
	if run.Namespace == "" {
		run.Namespace = Namespace
	}
	run, err := h.Tekton.TektonV1beta1().CustomRuns(run.Namespace).Create(context.Background(), run, metav1.CreateOptions{})
	if err != nil {
		h.t.Fatalf("creating the run: %v", err)
	}
	return run
}

// Get reads a run as it is stored; nil if there is none.
func (h *Harness) Get(name string) *v1beta1.CustomRun {
	h.t.Helper()
	run, err := h.Tekton.TektonV1beta1().CustomRuns(Namespace).Get(context.Background(), name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		h.t.Fatalf("reading the run: %v", err)
	}
	return run
}

// Condition is a run's Succeeded condition as it is stored; a zero one if it has none.
func (h *Harness) Condition(name string) apis.Condition {
	h.t.Helper()
	if run := h.Get(name); run != nil {
		if c := condition(run); c != nil {
			return *c
		}
	}
	return apis.Condition{}
}

// Edit changes a run's spec as a user does.
func (h *Harness) Edit(name string, change func(*v1beta1.CustomRun)) {
	h.t.Helper()
	run := h.Get(name)
	change(run)
	if _, err := h.Tekton.TektonV1beta1().CustomRuns(run.Namespace).Update(context.Background(), run, metav1.UpdateOptions{}); err != nil {
		h.t.Fatalf("editing the run: %v", err)
	}
}

// StoreStatus stores a run's status as another writer would.
func (h *Harness) StoreStatus(run *v1beta1.CustomRun) {
	h.t.Helper()
	if _, err := h.Tekton.TektonV1beta1().CustomRuns(run.Namespace).UpdateStatus(context.Background(), run, metav1.UpdateOptions{}); err != nil {
		h.t.Fatalf("storing the run's status: %v", err)
	}
}

// Cancel cancels a run as Tekton does, with a message.
func (h *Harness) Cancel(name, message string) {
	h.t.Helper()
	h.Edit(name, func(run *v1beta1.CustomRun) {
		run.Spec.Status = v1beta1.CustomRunSpecStatusCancelled
		run.Spec.StatusMessage = v1beta1.CustomRunSpecStatusMessage(message)
	})
}

// Delete deletes a run. One with a finalizer stays, marked, until the finalizer is gone.
func (h *Harness) Delete(name string) {
	h.t.Helper()
	gvr := v1beta1.SchemeGroupVersion.WithResource("customruns")
	run := h.Get(name)
	var err error
	if len(run.Finalizers) == 0 {
		err = h.Tekton.Tracker().Delete(gvr, run.Namespace, name)
	} else {
		now := metav1.NewTime(h.Clock.Now())
		run.DeletionTimestamp = &now
		err = h.Tekton.Tracker().Update(gvr, run, run.Namespace)
	}
	if err != nil {
		h.t.Fatalf("deleting the run: %v", err)
	}
}

// Advance moves the clock.
func (h *Harness) Advance(d time.Duration) { h.Clock.SetTime(h.Clock.Now().Add(d)) }

// RecordedEvents drains the Events recorded so far, each as "Type Reason Message".
func (h *Harness) RecordedEvents() []string {
	var out []string
	for {
		select {
		case e := <-h.Events.Events:
			out = append(out, e)
		default:
			return out
		}
	}
}
