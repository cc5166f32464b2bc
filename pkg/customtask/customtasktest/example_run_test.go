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

package customtasktest_test

import (
	"fmt"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var scanKind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "Scan"}

func ExampleRun() {
	run := customtasktest.Run("scan", scanKind)
	fmt.Println(run.Name, run.Namespace, run.Spec.CustomRef.APIVersion, run.Spec.CustomRef.Kind)
	// Output: scan test example.dev/v1 Scan
}

// Any function of this form is an option.
func ExampleRunOption() {
	labelled := func(run *v1beta1.CustomRun) { run.Labels = map[string]string{"team": "red"} }
	run := customtasktest.Run("scan", scanKind, labelled, customtasktest.Retries(1))
	fmt.Println(run.Labels["team"], run.Spec.Retries)
	// Output: red 1
}

func ExampleNamed() {
	run := customtasktest.Run("scan", scanKind, customtasktest.Named("strict"))
	fmt.Println(run.Spec.CustomRef.Kind, run.Spec.CustomRef.Name)
	// Output: Scan strict
}

func ExampleSpec() {
	run := customtasktest.Run("scan", scanKind, customtasktest.Spec(`{"severity": "high"}`))
	fmt.Println(run.Spec.CustomSpec.Kind, string(run.Spec.CustomSpec.Spec.Raw))
	// Output: Scan {"severity": "high"}
}

func ExampleParam() {
	run := customtasktest.Run("scan", scanKind,
		customtasktest.Param("image", "app:1.2"),
		customtasktest.Param("severities", "high", "critical"))
	for _, p := range run.Spec.Params {
		fmt.Println(p.Name, p.Value.Type)
	}
	// Output:
	// image string
	// severities array
}

func ExampleObjectParam() {
	run := customtasktest.Run("scan", scanKind, customtasktest.ObjectParam("image", map[string]string{"name": "app", "tag": "1.2"}))
	fmt.Println(run.Spec.Params[0].Value.Type, run.Spec.Params[0].Value.ObjectVal["tag"])
	// Output: object 1.2
}

func ExampleRetries() {
	run := customtasktest.Run("scan", scanKind, customtasktest.Retries(2))
	fmt.Println(run.Spec.Retries)
	// Output: 2
}

func ExampleTimeout() {
	run := customtasktest.Run("scan", scanKind, customtasktest.Timeout(time.Hour))
	fmt.Println(run.Spec.Timeout.Duration)
	// Output: 1h0m0s
}
