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

package customtask

import (
	"github.com/customtasks/customtasks/internal/lifecycle"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

// Reasons that the framework gives to a run's Succeeded condition. A task's own reasons stand beside
// them; all are CamelCase.
const (
	// ReasonStarted: an attempt has started (Unknown).
	ReasonStarted = string(v1beta1.CustomRunReasonStarted)
	// ReasonStarting: a remote operation is about to start (Unknown).
	ReasonStarting = "Starting"
	// ReasonRunning: the attempt goes on (Unknown).
	ReasonRunning = string(v1beta1.CustomRunReasonRunning)
	// ReasonTryingAgain: the task met an error that is tried again (Unknown).
	ReasonTryingAgain = lifecycle.ReasonTryingAgain
	// ReasonStopping: the attempt's work is being stopped (Unknown).
	ReasonStopping = lifecycle.ReasonStopping
	// ReasonRetryPending: an attempt failed, and the next one has not started (Unknown).
	ReasonRetryPending = lifecycle.ReasonRetryPending
	// ReasonCancelled: somebody cancelled the run (False).
	ReasonCancelled = string(v1beta1.CustomRunReasonCancelled)
	// ReasonTimedOut: the last attempt ran into its timeout (False).
	ReasonTimedOut = string(v1beta1.CustomRunReasonTimedOut)
	// ReasonWorkspaceNotSupported: the run has workspaces and the task takes none (False).
	ReasonWorkspaceNotSupported = string(v1beta1.CustomRunReasonWorkspaceNotSupported)
	// ReasonInvalidSpec: the run, its embedded spec or the named object is not valid (False).
	ReasonInvalidSpec = lifecycle.ReasonInvalidSpec
	// ReasonInvalidParams: a param is missing, unknown, of the wrong type or not valid (False).
	ReasonInvalidParams = "InvalidParams"
	// ReasonDefinitionNotFound: customRef names an object that does not exist (False).
	ReasonDefinitionNotFound = "DefinitionNotFound"
	// ReasonNameNotSupported: customRef has a name and the kind has no named objects (False).
	ReasonNameNotSupported = "NameNotSupported"
	// ReasonNameRequired: the kind needs a named object or an embedded spec (False).
	ReasonNameRequired = "NameRequired"
	// ReasonCustomSpecNotSupported: the run has an embedded spec and the kind has named objects only (False).
	ReasonCustomSpecNotSupported = "CustomSpecNotSupported"
	// ReasonForbidden: the controller may not read the named object (False).
	ReasonForbidden = "Forbidden"
	// ReasonInvalidResult: a result is badly named, repeated or too large (False).
	ReasonInvalidResult = lifecycle.ReasonInvalidResult
	// ReasonInvalidStatus: the API server refused the run's status for good, as being too large (False).
	ReasonInvalidStatus = lifecycle.ReasonInvalidStatus
	// ReasonStateTooLarge: the task's state is over its bound (False).
	ReasonStateTooLarge = lifecycle.ReasonStateTooLarge
	// ReasonStoppedItself: Reconcile returned Stopped (False, when no retries are left).
	ReasonStoppedItself = lifecycle.ReasonStoppedItself
	// ReasonPanicked: the task's code panicked (False, when no retries are left).
	ReasonPanicked = lifecycle.ReasonPanicked
)
