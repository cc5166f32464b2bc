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

// Command controller hosts every kind of the suite, each with a queue, workers and a lease of its own.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"maps"
	"slices"
	"strings"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/sharedmain"
	"github.com/customtasks/customtasks/pkg/reconciler/approval"
	"github.com/customtasks/customtasks/pkg/reconciler/cel"
	"github.com/customtasks/customtasks/pkg/reconciler/loop"
	"github.com/customtasks/customtasks/pkg/reconciler/subpipeline"
	"github.com/customtasks/customtasks/pkg/reconciler/wait"
	filtered "github.com/tektoncd/pipeline/pkg/client/injection/informers/factory/filtered"
	"knative.dev/pkg/injection"
	"knative.dev/pkg/signals"
)

func main() {
	kinds := map[string]injection.ControllerConstructor{
		customtask.ControllerName(approval.Kind):              approval.NewController(),
		customtask.ControllerName(approval.PolicyKind):        approval.NewPolicyController(),
		customtask.ControllerName(approval.ClusterPolicyKind): approval.NewClusterPolicyController(),
		customtask.ControllerName(subpipeline.Kind):           subpipeline.NewController(),
		customtask.ControllerName(subpipeline.PipelineKind):   subpipeline.NewPipelineController(),
		subpipeline.PipelineV1Name:                            subpipeline.NewPipelineV1Controller(),
		customtask.ControllerName(cel.Kind):                   cel.NewController(),
		customtask.ControllerName(wait.Kind):                  wait.NewController(),
		customtask.ControllerName(loop.TaskLoopKind):          loop.NewTaskLoopController(),
		customtask.ControllerName(loop.PipelineLoopKind):      loop.NewPipelineLoopController(),
		customtask.ControllerName(loop.BreakTaskKind):         loop.NewBreakTaskController(),
	}
	disabled := flag.String("disable-controllers", "",
		"Comma-separated kinds whose runs are left alone, as in \"wait.custom.tekton.dev\".")
	cfg := sharedmain.Config()
	constructors, err := enabled(kinds, *disabled)
	if err != nil {
		log.Fatal(err)
	}
	ctx := filtered.WithSelectors(signals.NewContext(), v1alpha1.ChildSelector)
	sharedmain.MainWithConfig(ctx, "controller", cfg, constructors...)
}

// enabled leaves out the kinds that are disabled: their runs are not even watched for (C5).
func enabled(kinds map[string]injection.ControllerConstructor, disabled string) ([]injection.ControllerConstructor, error) {
	kinds = maps.Clone(kinds)
	for name := range strings.SplitSeq(disabled, ",") {
		if _, ok := kinds[name]; !ok && name != "" {
			return nil, fmt.Errorf("-disable-controllers: there is no kind %q; the kinds are %s",
				name, strings.Join(slices.Sorted(maps.Keys(kinds)), ", "))
		}
		delete(kinds, name)
	}
	if len(kinds) == 0 {
		return nil, errors.New("-disable-controllers: no kind is left")
	}
	return slices.Collect(maps.Values(kinds)), nil
}
