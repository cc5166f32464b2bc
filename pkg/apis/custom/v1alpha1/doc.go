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

// Package v1alpha1 holds the types of the suite's general custom tasks. Wait waits for a duration
// or until a time; TaskLoop and PipelineLoop run a Task or a Pipeline for each of many items.
//
// +k8s:deepcopy-gen=package
// +groupName=custom.tekton.dev
package v1alpha1
