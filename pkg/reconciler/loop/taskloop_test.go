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

package loop_test

import (
	"testing"

	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/loop"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

const byWord = `{"iterateParam": "word", "taskRef": {"name": "echo"}}`

func TestALoopRunsOneIterationAfterTheOther(t *testing.T) {
	p := newTaskLoops(t, options{})
	p.Create(taskRun(customtasktest.Spec(byWord), words(3), customtasktest.Param("other", "x")))
	p.Finish("run", p.outcomes(echo))
	p.want(corev1.ConditionTrue, loop.ReasonSucceeded, "all 3 iterations succeeded")
	if p.most != 1 {
		t.Errorf("%d children at once; want 1", p.most)
	}
	want := map[string]string{
		"out": `["1","2","3"]`, "count": "3", "succeeded": "3", "failed": "0", "last-idx": "3", "last-elem": "w3", "condition": "succeeded",
	}
	if diff := cmp.Diff(want, p.results("run")); diff != "" {
		t.Errorf("results (-want, +got):\n%s", diff)
	}
	var params []string
	for _, c := range p.children() {
		for _, param := range c.params() {
			params = append(params, param.Name+"="+param.Value.StringVal)
		}
	}
	if diff := cmp.Diff([]string{"other=x", "word=w1", "other=x", "word=w2", "other=x", "word=w3"}, params); diff != "" {
		t.Errorf("params (-want, +got):\n%s", diff)
	}
}

func TestTheServiceAccountOfAnIteration(t *testing.T) {
	rows := map[string]struct{ run, loop, want string }{
		"is the loop's":                      {"of-the-run", "of-the-loop", "of-the-loop"},
		"is the run's if the loop has none":  {"of-the-run", "", "of-the-run"},
		"is Tekton's default if nobody says": {"", "", ""},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			more := ""
			if row.loop != "" {
				more = `"serviceAccountName": "` + row.loop + `"`
			}
			tasks, pipelines := newTaskLoops(t, options{}), newPipelineLoops(t, options{})
			task, pipeline := taskRun(specOf("taskRef", "concurrency", 1, more), words(1)), pipelineRun(specOf("pipelineRef", "parallelism", 1, more), words(1))
			task.Spec.ServiceAccountName, pipeline.Spec.ServiceAccountName = row.run, row.run
			tasks.Create(task)
			tasks.Settle("run")
			pipelines.Create(pipeline)
			pipelines.Settle("run")
			if got := tasks.children()[0].task.Spec.ServiceAccountName; got != row.want {
				t.Errorf("a TaskRun has %q; want %q", got, row.want)
			}
			if got := pipelines.children()[0].pipeline.Spec.TaskRunTemplate.ServiceAccountName; got != row.want {
				t.Errorf("a PipelineRun has %q; want %q", got, row.want)
			}
		})
	}
}
