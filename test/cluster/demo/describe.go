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

package demo

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// describe says in one line how a run or a request stands.
func describe(object *unstructured.Unstructured) string {
	if object.GetKind() == "ApprovalRequest" {
		return describeRequest(object)
	}
	c := succeeded(object)
	if c.status == "" {
		return "created"
	}
	mark := map[string]string{"True": "✓ ", "False": "✗ "}[c.status]
	if c.message == "" {
		return mark + c.reason
	}
	return mark + c.reason + ": " + firstLine(c.message)
}

// title says which of its kind an object is: the name of its task in the pipeline, if it has one.
func title(object *unstructured.Unstructured) string {
	if task := object.GetLabels()["tekton.dev/pipelineTask"]; task != "" {
		return task
	}
	return object.GetName()
}

// describeRequest says the state of a request, and who decided.
func describeRequest(request *unstructured.Unstructured) string {
	state := text(request, "status", "state")
	if state == "" {
		return "created"
	}
	if by := texts(request, "status", "approvedBy"); len(by) > 0 {
		state += ", approved by " + strings.Join(by, ", ")
	}
	if by := text(request, "status", "rejectedBy"); by != "" {
		state += ", rejected by " + by
	}
	return state
}

// condition is the Succeeded condition of a run; its fields are empty while it has none.
type condition struct{ status, reason, message string }

func succeeded(run *unstructured.Unstructured) condition {
	conditions, _, _ := unstructured.NestedSlice(run.Object, "status", "conditions")
	for _, entry := range conditions {
		if m, ok := entry.(map[string]any); ok && m["type"] == "Succeeded" {
			c := &unstructured.Unstructured{Object: m}
			return condition{text(c, "status"), text(c, "reason"), text(c, "message")}
		}
	}
	return condition{}
}

func (c condition) done() bool { return c.status == "True" || c.status == "False" }

func (c condition) String() string { return fmt.Sprintf("%s (%s): %s", c.status, c.reason, c.message) }

// text returns the string at the path, or "".
func text(object *unstructured.Unstructured, path ...string) string {
	value, _, _ := unstructured.NestedString(object.Object, path...)
	return value
}

// texts returns the strings at the path.
func texts(object *unstructured.Unstructured, path ...string) []string {
	values, _, _ := unstructured.NestedStringSlice(object.Object, path...)
	return values
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
