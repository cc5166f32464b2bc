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
	"net"
	"net/url"
	"regexp"
	"slices"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/cluster"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/terminal"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The exit codes. With several names it is the highest of theirs.
const (
	// ExitDone: it was done.
	ExitDone = 0
	// ExitRefused: a vote was not taken, came too late or was called off; or something else failed.
	ExitRefused = 1
	// ExitUsage: the command was not written right; nothing was done.
	ExitUsage = 2
	// ExitNotFound: there is no such request.
	ExitNotFound = 3
	// ExitUnavailable: the kubeconfig or the flags name no cluster that is there, or it cannot be reached,
	// does not know you, or cannot answer just now.
	ExitUnavailable = 4
)

// denied is how the API server introduces what the webhook says to a voter, which is a sentence of its own.
var denied = regexp.MustCompile(`^(.*: )?admission webhook "[^"]*" denied the request: (.*)$`)

// unjudged is how the API server says that it got no answer from the webhook, before the reason.
var unjudged = regexp.MustCompile(`^(.*?)(?:Internal error occurred: )?failed calling webhook "([^"]*)"`)

// usageError is about how the command is written.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// noRequest is returned for a name that no request has.
type noRequest struct {
	namespace string
	err       error
}

func (e noRequest) Error() string {
	return "there is no approval request of this name in namespace " + e.namespace
}
func (e noRequest) Unwrap() error { return e.err }

// told is returned when all errors were printed already. It carries the highest of their codes.
type told struct{ code int }

func (told) Error() string { return "" }

// code is what to exit with after an error.
func code(err error) int {
	var usage usageError
	var printed told
	var config cluster.ConfigError
	var call *url.Error
	var network net.Error
	switch {
	case err == nil:
		return ExitDone
	case errors.As(err, &printed):
		return printed.code
	case errors.As(err, &usage):
		return ExitUsage
	case apierrors.IsNotFound(err):
		return ExitNotFound
	case apierrors.IsUnauthorized(err), apierrors.IsServiceUnavailable(err), apierrors.IsInternalError(err),
		apierrors.IsTimeout(err), apierrors.IsServerTimeout(err), apierrors.IsTooManyRequests(err),
		errors.As(err, &config), errors.As(err, &call), errors.As(err, &network):
		return ExitUnavailable
	}
	return ExitRefused
}

// sentence is an error for people, plain and on a single line.
func sentence(err error) string {
	text := terminal.Line(err.Error())
	if apierrors.IsNotFound(err) && unserved(err) {
		return "this cluster does not know approval requests; ask an administrator to install customtasks"
	}
	if refused := denied.FindStringSubmatch(text); refused != nil {
		return refused[1] + refused[2]
	}
	if down := unjudged.FindStringSubmatch(text); down != nil {
		return down[1] + "nobody can vote just now: the webhook " + down[2] +
			", which checks votes, does not answer; try again, or tell an administrator"
	}
	return text
}

// unserved reports whether the API server does not serve the resource at all.
func unserved(err error) bool {
	var status apierrors.APIStatus
	if !errors.As(err, &status) || status.Status().Details == nil {
		return false
	}
	return slices.ContainsFunc(status.Status().Details.Causes, func(c metav1.StatusCause) bool {
		return c.Type == metav1.CauseTypeUnexpectedServerResponse
	})
}
