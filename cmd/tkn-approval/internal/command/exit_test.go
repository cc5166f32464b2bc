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

package command

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/genericiooptions"
)

func TestExitCode(t *testing.T) {
	resource := schema.GroupResource{Group: "approval.tekton.dev", Resource: "approvalrequests"}
	for name, row := range map[string]struct {
		err  error
		want int
	}{
		"nothing is wrong":                  {nil, ExitDone},
		"a refusal":                         {errors.New("no"), ExitRefused},
		"no right to it":                    {apierrors.NewForbidden(resource, "x", errors.New("no")), ExitRefused},
		"a word too many":                   {fmt.Errorf("reading: %w", usageError{errors.New("no")}), ExitUsage},
		"no such request":                   {noRequest{"team", apierrors.NewNotFound(resource, "x")}, ExitNotFound},
		"not logged in":                     {apierrors.NewUnauthorized("no"), ExitUnavailable},
		"the webhook is down":               {apierrors.NewInternalError(errors.New("failed calling webhook")), ExitUnavailable},
		"the API server asks to come later": {apierrors.NewTooManyRequests("later", 1), ExitUnavailable},
		"nobody listens":                    {fmt.Errorf("listing: %w", &url.Error{Op: "Get", Err: errors.New("refused")}), ExitUnavailable},
		"all was said already":              {told{ExitNotFound}, ExitNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			if got := code(row.err); got != row.want {
				t.Errorf("exit %d, want %d", got, row.want)
			}
		})
	}
}

func TestNoClusterToAsk(t *testing.T) {
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	text := `{kind: Config, current-context: one, clusters: [{name: c, cluster: {server: "https://c.example"}}],
		users: [{name: u}], contexts: [{name: one, context: {cluster: c, user: u}}]}`
	if err := os.WriteFile(kubeconfig, []byte(text), 0o600); err != nil {
		t.Fatalf("writing the kubeconfig: %v", err)
	}
	t.Setenv("KUBECONFIG", kubeconfig)
	for flag, value := range map[string]string{
		"--user": "nobody", "--cluster": "nope", "--context": "nope", "--kubeconfig": "/nonexistent",
	} {
		streams, _, _, errOut := genericiooptions.NewTestIOStreams()
		if code := New(streams).Run([]string{"list", flag, value}); code != ExitUnavailable || !strings.Contains(errOut.String(), value) {
			t.Errorf("list %s %s: exit %d, want %d, and %q in\n%s", flag, value, code, ExitUnavailable, value, errOut)
		}
	}
}

func TestSentenceOfAnError(t *testing.T) {
	missing := apierrors.NewGenericServerResponse(404, "get", schema.GroupResource{Resource: "approvalrequests"}, "", "404 page not found", 0, true)
	for name, row := range map[string]struct {
		err  error
		want string
	}{
		"what the webhook says, without how it came": {
			fmt.Errorf("not approved: %w", &apierrors.StatusError{ErrStatus: metav1.Status{
				Message: `admission webhook "a.b" denied the request: "mallory" may not decide`,
			}}), `not approved: "mallory" may not decide`,
		},
		"a cluster without approval requests": {
			missing, "this cluster does not know approval requests; ask an administrator to install customtasks",
		},
		"a webhook that hangs": {
			fmt.Errorf("not approved: %w", apierrors.NewInternalError(errors.New(
				`failed calling webhook "a.b": failed to call webhook: Post "https://hook.example/?timeout=10s": context deadline exceeded`))),
			"not approved: nobody can vote just now: the webhook a.b, which checks votes, does not answer; try again, or tell an administrator",
		},
		"nothing that a terminal obeys": {errors.New("it asks \x1b[2Jalice\nbob"), "it asks alice bob"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := sentence(row.err); got != row.want {
				t.Errorf("got  %q\nwant %q", got, row.want)
			}
		})
	}
}
