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

// Package customtask is the SDK for Tekton custom tasks: a controller of one's own kind of CustomRun in
// about 50 lines. An author writes a [Task]; the framework does what Tekton's contract asks for.
//
//	type Greeting struct {
//		Name string `json:"name"`
//	}
//
//	type greet struct{}
//
//	func (greet) Reconcile(_ context.Context, run *customtask.Run[Greeting]) (customtask.Outcome, error) {
//		return customtask.Succeeded("Greeted", "said hello").WithResult("greeting", "Hello "+run.Spec.Name), nil
//	}
//
//	func main() {
//		gvk := schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Greeting"}
//		sharedmain.Main("controller", customtask.NewController(gvk, greet{}))
//	}
//
// What a reconcile does, always in this order; the first that applies ends it:
//
//  1. Foreign: a run of another apiVersion and kind is never written.
//  2. Deleted: the task is stopped; then the finalizer, if the task is [External], is removed.
//  3. Done: a finished run is final; only observedGeneration follows the generation.
//  4. First sight: the spec is resolved and validated, and Succeeded=Unknown is stored with startTime,
//     before any side effect. A run that is cancelled by then ends here, and nothing has begun.
//  5. Cancelled: the task is stopped and the run ends with reason CustomRunCancelled.
//  6. Timed out: the task is stopped; the next attempt starts, or the run ends with CustomRunTimedOut.
//  7. Spec: the snapshot that was stored at the start is used; later edits change nothing.
//  8. Author: [Task.Reconcile] is called.
//  9. Apply: the new status is computed and written once, with the resourceVersion that was read. On a
//     conflict all of this starts again from fresh state.
//  10. Requeue: at the earliest of what the task asked for, the deadline, and the next attempt.
//
// The spec of a run comes from the named object, or from customSpec, or is empty. References to params
// in it are replaced; then come defaults, params, and validation: see [Validatable].
//
// What of this package may change, and when, is in docs/compatibility.md.
package customtask
