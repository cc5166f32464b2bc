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

// Package conformance checks any controller of a CustomRun kind against the contract of Tekton's custom tasks, from
// outside: it creates runs on a live cluster, records every version of them that is stored, and judges those. It
// needs to know nothing of the controller but a Profile, which says how to make a run that succeeds, fails or never
// ends.
//
//	profile, err := conformance.Load("my-kind.yaml")
//	if err != nil {
//		return err
//	}
//	report, err := conformance.Run(ctx, restConfig, profile, conformance.Options{})
//	if err != nil {
//		return err
//	}
//	return report.WriteText(os.Stdout, false)
//
// Each case has the number of the statement that it checks. Command customtask-conformance is this package as a
// program, and docs/conformance.md has the profile's fields.
package conformance
