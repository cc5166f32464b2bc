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

package customtasktest

import (
	"time"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// RunOption changes a run that [Run] makes.
type RunOption func(*v1beta1.CustomRun)

// Run makes a run of a kind with an unnamed customRef.
func Run(name string, gvk schema.GroupVersionKind, opts ...RunOption) *v1beta1.CustomRun {
	apiVersion, kind := gvk.ToAPIVersionAndKind()
	run := &v1beta1.CustomRun{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: Namespace},
		Spec: v1beta1.CustomRunSpec{
			CustomRef: &v1beta1.TaskRef{APIVersion: apiVersion, Kind: v1beta1.TaskKind(kind)},
		},
	}
	for _, opt := range opts {
		opt(run)
	}
	return run
}

// Named makes the run name an object of its kind.
func Named(name string) RunOption {
	return func(run *v1beta1.CustomRun) { run.Spec.CustomRef.Name = name }
}

// Spec gives the run an embedded spec, as JSON, in place of the customRef; "" is none at all.
func Spec(raw string) RunOption {
	return func(run *v1beta1.CustomRun) {
		ref := run.Spec.CustomRef
		run.Spec.CustomRef = nil
		run.Spec.CustomSpec = &v1beta1.EmbeddedCustomRunSpec{
			TypeMeta: runtime.TypeMeta{APIVersion: ref.APIVersion, Kind: string(ref.Kind)},
		}
		if raw != "" {
			run.Spec.CustomSpec.Spec = runtime.RawExtension{Raw: []byte(raw)}
		}
	}
}

// Param gives the run a param: one value is a string, several are an array.
func Param(name, value string, more ...string) RunOption {
	return func(run *v1beta1.CustomRun) {
		run.Spec.Params = append(run.Spec.Params, v1beta1.Param{Name: name, Value: *v1beta1.NewStructuredValues(value, more...)})
	}
}

// ObjectParam gives the run a param that is an object.
func ObjectParam(name string, value map[string]string) RunOption {
	return func(run *v1beta1.CustomRun) {
		run.Spec.Params = append(run.Spec.Params, v1beta1.Param{Name: name, Value: *v1beta1.NewObject(value)})
	}
}

// Retries gives the run retries.
func Retries(n int) RunOption {
	return func(run *v1beta1.CustomRun) { run.Spec.Retries = n }
}

// Timeout gives the run a timeout; 0 is none.
func Timeout(d time.Duration) RunOption {
	return func(run *v1beta1.CustomRun) { run.Spec.Timeout = &metav1.Duration{Duration: d} }
}
