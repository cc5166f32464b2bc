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

	"k8s.io/client-go/rest"
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

func TestClientLimitsAreThoseOfABusyCluster(t *testing.T) {
	for name, row := range map[string]struct{ given, want rest.Config }{
		"unset":             {rest.Config{}, rest.Config{QPS: 400, Burst: 800}},
		"set by its flags":  {rest.Config{QPS: 7, Burst: 9}, rest.Config{QPS: 7, Burst: 9}},
		"with no limit set": {rest.Config{QPS: -1, Burst: -1}, rest.Config{QPS: -1, Burst: -1}},
	} {
		unlimit(&row.given)
		if row.given.QPS != row.want.QPS || row.given.Burst != row.want.Burst {
			t.Errorf("%s: %v requests a second and %d at once; want %v and %d", name, row.given.QPS, row.given.Burst, row.want.QPS, row.want.Burst)
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
