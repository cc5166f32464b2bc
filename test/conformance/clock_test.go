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
	"testing"
	"time"
)

func TestTheClockOfTheCluster(t *testing.T) {
	here := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	at := func(seconds float64) time.Time { return here.Add(time.Duration(seconds * float64(time.Second))) }
	type sample struct{ sent, stamped, answered float64 }
	rows := map[string]struct {
		samples []sample
		want    time.Duration
	}{
		"nothing known":        {nil, 0},
		"the same clock":       {[]sample{{0.8, 0, 0.9}, {3.1, 3, 3.2}}, 0},
		"two minutes ahead":    {[]sample{{0.5, 120, 0.5}}, 119500 * time.Millisecond},
		"two minutes behind":   {[]sample{{0.5, -120, 0.5}}, -119500 * time.Millisecond},
		"narrowed":             {[]sample{{0.5, 120, 0.5}, {1.25, 121, 1.25}}, 119750 * time.Millisecond},
		"a clock that was set": {[]sample{{0.5, 120, 0.5}, {5, 5, 5.25}}, 0},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			var c clock
			for _, s := range row.samples {
				c.learn(at(s.sent), at(s.stamped), at(s.answered))
			}
			if got := c.cluster(here).Sub(here); got != row.want {
				t.Errorf("%s; want %s", got, row.want)
			}
		})
	}
}
