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

package lifecycle

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"
)

// maxMessage bounds a condition's message, in bytes (C20).
const maxMessage = 1024

var camelCase = regexp.MustCompile(`^[A-Z][A-Za-z0-9]{0,127}$`)

// setCondition stores Succeeded as the first condition, which is where Tekton reads the reason. The
// transition time moves only with the status. It reports whether status, reason or message changed.
func setCondition(run *v1beta1.CustomRun, status corev1.ConditionStatus, reason, message string, now time.Time) bool {
	next := apis.Condition{
		Type:               apis.ConditionSucceeded,
		Status:             status,
		Reason:             properReason(status, reason),
		Message:            shorten(message, maxMessage),
		LastTransitionTime: apis.VolatileTime{Inner: stamp(now)},
	}
	conditions := duckv1.Conditions{next}
	changed := true
	for _, c := range run.Status.Conditions {
		if c.Type != apis.ConditionSucceeded {
			conditions = append(conditions, c)
			continue
		}
		if c.Status == status {
			conditions[0].LastTransitionTime = c.LastTransitionTime
		}
		changed = c.Status != status || c.Reason != next.Reason || c.Message != next.Message
	}
	run.Status.Conditions = conditions
	return changed
}

// stamp is a time as the API server keeps it, to the second.
func stamp(t time.Time) metav1.Time {
	return metav1.NewTime(t.Truncate(time.Second))
}

// properReason keeps reasons in the CamelCase that the API asks for.
func properReason(status corev1.ConditionStatus, reason string) string {
	if camelCase.MatchString(reason) {
		return reason
	}
	switch status {
	case corev1.ConditionTrue:
		return string(v1beta1.CustomRunReasonSuccessful)
	case corev1.ConditionFalse:
		return string(v1beta1.CustomRunReasonFailed)
	default:
		return string(v1beta1.CustomRunReasonRunning)
	}
}

// shorten cuts s to at most limit bytes of whole characters.
func shorten(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= limit {
		return s
	}
	const more = "…"
	s = s[:limit-len(more)]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s + more
}
