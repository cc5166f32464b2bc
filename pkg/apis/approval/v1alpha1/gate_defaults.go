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
	"context"
	"time"
)

const (
	// DefaultRequired is how many approvers have to approve where the gate does not say.
	DefaultRequired = 1
	// DefaultTimeout is how long an attempt waits where neither the gate nor the run says.
	DefaultTimeout = time.Hour
)

// SetDefaults fills in what the gate leaves open.
func (g *Gate) SetDefaults(context.Context) {
	if g.Required == 0 && len(g.Rules) == 0 {
		g.Required = DefaultRequired
	}
	for i := range g.Rules {
		if g.Rules[i].Required == 0 {
			g.Rules[i].Required = DefaultRequired
		}
	}
	for i := range g.Inputs {
		if g.Inputs[i].Type == "" {
			g.Inputs[i].Type = InputString
		}
	}
	if g.Timeout == "" {
		g.Timeout = DefaultTimeout.String()
	}
}

// SetDefaults fills in what the policy leaves open. A policy prevents self-approval unless it says
// otherwise, and its longest time bounds the default one.
func (p *ApprovalPolicySpec) SetDefaults(ctx context.Context) {
	if p.PreventSelfApproval == nil {
		yes := true
		p.PreventSelfApproval = &yes
	}
	if longest, err := time.ParseDuration(p.MaxTimeout); p.Timeout == "" && err == nil && longest > 0 && longest < DefaultTimeout {
		p.Timeout = longest.String()
	}
	p.Gate.SetDefaults(ctx)
}

// DefaultTimeout is the gate's timeout, which applies where the run sets none.
func (g *Gate) DefaultTimeout() *time.Duration {
	d, err := time.ParseDuration(g.Timeout)
	if err != nil {
		return nil
	}
	return &d
}
