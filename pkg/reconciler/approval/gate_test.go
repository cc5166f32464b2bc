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

package approval_test

import (
	"context"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/client/clientset/versioned/fake"
	"github.com/customtasks/customtasks/pkg/client/informers/externalversions"
	client "github.com/customtasks/customtasks/pkg/client/injection/client"
	decisioninformer "github.com/customtasks/customtasks/pkg/client/injection/informers/approval/v1alpha1/approvaldecision"
	floorinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/approval/v1alpha1/approvalfloor"
	policyinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/approval/v1alpha1/approvalpolicy"
	requestinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/approval/v1alpha1/approvalrequest"
	clusterpolicyinformer "github.com/customtasks/customtasks/pkg/client/injection/informers/approval/v1alpha1/clusterapprovalpolicy"
	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/customtasks/customtasks/pkg/reconciler/approval"
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kubefake "k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/tools/cache"
	kubeclient "knative.dev/pkg/client/injection/kube/client"
)

const namespace = customtasktest.Namespace

// gate is a harness of an approval controller with the clientsets that it uses.
type gate struct {
	*customtasktest.Harness
	t         testing.TB
	clientset *fake.Clientset
	kube      *kubefake.Clientset
	decisions cache.SharedIndexInformer
	// run is the name of the run that is the gate.
	run string
}

func newGate(t testing.TB, objects ...runtime.Object) *gate {
	t.Helper()
	return gateOf(t, approval.Kind, func() customtask.Task[approval.Spec] { return &approval.Task{} }, objects...)
}

// gateOf starts the controller of one of the kinds beside objects of the group.
func gateOf[S any](t testing.TB, kind schema.GroupVersionKind, newTask func() customtask.Task[S], objects ...runtime.Object) *gate {
	t.Helper()
	g := &gate{t: t, run: "gate", clientset: fake.NewSimpleClientset(objects...), kube: kubefake.NewClientset()}
	g.Harness = customtasktest.NewFrom(t, kind, newTask, customtasktest.WithContext(
		func(h *customtasktest.Harness, ctx context.Context) context.Context {
			factory := externalversions.NewSharedInformerFactory(g.clientset, 0).Approval().V1alpha1()
			follow := func(kind string, informer cache.SharedIndexInformer) {
				h.Follow(g.clientset, v1alpha1.SchemeGroupVersion.WithKind(kind), informer.GetIndexer())
			}
			follow("ApprovalRequest", factory.ApprovalRequests().Informer())
			g.decisions = factory.ApprovalDecisions().Informer()
			follow("ApprovalDecision", g.decisions)
			follow("ApprovalPolicy", factory.ApprovalPolicies().Informer())
			follow("ClusterApprovalPolicy", factory.ClusterApprovalPolicies().Informer())
			follow("ApprovalFloor", factory.ApprovalFloors().Informer())
			for key, value := range map[any]any{
				client.Key{}:                g.clientset,
				kubeclient.Key{}:            g.kube,
				requestinformer.Key{}:       factory.ApprovalRequests(),
				decisioninformer.Key{}:      factory.ApprovalDecisions(),
				policyinformer.Key{}:        factory.ApprovalPolicies(),
				clusterpolicyinformer.Key{}: factory.ClusterApprovalPolicies(),
				floorinformer.Key{}:         factory.ApprovalFloors(),
			} {
				ctx = context.WithValue(ctx, key, value)
			}
			return ctx
		}))
	return g
}

func newRun(opts ...customtasktest.RunOption) *v1beta1.CustomRun {
	return customtasktest.Run("gate", approval.Kind, opts...)
}

func approvers(names ...string) customtasktest.RunOption {
	return customtasktest.Param("approvers", names[0], names[1:]...)
}

// requests lists the requests that exist.
func (g *gate) requests() []v1alpha1.ApprovalRequest {
	g.t.Helper()
	list, err := g.clientset.ApprovalV1alpha1().ApprovalRequests(namespace).List(context.Background(), metav1.ListOptions{})
	if err != nil {
		g.t.Fatal(err)
	}
	return list.Items
}

// create stores the run, which the gate is about from then on, and settles it.
func (g *gate) create(run *v1beta1.CustomRun) {
	g.t.Helper()
	g.run = run.Name
	g.Create(run)
	g.settle()
}

func (g *gate) settle() {
	g.t.Helper()
	g.Settle(g.run)
}

// open creates the run, settles it and returns its request.
func (g *gate) open(run *v1beta1.CustomRun) v1alpha1.ApprovalRequest {
	g.t.Helper()
	g.create(run)
	requests := g.requests()
	if len(requests) != 1 {
		g.t.Fatalf("%d requests; want 1", len(requests))
	}
	return requests[0]
}

// vote stores a decision as admission would have stamped it.
func (g *gate) vote(request v1alpha1.ApprovalRequest, voter string, decision v1alpha1.Decision, comment string, groups ...string) {
	g.t.Helper()
	g.voteWith(request, voter, func(d *v1alpha1.ApprovalDecisionSpec) {
		d.Decision, d.Comment, d.Voter.Groups = decision, comment, groups
	})
}

// voteWith is an approval that change makes into any other vote.
func (g *gate) voteWith(request v1alpha1.ApprovalRequest, voter string, change func(*v1alpha1.ApprovalDecisionSpec)) {
	g.t.Helper()
	d := &v1alpha1.ApprovalDecision{
		ObjectMeta: metav1.ObjectMeta{
			GenerateName: "vote-", Namespace: namespace, Labels: map[string]string{v1alpha1.LabelRequestUID: string(request.UID)},
		},
		Spec: v1alpha1.ApprovalDecisionSpec{
			Request: request.Name, RequestUID: string(request.UID), Digest: request.Spec.Digest, Decision: v1alpha1.DecisionApprove,
			Voter: &v1alpha1.Voter{Username: voter},
		},
	}
	change(&d.Spec)
	if _, err := g.clientset.ApprovalV1alpha1().ApprovalDecisions(namespace).Create(context.Background(), d, metav1.CreateOptions{}); err != nil {
		g.t.Fatal(err)
	}
}

func (g *gate) want(status corev1.ConditionStatus, reason, message string) {
	g.t.Helper()
	c := g.Get(g.run).Status.Conditions[0]
	got := c.Message
	if reason == approval.ReasonPending { // until when and the command follow
		got, _, _ = strings.Cut(got, " until ")
	}
	if c.Status != status || c.Reason != reason || got != message {
		g.t.Errorf("got %s %s %q; want %s %s %q", c.Status, c.Reason, c.Message, status, reason, message)
	}
}

func (g *gate) wantResults(pairs ...string) {
	g.t.Helper()
	var want []v1beta1.CustomRunResult
	for i := 0; i < len(pairs); i += 2 {
		want = append(want, v1beta1.CustomRunResult{Name: pairs[i], Value: pairs[i+1]})
	}
	if diff := cmp.Diff(want, g.Get("gate").Status.Results); diff != "" {
		g.t.Errorf("results (-want, +got):\n%s", diff)
	}
}
