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
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/reconciler/approval/resources"
	"k8s.io/apimachinery/pkg/labels"
)

// wanted is the request that the attempt asks for, with all that is to be known of it first: what the
// namespace's floors ask and who started the PipelineRun. A gate that may not open is a Failure.
func (e *engine) wanted(ctx context.Context, a attempt) (*v1alpha1.ApprovalRequest, error) {
	asker := resources.Asker{
		Name:      a.ChildName(),
		Namespace: a.Namespace(),
		Owner:     a.OwnerReference(),
		Attempt:   a.Attempt(),
		Labels:    a.Object().Labels,
		Policy:    a.policy,
	}
	if deadline, ok := a.Deadline(); ok {
		asker.Deadline = deadline
	}
	var err error
	if asker.MemberOf, err = e.floor(a); err != nil {
		return nil, err
	}
	if prevent := a.gate.PreventSelfApproval; prevent != nil && *prevent {
		if asker.StartedBy, err = e.starters.of(ctx, a.Object()); err != nil {
			return nil, err
		}
		if err := e.sameStarter(a, asker.StartedBy.Username); err != nil {
			return nil, err
		}
		if err := a.gate.Feasible(asker.StartedBy.Username); err != nil {
			return nil, customtask.FailRun(ReasonNotFeasible, err.Error())
		}
	}
	request := resources.Request(asker, a.gate)
	request.Spec.Digest, err = digest(request.Spec)
	return request, err
}

// sameStarter fails a run that was started by somebody else when an earlier attempt asked: it has been
// given to another PipelineRun since.
func (e *engine) sameStarter(a attempt, starter string) error {
	requests, err := e.requests.lister.ApprovalRequests(a.Namespace()).List(labels.Everything())
	if err != nil {
		return fmt.Errorf("reading the requests of earlier attempts: %w", err)
	}
	for _, request := range requests {
		was := request.Spec.StartedBy
		if request.Spec.Run.UID == a.OwnerReference().UID && was != nil && was.Username != starter {
			return unknown("this run was started by %q before and by %q now; its owner was changed", was.Username, starter)
		}
	}
	return nil
}

// digest is that of what an approver decides on. The order of the fields is that of the type, and that of
// details is JSON's.
func digest(spec v1alpha1.ApprovalRequestSpec) (string, error) {
	spec.Digest = ""
	raw, err := json.Marshal(spec)
	if err != nil {
		return "", fmt.Errorf("encoding what is asked: %w", err)
	}
	sum := sha256.Sum256(raw)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// floor holds the gate to the floors of its namespace. It returns the groups that voters must be in.
func (e *engine) floor(a attempt) (memberOf []string, err error) {
	floors, err := e.floors.ApprovalFloors(a.Namespace()).List(labels.Everything())
	if err != nil {
		return nil, fmt.Errorf("reading the approval floors: %w", err)
	}
	slices.SortFunc(floors, func(x, y *v1alpha1.ApprovalFloor) int { return strings.Compare(x.Name, y.Name) })
	first := true
	for _, floor := range floors {
		below := func(format string, args ...any) error {
			return customtask.FailRun(ReasonBelowFloor, fmt.Sprintf("ApprovalFloor %q ", floor.Name)+fmt.Sprintf(format, args...))
		}
		required := 0
		for _, rule := range a.gate.AllRules() {
			required += int(rule.Required)
			for _, approver := range rule.Approvers {
				group, isGroup := strings.CutPrefix(approver, "group:")
				if isGroup && len(floor.Spec.AllowedGroups) > 0 && !slices.Contains(floor.Spec.AllowedGroups, group) {
					return nil, below("does not allow group %q; the groups allowed are %s", group, strings.Join(floor.Spec.AllowedGroups, ", "))
				}
			}
		}
		switch {
		case floor.Spec.RequirePolicy && a.policy == nil:
			return nil, below("allows no gate that names its own approvers; use an ApprovalPolicy or a ClusterApprovalPolicy")
		case required < int(floor.Spec.MinRequired):
			return nil, below("asks for %d approvals at least, and the gate requires %d", floor.Spec.MinRequired, required)
		case !floor.Spec.AllowContinue && a.gate.OnReject == v1alpha1.AfterContinue:
			return nil, below("allows no gate that continues after a rejection; set onReject to Fail")
		case !floor.Spec.AllowContinue && a.gate.OnTimeout == v1alpha1.AfterContinue:
			return nil, below("allows no gate that continues after a timeout; set onTimeout to Fail")
		}
		if allowed := floor.Spec.AllowedGroups; len(allowed) > 0 {
			if first {
				memberOf, first = slices.Clone(allowed), false
			} else {
				memberOf = slices.DeleteFunc(memberOf, func(group string) bool { return !slices.Contains(allowed, group) })
			}
			if len(memberOf) == 0 {
				return nil, below("and another one have no allowed group in common, so that nobody could decide")
			}
		}
	}
	slices.Sort(memberOf)
	return memberOf, nil
}
