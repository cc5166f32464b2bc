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
	"fmt"
	"time"

	"github.com/customtasks/customtasks/internal/exampletest"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"knative.dev/pkg/apis"
)

var backupKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Backup"}

// Backup says what to save.
type Backup struct {
	Database string `json:"database"`
}

// backup is a task that is one function.
type backup func(run *customtask.Run[Backup]) (customtask.Outcome, error)

func (f backup) Reconcile(_ context.Context, run *customtask.Run[Backup]) (customtask.Outcome, error) {
	return f(run)
}

// showBackup runs a task and prints the message of the run's condition.
func showBackup(task backup, opts ...customtasktest.RunOption) {
	h := customtasktest.New(exampletest.T{}, backupKind, task)
	h.Create(customtasktest.Run("nightly", backupKind, opts...))
	h.Settle("nightly")
	fmt.Println(h.Get("nightly").Status.GetCondition(apis.ConditionSucceeded).Message)
}

// Spec is the run's spec, resolved and validated.
func ExampleRun() {
	showBackup(func(run *customtask.Run[Backup]) (customtask.Outcome, error) {
		return customtask.Running("Saving", "saving "+run.Spec.Database), nil
	}, customtasktest.Spec(`{"database": "orders"}`))
	// Output: saving orders
}

func ExampleRun_Name() {
	showBackup(func(run *customtask.Run[Backup]) (customtask.Outcome, error) {
		return customtask.Running("Saving", "the archive is called "+run.Name()), nil
	})
	// Output: the archive is called nightly
}

func ExampleRun_Namespace() {
	showBackup(func(run *customtask.Run[Backup]) (customtask.Outcome, error) {
		return customtask.Running("Saving", "saving the databases of "+run.Namespace()), nil
	})
	// Output: saving the databases of test
}

func ExampleRun_Params() {
	showBackup(func(run *customtask.Run[Backup]) (customtask.Outcome, error) {
		bucket, ok, err := run.Params().String("bucket")
		if err != nil {
			return customtask.Outcome{}, err
		}
		if !ok {
			return customtask.Outcome{}, customtask.FailRun("NoBucket", `param "bucket" is missing`)
		}
		return customtask.Running("Saving", "saving to "+bucket), nil
	}, customtasktest.Param("bucket", "archive"))
	// Output: saving to archive
}

func ExampleRun_Attempt() {
	h := customtasktest.New(exampletest.T{}, backupKind, backup(func(run *customtask.Run[Backup]) (customtask.Outcome, error) {
		return customtask.Outcome{}, customtask.FailAttempt("Broke", fmt.Sprintf("attempt %d broke off", run.Attempt()))
	}))
	h.Create(customtasktest.Run("nightly", backupKind, customtasktest.Retries(1)))
	h.Settle("nightly")
	h.Advance(time.Minute)
	h.Settle("nightly")
	fmt.Println(h.Get("nightly").Status.GetCondition(apis.ConditionSucceeded).Message)
	// Output: attempt 2 broke off
}

// Two calls with the same key are one request to a service that knows idempotency keys.
func ExampleRun_AttemptKey() {
	showBackup(func(run *customtask.Run[Backup]) (customtask.Outcome, error) {
		return customtask.Running("Saving", "the request has the key "+run.AttemptKey()), nil
	})
	// Output: the request has the key uid-1-1
}

// A task that needs several objects says which one it means.
func ExampleRun_ChildName() {
	showBackup(func(run *customtask.Run[Backup]) (customtask.Outcome, error) {
		return customtask.Running("Saving", run.ChildName("dump")+" and "+run.ChildName("upload")), nil
	})
	// Output: nightly-bbc6bcde1d and nightly-69df881174
}

// Tests can move this clock; they cannot move that of the machine.
func ExampleRun_Now() {
	showBackup(func(run *customtask.Run[Backup]) (customtask.Outcome, error) {
		return customtask.Running("Saving", "it is now "+run.Now().UTC().Format(time.RFC3339)), nil
	})
	// Output: it is now 2026-01-02T03:04:05Z
}

func ExampleRun_StartTime() {
	h := customtasktest.New(exampletest.T{}, backupKind, backup(func(run *customtask.Run[Backup]) (customtask.Outcome, error) {
		passed := run.Now().Sub(run.StartTime()).Truncate(time.Second)
		return customtask.Running("Saving", "saving for "+passed.String()), nil
	}))
	h.Create(customtasktest.Run("nightly", backupKind))
	h.Settle("nightly")
	h.Advance(10 * time.Minute)
	h.Settle("nightly")
	fmt.Println(h.Get("nightly").Status.GetCondition(apis.ConditionSucceeded).Message)
	// Output: saving for 10m0s
}

func ExampleRun_Deadline() {
	showBackup(func(run *customtask.Run[Backup]) (customtask.Outcome, error) {
		deadline, ok := run.Deadline()
		if !ok {
			return customtask.Running("Saving", "there is time"), nil
		}
		return customtask.Running("Saving", "must be done by "+deadline.UTC().Format(time.TimeOnly)), nil
	}, customtasktest.Timeout(time.Hour))
	// Output: must be done by 04:04:05
}

// State is false at the attempt's start, when nothing has been stored.
func ExampleRun_State() {
	type archive struct {
		Path string `json:"path"`
	}
	showBackup(func(run *customtask.Run[Backup]) (customtask.Outcome, error) {
		var a archive
		if !run.State(&a) {
			a.Path = "/archive/" + run.Name()
			return customtask.Running("Begun", "the archive is made").WithState(a), nil
		}
		return customtask.Running("Saving", "saving to "+a.Path).WithState(a), nil
	})
	// Output: saving to /archive/nightly
}

// A child that has this reference is deleted together with the run.
func ExampleRun_OwnerReference() {
	showBackup(func(run *customtask.Run[Backup]) (customtask.Outcome, error) {
		meta := metav1.ObjectMeta{
			Namespace:       run.Namespace(),
			Name:            run.ChildName(),
			OwnerReferences: []metav1.OwnerReference{run.OwnerReference()},
		}
		owner := metav1.GetControllerOf(&meta)
		return customtask.Running("Saving", "the child is controlled by "+owner.Kind+" "+owner.Name), nil
	})
	// Output: the child is controlled by CustomRun nightly
}

// What Run has no method for is in the CustomRun. It is a copy.
func ExampleRun_Object() {
	showBackup(func(run *customtask.Run[Backup]) (customtask.Outcome, error) {
		return customtask.Running("Saving", fmt.Sprintf("%d retries are allowed", run.Object().Spec.Retries)), nil
	}, customtasktest.Retries(2))
	// Output: 2 retries are allowed
}
