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

package v1alpha1

import (
	"context"
	"fmt"
	"time"

	"github.com/customtasks/customtasks/internal/sentence"
	"knative.dev/pkg/apis"
)

// Validate says what of the wait cannot work. Every message says what to do.
func (s *WaitSpec) Validate(context.Context) *apis.FieldError {
	var errs *apis.FieldError
	invalid := func(path, format string, args ...any) {
		errs = errs.Also(&apis.FieldError{Message: fmt.Sprintf(format, args...), Paths: []string{path}})
	}
	switch {
	case s.Duration == "" && s.Until == "":
		return errs.Also(&apis.FieldError{Message: "nothing says how long to wait; set one of them", Paths: []string{"duration", "until"}})
	case s.Duration != "" && s.Until != "":
		return errs.Also(&apis.FieldError{Message: "both are set; set exactly one", Paths: []string{"duration", "until"}})
	}
	if d, err := time.ParseDuration(s.Duration); s.Duration != "" {
		switch {
		case err != nil:
			invalid("duration", `%q is not a duration; write it as "90s" or "1h30m"`, sentence.Clip(s.Duration))
		case d < 0:
			invalid("duration", `%q is negative; write a positive duration, or "0" to go on at once`, s.Duration)
		}
	}
	if _, err := time.Parse(time.RFC3339, s.Until); s.Until != "" && err != nil {
		invalid("until", `%q is not a time; write it in RFC 3339, as "2026-01-31T09:00:00Z"`, sentence.Clip(s.Until))
	}
	return errs
}

// End is when the wait is over that began at start. The spec must be valid.
func (s *WaitSpec) End(start time.Time) time.Time {
	if s.Until != "" {
		until, _ := time.Parse(time.RFC3339, s.Until) //nolint:errcheck // validated
		return until
	}
	d, _ := time.ParseDuration(s.Duration) //nolint:errcheck // validated
	return start.Add(d)
}
