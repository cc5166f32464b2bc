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

// Package children makes, reads and stops the TaskRuns and PipelineRuns that a run has made for it.
//
// A task takes the set that it needs in Initialize, and builds children in the name of a run:
//
//	set, err := children.PipelineRuns(ctx, env)
//
//	child := set.Cached(run.Namespace(), name)           // no request
//	if child == nil {
//		parent := children.ParentOf(run)
//		child, err = set.Create(ctx, parent.PipelineRun(name, spec))
//	}
//
// and stops what is unfinished when its attempt ends:
//
//	stopped, err := set.Cancel(ctx, all)
//
// A child is found by its deterministic name, and is a run's only if the run's UID is that of its
// controller; whatever else has the name is left alone. The caches hold children only, by
// v1alpha1.ChildSelector, and of each only what a [Child] is made of.
package children
