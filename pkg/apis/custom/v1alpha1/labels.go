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

package v1alpha1

const (
	// LabelChild is put on every TaskRun and PipelineRun that is made for a CustomRun: which of the two it is.
	// Tekton copies the labels of a PipelineRun to all that it makes.
	LabelChild = "custom.tekton.dev/child"

	// LabelOwner is put on each of them too: the UID of the CustomRun.
	LabelOwner = "custom.tekton.dev/owner"

	// ChildSelector selects the children, and nothing that Tekton makes for a PipelineRun, which has the second
	// label. The controllers of kinds with children watch TaskRuns and PipelineRuns by it: a binary that hosts
	// them has it among the selectors of its context, as in
	//
	//	filtered.WithSelectors(ctx, v1alpha1.ChildSelector)
	//
	// of github.com/tektoncd/pipeline/pkg/client/injection/informers/factory/filtered.
	ChildSelector = LabelChild + ",!tekton.dev/pipelineTask"
)
