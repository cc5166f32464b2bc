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

package cel

import (
	"context"
	"errors"
	"testing"

	"github.com/customtasks/customtasks/internal/expression"
	"github.com/customtasks/customtasks/pkg/apis/cel/v1alpha1"
	"github.com/customtasks/customtasks/pkg/client/clientset/versioned/fake"
	listers "github.com/customtasks/customtasks/pkg/client/listers/cel/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"
)

// The time of a run is on the clock of the machine, so that here it is over before it begins.
func TestNothingIsCompiledAfterTheTimeOfTheRun(t *testing.T) {
	env, err := expression.New()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e := &evaluation{ctx: ctx, env: env}
	_, _, err = e.eval(`expression "a"`, "1 +")
	var failure *customtask.Failure
	if !errors.As(err, &failure) || failure.Reason() != ReasonEvaluationTimedOut {
		t.Errorf("got %v; want a failure with reason %s", err, ReasonEvaluationTimedOut)
	}
}

func TestAnObjectThatTheCacheDoesNotHaveYetIsReadLive(t *testing.T) {
	object := &v1alpha1.CEL{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "new"}, Spec: v1alpha1.CELSpec{Cond: &v1alpha1.Condition{Expression: "true"}}}
	task := &Task{definitions: definitions{
		lister: listers.NewCELLister(cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{})),
		client: fake.NewSimpleClientset(object),
	}}
	spec, err := task.GetSpec(t.Context(), "ns", "new")
	if err != nil || spec.Cond.Expression != "true" {
		t.Errorf("got %v, %v; want the spec of the object", spec, err)
	}
}
