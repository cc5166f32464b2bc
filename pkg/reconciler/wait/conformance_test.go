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

package wait_test

import (
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

func TestConformance(t *testing.T) {
	forever := newRun(customtasktest.Param("duration", "1000000h"))
	for name, succeeds := range map[string]*v1beta1.CustomRun{
		"by params":           newRun(customtasktest.Param("duration", "90s")),
		"by an embedded spec": newRun(customtasktest.Spec(`{"duration":"1h"}`)),
		"by name":             newRun(customtasktest.Named("coffee")),
	} {
		t.Run(name, func(t *testing.T) {
			customtasktest.Conformance(t, customtasktest.Kind{
				New: func(t testing.TB) *customtasktest.Harness {
					return harness(t, named("coffee", v1alpha1.WaitSpec{Duration: "5m"}))
				},
				Succeeds:  customtasktest.Scenario{Run: succeeds},
				Fails:     &customtasktest.Scenario{Run: newRun(customtasktest.Param("duration", "1h"), customtasktest.Timeout(time.Minute))},
				NeverEnds: forever,
				Invalid: map[string]*v1beta1.CustomRun{
					"duration": newRun(customtasktest.Param("duration", "soon")),
					"until":    newRun(customtasktest.Param("until", "tomorrow")),
					"colour":   newRun(customtasktest.Param("colour", "red")),
				},
			})
		})
	}
}
