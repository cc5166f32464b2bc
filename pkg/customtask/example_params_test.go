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

package customtask_test

import (
	"fmt"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

// param is a param as a test gives it: one value is a string, several are an array.
func param(name, value string, more ...string) v1beta1.Param {
	return v1beta1.Param{Name: name, Value: *v1beta1.NewStructuredValues(value, more...)}
}

// A getter says whether the param is there. Its error names the param, and fails the run if
// [customtask.ParamReader] or [customtask.Task] returns it.
func ExampleParams() {
	params := customtask.NewParams(param("replicas", "three"))

	_, ok, err := params.Int("zones")
	fmt.Println(ok, err)

	_, ok, err = params.Int("replicas")
	fmt.Println(ok, err)
	// Output:
	// false <nil>
	// true param "replicas" is "three"; it must be a whole number
}

// A test of FromParams makes its params itself.
func ExampleNewParams() {
	params := customtask.NewParams(param("image", "app:1.2"), param("zones", "a", "b"))
	fmt.Println(params.Names())
	// Output: [image zones]
}

// A param that is misspelt is found, not ignored.
func ExampleParams_Only() {
	params := customtask.NewParams(param("imgae", "app:1.2"))
	fmt.Println(params.Only("image", "zones"))
	// Output: param "imgae" is unknown; the params are image, zones
}

func ExampleParams_Names() {
	params := customtask.NewParams(param("image", "app:1.2"), param("replicas", "3"))
	fmt.Println(params.Names())
	// Output: [image replicas]
}

// For a task that hands its params on to something else.
func ExampleParams_All() {
	params := customtask.NewParams(param("image", "app:1.2"), param("zones", "a", "b"))
	for _, p := range params.All() {
		fmt.Println(p.Name, p.Value.Type)
	}
	// Output:
	// image string
	// zones array
}

func ExampleParams_String() {
	params := customtask.NewParams(param("image", "app:1.2"))
	image, ok, err := params.String("image")
	fmt.Println(image, ok, err)
	// Output: app:1.2 true <nil>
}

// An array, or a string with commas.
func ExampleParams_Strings() {
	params := customtask.NewParams(param("zones", "a", "b"), param("approvers", "ada, grace"))
	zones, _, _ := params.Strings("zones")
	approvers, _, _ := params.Strings("approvers")
	fmt.Printf("%q %q\n", zones, approvers)
	// Output: ["a" "b"] ["ada" "grace"]
}

func ExampleParams_Object() {
	params := customtask.NewParams(v1beta1.Param{Name: "labels", Value: *v1beta1.NewObject(map[string]string{"team": "red"})})
	labels, ok, err := params.Object("labels")
	fmt.Println(labels["team"], ok, err)
	// Output: red true <nil>
}

func ExampleParams_Int() {
	params := customtask.NewParams(param("replicas", "3"))
	replicas, ok, err := params.Int("replicas")
	fmt.Println(replicas, ok, err)
	// Output: 3 true <nil>
}

func ExampleParams_Bool() {
	params := customtask.NewParams(param("dry-run", "yes"))
	_, ok, err := params.Bool("dry-run")
	fmt.Println(ok, err)
	// Output: true param "dry-run" is "yes"; it must be "true" or "false"
}

func ExampleParams_Duration() {
	params := customtask.NewParams(param("pause", "1h30m"))
	pause, ok, err := params.Duration("pause")
	fmt.Println(pause.Minutes(), ok, err)
	// Output: 90 true <nil>
}
