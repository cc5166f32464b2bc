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
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// past makes a history of a run from the YAML of its statuses.
func past(t *testing.T, statuses ...string) history {
	t.Helper()
	h := history{profile: Profile{Reasons: []string{"Running", "Done"}}, of: "a test"}
	for i, status := range statuses {
		object := &unstructured.Unstructured{}
		text := fmt.Sprintf(`
apiVersion: tekton.dev/v1beta1
kind: CustomRun
metadata: {name: run, uid: u, generation: 1, resourceVersion: "%d", creationTimestamp: "2026-01-01T00:00:00Z"}
spec: {retries: 1}
status: %s`, i+1, status)
		data, err := yaml.YAMLToJSON([]byte(text))
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		if err := object.UnmarshalJSON(data); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		h.versions = append(h.versions, newVersion(object, false))
	}
	return h
}

const (
	running = `{startTime: "2026-01-01T00:00:01Z", observedGeneration: 1, conditions: [{type: Succeeded, status: Unknown, reason: Running, message: m}]}`
	waiting = `{observedGeneration: 1, conditions: [{type: Succeeded, status: Unknown, reason: Running, message: again}], retriesStatus: [` +
		`{startTime: "2026-01-01T00:00:01Z", completionTime: "2026-01-01T00:00:02Z", conditions: [{type: Succeeded, status: "False"}]}]}`
	good = `{startTime: "2026-01-01T00:00:01Z", completionTime: "2026-01-01T00:00:02Z", observedGeneration: 1,` +
		` conditions: [{type: Succeeded, status: "True", reason: Done, message: m}], results: [{name: a, value: "1"}, {name: b, value: "2"}]}`
	bad = `{startTime: "2026-01-01T00:00:01Z", completionTime: "2026-01-01T00:00:02Z", observedGeneration: 1,` +
		` conditions: [{type: Succeeded, status: "False", reason: Done, message: m}]}`
)

func TestSoundHistoriesPass(t *testing.T) {
	for name, h := range map[string]history{
		"nothing yet":            past(t, "{}"),
		"over at once":           past(t, "{}", good),
		"over after a while":     past(t, "{}", running, good),
		"failed before a start":  past(t, strings.Replace(bad, `startTime: "2026-01-01T00:00:01Z", `, "", 1)),
		"waiting for an attempt": past(t, "{}", running, waiting),
	} {
		for _, c := range historyCases() {
			if wrong := c.check(h); wrong != "" {
				t.Errorf("%s: %s %s: %s", name, c.Number, c.Title, wrong)
			}
		}
	}
}

func TestUnsoundHistoriesFail(t *testing.T) {
	edit := func(status, old, now string) string { return strings.Replace(status, old, now, 1) }
	rows := map[string]struct {
		number string
		h      history
	}{
		"startTime without a condition":   {"C16", past(t, `{startTime: "2026-01-01T00:00:01Z"}`)},
		"startTime before the creation":   {"C17", past(t, edit(running, "2026-01-01", "2025-01-01"))},
		"startTime moves":                 {"C17", past(t, running, edit(running, "00:01Z", "00:02Z"))},
		"another condition first":         {"C18", past(t, edit(running, "[{", "[{type: Ready, status: Unknown}, {"))},
		"a status that cannot be read":    {"C18", past(t, edit(running, "observedGeneration: 1", "observedGeneration: x"))},
		"no observedGeneration":           {"C19", past(t, edit(running, "observedGeneration: 1, ", ""))},
		"observedGeneration ahead":        {"C19", past(t, edit(running, "observedGeneration: 1", "observedGeneration: 2"))},
		"a reason that is not documented": {"C20", past(t, edit(running, "Running", "Other"))},
		"a long message":                  {"C20", past(t, edit(running, "message: m", "message: "+strings.Repeat("m", 1025)))},
		"the transition time moves": {"C21", past(t, edit(running, "message: m", `message: m, lastTransitionTime: "2026-01-01T00:00:01Z"`),
			edit(running, "message: m", `message: m, lastTransitionTime: "2026-01-01T00:00:02Z"`))},
		"True becomes False":              {"C22", past(t, good, bad)},
		"False becomes Unknown":           {"C22", past(t, bad, running)},
		"no completionTime":               {"C23", past(t, edit(bad, `completionTime: "2026-01-01T00:00:02Z", `, ""))},
		"completionTime too early":        {"C23", past(t, edit(running, "observed", `completionTime: "2026-01-01T00:00:02Z", observed`))},
		"completionTime before startTime": {"C23", past(t, edit(bad, "00:02Z", "00:00Z"))},
		"a finished run changes":          {"C24", past(t, good, edit(good, "message: m", "message: n"))},
		"a result twice":                  {"C27", past(t, edit(good, "name: b", "name: a"))},
		"a result with a blank":           {"C27", past(t, edit(good, "name: b", "name: a b"))},
		"results in another order":        {"C28", past(t, good, edit(edit(good, "name: a", "name: c"), "name: b", "name: a"))},
		"extraFields that are text":       {"C30", past(t, edit(running, "observed", "extraFields: text, observed"))},
		"an archive without times":        {"C41", past(t, edit(waiting, `completionTime: "2026-01-01T00:00:02Z", `, ""))},
		"more entries than retries":       {"C42", past(t, edit(waiting, "retriesStatus: [", "retriesStatus: [{}, "))},
		"an entry is lost":                {"C42", past(t, waiting, running)},
		"False between attempts":          {"C44", past(t, running, edit(waiting, "status: Unknown", `status: "False"`))},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			for _, c := range historyCases() {
				if c.Number == row.number && c.check(row.h) != "" {
					return
				}
			}
			t.Errorf("%s has nothing to say", row.number)
		})
	}
}

func TestAJudgeNeedsARun(t *testing.T) {
	if o := historyCases()[0].judge(nil); o.Result != Failed {
		t.Errorf("without any run the case %s", o.Result)
	}
}

func TestAPanicInACheckIsAFinding(t *testing.T) {
	c := Case{check: func(history) string { panic("nobody thought of that") }}
	if o := c.judge([]history{past(t, good)}); o.Result != Failed || !strings.Contains(o.Seen, "nobody thought of that") {
		t.Errorf("%s: %s", o.Result, o.Seen)
	}
}
