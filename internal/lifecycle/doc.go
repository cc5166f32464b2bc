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

// Package lifecycle drives one CustomRun from creation to its end. It knows nothing of what a kind
// does: a kind is a [Work]. Every rule of Tekton's contract for custom tasks lives here, once.
//
// A reconcile takes these decisions, always in this order. The first that applies ends the pass.
//
//  1. Foreign: a run of another apiVersion and kind is never written.
//  2. Deleted: the work is stopped, then the finalizer, if the kind needs one, is removed.
//  3. Done: a finished run is final; only observedGeneration follows the generation.
//  4. First sight: nothing is stored yet. The spec is resolved and validated (7), and
//     Succeeded=Unknown is stored with startTime before any side effect. A run that is cancelled
//     by then ends here, and nothing has begun.
//  5. Cancelled: the work is stopped and the run ends with reason CustomRunCancelled.
//  6. Timed out: the work is stopped; another attempt starts or the run ends with CustomRunTimedOut.
//  7. Spec: the definition is read from the snapshot that the first attempt stored.
//  8. Author: the kind's own code runs, with a deadline of its own; a panic fails the attempt.
//  9. Apply: the new status is computed and written once, with the resourceVersion that was read.
//     A conflict starts again from fresh state.
//  10. Requeue: at the earliest of what the kind asked for, the deadline and the next attempt.
//
// A pass never runs on an object that is older than this process' own last write to it.
package lifecycle
