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
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/customtasks/customtasks/test/cluster"
)

var approvalDecisions = schema.GroupVersionResource{
	Group: "approval.tekton.dev", Version: "v1alpha1", Resource: "approvaldecisions",
}

// gate waits until the PipelineRun is held up by an ApprovalRequest. It returns the request and its CustomRun.
func (f *follower) gate(ctx context.Context, pipelineRun string) (request, run *unstructured.Unstructured, err error) {
	err = f.until(ctx, "the gate to be pending", func() error {
		if p := f.find("PipelineRun", named(pipelineRun)); p != nil && succeeded(p).done() {
			return fmt.Errorf("the PipelineRun ended before: Succeeded=%s", succeeded(p))
		}
		request = f.find("ApprovalRequest", func(u *unstructured.Unstructured) bool {
			return text(u, "status", "state") == "Pending"
		})
		if request == nil || len(request.GetOwnerReferences()) == 0 {
			return errNotYet
		}
		if run = f.find("CustomRun", named(request.GetOwnerReferences()[0].Name)); run == nil {
			return errNotYet
		}
		return nil
	})
	return request, run, err
}

// showGate prints who may decide and how long is left.
func (f *follower) showGate(request *unstructured.Unstructured) {
	required, _, _ := unstructured.NestedInt64(request.Object, "spec", "required")
	f.say("The gate is pending: %s", text(request, "spec", "message"))
	f.say("    may decide   %s; %d of them must approve", strings.Join(texts(request, "spec", "approvers"), ", "), required)
	deadline, err := time.Parse(time.RFC3339, text(request, "spec", "deadline"))
	if err != nil {
		f.say("    time left    no limit")
		return
	}
	f.say("    time left    %s, until %s", time.Until(deadline).Round(time.Second), deadline.Format(time.RFC3339))
}

// vote makes an ApprovalDecision as the person.
func vote(ctx context.Context, c *cluster.Cluster, person, request, decision, comment string) error {
	client, err := dynamic.NewForConfig(c.RESTConfig(person))
	if err != nil {
		return fmt.Errorf("making the client of %s: %w", person, err)
	}
	_, err = client.Resource(approvalDecisions).Namespace(namespace).
		Create(ctx, decisionObject(request, decision, comment), metav1.CreateOptions{})
	return err
}

func decisionObject(request, decision, comment string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": approvalDecisions.GroupVersion().String(),
		"kind":       "ApprovalDecision",
		"metadata":   map[string]any{"generateName": request + "-"},
		"spec":       map[string]any{"request": request, "decision": decision, "comment": comment},
	}}
}

// refused lets somebody who is not an approver try to approve, and shows what they are told.
func (f *follower) refused(ctx context.Context, c *cluster.Cluster, person, request string) error {
	f.say("%s, who is not among them, tries to approve", person)
	err := vote(ctx, c, person, request, "Approve", "let me through")
	if err == nil {
		return fmt.Errorf("the approval of %s, who may not decide, was accepted", person)
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) || !strings.Contains(err.Error(), "denied the request") {
		return fmt.Errorf("%s was not refused by admission: %w", person, err)
	}
	f.say("    refused      %s", status.Status().Message)
	return nil
}
