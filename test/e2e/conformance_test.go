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
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/test/cluster"
	"github.com/customtasks/customtasks/test/conformance"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var reportPath = flag.String("conformance-report", "", "write the report into this Markdown file, between its markers")

const profilesDir = "../conformance/profiles/"

// TestConformance runs alone: each kind gets a controller of its own in place of the one that drives all, so that all
// can be checked at once although the cases kill the controller.
func TestConformance(t *testing.T) {
	files, err := filepath.Glob(profilesDir + "*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no profiles: %v", err)
	}
	// The one definition that belongs to no namespace.
	apply(t, "", `apiVersion: approval.tekton.dev/v1alpha1
kind: ClusterApprovalPolicy
metadata: {name: conformance}
spec: {approvers: [alice], preventSelfApproval: false}`)
	t.Cleanup(func() {
		if err := suite.ApprovalV1alpha1().ClusterApprovalPolicies().Delete(context.Background(), "conformance", metav1.DeleteOptions{}); err != nil {
			t.Errorf("deleting the policy: %v", err)
		}
	})
	profiles := make([]conformance.Profile, len(files))
	for i, file := range files {
		if profiles[i], err = conformance.Load(file); err != nil {
			t.Fatal(err)
		}
	}
	controllers := controllerOfEach(t, profiles)
	reports := make([]conformance.Report, len(profiles))
	// More at once, and the cases would time each other and not the controller.
	slots := make(chan struct{}, 2)
	t.Run("of", func(t *testing.T) {
		for i, profile := range profiles {
			t.Run(profile.Kind, func(t *testing.T) {
				t.Parallel()
				slots <- struct{}{}
				defer func() { <-slots }()
				reports[i] = conform(t, profile, controllers[i])
			})
		}
	})
	if t.Failed() {
		return
	}
	left, err := kube.CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{LabelSelector: "conformance.customtasks.dev/namespace"})
	if err != nil || len(left.Items) > 0 {
		t.Errorf("%d namespaces are left, %v", len(left.Items), err)
	}
	if *reportPath != "" {
		writeReport(t, *reportPath, reports)
	}
}

// controllerOfEach replaces the controller, until the test ends, by one for each kind that leaves the others alone.
func controllerOfEach(t *testing.T, profiles []conformance.Profile) []*cluster.Process {
	t.Helper()
	names := make([]string, len(profiles))
	for i, profile := range profiles {
		names[i] = customtask.ControllerName(schema.FromAPIVersionAndKind(profile.APIVersion, profile.Kind))
	}
	const grace = 30 * time.Second
	all := plane.Process("controller")
	if err := all.Stop(grace); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := all.Start(); err != nil {
			t.Errorf("starting the controller again: %v", err)
		}
	})
	out := make([]*cluster.Process, len(profiles))
	for i, name := range names {
		others := slices.Delete(slices.Clone(names), i, i+1)
		process, err := plane.StartController(t.Context(), "controller-of-"+name, "-disable-controllers="+strings.Join(others, ","))
		if err != nil {
			t.Fatal(err)
		}
		out[i] = process
		t.Cleanup(func() {
			if err := process.Stop(grace); err != nil {
				t.Errorf("stopping the controller of %s: %v", name, err)
			}
		})
	}
	return out
}

// conform runs all cases for a profile.
func conform(t *testing.T, profile conformance.Profile, controller *cluster.Process) conformance.Report {
	t.Helper()
	report, err := conformance.Run(t.Context(), plane.RESTConfig(cluster.Admin), profile, conformance.Options{
		Restart: func(context.Context) error { return controller.Restart() },
	})
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := report.WriteText(&text, false); err != nil {
		t.Fatal(err)
	}
	t.Log(text.String())
	if n := report.Failed(); n > 0 {
		t.Errorf("%d cases failed", n)
	}
	return report
}

var reportPart = regexp.MustCompile(`(?s)(<!-- report -->\n).*(<!-- /report -->)`)

// writeReport puts the reports between the markers of a Markdown file.
func writeReport(t *testing.T, path string, reports []conformance.Report) {
	t.Helper()
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var part bytes.Buffer
	if err := conformance.WriteMarkdown(&part, reports...); err != nil {
		t.Fatal(err)
	}
	if !reportPart.Match(page) {
		t.Fatalf("%s has no <!-- report --> and <!-- /report -->", path)
	}
	page = reportPart.ReplaceAllFunc(page, func(old []byte) []byte {
		return []byte("<!-- report -->\n\n" + part.String() + "\n<!-- /report -->")
	})
	if err := os.WriteFile(path, page, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestConformanceBinary runs the program as another author would.
func TestConformanceBinary(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	binary := filepath.Join(dir, "customtask-conformance")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./cmd/customtask-conformance")
	build.Dir = plane.RepoRoot()
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	profile, err := os.ReadFile(profilesDir + "wait.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("good.yaml", string(profile))
	rows := map[string]struct {
		args   []string
		status int
		says   string
	}{
		"cases that pass": {[]string{"-profile", good, "-run", "^C(31|22|18|26) "}, 0, "passed  C31"},
		"a case that fails": {
			[]string{"-profile", write("wrong.yaml", strings.Replace(string(profile), "value: 0s}", "value: soon}", 1)), "-run", "^C22 .*succeeds"}, 1, "failed  C22",
		},
		"a profile with an unknown field": {[]string{"-profile", write("bad.yaml", "kinds: Wait\n"+string(profile))}, 2, `unknown field "kinds"`},
		"a kind without a cluster":        {[]string{"-profile", good, "-kubeconfig", filepath.Join(dir, "nowhere")}, 2, "finding the cluster"},
		"the list of cases":               {[]string{"-profile", good, "-list", "-run", "^C31 "}, 0, "C31 M  RunCancelled ends"},
		"a case that there is not":        {[]string{"-profile", good, "-run", "^C99 "}, 2, "no case has a number and title like that"},
		"only cases that do not apply":    {[]string{"-profile", good, "-run", "^C34 "}, 2, "the profile names no children"},
		"no profile":                      {nil, 2, "-profile is missing"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			asJSON, asJUnit := filepath.Join(t.TempDir(), "report.json"), filepath.Join(t.TempDir(), "report.xml")
			args := append([]string{"-json", asJSON, "-junit", asJUnit}, row.args...)
			cmd := exec.CommandContext(t.Context(), binary, args...)
			cmd.Env = append(os.Environ(), "KUBECONFIG="+plane.Kubeconfig(cluster.Admin))
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if got := cmd.ProcessState.ExitCode(); got != row.status || !strings.Contains(string(out), row.says) {
				t.Errorf("exit status %d and\n%s\nwant %d and %q", got, out, row.status, row.says)
			}
			if row.status < 2 && !strings.Contains(name, "list") {
				wantReports(t, asJSON, asJUnit, row.status)
			}
		})
	}
}

// wantReports checks that both files can be read, and agree with each other and with the exit status.
func wantReports(t *testing.T, asJSON, asJUnit string, failed int) {
	t.Helper()
	data, err := os.ReadFile(asJSON)
	if err != nil {
		t.Fatal(err)
	}
	var report conformance.Report
	if err := json.Unmarshal(data, &report); err != nil {
		t.Fatalf("reading the JSON: %v", err)
	}
	if data, err = os.ReadFile(asJUnit); err != nil {
		t.Fatal(err)
	}
	var junit struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Cases    []struct {
			Name string `xml:"name,attr"`
		} `xml:"testcase"`
	}
	if err := xml.Unmarshal(data, &junit); err != nil {
		t.Fatalf("reading the XML: %v", err)
	}
	if report.Failed() != failed || junit.Failures != failed || len(report.Cases) == 0 || len(report.Cases) != junit.Tests || len(junit.Cases) != junit.Tests {
		t.Errorf("JSON: %d cases, %d failed; JUnit: %d cases, %d failed", len(report.Cases), report.Failed(), junit.Tests, junit.Failures)
	}
	for _, c := range report.Cases {
		if c.Seen == "" || c.CustomRun == "" && c.Result == conformance.Failed {
			t.Errorf("%s %s lacks what was seen or the run", c.Number, c.Title)
		}
	}
}
