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

// Gate is what an approval gate asks, and of whom.
type Gate struct {
	// Message tells approvers what they decide about.
	// +optional
	// +kubebuilder:validation:MaxLength=4096
	Message string `json:"message,omitempty"`

	// Details are shown to approvers with the message, such as the image and the commit that are to be
	// deployed. At most 32 of them, 8 KiB together.
	// +optional
	// +kubebuilder:validation:MaxProperties=32
	Details map[string]string `json:"details,omitempty"`

	// Approvers may decide: a user's name as the API server knows it, "group:NAME" for the members
	// of a group, or "serviceaccount:NAMESPACE/NAME". A service account decides only if it is named
	// so, never through a group. With required it is the short form of a single rule.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MaxLength=512
	Approvers []string `json:"approvers,omitempty"`

	// Required is how many different approvers have to approve. Default 1. A single rejection rejects.
	// +optional
	// +kubebuilder:validation:Minimum=1
	Required int32 `json:"required,omitempty"`

	// Rules must all be met, by different people: one person counts for one rule only. In place of
	// approvers and required.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=32
	Rules []Rule `json:"rules,omitempty"`

	// PreventSelfApproval keeps whoever started the PipelineRun from deciding its gates. Default false; true
	// in policies. It needs the webhook that records who starts a PipelineRun.
	// +optional
	PreventSelfApproval *bool `json:"preventSelfApproval,omitempty"`

	// Inputs are questions that approvers answer with their vote. The answers are results of the run; those
	// of the last approver win. They have at most 32,768 bytes together, as JSON and with the defaults.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=32
	Inputs []Input `json:"inputs,omitempty"`

	// OnReject is Fail or Continue: whether a rejection fails the run, or it succeeds with result decision
	// "Rejected". Default Fail.
	// +optional
	OnReject After `json:"onReject,omitempty"`

	// OnTimeout is Fail or Continue: whether the run fails when its time is over, or succeeds with result
	// decision "TimedOut". Default Fail. A run that continues uses no retries.
	// +optional
	OnTimeout After `json:"onTimeout,omitempty"`

	// Timeout is how long an attempt waits for a decision where the CustomRun sets no timeout of its
	// own, in Go's form: "90s", "2h30m". Default "1h"; "0" waits without end.
	// +optional
	Timeout string `json:"timeout,omitempty"`
}

// Rule asks a number of approvers out of a list.
type Rule struct {
	// Name of the rule, for people.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Name string `json:"name"`

	// Approvers may approve for this rule. They are written as those of a gate.
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=256
	// +kubebuilder:validation:items:MaxLength=512
	Approvers []string `json:"approvers"`

	// Required is how many of them have to approve. Default 1.
	// +optional
	// +kubebuilder:validation:Minimum=1
	Required int32 `json:"required,omitempty"`
}

// After is what follows upon a rejection or a timeout.
//
// +kubebuilder:validation:Enum=Fail;Continue
type After string

const (
	// AfterFail: the run fails. The default.
	AfterFail After = "Fail"
	// AfterContinue: the run succeeds, and its result decision says what happened.
	AfterContinue After = "Continue"
)

// InputType is what an answer must be.
//
// +kubebuilder:validation:Enum=string;text;integer;number;boolean;enum
type InputType string

const (
	// InputString: one line. The default.
	InputString InputType = "string"
	// InputText: any number of lines.
	InputText InputType = "text"
	// InputInteger: a whole number.
	InputInteger InputType = "integer"
	// InputNumber: a number, as JSON writes it.
	InputNumber InputType = "number"
	// InputBoolean: true or false.
	InputBoolean InputType = "boolean"
	// InputEnum: one of values.
	InputEnum InputType = "enum"
)

// Input is a question that approvers answer with their vote.
type Input struct {
	// Name of the result that has the answer: letters, digits, '_', '.' and '-'.
	// +kubebuilder:validation:Pattern=`^[A-Za-z0-9_.-]{1,63}$`
	Name string `json:"name"`

	// Type is string, text (several lines), integer, number, boolean or enum. Default string.
	// +optional
	Type InputType `json:"type,omitempty"`

	// Description asks the question.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Description string `json:"description,omitempty"`

	// Default is the answer of somebody who gives none. It must be a valid answer.
	// +optional
	Default *string `json:"default,omitempty"`

	// Required: an approval without an answer is refused, if there is no default, and so is an empty answer to
	// a string or text. Without it, the answer of somebody who gives none is empty.
	// +optional
	Required bool `json:"required,omitempty"`

	// Pattern is a regular expression (RE2) that the whole of a string or text must match. It compiles to at
	// most 1,000 instructions, those of all inputs to 4,000, and an answer to it has at most 1,024 bytes.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	Pattern string `json:"pattern,omitempty"`

	// Minimum of an integer or number, included.
	// +optional
	Minimum string `json:"minimum,omitempty"`

	// Maximum of an integer or number, included.
	// +optional
	Maximum string `json:"maximum,omitempty"`

	// Values that an enum may have.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	Values []string `json:"values,omitempty"`
}

// InputValue is an answer.
type InputValue struct {
	// Name of the input.
	Name string `json:"name"`
	// Value as it becomes the result.
	// +kubebuilder:validation:MaxLength=16384
	Value string `json:"value"`
}
