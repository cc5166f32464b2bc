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

package cluster

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStartProgramRefusesWhatIsNoSetting(t *testing.T) {
	c := newTestCluster(t)
	_, err := c.StartProgram(t.Context(), Program{Name: "greeter", Path: "greeter", Env: []string{"GREETING"}})
	if err == nil || !strings.Contains(err.Error(), `starting greeter: "GREETING" is not NAME=VALUE`) {
		t.Errorf("got %v", err)
	}
	if c.Process("greeter") != nil {
		t.Error("it was started nevertheless")
	}
}

func TestKnativeEnvironment(t *testing.T) {
	c := newTestCluster(t)
	env, err := settings("greeter", []string{"KUBERNETES_MIN_VERSION=v1.30.0", "GREETING=a=b", "EMPTY="})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.knativeEnvironment(component{name: "greeter", namespace: "greetings", env: env}, "kubeconfig")
	if err != nil {
		t.Fatal(err)
	}
	ports := map[string]bool{}
	for _, name := range []string{"PROBES_PORT", "METRICS_PROMETHEUS_PORT", "PROFILING_PORT"} {
		ports[got[name]] = true
		delete(got, name)
	}
	if len(ports) != 3 || ports[""] {
		t.Errorf("the ports are %v; want 3 different ones", ports)
	}
	want := map[string]string{
		"KUBECONFIG": "kubeconfig", "SYSTEM_NAMESPACE": "greetings", "POD_NAME": "greeter",
		"CONFIG_LOGGING_NAME": "config-logging", "METRICS_PROMETHEUS_HOST": "127.0.0.1",
		"KUBERNETES_MIN_VERSION": "v1.30.0", "GREETING": "a=b", "EMPTY": "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("environment (-want, +got):\n%s", diff)
	}
	if !maps.Equal(env, map[string]string{"KUBERNETES_MIN_VERSION": "v1.30.0", "GREETING": "a=b", "EMPTY": ""}) {
		t.Errorf("the program's own settings were changed: %v", env)
	}
}
