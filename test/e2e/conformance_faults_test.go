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
	"context"
	"flag"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/customtasks/customtasks/test/cluster"
	"github.com/customtasks/customtasks/test/conformance"
)

// brokenProfile is the profile of the controller that the faults are put into.
const brokenProfile = `
apiVersion: example.broken/v1
kind: KIND
runs:
  succeeds:
    spec: {params: [{name: do, value: succeed}]}
    result: {name: list, value: '["a","b"]'}
  fails:
    spec: {params: [{name: do, value: fail}]}
    result: {name: one, pattern: '\d'}
    retried: true
  neverEnds:
    spec: {params: [{name: do, value: hang}]}
  takes:
    spec: {params: [{name: do, value: 8s}]}
    for: 8s
definition:
  object: {apiVersion: v1, kind: ConfigMap, metadata: {name: definition}, data: {do: 3s}}
  for: 3s
invalid:
- spec: {params: [{name: do, value: "100%d"}]}
  mentions: '"100%d"'
substitution:
  spec:
    customSpec: {spec: {do: $(params.what)}}
    params: [{name: what, value: succeed}]
  param: what
  literalFails: true
supports: {workspaces: false}
reasons: [Running, Retrying, Succeeded, Failed, InvalidSpec, NotFound, Cancelled]
children:
- {apiVersion: v1, kind: ConfigMap, endedField: data.ended, endedValues: ["true"]}
`

// faults are what controllers get wrong, and the case that must find it, as "NUMBER beginning of the title".
var faults = []struct{ fault, found string }{
	{"looks at the kind alone", "C1 Another version"},
	{"writes to foreign runs", "C2 Runs of another kind are never written"},
	{"claims every run after a restart", "C2 Runs of another kind are not written after a restart"},
	{"crashes on a bare run", "C6 A run with nothing but its kind"},
	{"ignores names that it does not find", "C6 A name that is not found"},
	{"looks for a definition once", "C7"},
	{"says nothing about bad input", "C8"},
	{"takes unknown fields", "C9 An unknown field"},
	{"takes any param", "C9 A param of 300 KiB"},
	{"takes negative numbers", "C9 A negative timeout"},
	{"refuses resolvers", "C10"},
	{"ignores workspaces", "C11"},
	{"reads the definition again and again", "C12"},
	{"takes any param", "C13 An unknown param"},
	{"replaces no references", "C14 $(params.NAME)"},
	{"takes a param that is missing for empty", "C14 A reference to a param"},
	{"replaces what it has put in", "C14 What was put in"},
	{"takes messages for format strings", "C15 A % in spec.statusMessage"},
	{"takes names for format strings", "C15 A % in a name"},
	{"forgets startTime", "C16 startTime is stored"},
	{"makes the child before it says so", "C16 startTime is stored"},
	{"moves startTime", "C17"},
	{"starts before the creation", "C17"},
	{"has another condition first", "C18"},
	{"never sets observedGeneration", "C19 A status that has"},
	{"has reasons with blanks", "C20"},
	{"has no bound on messages", "C20"},
	{"writes at every look", "C21 Touching the metadata of a run that goes on"},
	{"moves transition times", "C21 A condition that does not change"},
	{"is done before it is done", "C22 A run is not True before its time"},
	{"shows False between attempts", "C22 A run that was True or False"},
	{"forgets completionTime", "C23"},
	{"moves completionTime", "C23"},
	{"stops observing at the end", "C24 A late cancel, edits and touches change nothing in a run that failed"},
	{"flips True to False on a late cancel", "C24 A late cancel, edits and touches change nothing in a run that succeeded"},
	{"writes old runs again after a restart", "C24 A restart"},
	{"adopts runs that arrive finished", "C25 A run that arrives"},
	{"makes a child after the end", "C25 No child is created"},
	{"forgets results", "C26 A run that succeeds"},
	{"gives lists as text", "C26 A run that succeeds"},
	{"forgets results", "C26 A run that fails"},
	{"repeats results", "C27"},
	{"puts results in another order later", "C28"},
	{"has text in extraFields", "C30 extraFields is"},
	{"gives up on damaged extraFields", "C30 A run whose"},
	{"ignores cancellation", "C31 RunCancelled"},
	{"cancels with a reason of its own", "C31 RunCancelled"},
	{"takes a cancel by a timed-out pipeline for a timeout", "C31 RunCancelled"},
	{"takes any spec.status for a cancellation", "C31 Any other"},
	{"starts what was cancelled before", "C32"},
	{"uses a retry for a cancel", "C33 A cancelled attempt"},
	{"drops retriesStatus at a cancel", "C33 A run cancelled after"},
	{"lets children go on after a cancel", "C34"},
	{"flips True to False on a late cancel", "C35"},
	{"starts again when spec.status is cleared", "C36"},
	{"never times out", "C37 A run that times out"},
	{"times out early", "C37 A run that times out"},
	{"counts the timeout over all attempts", "C37 Each attempt"},
	{"takes timeout 0 for no time at all", "C38"},
	{"times out late", "C39 The timeout fires"},
	{"counts the timeout from its own start", "C39 After a restart"},
	{"archives without times", "C41 Entries"},
	{"archives the archive", "C41 Entries"},
	{"keeps startTime over all attempts", "C41 A failed attempt"},
	{"keeps the last attempt only", "C42 With two retries"},
	{"tries once more than it may", "C42 There are never more"},
	{"counts attempts in memory", "C42 A restart"},
	{"tries once more than it may", "C42 Without"},
	{"tries invalid input again", "C43 Invalid input"},
	{"pauses far too long", "C44 The pause"},
	{"shows False between attempts", "C44 Between"},
	{"gives children of all attempts one name", "C45"},
	{"waits from the start again after a restart", "C47"},
	{"makes a second child after a restart", "C47"},
	{"waits for ever for a child that is gone", "C51"},
	{"does not control its children", "C54"},
	{"copies all labels and annotations to children", "C55"},
	{"holds deleted runs", "C57 A deleted run"},
	{"takes a run for its predecessor", "C58"},
	{"does not know its runs in a pipeline", "C59 Two"},
	{"does not know its runs in a pipeline", "C59 A matrix"},
	{"ignores cancellation by a pipeline", "C59 Cancelling"},
	{"gives no results in a pipeline", "C60"},
	{"records Events all the time", "C63"},
}

var onlyFaults = flag.String("faults", "", "look only for the faults that match this regular expression")

// faultPatience is less than usual, as many faults are that something never happens. It is enough for the controller
// without a fault.
const faultPatience = 20 * time.Second

// TestTheSuiteFindsFaults lets the suite look at a controller that has one fault, for each of many.
//
// It runs alone, since its patience is short.
func TestTheSuiteFindsFaults(t *testing.T) {
	t.Run("and has nothing to say of the controller without one", func(t *testing.T) {
		report := inspect(t, "Sound", "none", "")
		for _, c := range report.Cases {
			if c.Result == conformance.Failed {
				t.Errorf("%s %s: expected %s; seen %s\n%s", c.Number, c.Title, c.Expected, c.Seen, c.CustomRun)
			}
		}
	})
	var group sync.WaitGroup
	slots := make(chan struct{}, 16)
	for i, row := range faults {
		if !regexp.MustCompile(*onlyFaults).MatchString(row.fault) {
			continue
		}
		kind, fault, want := fmt.Sprintf("Broken%d", i), row.fault, row.found
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			report := inspect(t, kind, fault, "^"+regexp.QuoteMeta(want))
			if report.Failed() == 0 {
				t.Errorf("a controller that %s passes %q: %+v", fault, want, report.Cases)
			}
			for _, c := range report.Cases {
				if c.Result == conformance.Failed {
					t.Logf("%s: %s: %s", fault, c.Number, c.Seen)
				}
			}
		})
	}
	group.Wait()
}

// inspect runs cases against a controller with a fault.
func inspect(t *testing.T, kind, fault, only string) conformance.Report {
	t.Helper()
	profile, err := conformance.Parse([]byte(strings.Replace(brokenProfile, "KIND", kind, 1)))
	if err != nil {
		t.Errorf("reading the profile: %v", err)
		return conformance.Report{}
	}
	controller := &broken{t: t, kind: kind, fault: fault}
	if err := controller.start(t.Context()); err != nil {
		t.Errorf("starting a controller that %s: %v", fault, err)
		return conformance.Report{}
	}
	defer func() { controller.end() }()
	options := conformance.Options{Patience: faultPatience, Restart: func(context.Context) error { return controller.restart(t.Context()) }}
	if only != "" {
		options.Only = regexp.MustCompile(only)
	}
	report, err := conformance.Run(t.Context(), plane.RESTConfig(cluster.Admin), profile, options)
	if err != nil {
		t.Errorf("a controller that %s: %v", fault, err)
	}
	if len(report.Cases) == 0 {
		t.Errorf("no case is %q", only)
	}
	return report
}
