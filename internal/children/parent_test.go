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
	"time"

	"github.com/customtasks/customtasks/internal/children"
	"github.com/google/go-cmp/cmp"
	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestC54C55WhatAChildTakesFromItsRun(t *testing.T) {
	r := newRun("loop")
	r.Labels = map[string]string{
		"team": "a", "tekton.dev/pipelineRun": "outer", "tekton.dev/memberOf": "tasks", "tekton.dev/pipelineTask": "x",
		"custom.tekton.dev/child": "PipelineRun", "custom.tekton.dev/index": "3",
	}
	r.Annotations = map[string]string{
		"note": "kept", "results.tekton.dev/record": "x", "pipelinesascode.tekton.dev/state": "started", "chains.tekton.dev/signed": "true", "kubectl.kubernetes.io/last-applied-configuration": "{}",
		"approval.tekton.dev/started-by": "alice", "approval.tekton.dev/started-for": "other",
	}
	for kind, row := range map[string]struct {
		got         metav1.ObjectMeta
		annotations map[string]string
	}{
		"TaskRun": {children.ParentOf(r).TaskRun("child", pipelinev1.TaskRunSpec{}).ObjectMeta, map[string]string{"note": "kept"}},
		"PipelineRun": {children.ParentOf(r).PipelineRun("child", pipelinev1.PipelineRunSpec{PipelineRef: &pipelinev1.PipelineRef{Name: "build"}}).ObjectMeta, map[string]string{
			"note": "kept", "approval.tekton.dev/started-for": "loop-uid", "custom.tekton.dev/pipeline": "Pipeline/build",
		}},
	} {
		want := metav1.ObjectMeta{
			Namespace: "ns", Name: "child", OwnerReferences: []metav1.OwnerReference{r.OwnerReference()},
			Labels:      map[string]string{"team": "a", "tekton.dev/pipelineRun": "outer", "custom.tekton.dev/child": kind, "custom.tekton.dev/owner": "loop-uid"},
			Annotations: row.annotations,
		}
		if diff := cmp.Diff(want, row.got); diff != "" {
			t.Errorf("%s (-want, +got):\n%s", kind, diff)
		}
	}
}

func TestC11C56WorkspacesAndServiceAccountReachTheChild(t *testing.T) {
	r := newRun("loop")
	r.Spec.ServiceAccountName = "builder"
	r.Spec.Workspaces = []v1beta1.WorkspaceBinding{{Name: "src", SubPath: "a/b", EmptyDir: &corev1.EmptyDirVolumeSource{}}}
	own := []pipelinev1.WorkspaceBinding{
		{Name: "cache", Secret: &corev1.SecretVolumeSource{SecretName: "s"}},
		{Name: "src", ConfigMap: &corev1.ConfigMapVolumeSource{}},
	}
	want := []pipelinev1.WorkspaceBinding{
		{Name: "cache", Secret: &corev1.SecretVolumeSource{SecretName: "s"}},
		{Name: "src", SubPath: "a/b", EmptyDir: &corev1.EmptyDirVolumeSource{}},
	}
	parent := children.ParentOf(r)
	pipelineRun := parent.PipelineRun("child", pipelinev1.PipelineRunSpec{Workspaces: own}).Spec
	taskRun := parent.TaskRun("child", pipelinev1.TaskRunSpec{Workspaces: own, ServiceAccountName: "other"}).Spec
	for name, got := range map[string][]pipelinev1.WorkspaceBinding{"TaskRun": taskRun.Workspaces, "PipelineRun": pipelineRun.Workspaces} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("workspaces of the %s (-want, +got):\n%s", name, diff)
		}
	}
	if got := pipelineRun.TaskRunTemplate.ServiceAccountName; got != "builder" {
		t.Errorf("the service account is %q; want the run's", got)
	}
	if got := taskRun.ServiceAccountName; got != "other" {
		t.Errorf("the service account is %q; want the spec's own", got)
	}
	if got := parent.TaskRun("child", pipelinev1.TaskRunSpec{}).Spec.ServiceAccountName; got != "builder" {
		t.Errorf("the service account is %q; want the run's", got)
	}
	if len(own) != 2 || own[1].ConfigMap == nil {
		t.Errorf("C52: what the children are made of was changed to %v", own)
	}
}

func TestC40TimeoutsOfAChild(t *testing.T) {
	d := func(s time.Duration) *metav1.Duration { return &metav1.Duration{Duration: s * time.Second} }
	fields := func(pipeline, tasks, finally *metav1.Duration) *pipelinev1.TimeoutFields {
		return &pipelinev1.TimeoutFields{Pipeline: pipeline, Tasks: tasks, Finally: finally}
	}
	for name, row := range map[string]struct {
		left      time.Duration
		own, want *pipelinev1.TimeoutFields
	}{
		"no end and none of its own: none, whatever Tekton's default": {0, nil, fields(d(0), nil, nil)},
		"its own, where the attempt has no end":                       {0, fields(d(9), nil, d(2)), fields(d(9), nil, d(2))},
		"parts alone make the whole":                                  {0, fields(nil, d(3), d(2)), fields(d(5), d(3), d(2))},
		"parts of no whole make one, which Tekton asks for":           {0, fields(d(0), d(3), d(2)), fields(d(5), d(3), d(2))},
		"the attempt's end where it has none of its own":              {60 * time.Second, nil, fields(d(60), nil, nil)},
		"the attempt's end where its own is none":                     {60 * time.Second, fields(d(0), nil, nil), fields(d(60), nil, nil)},
		"the attempt's end where its own is later":                    {60 * time.Second, fields(d(90), nil, nil), fields(d(60), nil, nil)},
		"its own where that is earlier":                               {60 * time.Second, fields(d(30), d(20), nil), fields(d(30), d(20), nil)},
		"tasks that no longer fit leave room for finally tasks":       {60 * time.Second, fields(d(90), d(80), d(10)), fields(d(60), d(50), d(10))},
		"tasks without end end with the whole":                        {60 * time.Second, fields(nil, d(0), nil), fields(d(60), d(60), nil)},
		"finally tasks that take all the time have what is left":      {60 * time.Second, fields(nil, d(10), d(70)), fields(d(60), d(10), nil)},
		"an attempt that is all but over leaves a second":             {-time.Second, nil, fields(d(1), nil, nil)},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRun("loop")
			r.left = row.left
			got := children.ParentOf(r).PipelineRun("child", pipelinev1.PipelineRunSpec{Timeouts: row.own}).Spec.Timeouts
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("timeouts (-want, +got):\n%s", diff)
			}
			var own *metav1.Duration
			if row.own != nil {
				own = row.own.Pipeline
			}
			if own == nil && row.own != nil {
				return
			}
			taskRun := children.ParentOf(r).TaskRun("child", pipelinev1.TaskRunSpec{Timeout: own}).Spec.Timeout
			if want := row.want.Pipeline; row.own == nil && !cmp.Equal(want, taskRun) {
				t.Errorf("the TaskRun's timeout is %v; want %v", taskRun, want)
			}
		})
	}
}

func TestC40AChildThatUsesUpTheAttemptsTime(t *testing.T) {
	for name, row := range map[string]struct {
		reason   string
		deadline time.Time
		want     bool
	}{
		"a TaskRun, two seconds early":        {"TaskRunTimeout", now.Add(2 * time.Second), true},
		"a PipelineRun, late":                 {"PipelineRunTimeout", now.Add(-time.Hour), true},
		"one with less time than the attempt": {"PipelineRunTimeout", now.Add(2*time.Second + 1), false},
		"one whose attempt has no end":        {"PipelineRunTimeout", time.Time{}, false},
		"one that has failed":                 {"Failed", now, false},
	} {
		if got := (&children.Child{Reason: row.reason, Completion: now}).RanOut(row.deadline); got != row.want {
			t.Errorf("%s: %v; want %v", name, got, row.want)
		}
	}
}
