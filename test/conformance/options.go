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
	"regexp"
	"time"
)

// Options say how the suite runs. The zero value is usable.
type Options struct {
	// Parallel is how many cases run at once. Default: 16.
	Parallel int
	// Patience is how long a case waits for something that must happen. Default: 60 s.
	Patience time.Duration
	// Only chooses cases by "NUMBER TITLE". That it chooses none that applies is an error. Default: all.
	Only *regexp.Regexp
	// Restart kills the controller without warning and starts it again. It may return before the controller works.
	// Default: the profile's command; without that, cases that need it are skipped.
	Restart func(context.Context) error
	// Progress is called as each case ends, from one goroutine at a time. Default: nothing is called.
	Progress func(Outcome)
}

func (o Options) complete() Options {
	if o.Parallel <= 0 {
		o.Parallel = 16
	}
	if o.Patience <= 0 {
		o.Patience = time.Minute
	}
	if o.Progress == nil {
		o.Progress = func(Outcome) {}
	}
	return o
}

// chosen says whether a case is to run.
func (o Options) chosen(c Case) bool {
	return o.Only == nil || o.Only.MatchString(c.Number+" "+c.Title)
}
