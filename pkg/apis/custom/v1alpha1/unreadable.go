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
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Parts of a loop and of a sub-pipeline are Tekton's own types, which the schemas leave open. An object that
// cannot be decoded would end the list of all objects of its kind, and with it every controller of the
// process: one bad object in any namespace would stop all runs. So it is decoded to one that says why.

// decode reads an object, or only what it is called and why the rest cannot be read.
func decode(raw []byte, whole any, kind *metav1.TypeMeta, meta *metav1.ObjectMeta) (unreadable string, err error) {
	cause := json.Unmarshal(raw, whole)
	if cause == nil {
		return "", nil
	}
	var head struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata,omitempty"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return "", err
	}
	*kind, *meta = head.TypeMeta, head.ObjectMeta
	return cause.Error(), nil
}

// UnmarshalJSON reads a TaskLoop, also one that is not valid.
func (l *TaskLoop) UnmarshalJSON(raw []byte) (err error) {
	type plain TaskLoop
	var whole, empty plain
	if empty.Unreadable, err = decode(raw, &whole, &empty.TypeMeta, &empty.ObjectMeta); empty.Unreadable != "" {
		whole = empty
	}
	*l = TaskLoop(whole)
	return err
}

// UnmarshalJSON reads a PipelineLoop, also one that is not valid.
func (l *PipelineLoop) UnmarshalJSON(raw []byte) (err error) {
	type plain PipelineLoop
	var whole, empty plain
	if empty.Unreadable, err = decode(raw, &whole, &empty.TypeMeta, &empty.ObjectMeta); empty.Unreadable != "" {
		whole = empty
	}
	*l = PipelineLoop(whole)
	return err
}

// UnmarshalJSON reads a SubPipeline, also one that is not valid.
func (p *SubPipeline) UnmarshalJSON(raw []byte) (err error) {
	type plain SubPipeline
	var whole, empty plain
	if empty.Unreadable, err = decode(raw, &whole, &empty.TypeMeta, &empty.ObjectMeta); empty.Unreadable != "" {
		whole = empty
	}
	*p = SubPipeline(whole)
	return err
}
