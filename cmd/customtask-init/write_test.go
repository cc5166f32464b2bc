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
	"bytes"
	"errors"
	"go/format"
	"io"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/test/conformance"
	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
)

func rendered(t *testing.T, kind, groupVersion string) map[string][]byte {
	t.Helper()
	m, err := newModule(kind, groupVersion, "")
	if err != nil {
		t.Fatal(err)
	}
	m.SDK = firstRelease
	files, err := render(m)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// objects reads every document of a YAML file.
func objects(t *testing.T, name string, data []byte) []*unstructured.Unstructured {
	t.Helper()
	var out []*unstructured.Unstructured
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(data), 4096)
	for {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(&object.Object)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, data)
		}
		if object.Object != nil {
			out = append(out, object)
		}
	}
}

func TestEveryFileIsWellFormed(t *testing.T) {
	want := []string{
		".gitignore", ".ko.yaml", "README.md",
		"config/100-namespace.yaml", "config/200-rbac.yaml", "config/600-controller.yaml",
		"config/config-leader-election.yaml", "config/config-logging.yaml", "config/config-observability.yaml",
		"conformance.yaml", "go.mod", "main.go", "pipelinerun.yaml", "task.go", "task_test.go",
	}
	for _, kind := range []string{"Greeting", "A", "HTTPCall2", "A" + strings.Repeat("b", 51)} {
		files := rendered(t, kind, "example.dev/v1alpha1")
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(files))); diff != "" {
			t.Errorf("files (-want, +got):\n%s", diff)
		}
		for name, data := range files {
			if bytes.Contains(data, []byte("{{")) || bytes.Contains(data, []byte("<no value>")) || !bytes.HasSuffix(data, []byte("\n")) {
				t.Errorf("%s is not filled in:\n%s", name, data)
			}
			switch path.Ext(name) {
			case ".go":
				formatted, err := format.Source(data)
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if diff := cmp.Diff(string(formatted), string(data)); diff != "" {
					t.Errorf("%s is not formatted (-gofmt, +got):\n%s", name, diff)
				}
			case ".yaml":
				if len(objects(t, name, data)) == 0 {
					t.Errorf("%s has nothing in it", name)
				}
			}
		}
	}
}

func TestAKindThatYAMLReadsOtherwiseStaysAString(t *testing.T) {
	for _, kind := range []string{"Null", "NULL", "Yes", "No", "On", "Off", "True", "False", "Y", "N", "E1", "Greeting"} {
		files := rendered(t, kind, "example.dev/v1")
		profile, err := conformance.Parse(files["conformance.yaml"])
		if err != nil {
			t.Errorf("%s: %v", kind, err)
		} else if profile.Kind != kind {
			t.Errorf("the profile of %s is of kind %q", kind, profile.Kind)
		}
		run := objects(t, "pipelinerun.yaml", files["pipelinerun.yaml"])[0]
		tasks, _, err := unstructured.NestedSlice(run.Object, "spec", "pipelineSpec", "tasks")
		if err != nil || len(tasks) == 0 {
			t.Fatalf("%s: tasks %v, %v", kind, tasks, err)
		}
		for _, task := range tasks {
			for _, field := range []string{"taskRef", "taskSpec"} {
				ref, ok := task.(map[string]any)[field].(map[string]any)
				if ok && ref["kind"] != kind {
					t.Errorf("the %s of %s is of kind %#v", field, kind, ref["kind"])
				}
			}
		}
	}
}

func TestNamesAreMadeOfTheKind(t *testing.T) {
	files := rendered(t, "Greeting", "example.dev/v1")
	for name, part := range map[string]string{
		"task.go":                    `schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Greeting"}`,
		"main.go":                    `sharedmain.Main("greeting-controller", `,
		"pipelinerun.yaml":           "apiVersion: example.dev/v1\n          kind: Greeting",
		"config/600-controller.yaml": "image: ko://example.dev/greeting\n",
		"config/config-logging.yaml": "loglevel.greeting-controller: info",
		"go.mod":                     "\tgithub.com/customtasks/customtasks v0.1.0\n",
		".gitignore":                 "/greeting\n",
	} {
		if !strings.Contains(string(files[name]), part) {
			t.Errorf("%s does not say %q:\n%s", name, part, files[name])
		}
	}
	for name, data := range files {
		if !strings.HasPrefix(name, "config/") {
			continue
		}
		for _, object := range objects(t, name, data) {
			named := object.GetName() == "greeting-controller" || object.GetKind() == "ConfigMap"
			placed := object.GetNamespace() == "greeting-controller" || object.GetNamespace() == "" &&
				slices.Contains([]string{"Namespace", "ClusterRole", "ClusterRoleBinding"}, object.GetKind())
			if !named || !placed {
				t.Errorf("%s has %s %s/%s", name, object.GetKind(), object.GetNamespace(), object.GetName())
			}
		}
	}
}

var requirement = regexp.MustCompile(`(?m)^(?:require )?\s*([a-z0-9.-]+/\S+) (v\S+)`)

func TestPinnedVersionsAreThisProjects(t *testing.T) {
	root, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	ours := map[string]string{}
	for _, m := range requirement.FindAllStringSubmatch(string(root), -1) {
		ours[m[1]] = m[2]
	}
	gomod := string(rendered(t, "Greeting", "example.dev/v1")["go.mod"])
	found := 0
	for _, m := range requirement.FindAllStringSubmatch(gomod, -1) {
		if m[1] == sdkModule {
			continue
		}
		found++
		if ours[m[1]] != m[2] {
			t.Errorf("the template requires %s %s, and this module %q", m[1], m[2], ours[m[1]])
		}
	}
	if found != 5 {
		t.Errorf("the template pins %d modules:\n%s", found, gomod)
	}
	goLine := regexp.MustCompile(`(?m)^go .*$`)
	if got, want := goLine.FindString(gomod), goLine.FindString(string(root)); got != want {
		t.Errorf("the template says %q, and this module %q", got, want)
	}
}

// config reads an object of this project's own config/.
func config(t *testing.T, file string) *unstructured.Unstructured {
	t.Helper()
	data, err := os.ReadFile("../../config/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return objects(t, file, data)[0]
}

func TestTheDeploymentIsLikeThisProjects(t *testing.T) {
	pod := func(object *unstructured.Unstructured) map[string]any {
		spec, _, err := unstructured.NestedMap(object.Object, "spec", "template", "spec")
		if err != nil {
			t.Fatal(err)
		}
		delete(spec, "serviceAccountName")
		delete(spec["containers"].([]any)[0].(map[string]any), "image")
		return spec
	}
	const file = "config/600-controller.yaml"
	got := objects(t, file, rendered(t, "Greeting", "example.dev/v1")[file])[0]
	if diff := cmp.Diff(pod(config(t, "600-controller.yaml")), pod(got)); diff != "" {
		t.Errorf("pods (-ours, +template):\n%s", diff)
	}
}

func TestTheSettingsAreLikeThisProjects(t *testing.T) {
	files := rendered(t, "Greeting", "example.dev/v1")
	for _, file := range []string{"config-leader-election.yaml", "config-logging.yaml", "config-observability.yaml"} {
		data := func(object *unstructured.Unstructured) map[string]any {
			data, _, err := unstructured.NestedMap(object.Object, "data")
			if err != nil {
				t.Fatal(err)
			}
			maps.DeleteFunc(data, func(key string, _ any) bool { return strings.HasPrefix(key, "loglevel.") })
			return data
		}
		if diff := cmp.Diff(data(config(t, file)), data(objects(t, file, files["config/"+file])[0])); diff != "" {
			t.Errorf("%s (-ours, +template):\n%s", file, diff)
		}
	}
}

func TestTheProfileIsOneForTheBlackBoxSuite(t *testing.T) {
	profile, err := conformance.Parse(rendered(t, "Greeting", "example.dev/v1")["conformance.yaml"])
	if err != nil {
		t.Fatal(err)
	}
	if profile.APIVersion != "example.dev/v1" || profile.Kind != "Greeting" {
		t.Errorf("it is of %s %s", profile.APIVersion, profile.Kind)
	}
}
