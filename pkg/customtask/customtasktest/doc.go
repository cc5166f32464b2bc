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

// Package customtasktest tests custom tasks without a cluster: the task's real controller on fake
// clients that behave as an API server does in what matters here, with a clock that the test moves.
//
//	h := customtasktest.New(t, gvk, &MyTask{})
//	h.Create(customtasktest.Run("run", gvk))
//	h.Settle("run")
//	h.Advance(time.Minute)
//	h.Settle("run")
//	run := h.Get("run")
//
// Nothing happens between calls: a test decides when the cache sees what was written, when a
// reconcile takes place and when the controller restarts. After every reconcile the harness checks
// what must hold of every run, and fails the test if it does not.
package customtasktest
