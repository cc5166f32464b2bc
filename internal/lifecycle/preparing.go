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

package lifecycle

import (
	"context"
	"errors"
	"fmt"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

// prepare resolves the spec. It reports done, with the status complete, if that failed the attempt.
func (p *pass) prepare(ctx context.Context) (done bool, err error) {
	prepared, err := p.resolve(ctx)
	var failure *Failure
	switch {
	case errors.As(err, &failure):
		p.endAttempt(failure.Run, failure.Reason, failure.Message)
		return true, p.observed(nil)
	case passing(err):
		return false, err // it says nothing of the run: no write, and never a failure (C7)
	case err != nil:
		// Never silence (C6), and not for ever: the timeout bounds the start as well.
		if p.extra.FirstError == nil {
			now := p.now.UTC()
			p.extra.FirstError = &now
		}
		if limit := p.run.GetTimeout(); limit > 0 && p.now.Sub(*p.extra.FirstError) > limit {
			p.endAttempt(true, timedOutReason, fmt.Sprintf("not started within %s: %v", limit, err))
			return true, p.observed(nil)
		}
		p.showError(err)
		return false, p.observed(err)
	}
	p.extra.Spec = prepared.Spec
	timeout := prepared.Timeout
	if own := p.run.Spec.Timeout; own != nil {
		timeout = &own.Duration
	}
	if timeout != nil && *timeout > 0 {
		p.extra.Timeout = timeout.String()
	}
	return false, nil
}

// resolve checks what the run says of itself, then asks the kind.
func (p *pass) resolve(ctx context.Context) (prepared Prepared, err error) {
	invalid := func(reason, format string, args ...any) error {
		return &Failure{Run: true, Reason: reason, Message: fmt.Sprintf(format, args...)}
	}
	spec := p.run.Spec
	switch {
	case spec.CustomRef != nil && spec.CustomSpec != nil:
		return prepared, invalid(ReasonInvalidSpec, "spec.customRef and spec.customSpec are both set; set exactly one")
	case spec.Timeout != nil && spec.Timeout.Duration < 0:
		return prepared, invalid(ReasonInvalidSpec, "spec.timeout is %s; it must not be negative", spec.Timeout.Duration)
	case spec.Retries < 0:
		return prepared, invalid(ReasonInvalidSpec, "spec.retries is %d; it must not be negative", spec.Retries)
	case paramsSize(spec.Params) > MaxSpec:
		return prepared, invalid("InvalidParams", "the values of spec.params are %d bytes; at most %d can be used", paramsSize(spec.Params), MaxSpec)
	case len(spec.Workspaces) > 0 && !p.Workspaces:
		return prepared, invalid(string(v1beta1.CustomRunReasonWorkspaceNotSupported),
			"spec.workspaces has %q, and %s takes no workspaces; remove it", spec.Workspaces[0].Name, p.Kind.Kind)
	}
	err = p.guarded(ctx, func(ctx context.Context) error {
		prepared, err = p.Work.Prepare(ctx, p.run.DeepCopy())
		return err
	})
	if err == nil && len(prepared.Spec) > MaxSpec {
		err = invalid(ReasonInvalidSpec, "the spec is %d bytes with its params; at most %d can be stored", len(prepared.Spec), MaxSpec)
	}
	return prepared, err
}

// paramsSize is how much the params of a run hold, counting each value.
func paramsSize(params v1beta1.Params) int {
	size := 0
	for _, p := range params {
		size += len(p.Name) + len(p.Value.StringVal)
		for _, v := range p.Value.ArrayVal {
			size += len(v) + 1
		}
		for k, v := range p.Value.ObjectVal {
			size += len(k) + len(v) + 1
		}
	}
	return size
}
