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

import (
	"crypto/sha256"
	"encoding/hex"
)

const (
	// LabelRequestUID is put on a decision by admission: the UID of the request that it is a vote on.
	LabelRequestUID = "approval.tekton.dev/request-uid"
	// LabelVoter is put on a decision by admission: VoterLabel of who casts it, to find all votes of one voter.
	LabelVoter = "approval.tekton.dev/voter"
	// LabelRun is put on a request: the name of the CustomRun that waits, if it fits a label.
	LabelRun = "approval.tekton.dev/customrun"
	// AnnotationStartedBy is put on a PipelineRun by admission: the name of the user who created it.
	AnnotationStartedBy = "approval.tekton.dev/started-by"
	// AnnotationStartedFor is on a PipelineRun that a controller of custom tasks has made for a CustomRun: the
	// UID of that run, whose PipelineRun says who started it all.
	AnnotationStartedFor = "approval.tekton.dev/started-for"
	// StartedByGuard is the ValidatingAdmissionPolicy, and its binding, that keeps both of them true.
	StartedByGuard = "started-by.approval.tekton.dev"
)

// VoterLabel stands for a user's name in a label, which would not hold every name: 40 digits of its SHA-256.
func VoterLabel(username string) string {
	sum := sha256.Sum256([]byte(username))
	return hex.EncodeToString(sum[:20])
}

// Final reports whether the state never changes again.
func (s State) Final() bool { return s != StatePending && s != "" }
