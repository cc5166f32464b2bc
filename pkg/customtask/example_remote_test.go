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

package customtask_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/customtasks/customtasks/internal/exampletest"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"knative.dev/pkg/apis"
)

var trainingKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Training"}

// Training says what to train.
type Training struct {
	Model string `json:"model"`
}

// jobs is a service that trains models. It numbers the jobs, and knows each by the key of its start.
type jobs struct {
	keys    []string
	percent int
	lost    bool // answers do not arrive
}

func (j *jobs) number(key string) int { return slices.Index(j.keys, key) + 1 }

// training drives jobs of the service. The handle is the job's number.
type training struct{ service *jobs }

var _ customtask.RemoteTask[Training, int] = training{}

func (t training) Start(_ context.Context, run *customtask.Run[Training]) (int, error) {
	if t.service.number(run.AttemptKey()) == 0 {
		t.service.keys = append(t.service.keys, run.AttemptKey())
	}
	if t.service.lost {
		return 0, errors.New("connection reset")
	}
	return t.service.number(run.AttemptKey()), nil
}

func (t training) Poll(_ context.Context, _ *customtask.Run[Training], job int) (customtask.Outcome, error) {
	if t.service.percent == 100 {
		return customtask.Succeeded("Trained", fmt.Sprintf("job %d is done", job)), nil
	}
	message := fmt.Sprintf("job %d is at %d%%", job, t.service.percent)
	return customtask.Running("Training", message).After(time.Minute), nil
}

func (t training) Cancel(_ context.Context, _ *customtask.Run[Training], job int, _ customtask.StopReason) (customtask.Outcome, error) {
	fmt.Printf("job %d is cancelled\n", job)
	return customtask.Stopped(), nil
}

// An operation is started once, and looked at until it is over.
func ExampleRemote() {
	service := &jobs{}
	h := customtasktest.New(exampletest.T{}, trainingKind, customtask.Remote[Training, int](training{service}))
	h.Create(customtasktest.Run("train", trainingKind))
	for _, service.percent = range []int{40, 100} {
		h.Settle("train")
		h.Restart() // what is known of the operation is stored with the run
		c := h.Get("train").Status.GetCondition(apis.ConditionSucceeded)
		fmt.Printf("%s %s: %s\n", c.Status, c.Reason, c.Message)
		h.Advance(time.Minute)
	}
	fmt.Println("jobs:", len(service.keys))
	// Output:
	// Unknown Training: job 1 is at 40%
	// True Trained: job 1 is done
	// jobs: 1
}

// An operation that goes on is cancelled with the run.
func ExampleRemoteTask() {
	h := customtasktest.New(exampletest.T{}, trainingKind, customtask.Remote[Training, int](training{&jobs{}}))
	h.Create(customtasktest.Run("train", trainingKind))
	h.Settle("train")
	h.Cancel("train", "too expensive")
	h.Settle("train")
	c := h.Get("train").Status.GetCondition(apis.ConditionSucceeded)
	fmt.Printf("%s %s: %s\n", c.Status, c.Reason, c.Message)
	// Output:
	// job 1 is cancelled
	// False CustomRunCancelled: too expensive
}

// findable can look a job up by its key.
type findable struct{ training }

var _ customtask.RemoteFinder[Training, int] = findable{}

func (f findable) Find(_ context.Context, run *customtask.Run[Training]) (job int, found bool, err error) {
	job = f.service.number(run.AttemptKey())
	return job, job > 0, nil
}

// The answer to the start is lost, and the run is cancelled. The job is found, and cancelled too.
func ExampleRemoteFinder() {
	service := &jobs{lost: true}
	h := customtasktest.New(exampletest.T{}, trainingKind, customtask.Remote[Training, int](findable{training{service}}))
	h.Create(customtasktest.Run("train", trainingKind))
	h.Settle("train")
	h.Cancel("train", "too expensive")
	h.Settle("train")
	fmt.Println("jobs:", len(service.keys))
	// Output:
	// job 1 is cancelled
	// jobs: 1
}
