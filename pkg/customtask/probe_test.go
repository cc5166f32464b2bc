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

package customtask_test

import (
	"context"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"knative.dev/pkg/apis"
)

var (
	probeKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Probe"}
	probeGR   = schema.GroupResource{Group: "example.dev", Resource: "probes"}
)

// probeSpec has one field of each kind that matters.
type probeSpec struct {
	Text    string       `json:"text,omitempty"`
	Count   int          `json:"count,omitempty"`
	List    []string     `json:"list,omitempty"`
	Nested  *probeNested `json:"nested,omitempty"`
	Default string       `json:"default,omitempty"`
}

type probeNested struct {
	Flag bool `json:"flag,omitempty"`
}

func (s *probeSpec) SetDefaults(context.Context) {
	if s.Default == "" {
		s.Default = "defaulted"
	}
}

func (s *probeSpec) FromParams(p customtask.Params) error {
	if err := p.Only("text", "list"); err != nil {
		return err
	}
	text, ok, err := p.String("text")
	if ok && err == nil {
		s.Text = text
	}
	return err
}

func (s *probeSpec) Validate(context.Context) *apis.FieldError {
	if s.Text == "invalid" {
		return apis.ErrInvalidValue(s.Text, "text")
	}
	return nil
}

type probeRun = customtask.Run[probeSpec]

// probe is a task that does what a test says, and counts.
type probe struct {
	reconcile func(*probeRun) (customtask.Outcome, error)
	stop      func(*probeRun, customtask.StopReason) (customtask.Outcome, error)
	calls     int
	attempts  map[string]bool
	stops     []customtask.StopReason
	specs     []probeSpec
}

func (p *probe) Reconcile(_ context.Context, run *probeRun) (customtask.Outcome, error) {
	p.calls++
	if p.attempts == nil {
		p.attempts = map[string]bool{}
	}
	p.attempts[run.AttemptKey()] = true
	p.specs = append(p.specs, run.Spec)
	if p.reconcile == nil {
		return customtask.Running("Working", "at work"), nil
	}
	return p.reconcile(run)
}

func (p *probe) Stop(_ context.Context, run *probeRun, reason customtask.StopReason) (customtask.Outcome, error) {
	p.stops = append(p.stops, reason)
	if p.stop == nil {
		return customtask.Stopped(), nil
	}
	return p.stop(run, reason)
}

// externalProbe holds something outside the cluster.
type externalProbe struct{ probe }

func (*externalProbe) External() {}

// sideEffectFreeProbe may end in its first write.
type sideEffectFreeProbe struct{ probe }

func (*sideEffectFreeProbe) SideEffectFree() {}

// namedProbe has named objects.
type namedProbe struct {
	probe
	objects map[string]probeSpec
	err     error
}

func (p *namedProbe) GetSpec(_ context.Context, _, name string) (*probeSpec, error) {
	if p.err != nil {
		return nil, p.err
	}
	spec, ok := p.objects[name]
	if !ok {
		return nil, apierrors.NewNotFound(probeGR, name)
	}
	return &spec, nil
}

type nameRequiredProbe struct{ namedProbe }

func (*nameRequiredProbe) NameRequired() {}

func succeed(*probeRun) (customtask.Outcome, error) {
	return customtask.Succeeded("Done", "it is done").WithResult("out", "42"), nil
}

func failAttempt(*probeRun) (customtask.Outcome, error) {
	return customtask.Outcome{}, customtask.FailAttempt("Broke", "it broke").WithResult("partial", "1")
}

func newRun(opts ...customtasktest.RunOption) *v1beta1.CustomRun {
	return customtasktest.Run("run", probeKind, opts...)
}

// after stores a run of the probe kind, settles it and returns it.
func settled(t *testing.T, h *customtasktest.Harness, run *v1beta1.CustomRun) *v1beta1.CustomRun {
	t.Helper()
	h.Create(run)
	h.Settle(run.Name)
	return h.Get(run.Name)
}

// wantCondition checks the Succeeded condition; an empty message is not compared.
func wantCondition(t *testing.T, run *v1beta1.CustomRun, status corev1.ConditionStatus, reason, message string) {
	t.Helper()
	c := run.Status.GetCondition(apis.ConditionSucceeded)
	if c == nil {
		t.Fatalf("no condition; want %s %s", status, reason)
	}
	if c.Status != status || c.Reason != reason || message != "" && c.Message != message {
		t.Errorf("got %s %s %q; want %s %s %q", c.Status, c.Reason, c.Message, status, reason, message)
	}
}

const hour = time.Hour

func condition(kind apis.ConditionType) apis.Condition {
	return apis.Condition{Type: kind, Status: corev1.ConditionUnknown}
}

// panickingOnce panics when it is first asked for a definition.
type panickingOnce struct {
	probe
	asked bool
}

func (p *panickingOnce) Reconcile(_ context.Context, run *probeRun) (customtask.Outcome, error) {
	return succeed(run)
}

func (p *panickingOnce) GetSpec(context.Context, string, string) (*probeSpec, error) {
	if !p.asked {
		p.asked = true
		panic("out of cheese")
	}
	return &probeSpec{}, nil
}
