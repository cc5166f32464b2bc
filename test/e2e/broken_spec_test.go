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
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// refusal is why a run is not taken on.
type refusal struct {
	reason, message string
	// wait says to look again soon; silent to do nothing at all.
	wait, silent bool
}

func invalid(format string, args ...any) *refusal {
	return &refusal{reason: "InvalidSpec", message: fmt.Sprintf(format, args...)}
}

var paramReference = regexp.MustCompile(`\$\(params\.([a-z-]+)\)`)

// resolve finds out what a run is to do: succeed, fail, hang, or take a time.
func (b *broken) resolve(ctx context.Context, run *v1beta1.CustomRun) (string, *refusal) {
	spec := run.Spec
	if b.has("crashes on a bare run") && spec.CustomRef != nil && spec.CustomRef.Name == "" && len(spec.Params) == 0 {
		return "", &refusal{silent: true}
	}
	if len(spec.Workspaces) > 0 && !b.has("ignores workspaces") {
		return "", &refusal{reason: "CustomRunWorkspaceNotSupported", message: "workspaces are not supported"}
	}
	if (spec.Retries < 0 || spec.Timeout != nil && spec.Timeout.Duration < 0) && !b.has("takes negative numbers") {
		return "", invalid("retries and timeout must not be negative")
	}
	do, used, failure := b.source(ctx, run)
	if failure != nil {
		return "", failure
	}
	for _, p := range spec.Params {
		switch {
		case p.Name == "do":
			do = p.Value.StringVal
		case !used[p.Name] && !b.has("takes any param"):
			message := "param " + p.Name + " is unknown"
			if b.has("takes names for format strings") {
				message = fmt.Sprintf(message, run.Name)
			}
			return "", invalid("%s", message)
		}
	}
	switch do {
	case "succeed", "fail", "hang":
		return do, nil
	case "":
		return "", invalid("nothing says what to do; set param do")
	}
	if _, err := time.ParseDuration(do); err != nil {
		if b.has("says nothing about bad input") {
			return "", &refusal{reason: "InvalidSpec"}
		}
		return "", invalid("do is %q, which is nothing to do", do)
	}
	return do, nil
}

// source reads the embedded spec or the object that is named, and returns which params it used.
func (b *broken) source(ctx context.Context, run *v1beta1.CustomRun) (string, map[string]bool, *refusal) {
	used := map[string]bool{}
	switch {
	case run.Spec.CustomSpec != nil:
		var spec struct {
			Do string `json:"do"`
		}
		decoder := json.NewDecoder(bytes.NewReader(run.Spec.CustomSpec.Spec.Raw))
		if !b.has("takes unknown fields") {
			decoder.DisallowUnknownFields()
		}
		if len(run.Spec.CustomSpec.Spec.Raw) > 0 {
			if err := decoder.Decode(&spec); err != nil {
				return "", nil, invalid("spec.customSpec.spec: %v", err)
			}
		}
		do, failure := b.substitute(run, spec.Do, used)
		if b.has("replaces what it has put in") && failure == nil {
			do, failure = b.substitute(run, do, used)
		}
		return do, used, failure
	case run.Spec.CustomRef.Name != "":
		if b.has("ignores names that it does not find") {
			return "", nil, &refusal{silent: true}
		}
		object, err := kube.CoreV1().ConfigMaps(run.Namespace).Get(ctx, run.Spec.CustomRef.Name, metav1.GetOptions{})
		once := b.has("looks for a definition once")
		if err == nil && !(once && object.CreationTimestamp.After(run.CreationTimestamp.Time)) {
			return object.Data["do"], used, nil
		}
		early := time.Since(run.CreationTimestamp.Time) < 4*time.Second && !once
		return "", nil, &refusal{reason: "NotFound", message: "there is no ConfigMap " + run.Spec.CustomRef.Name, wait: early}
	case run.Spec.CustomRef.Resolver != "" && b.has("refuses resolvers"):
		return "", nil, invalid("resolvers are not supported")
	}
	return "", used, nil
}

// substitute replaces references to params.
func (b *broken) substitute(run *v1beta1.CustomRun, text string, used map[string]bool) (string, *refusal) {
	if b.has("replaces no references") {
		return text, nil
	}
	var failure *refusal
	text = paramReference.ReplaceAllStringFunc(text, func(reference string) string {
		name := strings.TrimSuffix(strings.TrimPrefix(reference, "$(params."), ")")
		used[name] = true
		if p := run.Spec.GetParam(name); p != nil {
			return p.Value.StringVal
		}
		if b.has("takes a param that is missing for empty") {
			return "succeed"
		}
		failure = invalid("there is no param %s", name)
		return ""
	})
	return text, failure
}
