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

package cluster

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Annotations that say how a TaskRun's simulated pod ends. Tekton carries them from the Task and the TaskRun, and
// from the PipelineRun, to the pod. A test may also put them on the pod while it runs.
//
// The environment of the first step goes before them, in which a Task may use its params: so each of many TaskRuns
// of one Task ends in its own way.
const (
	// PodResults is what the Task's results are: see TaskResults. Default: none. In the environment: KWOK_RESULTS.
	PodResults = "kwok.customtasks.dev/results"
	// PodExitCode is the exit code of every step; any but "0" fails the TaskRun. Default: "0". In the environment:
	// KWOK_EXIT_CODE.
	PodExitCode = "kwok.customtasks.dev/exit-code"
	// PodDuration is how long the steps run, as a Go duration. Default: "0s". In the environment: KWOK_DURATION.
	PodDuration = "kwok.customtasks.dev/duration"
)

// TaskResults is the value of PodResults for string results: what Tekton's entrypoint would have left as the
// step's termination message.
func TaskResults(results map[string]string) (string, error) {
	const taskResult = 1 // Tekton's result.TaskRunResultType
	type entry struct {
		Key   string `json:"key"`
		Value string `json:"value"`
		Type  int    `json:"type"`
	}
	entries := []entry{}
	for name, value := range results {
		entries = append(entries, entry{name, value, taskResult})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		if a.Key < b.Key {
			return -1
		}
		return 1
	})
	message, err := json.Marshal(entries)
	if err != nil {
		return "", fmt.Errorf("encoding task results: %w", err)
	}
	return string(message), nil
}
