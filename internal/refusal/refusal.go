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

// Package refusal tells why the API server did not create or change an object.
package refusal

import (
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

const (
	// ReasonQuotaExceeded: a quota of the namespace has no room for what a run is about to create (Unknown).
	ReasonQuotaExceeded = "QuotaExceeded"
	// QuotaPause is how long to wait before a quota is asked again, if nothing happens before.
	QuotaPause = 15 * time.Second
)

// ForGood reports whether the API server has refused to create or change an object such that trying again
// cannot help: the controller may not, or the object is not valid. knative's webhooks, of which Tekton's is one, say the latter with a bad
// request.
func ForGood(err error) bool {
	return apierrors.IsInvalid(err) || apierrors.IsBadRequest(err) || apierrors.IsRequestEntityTooLargeError(err) ||
		apierrors.IsForbidden(err) && !OverQuota(err)
}

// OverQuota tells a quota, which may have room again or has not been counted yet, from a refusal that stays
// (C56). The API server gives both the same status; only its text differs.
func OverQuota(err error) bool {
	return apierrors.IsForbidden(err) &&
		(strings.Contains(err.Error(), "exceeded quota") || strings.Contains(err.Error(), "status unknown for quota"))
}
