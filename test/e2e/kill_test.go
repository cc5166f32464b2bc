//go:build e2e

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

package e2e

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/test/cluster"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var kills = flag.Int("kills", 10, "how often the controller is killed at a random moment")

// script is what happens to one gate, and how it must end however often the controller dies meanwhile.
type script struct {
	params  string
	votes   func(*testing.T, v1alpha1.ApprovalRequest) error
	status  corev1.ConditionStatus
	reason  string
	message string
}

var scripts = map[string]script{
	"approved": {"[{name: approvers, value: [alice, bob]}, {name: required, value: '2'}]", func(t *testing.T, r v1alpha1.ApprovalRequest) error {
		if _, err := vote(t, cluster.Alice, r, v1alpha1.DecisionApprove); err != nil {
			return err
		}
		_, err := vote(t, cluster.Bob, r, v1alpha1.DecisionApprove)
		return err
	}, corev1.ConditionTrue, "Approved", "approved by alice, bob: by bob"},
	"rejected": {"[{name: approvers, value: [alice, bob]}, {name: required, value: '2'}]", func(t *testing.T, r v1alpha1.ApprovalRequest) error {
		if _, err := vote(t, cluster.Alice, r, v1alpha1.DecisionApprove); err != nil {
			return err
		}
		if _, err := vote(t, cluster.Alice, r, v1alpha1.DecisionWithdraw); err != nil {
			return err
		}
		_, err := vote(t, cluster.Bob, r, v1alpha1.DecisionReject)
		return err
	}, corev1.ConditionFalse, "ApprovalRejected", "rejected by bob: by bob"},
	"timed-out": {"[{name: approvers, value: alice}, {name: timeout, value: 1s}]", nil, corev1.ConditionFalse, "CustomRunTimedOut", ""},
}

// TestC47KilledAtRandomMoments runs alone: it kills the controller. The same gates and a loop are played again
// and again while the controller dies and comes back.
func TestC47KilledAtRandomMoments(t *testing.T) {
	ns := newNamespace(t)
	controller := plane.Process("controller")
	seed := uint64(time.Now().UnixNano())
	t.Logf("the moments are those of seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	ctx, stop := context.WithCancel(t.Context())
	played := make(chan int)
	go func() {
		rounds := 0
		for ; ctx.Err() == nil; rounds++ {
			playAll(t, ns, rounds)
		}
		played <- rounds
	}()
	leases := kube.CoordinationV1().Leases("tekton-custom-tasks")
	// ours are the leases of the controller's kinds.
	ours := func(ctx context.Context) ([]string, error) {
		list, err := leases.List(ctx, metav1.ListOptions{})
		var names []string
		for _, lease := range list.Items {
			if strings.HasPrefix(lease.Name, "controller.") {
				names = append(names, lease.Name)
			}
		}
		return names, err
	}
	all, err := ours(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range *kills {
		select {
		case <-time.After(time.Duration(random.IntN(1000)) * time.Millisecond):
		case <-t.Context().Done():
		}
		if err := controller.Kill(); err != nil {
			t.Fatal(err)
		}
		// The next process leads at once and does not wait for the lease of the dead one to run out.
		for _, name := range all {
			if err := leases.Delete(t.Context(), name, metav1.DeleteOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		if err := controller.Start(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the controller to lead", ours, func(names []string) bool { return len(names) == len(all) })
	}
	stop()
	t.Logf("%d rounds of %d gates while the controller was killed %d times", <-played, len(scripts), *kills)
	requests, err := suite.ApprovalV1alpha1().ApprovalRequests(ns).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]int{}
	for _, r := range requests.Items {
		if asked[r.Spec.Run.Name]++; asked[r.Spec.Run.Name] > 1 {
			t.Errorf("C48: run %s has %d requests", r.Spec.Run.Name, asked[r.Spec.Run.Name])
		}
	}
}

// playAll plays each script once, all at the same time.
func playAll(t *testing.T, ns string, round int) {
	var group sync.WaitGroup
	for name, s := range scripts {
		group.Go(func() {
			name := fmt.Sprintf("%s-%d", name, round)
			apply(t, ns, gateRun(name, "  params: "+s.params))
			if s.votes != nil {
				request := eventually(t, "the request of "+name, func(ctx context.Context) (*v1alpha1.ApprovalRequest, error) {
					list, err := suite.ApprovalV1alpha1().ApprovalRequests(ns).List(ctx, metav1.ListOptions{LabelSelector: v1alpha1.LabelRun + "=" + name})
					if err != nil || len(list.Items) == 0 {
						return nil, err
					}
					return &list.Items[0], nil
				}, func(r *v1alpha1.ApprovalRequest) bool { return r != nil })
				if err := s.votes(t, *request); err != nil {
					t.Errorf("voting on %s: %v", name, err)
				}
			}
			run := ended(t, ns, name)
			wantEnd(t, run, s.status, s.reason, s.message)
			if n := len(run.Status.RetriesStatus); n > 0 {
				t.Errorf("C42: %s has %d attempts more than asked", name, n)
			}
			results := ""
			for _, r := range run.Status.Results {
				results += r.Name + " "
			}
			if !strings.HasPrefix(results, "decision ") || strings.Count(results, "decision") != 1 {
				t.Errorf("C28: the results of %s are %s", name, results)
			}
		})
	}
	group.Go(func() { playLoop(t, ns, fmt.Sprintf("loop-%d", round)) })
	group.Wait()
}
