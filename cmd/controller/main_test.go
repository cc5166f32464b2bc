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
	"context"
	"testing"

	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/injection"
)

func TestC5DisabledKindsAreNotStarted(t *testing.T) {
	started := map[string]bool{}
	kind := func(name string) injection.ControllerConstructor {
		return func(context.Context, configmap.Watcher) *controller.Impl {
			started[name] = true
			return nil
		}
	}
	kinds := map[string]injection.ControllerConstructor{"a.dev": kind("a"), "b.dev": kind("b")}
	for disabled, want := range map[string][]string{"": {"a", "b"}, "a.dev": {"b"}, "b.dev,": {"a"}} {
		clear(started)
		constructors, err := enabled(kinds, disabled)
		if err != nil {
			t.Fatal(err)
		}
		for _, constructor := range constructors {
			constructor(t.Context(), nil)
		}
		for _, name := range []string{"a", "b"} {
			wanted := false
			for _, w := range want {
				wanted = wanted || w == name
			}
			if started[name] != wanted {
				t.Errorf("with %q disabled, %s started: %v", disabled, name, started[name])
			}
		}
	}
}

func TestDisablingWhatIsNotThereIsAnError(t *testing.T) {
	kinds := map[string]injection.ControllerConstructor{"a.dev": nil}
	for disabled, want := range map[string]string{
		"wait":  `-disable-controllers: there is no kind "wait"; the kinds are a.dev`,
		"a.dev": "-disable-controllers: no kind is left",
	} {
		if _, err := enabled(kinds, disabled); err == nil || err.Error() != want {
			t.Errorf("%q: %v; want %s", disabled, err, want)
		}
	}
}
