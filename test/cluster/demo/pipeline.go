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

package demo

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/customtasks/customtasks/test/cluster"
)

// namespace is where the demo's runs are.
const namespace = "demo"

// launch applies the tasks and the pipeline in examples/approval, and then its PipelineRun, whose name it returns.
func launch(ctx context.Context, c *cluster.Cluster) (string, error) {
	objects, err := cluster.ReadManifests(filepath.Join(c.RepoRoot(), "examples", "approval"))
	if err != nil {
		return "", err
	}
	var definitions, runs []*unstructured.Unstructured
	for _, object := range objects {
		switch object.GetKind() {
		case "PipelineRun":
			runs = append(runs, object)
		case "Task", "Pipeline":
			definitions = append(definitions, object)
		}
	}
	if len(runs) != 1 {
		return "", fmt.Errorf("examples/approval holds %d PipelineRuns, not one", len(runs))
	}
	created, err := c.Apply(ctx, namespace, append(definitions, runs...)...)
	if err != nil {
		return "", err
	}
	return created[len(created)-1].GetName(), nil
}

// finished waits for the end of the PipelineRun, and checks that it is the one wanted.
func (f *follower) finished(ctx context.Context, name, wantStatus string) error {
	var end condition
	err := f.until(ctx, "the PipelineRun to end", func() error {
		run := f.find("PipelineRun", named(name))
		if run == nil {
			return errNotYet
		}
		if end = succeeded(run); !end.done() {
			return errNotYet
		}
		return nil
	})
	if err != nil {
		return err
	}
	if end.status != wantStatus {
		return fmt.Errorf("the PipelineRun ended with Succeeded=%s, not %s", end, wantStatus)
	}
	return nil
}

// deployed returns what the deploy task was told: the params of its TaskRun, as NAME=VALUE.
func (f *follower) deployed() ([]string, error) {
	run := f.find("TaskRun", func(u *unstructured.Unstructured) bool {
		return u.GetLabels()["tekton.dev/pipelineTask"] == "deploy"
	})
	if run == nil {
		return nil, errNotRun
	}
	params, _, err := unstructured.NestedSlice(run.Object, "spec", "params")
	if err != nil {
		return nil, fmt.Errorf("reading the params of %s: %w", run.GetName(), err)
	}
	var told []string
	for _, param := range params {
		if m, ok := param.(map[string]any); ok {
			told = append(told, fmt.Sprintf("%v=%v", m["name"], m["value"]))
		}
	}
	return told, nil
}

// errNotRun says that the deploy task has no TaskRun.
var errNotRun = errors.New("the deploy task has not run")

func named(name string) func(*unstructured.Unstructured) bool {
	return func(u *unstructured.Unstructured) bool { return u.GetName() == name }
}
