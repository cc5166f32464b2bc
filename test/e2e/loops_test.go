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
	"encoding/json"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	pipelinev1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/apis"
)

// echoTask is a taskSpec, in one line, whose result out is what it is told to echo.
func echoTask(echoed string, more ...string) string {
	params := `{name: word, default: ""}, {name: word-subvar-a, default: ""}, {name: word-subvar-b, default: ""}, {name: num, default: ""}, {name: i, default: ""}, {name: other, default: ""}`
	env := append([]string{fmt.Sprintf(`{name: KWOK_RESULTS, value: '[{"key":"out","value":"%s","type":1}]'}`, echoed)}, more...)
	return fmt.Sprintf(`{params: [%s], results: [{name: out}], steps: [{name: s, image: none, script: "true", env: [%s]}]}`, params, strings.Join(env, ", "))
}

// loopRun is a CustomRun of a loop with an embedded spec.
func loopRun(name, kind, spec string, params ...string) string {
	return fmt.Sprintf(`apiVersion: tekton.dev/v1beta1
kind: CustomRun
metadata: {name: %s}
spec:
  customSpec:
    apiVersion: custom.tekton.dev/v1alpha1
    kind: %s
    spec: {%s}
  params: [%s]`, name, kind, spec, strings.Join(params, ", "))
}

func resultsOf(run *v1beta1.CustomRun) map[string]string {
	out := map[string]string{}
	for _, r := range run.Status.Results {
		out[r.Name] = r.Value
	}
	return out
}

func taskRunsOf(t *testing.T, namespace, run string) []pipelinev1.TaskRun {
	t.Helper()
	list, err := tasks.TektonV1().TaskRuns(namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "tekton.dev/customRun=" + run})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(list.Items, func(a, b pipelinev1.TaskRun) int { return iteration(a) - iteration(b) })
	return list.Items
}

func iteration(run pipelinev1.TaskRun) int {
	n, _ := strconv.Atoi(run.Labels["custom.tekton.dev/taskLoopIteration"])
	return n
}

// What the projects before this one could iterate over, each for a Task and for a Pipeline.
func TestWhatLoopsIterateOver(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	const word, subvars = "$(params.word)", "$(params.word-subvar-a)-$(params.word-subvar-b)"
	rows := map[string]struct {
		only, spec, echoed string
		params             []string
		want               string
	}{
		"array":       {"", `iterateParam: word`, word, []string{`{name: word, value: [a, b]}`}, `["a","b"]`},
		"json":        {"", `iterateParam: word`, word, []string{`{name: word, value: '["a, b", "c"]'}`}, `["a, b","c"]`},
		"numbers":     {"", `iterateParam: word`, word, []string{`{name: word, value: '[1, 2]'}`}, `["1","2"]`},
		"objects":     {"", `iterateParam: word`, subvars, []string{`{name: word, value: '[{"a": "x", "b": 1}, {"a": "y", "b": 2}]'}`}, `["x-1","y-2"]`},
		"lines":       {"TaskLoop", `iterateParam: word`, word, []string{`{name: word, value: "a\nb\n"}`}, `["a","b"]`},
		"commas":      {"PipelineLoop", `iterateParam: word`, word, []string{`{name: word, value: "a,b"}`}, `["a","b"]`},
		"separator":   {"", `iterateParam: word, iterateParamStringSeparator: by`, word, []string{`{name: word, value: "a|b"}`, `{name: by, value: "|"}`}, `["a","b"]`},
		"numeric":     {"", `iterateNumeric: num`, "$(params.num)", []string{`{name: from, value: "1"}`, `{name: to, value: "-1"}`, `{name: step, value: "-1"}`}, `["1","0","-1"]`},
		"number":      {"", `iterateParam: word, iterationNumberParam: i`, "$(params.i)$(params.other)", []string{`{name: word, value: [a, b]}`, `{name: other, value: x}`}, `["1x","2x"]`},
		"items":       {"", `iterateParam: word, items: [a, 2]`, word, nil, `["a","2"]`},
		"matrix":      {"", `matrix: {params: [{name: word, value: [a, b]}, {name: num, value: ["1"]}], include: [{params: [{name: word, value: c}, {name: num, value: "9"}]}]}`, "$(params.word)$(params.num)", nil, `["a1","b1","c9"]`},
		"nothing":     {"", `iterateParam: word`, word, []string{`{name: word, value: "[]"}`}, `[]`},
		"concurrency": {"TaskLoop", `iterateParam: word, concurrency: 0`, word, []string{`{name: word, value: [a, b, c]}`}, `["a","b","c"]`},
		"parallelism": {"PipelineLoop", `iterateParam: word, parallelism: 2`, word, []string{`{name: word, value: [a, b, c]}`}, `["a","b","c"]`},
		"until":       {"", `until: results.out == "2", maxIterations: 5, iterationNumberParam: i`, "$(params.i)", nil, `["1","2"]`},
	}
	for name, row := range rows {
		for _, kind := range []string{"TaskLoop", "PipelineLoop"} {
			if row.only != "" && row.only != kind {
				continue
			}
			t.Run(kind+" "+name, func(t *testing.T) {
				t.Parallel()
				body := "taskSpec: " + echoTask(row.echoed)
				if kind == "PipelineLoop" {
					pass := ""
					for _, p := range []string{"word", "word-subvar-a", "word-subvar-b", "num", "i", "other"} {
						pass += fmt.Sprintf(`{name: %s, value: $(params.%s)}, `, p, p)
					}
					body = fmt.Sprintf(`pipelineSpec: {params: [{name: word, default: ""}, {name: word-subvar-a, default: ""}, {name: word-subvar-b, default: ""}, {name: num, default: ""}, {name: i, default: ""}, {name: other, default: ""}],
      results: [{name: out, value: $(tasks.echo.results.out)}], tasks: [{name: echo, params: [%s], taskSpec: %s}]}`, pass, echoTask(row.echoed))
				}
				run := strings.ToLower(kind) + "-" + name
				apply(t, ns, loopRun(run, kind, row.spec+", "+body, row.params...))
				done := ended(t, ns, run)
				if c := done.Status.GetCondition(apis.ConditionSucceeded); !c.IsTrue() {
					t.Fatalf("it ended with %v", c)
				}
				if got := resultsOf(done)["out"]; got != row.want {
					t.Errorf("results %s; want %s", got, row.want)
				}
			})
		}
	}
}

func TestLoopsFail(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	exit := `{name: KWOK_EXIT_CODE, value: "$(params.word)"}`
	t.Run("by the policy Stop", func(t *testing.T) {
		t.Parallel()
		apply(t, ns, loopRun("stop", "TaskLoop", "iterateParam: word, taskSpec: "+echoTask("x", exit), `{name: word, value: ["0", "1", "0"]}`))
		done := ended(t, ns, "stop")
		runs := taskRunsOf(t, ns, "stop")
		if len(runs) != 2 {
			t.Fatalf("%d iterations; want 2", len(runs))
		}
		if c := done.Status.GetCondition(apis.ConditionSucceeded); c.Reason != "IterationFailed" || !strings.Contains(c.Message, "iteration 2 ("+runs[1].Name+") failed with StepFailed") {
			t.Errorf("it ended with %v", c)
		}
		if got := resultsOf(done); got["condition"] != "failed" || got["succeeded"] != "1" || got["failed"] != "1" {
			t.Errorf("results %v", got)
		}
	})
	t.Run("by the policy Continue", func(t *testing.T) {
		t.Parallel()
		apply(t, ns, loopRun("continue", "TaskLoop", "iterateParam: word, failurePolicy: Continue, taskSpec: "+echoTask("x", exit), `{name: word, value: ["0", "1", "0"]}`))
		wantEnd(t, ended(t, ns, "continue"), corev1.ConditionFalse, "IterationFailed", "")
		if runs := taskRunsOf(t, ns, "continue"); len(runs) != 3 {
			t.Errorf("%d iterations; want 3", len(runs))
		}
	})
	t.Run("by the policy CancelRunning", func(t *testing.T) {
		t.Parallel()
		long := `{name: KWOK_DURATION, value: "$(params.word-subvar-b)"}`
		code := `{name: KWOK_EXIT_CODE, value: "$(params.word-subvar-a)"}`
		apply(t, ns, loopRun("cancel-running", "TaskLoop", "iterateParam: word, concurrency: 2, failurePolicy: CancelRunning, taskSpec: "+echoTask("x", long, code),
			`{name: word, value: '[{"a": 0, "b": "1h"}, {"a": 1, "b": "0s"}]'}`))
		wantEnd(t, ended(t, ns, "cancel-running"), corev1.ConditionFalse, "IterationFailed", "")
		for _, run := range taskRunsOf(t, ns, "cancel-running") {
			if !run.IsDone() {
				t.Errorf("C34: iteration %d is still at work", iteration(run))
			}
		}
	})
	t.Run("and run again what failed", func(t *testing.T) {
		t.Parallel()
		apply(t, ns, loopRun("again", "TaskLoop", "iterateParam: word, retries: 2, failurePolicy: Continue, taskSpec: "+echoTask("x", exit), `{name: word, value: ["0", "1", "0"]}`))
		wantEnd(t, ended(t, ns, "again"), corev1.ConditionFalse, "IterationFailed", "")
		tries := map[int]int{}
		for _, run := range taskRunsOf(t, ns, "again") {
			tries[iteration(run)]++
		}
		if tries[1] != 1 || tries[2] != 3 || tries[3] != 1 {
			t.Errorf("tries %v; want the second item three times", tries)
		}
	})
	t.Run("when the Task is missing", func(t *testing.T) {
		t.Parallel()
		apply(t, ns, loopRun("missing", "TaskLoop", "iterateParam: word, taskRef: {name: nowhere}", `{name: word, value: [a]}`))
		c := ended(t, ns, "missing").Status.GetCondition(apis.ConditionSucceeded)
		if c.Reason != "IterationFailed" || !strings.Contains(c.Message, "nowhere") {
			t.Errorf("it ended with %v", c)
		}
	})
	t.Run("when Tekton refuses an iteration", func(t *testing.T) {
		t.Parallel()
		apply(t, ns, loopRun("refused", "TaskLoop", "iterateParam: word, taskSpec: {steps: []}", `{name: word, value: [a]}`))
		c := ended(t, ns, "refused").Status.GetCondition(apis.ConditionSucceeded)
		if c.Reason != "Forbidden" || !strings.Contains(c.Message, "steps") {
			t.Errorf("C56: it ended with %v", c)
		}
	})
	t.Run("when their time is over", func(t *testing.T) {
		t.Parallel()
		long := `{name: KWOK_DURATION, value: 1h}`
		apply(t, ns, loopRun("late", "TaskLoop", "iterateParam: word, concurrency: 2, taskSpec: "+echoTask("x", long), `{name: word, value: [a, b, c]}`)+"\n  timeout: 3s")
		wantEnd(t, ended(t, ns, "late"), corev1.ConditionFalse, "CustomRunTimedOut", "")
		for _, run := range taskRunsOf(t, ns, "late") {
			if !run.IsDone() {
				t.Errorf("C40: iteration %d is still at work", iteration(run))
			}
		}
	})
	t.Run("when an iteration takes too long", func(t *testing.T) {
		t.Parallel()
		long := `{name: KWOK_DURATION, value: 1h}`
		apply(t, ns, loopRun("slow", "TaskLoop", "iterateParam: word, timeout: 2s, taskSpec: "+echoTask("x", long), `{name: word, value: [a, b, c]}`))
		c := ended(t, ns, "slow").Status.GetCondition(apis.ConditionSucceeded)
		if c.Reason != "IterationFailed" || !strings.Contains(c.Message, "TaskRunTimeout") {
			t.Errorf("it ended with %v", c)
		}
	})
}

func TestC34ACancelledLoopCancelsItsIterations(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	long := `{name: KWOK_DURATION, value: 1h}`
	pipeline := "iterateParam: word, parallelism: 2, pipelineSpec: {params: [{name: word}], tasks: [{name: work, taskSpec: " + echoTask("x", long) + "}]}"
	apply(t, ns, loopRun("loop", "PipelineLoop", pipeline, `{name: word, value: [a, b, c]}`))
	children := func(ctx context.Context) ([]pipelinev1.PipelineRun, error) {
		list, err := tasks.TektonV1().PipelineRuns(ns).List(ctx, metav1.ListOptions{LabelSelector: "tekton.dev/customRun=loop"})
		return list.Items, err
	}
	eventually(t, "two iterations", children, func(runs []pipelinev1.PipelineRun) bool { return len(runs) == 2 })
	patchRun(t, ns, "loop", `{"spec":{"status":"RunCancelled","statusMessage":"enough"}}`)
	wantEnd(t, ended(t, ns, "loop"), corev1.ConditionFalse, "CustomRunCancelled", "enough")
	runs, err := children(t.Context())
	if err != nil || len(runs) != 2 {
		t.Fatalf("%d iterations, %v", len(runs), err)
	}
	for _, run := range runs {
		if c := run.Status.GetCondition(apis.ConditionSucceeded); c == nil || c.IsUnknown() || c.Reason != "Cancelled" {
			t.Errorf("%s is %v", run.Name, c)
		}
	}
}

func TestC51ADeletedIterationIsNoHang(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	apply(t, ns, loopRun("loop", "TaskLoop", "iterateParam: word, taskSpec: "+echoTask("x", `{name: KWOK_DURATION, value: 1h}`), `{name: word, value: [a, b]}`))
	eventually(t, "an iteration", func(context.Context) ([]pipelinev1.TaskRun, error) { return taskRunsOf(t, ns, "loop"), nil },
		func(runs []pipelinev1.TaskRun) bool { return len(runs) == 1 })
	first := taskRunsOf(t, ns, "loop")[0]
	if err := tasks.TektonV1().TaskRuns(ns).Delete(t.Context(), first.Name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	c := ended(t, ns, "loop").Status.GetCondition(apis.ConditionSucceeded)
	if c.Reason != "IterationFailed" || !strings.Contains(c.Message, "ChildDeleted") {
		t.Errorf("it ended with %v", c)
	}
}

var loopItems = flag.Int("items", 200, "how many items a long loop has")

func TestManyItemsAtFiftyAtOnce(t *testing.T) {
	t.Parallel()
	ns := newNamespace(t)
	items := *loopItems
	apply(t, ns, loopRun("many", "TaskLoop", "iterateNumeric: num, concurrency: 50, taskSpec: "+echoTask("$(params.num)"),
		`{name: from, value: "1"}`, fmt.Sprintf(`{name: to, value: "%d"}`, items)))
	done := within(t, patience+time.Duration(items)*time.Second/2, "the loop to end", getRun(ns, "many"), (*v1beta1.CustomRun).IsDone)
	wantEnd(t, done, corev1.ConditionTrue, "LoopSucceeded", fmt.Sprintf("all %d iterations succeeded", items))
	var out []string
	if err := json.Unmarshal([]byte(resultsOf(done)["out"]), &out); err != nil || len(out) != items {
		t.Fatalf("%d results, %v", len(out), err)
	}
	for i, value := range out {
		if value != strconv.Itoa(i+1) {
			t.Errorf("result %d is %s", i+1, value)
		}
	}
	got := requestsBy(t, ns, "tekton-custom-tasks-controller")
	if writes := got["update customruns/status"]; got["create taskruns"] != items || writes > 2*items/50+10 {
		t.Errorf("requests %v; want %d creates and at most %d status writes", got, items, 2*items/50+10)
	}
	if got["get taskruns"]+got["list taskruns"]+got["get customruns"] > 0 {
		t.Errorf("reads: %v", got)
	}
}

// playLoop plays a loop whose results and children are the same however often the controller dies meanwhile.
func playLoop(t *testing.T, ns, name string) {
	t.Helper()
	const items, atOnce = 12, 3
	short := `{name: KWOK_DURATION, value: 200ms}`
	apply(t, ns, loopRun(name, "TaskLoop", fmt.Sprintf("iterateNumeric: num, concurrency: %d, taskSpec: %s", atOnce, echoTask("$(params.num)", short)),
		`{name: from, value: "1"}`, fmt.Sprintf(`{name: to, value: "%d"}`, items)))
	done := ended(t, ns, name)
	wantEnd(t, done, corev1.ConditionTrue, "LoopSucceeded", fmt.Sprintf("all %d iterations succeeded", items))
	if got := resultsOf(done)["out"]; got != `["1","2","3","4","5","6","7","8","9","10","11","12"]` {
		t.Errorf("C47: the results of %s are %s", name, got)
	}
	runs := taskRunsOf(t, ns, name)
	for i, run := range runs {
		if iteration(run) != i+1 {
			t.Errorf("C48: %s has %d iterations, and the one at %d is %d", name, len(runs), i+1, iteration(run))
		}
	}
	if most := atWork(runs); most > atOnce {
		t.Errorf("C48: %s had %d iterations at once; want at most %d", name, most, atOnce)
	}
}

// atWork is how many TaskRuns there were at once, by the whole seconds of their times, so rather too few.
func atWork(runs []pipelinev1.TaskRun) int {
	most := 0
	for _, run := range runs {
		n := 0
		for _, other := range runs {
			if !other.CreationTimestamp.After(run.CreationTimestamp.Time) && other.Status.CompletionTime.After(run.CreationTimestamp.Time) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}
