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
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/test/cluster"
	corev1 "k8s.io/api/core/v1"
)

// tkn runs the real tkn as a person, who finds the plugin as any other, and returns what it prints and its exit code.
func tkn(t *testing.T, person, namespace string, args ...string) (string, int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), plane.BinDir()+"/tkn", append(args, "-n", namespace)...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+plane.Kubeconfig(person), "HOME="+t.TempDir(),
		"PATH="+plane.BinDir()+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("tkn %v: %v", args, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// atTheCommandLine is somebody who runs tkn, and what is to come of it.
type atTheCommandLine struct {
	person string
	args   []string
	exit   int
	says   string
}

func follow(t *testing.T, namespace string, steps []atTheCommandLine) {
	t.Helper()
	for _, step := range steps {
		out, exit := tkn(t, step.person, namespace, step.args...)
		if exit != step.exit || !strings.Contains(out, step.says) {
			t.Errorf("%s: tkn %s: exit code %d; want %d, and %q in\n%s", step.person, strings.Join(step.args, " "), exit, step.exit, step.says, out)
		}
	}
}

func TestThePluginThroughTkn(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, gateRun("gate", "  params: [{name: approvers, value: [alice, bob]}, {name: required, value: '2'}]"))
	request := pendingRequests(t, ns, 1)[0].Name
	apply(t, ns, `apiVersion: approval.tekton.dev/v1alpha1
kind: ApprovalRequest
metadata: {name: by-hand}
spec: {approvers: [alice], required: 1, run: {name: gate, uid: none, attempt: 1}}`)
	follow(t, ns, []atTheCommandLine{
		{cluster.Alice, []string{"approval", "list", "--mine", "-o", "name"}, 0, request},
		{cluster.Alice, []string{"approval", "describe", "ar/by-hand"}, 0, "no CustomRun waits for it"},
		{cluster.Alice, []string{"approval", "approve", "by-hand"}, 1, "no CustomRun waits for the request"},
		{cluster.Alice, []string{"approval", "list", "--user", "nobody"}, 4, "nobody"},
		{cluster.Alice, []string{"approval", "list", "--context", "nowhere"}, 4, "nowhere"},
		{cluster.Carol, []string{"approval", "list", "--mine"}, 0, "await you, carol"},
		{cluster.Mallory, []string{"approval", "approve", request}, 1, "may not decide"},
		{cluster.Alice, []string{"approval", "approve", "no-such-request"}, 3, "no-such-request"},
		{cluster.Alice, []string{"approval", "approve", request, "-m", "fine"}, 0, "1 of 2 approvals, still awaiting bob"},
		{cluster.Bob, []string{"approval", "describe", request}, 0, "alice"},
		{cluster.Bob, []string{"approval", "approve", request, "-m", "go"}, 0, "Approved"},
	})
	wantEnd(t, ended(t, ns, "gate"), corev1.ConditionTrue, "Approved", "approved by alice, bob: go")
}

// TestThePluginKeepsAnswers has a second approver keep one answer of the first, and give another anew.
func TestThePluginKeepsAnswers(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, `apiVersion: tekton.dev/v1beta1
kind: CustomRun
metadata: {name: gate}
spec:
  customSpec:
    apiVersion: approval.tekton.dev/v1alpha1
    kind: ApprovalRequest
    spec:
      approvers: [alice, bob]
      required: 2
      inputs:
        - {name: ticket, type: string, required: true}
        - {name: colour, type: string, default: blue}`)
	request := pendingRequests(t, ns, 1)[0].Name
	follow(t, ns, []atTheCommandLine{
		{cluster.Alice, []string{"approval", "approve", request, "--input", "ticket=OPS-7"}, 0, "1 of 2 approvals, still awaiting bob"},
		{cluster.Bob, []string{"approval", "describe", request}, 0, `ticket="OPS-7"`},
		{cluster.Bob, []string{"approval", "approve", request, "--input", "colour=green"}, 0, `ticket: "OPS-7", answered by alice, is kept`},
	})
	results := map[string]string{}
	for _, result := range ended(t, ns, "gate").Status.Results {
		results[result.Name] = result.Value
	}
	if results["ticket"] != "OPS-7" || results["colour"] != "green" {
		t.Errorf("the results are %v; want the ticket of alice and the colour of bob", results)
	}
}
