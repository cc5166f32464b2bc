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

package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/customtasks/customtasks/pkg/client/clientset/versioned"
	"github.com/customtasks/customtasks/test/cluster"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	tekton "github.com/tektoncd/pipeline/pkg/client/clientset/versioned"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

// bench has a plane and the admin's clients, without limits.
type bench struct {
	plane *cluster.Cluster
	tasks tekton.Interface
	suite versioned.Interface
	alice versioned.Interface
	own   time.Duration // the do-nothing writer's for the same burst
}

func newBench(_ context.Context, plane *cluster.Cluster) (*bench, error) {
	b := &bench{plane: plane}
	unlimited := func(person string) *rest.Config {
		config := rest.CopyConfig(plane.RESTConfig(person))
		config.QPS = -1
		return config
	}
	var err error
	if b.tasks, err = tekton.NewForConfig(unlimited(cluster.Admin)); err != nil {
		return nil, err
	}
	if b.suite, err = versioned.NewForConfig(unlimited(cluster.Admin)); err != nil {
		return nil, err
	}
	b.alice, err = versioned.NewForConfig(unlimited(cluster.Alice))
	return b, err
}

func (b *bench) namespace(ctx context.Context, name string) error {
	if err := b.plane.CreateNamespace(ctx, name); err != nil {
		return err
	}
	return b.plane.BindApprovers(ctx, name)
}

// row prints one figure.
func row(what, format string, args ...any) {
	fmt.Printf("| %s | %s |\n", what, fmt.Sprintf(format, args...))
}

// parallel does n things with as many at once as creators in a busy cluster.
func parallel(n int, do func(i int) error) error {
	const creators = 16
	var group sync.WaitGroup
	next := make(chan int)
	failures := make(chan error, creators)
	for range creators {
		group.Go(func() {
			for i := range next {
				if err := do(i); err != nil {
					failures <- err
					return
				}
			}
		})
	}
	var err error
	for i := range n {
		select {
		case next <- i:
			continue
		case err = <-failures:
		}
		break
	}
	close(next)
	group.Wait()
	close(failures)
	for e := range failures {
		if err == nil {
			err = e
		}
	}
	return err
}

// gate is a run of a gate that alice decides, without a timeout.
func gate(name, apiVersion, kind string) *v1beta1.CustomRun {
	return &v1beta1.CustomRun{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1beta1.CustomRunSpec{
			CustomRef: &v1beta1.TaskRef{APIVersion: apiVersion, Kind: v1beta1.TaskKind(kind)},
			Params:    v1beta1.Params{{Name: "approvers", Value: *v1beta1.NewStructuredValues("alice")}},
			Timeout:   &metav1.Duration{},
		},
	}
}

// create makes n gates and returns when each was asked for.
func (b *bench) create(ctx context.Context, namespace, apiVersion, kind string, n int) (map[string]time.Time, error) {
	var mu sync.Mutex
	at := make(map[string]time.Time, n)
	err := parallel(n, func(i int) error {
		name := fmt.Sprintf("gate-%05d", i)
		mu.Lock()
		at[name] = time.Now()
		mu.Unlock()
		_, err := b.tasks.TektonV1beta1().CustomRuns(namespace).Create(ctx, gate(name, apiVersion, kind), metav1.CreateOptions{})
		return err
	})
	return at, err
}

const (
	gateAPIVersion = "approval.tekton.dev/v1alpha1"
	gateKind       = "ApprovalRequest"
)

// seen follows a watch until n names were seen for which done is true, and returns when each was.
func seen[T any](ctx context.Context, events <-chan T, n int, done func(T) (name string, ok bool)) (map[string]time.Time, error) {
	const patience = 5 * time.Minute
	at := make(map[string]time.Time, n)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for len(at) < n {
		select {
		case event, open := <-events:
			if !open {
				return at, fmt.Errorf("the watch ended with %d of %d", len(at), n)
			}
			if name, ok := done(event); ok {
				if _, known := at[name]; !known {
					at[name] = time.Now()
				}
			}
		case <-timer.C:
			return at, fmt.Errorf("%d of %d after %s", len(at), n, patience)
		case <-ctx.Done():
			return at, context.Cause(ctx)
		}
	}
	return at, nil
}

// spread are the middle and the ends of durations.
type spread struct{ median, p99, longest time.Duration }

func spreadOf(from, to map[string]time.Time) spread {
	var all []time.Duration
	for name, end := range to {
		all = append(all, end.Sub(from[name]))
	}
	return spreadOfDurations(all)
}

func spreadOfDurations(all []time.Duration) spread {
	if len(all) == 0 {
		return spread{}
	}
	slices.Sort(all)
	at := func(share float64) time.Duration {
		return all[min(len(all)-1, int(share*float64(len(all))))].Round(time.Millisecond)
	}
	return spread{at(0.5), at(0.99), all[len(all)-1].Round(time.Millisecond)}
}

func (s spread) String() string {
	return fmt.Sprintf("median %s, p99 %s, longest %s", s.median, s.p99, s.longest)
}

// memory is what the controller's process holds, in MiB.
func (b *bench) memory() (int, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", b.plane.Process("controller").PID()))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.Atoi(strings.Fields(value)[0])
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("no VmRSS in the status of the controller")
}

// requests counts what the controller asked of the API server about a namespace, Events left out.
func (b *bench) requests(namespace string) (int, error) {
	all, err := b.plane.Requests(func(r cluster.Request) bool {
		return r.User == "system:serviceaccount:tekton-custom-tasks:tekton-custom-tasks-controller" &&
			r.Namespace == namespace && r.Resource != "events"
	})
	return len(all), err
}

func pendingRun(request *v1alpha1.ApprovalRequest) (string, bool) { return request.Spec.Run.Name, true }
