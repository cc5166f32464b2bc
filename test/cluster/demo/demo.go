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
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"k8s.io/client-go/dynamic"

	"github.com/customtasks/customtasks/test/cluster"
)

// Options of a demo.
type Options struct {
	// Reject has the gate rejected rather than approved.
	Reject bool
	// Out gets every line.
	Out io.Writer
}

// Run runs the example's pipeline on a cluster that has the suite installed, decides its gate, and returns nil only
// if everything went as it should.
func Run(ctx context.Context, c *cluster.Cluster, opts Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	f, g, err := reachGate(ctx, c, opts.Out)
	if err != nil {
		return err
	}
	if err := f.refused(ctx, c, cluster.Mallory, g.request); err != nil {
		return err
	}
	if opts.Reject {
		err = f.reject(ctx, c, g)
	} else {
		err = f.approve(ctx, c, g)
	}
	if err != nil {
		return err
	}
	return f.tkn(ctx, c, "customrun", "describe", g.customRun)
}

// reached names what the demo has brought to a pending gate.
type reached struct{ pipelineRun, customRun, request string }

// reachGate runs the example's pipeline up to its gate, and shows the gate.
func reachGate(ctx context.Context, c *cluster.Cluster, out io.Writer) (*follower, reached, error) {
	if err := c.CreateNamespace(ctx, namespace); err != nil {
		return nil, reached{}, err
	}
	if err := c.BindApprovers(ctx, namespace); err != nil {
		return nil, reached{}, err
	}
	client, err := dynamic.NewForConfig(c.RESTConfig(cluster.Admin))
	if err != nil {
		return nil, reached{}, fmt.Errorf("making the client that watches: %w", err)
	}
	f, err := follow(ctx, client, namespace, out)
	if err != nil {
		return nil, reached{}, err
	}
	f.say("Applying examples/approval in namespace %s", namespace)
	pipelineRun, err := launch(ctx, c)
	if err != nil {
		return nil, reached{}, err
	}
	request, run, err := f.gate(ctx, pipelineRun)
	if err != nil {
		return nil, reached{}, err
	}
	f.showGate(request)
	return f, reached{pipelineRun, run.GetName(), request.GetName()}, nil
}

// approve takes the path on which the pipeline succeeds.
func (f *follower) approve(ctx context.Context, c *cluster.Cluster, g reached) error {
	f.say("%s approves", cluster.PlatformTeamLead)
	if err := vote(ctx, c, cluster.PlatformTeamLead, g.request, "Approve", "looks good"); err != nil {
		return fmt.Errorf("approving: %w", err)
	}
	if err := f.finished(ctx, g.pipelineRun, "True"); err != nil {
		return err
	}
	told, err := f.deployed()
	if err != nil {
		return err
	}
	f.say("The deploy task was told: %s", strings.Join(told, ", "))
	for _, want := range []*regexp.Regexp{approver, instant} {
		if !slices.ContainsFunc(told, want.MatchString) {
			return fmt.Errorf("the deploy task was not told who approved and when: nothing matches %s", want)
		}
	}
	return nil
}

// The deploy task must have been told who approved, and when.
var (
	approver = regexp.MustCompile("=.*" + cluster.PlatformTeamLead)
	instant  = regexp.MustCompile(`=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)
)

// reject takes the path on which the gate fails the pipeline.
func (f *follower) reject(ctx context.Context, c *cluster.Cluster, g reached) error {
	f.say("%s rejects", cluster.PlatformTeamLead)
	if err := vote(ctx, c, cluster.PlatformTeamLead, g.request, "Reject", "not before the holidays"); err != nil {
		return fmt.Errorf("rejecting: %w", err)
	}
	if err := f.finished(ctx, g.pipelineRun, "False"); err != nil {
		return err
	}
	err := f.until(ctx, "the gate to fail", func() error {
		end := succeeded(f.find("CustomRun", named(g.customRun)))
		if !end.done() {
			return errNotYet
		}
		if end.status != "False" || end.reason != "ApprovalRejected" {
			return fmt.Errorf("the gate ended with Succeeded=%s", end)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := f.deployed(); !errors.Is(err, errNotRun) {
		return errors.New("the deploy task ran although the gate was rejected")
	}
	f.say("The pipeline failed at its gate, and the deploy task never ran")
	return nil
}

// tkn runs Tekton's command line in the demo's namespace, and shows what it prints.
func (f *follower) tkn(ctx context.Context, c *cluster.Cluster, args ...string) error {
	args = append(args, "--namespace", namespace)
	f.say("tkn %s", strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, filepath.Join(c.BinDir(), "tkn"), args...)
	cmd.Env = []string{"KUBECONFIG=" + c.Kubeconfig(cluster.Admin), "HOME=" + c.Dir()}
	output, err := cmd.CombinedOutput()
	f.mu.Lock()
	defer f.mu.Unlock()
	fmt.Fprintf(f.out, "\n%s\n", output)
	if err != nil {
		return fmt.Errorf("tkn %s: %w", args[0], err)
	}
	return nil
}
