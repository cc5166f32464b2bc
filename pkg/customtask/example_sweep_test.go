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

	"github.com/customtasks/customtasks/internal/exampletest"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var serverKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "TestServer"}

// testServers keeps one server for each run that needs one.
type testServers struct{ up map[string]bool }

var (
	_ customtask.Task[struct{}] = (*testServers)(nil)
	_ customtask.Sweeper        = (*testServers)(nil)
)

func (s *testServers) Reconcile(_ context.Context, run *customtask.Run[struct{}]) (customtask.Outcome, error) {
	delete(s.up, run.Name())
	return customtask.Succeeded("Used", "the server was used"), nil
}

// Sweep stops a server that another replica has started though the run is done.
func (s *testServers) Sweep(_ context.Context, run *v1beta1.CustomRun) error {
	if s.up[run.Name] {
		delete(s.up, run.Name)
		fmt.Println("stopped what went on after the end of", run.Name)
	}
	return nil
}

func ExampleSweeper() {
	servers := &testServers{up: map[string]bool{}}
	h := customtasktest.New(exampletest.T{}, serverKind, servers)
	h.Create(customtasktest.Run("run", serverKind))
	h.Settle("run")
	servers.up["run"] = true // by a replica that did not know that the run was done
	h.Step("run")
	fmt.Println(len(servers.up), "servers are left")
	// Output:
	// stopped what went on after the end of run
	// 0 servers are left
}
