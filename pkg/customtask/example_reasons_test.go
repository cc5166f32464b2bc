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
	"fmt"

	"github.com/customtasks/customtasks/pkg/customtask"
)

// The reasons as they are stored in runs, which is a promise too: pipelines and dashboards look for them.
func Example_reasons() {
	for _, reason := range []string{
		customtask.ReasonStarted,
		customtask.ReasonStarting,
		customtask.ReasonRunning,
		customtask.ReasonTryingAgain,
		customtask.ReasonStopping,
		customtask.ReasonRetryPending,
		customtask.ReasonCancelled,
		customtask.ReasonTimedOut,
		customtask.ReasonWorkspaceNotSupported,
		customtask.ReasonInvalidSpec,
		customtask.ReasonInvalidParams,
		customtask.ReasonDefinitionNotFound,
		customtask.ReasonNameNotSupported,
		customtask.ReasonNameRequired,
		customtask.ReasonForbidden,
		customtask.ReasonInvalidResult,
		customtask.ReasonInvalidStatus,
		customtask.ReasonStateTooLarge,
		customtask.ReasonStoppedItself,
		customtask.ReasonPanicked,
	} {
		fmt.Println(reason)
	}
	// Output:
	// Started
	// Starting
	// Running
	// TryingAgain
	// Stopping
	// RetryPending
	// CustomRunCancelled
	// CustomRunTimedOut
	// CustomRunWorkspaceNotSupported
	// InvalidSpec
	// InvalidParams
	// DefinitionNotFound
	// NameNotSupported
	// NameRequired
	// Forbidden
	// InvalidResult
	// InvalidStatus
	// StateTooLarge
	// StoppedItself
	// Panicked
}
