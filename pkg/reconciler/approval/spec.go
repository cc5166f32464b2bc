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

package approval

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
)

// Spec is a gate that the pipeline itself describes, by an embedded spec or params.
type Spec struct {
	v1alpha1.Gate
}

// FromParams takes what fits into params; rules and inputs need an embedded spec or a policy.
func (s *Spec) FromParams(p customtask.Params) error {
	approvers, hasApprovers, errApprovers := p.Strings("approvers")
	required, hasRequired, errRequired := p.Int("required")
	prevent, hasPrevent, errPrevent := p.Bool("preventSelfApproval")
	onReject, hasOnReject, errOnReject := p.String("onReject")
	onTimeout, hasOnTimeout, errOnTimeout := p.String("onTimeout")
	only := p.Only("approvers", "required", "message", "details", "timeout", "preventSelfApproval", "onReject", "onTimeout")
	err := errors.Join(only, errApprovers, errRequired, errPrevent, errOnReject, errOnTimeout, shown(&s.Gate, p))
	if err != nil {
		return err
	}
	if hasApprovers {
		s.Approvers = approvers
	}
	if hasRequired {
		if required < 1 || required > math.MaxInt32 {
			return customtask.FailRun(customtask.ReasonInvalidParams, fmt.Sprintf(
				`param "required" is %d; it must be at least 1 and at most the number of approvers`, required))
		}
		s.Required = int32(required)
	}
	if hasPrevent {
		s.PreventSelfApproval = &prevent
	}
	if hasOnReject {
		s.OnReject = v1alpha1.After(onReject)
	}
	if hasOnTimeout {
		s.OnTimeout = v1alpha1.After(onTimeout)
	}
	return nil
}

// shown takes the params that every gate has: what approvers are shown, and for how long it waits.
func shown(g *v1alpha1.Gate, p customtask.Params) error {
	message, hasMessage, errMessage := p.String("message")
	details, hasDetails, errDetails := p.Object("details")
	timeout, hasTimeout, errTimeout := p.Duration("timeout")
	if err := errors.Join(errMessage, errDetails, errTimeout); err != nil {
		return err
	}
	if hasMessage {
		g.Message = message
	}
	if hasDetails {
		g.Details = details
	}
	if hasTimeout {
		g.Timeout = timeout.String()
	}
	return nil
}

// PolicySpec is a gate that a policy describes. The run may add what approvers are shown and shorten the
// timeout, and change nothing else.
type PolicySpec struct {
	v1alpha1.ApprovalPolicySpec
	// Policy is which one it is.
	Policy v1alpha1.PolicyReference `json:"policy"`
}

// FromParams takes message, details and timeout. A message is added to the policy's own, details stand
// beside the policy's and never in their place, and the timeout is a shorter one, unless the policy says by
// maxTimeout how long it may be.
func (s *PolicySpec) FromParams(p customtask.Params) error {
	if err := p.Only("message", "details", "timeout"); err != nil {
		return err
	}
	own := s.Gate
	if err := shown(&s.Gate, p); err != nil {
		return err
	}
	if own.Message != "" && s.Message != own.Message {
		s.Message = own.Message + "\n\n" + s.Message
	}
	details := map[string]string{}
	maps.Copy(details, s.Details)
	maps.Copy(details, own.Details)
	s.Details = details
	asked, errAsked := time.ParseDuration(s.Timeout)
	allowed, errAllowed := time.ParseDuration(own.Timeout)
	if errAsked == nil && errAllowed == nil && s.MaxTimeout == "" && allowed > 0 && (asked == 0 || asked > allowed) {
		return customtask.FailRun(customtask.ReasonInvalidParams, fmt.Sprintf(
			`param "timeout" is longer than the %s of %s %q; a run may only shorten it`, allowed, s.Policy.Kind, s.Policy.Name))
	}
	return nil
}

// withinMaxTimeout fails a run whose own timeout, of its task in the pipeline, is longer than its policy
// allows.
func (s *PolicySpec) withinMaxTimeout(a attempt) error {
	longest, err := time.ParseDuration(s.MaxTimeout)
	if err != nil || longest <= 0 {
		return nil //nolint:nilerr // the policy sets none; a bad one was refused before
	}
	if deadline, ok := a.Deadline(); ok && deadline.Sub(a.StartTime()) <= longest {
		return nil
	}
	return customtask.FailRun(customtask.ReasonInvalidSpec, fmt.Sprintf(
		"the timeout of the run is longer than %s %q allows; set it to %s or less", s.Policy.Kind, s.Policy.Name, longest))
}
