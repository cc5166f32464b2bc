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
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/client/clientset/versioned"
	"github.com/customtasks/customtasks/test/cluster"
	tekton "github.com/tektoncd/pipeline/pkg/client/clientset/versioned"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

// The control plane that all tests share, and the admin's clients.
var (
	plane  *cluster.Cluster
	kube   kubernetes.Interface
	tasks  tekton.Interface
	suite  versioned.Interface
	people = map[string]versioned.Interface{}
)

func TestMain(m *testing.M) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status, err := run(ctx, m)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

func run(ctx context.Context, m *testing.M) (status int, err error) {
	plane, err = cluster.Start(ctx, cluster.Options{Name: "e2e", Log: os.Stderr, Audit: true})
	if err != nil {
		return 1, err
	}
	defer func() {
		if stopErr := plane.Stop(); err == nil {
			err = stopErr
		}
	}()
	if err := plane.InstallSuite(ctx); err != nil {
		return 1, err
	}
	// The commands of profiles find kubectl.
	if err := os.Setenv("PATH", plane.BinDir()+string(os.PathListSeparator)+os.Getenv("PATH")); err != nil {
		return 1, err
	}
	if kube, err = kubernetes.NewForConfig(plane.RESTConfig(cluster.Admin)); err != nil {
		return 1, err
	}
	if tasks, err = tekton.NewForConfig(plane.RESTConfig(cluster.Admin)); err != nil {
		return 1, err
	}
	for _, name := range cluster.People() {
		if people[name], err = versioned.NewForConfig(plane.RESTConfig(name)); err != nil {
			return 1, err
		}
	}
	suite = people[cluster.Admin]
	if err := shortLeases(ctx); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// shortLeases makes a replica take over within seconds after its leader was killed.
func shortLeases(ctx context.Context) error {
	patch := `{"data":{"lease-duration":"6s","renew-deadline":"4s","retry-period":"1s"}}`
	_, err := kube.CoreV1().ConfigMaps("tekton-custom-tasks").Patch(ctx, "config-leader-election",
		types.MergePatchType, []byte(patch), metav1.PatchOptions{})
	if err != nil {
		return err
	}
	controller := plane.Process("controller")
	if err := controller.Stop(30 * time.Second); err != nil {
		return err
	}
	return controller.Start()
}
