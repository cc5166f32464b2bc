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

package conformance

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
)

func smallProfile(t *testing.T) Profile {
	t.Helper()
	p, err := Parse([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNothingToRunIsAnError(t *testing.T) {
	for only, want := range map[string]string{
		"^C99 ":       "no case has a number and title like that",
		"^C7 ":        "every case that was chosen is skipped: C7 An object created a second after the run that names it is found: it has no named objects",
		"^C47 ":       "every case that was chosen is skipped",
		"^C2 .*after": "the profile has no restart command",
	} {
		// There is no cluster: the error must come before one is asked.
		_, err := Run(t.Context(), &rest.Config{Host: "http://127.0.0.1:1"}, smallProfile(t), Options{Only: regexp.MustCompile(only)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v; want %q", only, err, want)
		}
	}
}

func TestAnInterruptIsNotBlamedOnTheController(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Run(ctx, &rest.Config{Host: "http://127.0.0.1:1"}, smallProfile(t), Options{})
	if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "controller") {
		t.Errorf("error %v", err)
	}
}

func TestAClusterThatIsNotThereIsNotBlamedOnTheController(t *testing.T) {
	_, err := Run(t.Context(), &rest.Config{Host: "http://127.0.0.1:1"}, smallProfile(t), Options{})
	if err == nil || !strings.Contains(err.Error(), "making a first run: ") {
		t.Errorf("error %v", err)
	}
}

func TestObjectsInNoNamespaceAreRefused(t *testing.T) {
	mapper := meta.NewDefaultRESTMapper(nil)
	mapper.Add(schema.GroupVersionKind{Version: "v1", Kind: "Node"}, meta.RESTScopeRoot)
	mapper.Add(schema.GroupVersionKind{Version: "v1", Kind: "Secret"}, meta.RESTScopeNamespace)
	object := func(kind string) map[string]any { return map[string]any{"apiVersion": "v1", "kind": kind} }
	rows := map[string]struct {
		p    Profile
		want string
	}{
		"an object":        {Profile{Objects: []map[string]any{object("Secret"), object("Node")}}, "objects[1] of the profile is a Node, which is in no namespace"},
		"a definition":     {Profile{Definition: &Definition{Object: object("Node")}}, "definition.object of the profile is a Node"},
		"a namespaced one": {Profile{Objects: []map[string]any{object("Secret"), object("Unknown")}}, ""},
	}
	for name, row := range rows {
		err := (&suite{profile: row.p, mapper: mapper}).checkScopes()
		if (err != nil) != (row.want != "") || err != nil && !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: error %v; want %q", name, err, row.want)
		}
	}
}
