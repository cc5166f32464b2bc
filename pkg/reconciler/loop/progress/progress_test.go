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

package progress_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/customtasks/customtasks/pkg/reconciler/loop/progress"
	"github.com/google/go-cmp/cmp"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

func ended(number int, phase progress.Phase) progress.Iteration {
	return progress.Iteration{Number: number, Name: fmt.Sprintf("run-%d", number), Phase: phase, Reason: string(phase)}
}

func TestIterationsEndInAnyOrder(t *testing.T) {
	s := progress.State{Items: 5}.With(ended(3, progress.Failed))
	if s.Phases != "..F" || s.FirstOpen() != 0 || s.Ended() != 1 || s.HasEnded(0) || !s.HasEnded(2) || s.HasEnded(4) {
		t.Errorf("after the third: %+v", s)
	}
	s = s.With(ended(1, progress.Succeeded), ended(2, progress.Cancelled))
	if s.Phases != "SCF" || s.FirstOpen() != 3 || s.Succeeded != 1 || s.Failed != 1 || s.Cancelled != 1 || s.Count() != 3 {
		t.Errorf("after all three: %+v", s)
	}
	var order []int
	for _, d := range s.Details {
		order = append(order, d.Number)
	}
	if diff := cmp.Diff([]int{1, 2, 3}, order); diff != "" {
		t.Errorf("details (-want, +got):\n%s", diff)
	}
	if got, want := s.Message(), "3 of 5 iterations have ended, 1 of them failed"; got != want {
		t.Errorf("got %q; want %q", got, want)
	}
}

func TestC28AnIterationEndsOnce(t *testing.T) {
	once := progress.State{Items: 5}.With(ended(1, progress.Succeeded))
	if diff := cmp.Diff(once, once.With(ended(1, progress.Failed))); diff != "" {
		t.Errorf("the second end (-want, +got):\n%s", diff)
	}
}

func TestAStateIsNotChangedByWhatComesOfIt(t *testing.T) {
	s := progress.State{Items: 5}.With(ended(1, progress.Failed), ended(2, progress.Succeeded))
	before := fmt.Sprintf("%+v", s)
	_ = s.With(ended(3, progress.Failed))
	_ = s.Showing([]progress.Iteration{ended(3, progress.Running)})
	if after := fmt.Sprintf("%+v", s); after != before {
		t.Errorf("before %s\nafter %s", before, after)
	}
}

func TestDetailsOfFailuresAreKeptLongest(t *testing.T) {
	s := progress.State{Items: 1000}
	for n := 1; n <= 1000; n++ {
		phase := progress.Succeeded
		if n%100 == 0 {
			phase = progress.Failed
		}
		s = s.With(ended(n, phase))
	}
	var failed, succeeded []int
	for _, d := range s.Details {
		if d.Phase == progress.Failed {
			failed = append(failed, d.Number)
		} else {
			succeeded = append(succeeded, d.Number)
		}
	}
	if len(failed) != 10 || failed[0] != 100 || len(succeeded) != progress.MaxSucceeded || succeeded[0] != 980 {
		t.Errorf("details of the failures %v and of %v", failed, succeeded)
	}
	if first, ok := s.FirstFailed(); !ok || first.Number != 100 {
		t.Errorf("the first failure is %+v", first)
	}
}

func TestTheFirstFailuresAreDescribed(t *testing.T) {
	s := progress.State{Items: 1000}.With(ended(1, progress.Succeeded))
	for n := 2; n <= 1000; n++ {
		s = s.With(ended(n, progress.Failed))
	}
	if len(s.Details) != progress.MaxDetails || s.Details[0].Number != 2 || s.Details[progress.MaxDetails-1].Number != progress.MaxDetails+1 {
		t.Errorf("%d details, from %d to %d", len(s.Details), s.Details[0].Number, s.Details[len(s.Details)-1].Number)
	}
}

func TestAFailureIsDescribedBeforeWhatWasCancelled(t *testing.T) {
	var all []progress.Iteration
	for n := 1; n <= 500; n++ {
		phase := progress.Cancelled
		if n == 450 {
			phase = progress.Failed
		}
		all = append(all, ended(n, phase))
	}
	s := progress.State{Items: 500}.With(all...)
	if first, ok := s.FirstFailed(); !ok || first.Number != 450 || len(s.Details) != progress.MaxDetails {
		t.Errorf("%d details, and the first failure is %+v", len(s.Details), first)
	}
}

func TestRunningIterationsAreShownAsFarAsTheyFit(t *testing.T) {
	var running []progress.Iteration
	for n := 2; n <= 500; n++ {
		running = append(running, ended(n, progress.Running))
	}
	s := progress.State{Items: 500}.With(ended(1, progress.Succeeded)).Showing(running)
	if len(s.Details) != progress.MaxDetails || s.Details[0].Number != 1 || s.Details[1].Phase != progress.Running {
		t.Errorf("%d details, the first are %+v", len(s.Details), s.Details[:2])
	}
	if s = s.With(ended(2, progress.Succeeded)); len(s.Details) != 2 {
		t.Errorf("%d details after the next end; want none of running iterations", len(s.Details))
	}
}

func TestC30TenThousandIterationsStaySmall(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, phase := range []progress.Phase{progress.Succeeded, progress.Failed} {
		s := progress.State{Items: 10_000, Tries: map[int]int{}}
		for n := 1; n <= 10_000; n++ {
			d := ended(n, phase)
			d.Name = strings.Repeat("n", 63)
			d.Message = strings.Repeat("<", 10_000)
			d.Start, d.End = &now, &now
			s = s.With(d)
		}
		raw, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("10,000 iterations that are %s: %d bytes", phase, len(raw))
		if len(raw) > 192<<10 {
			t.Errorf("%d bytes; want room for the spec within 256 KiB", len(raw))
		}
	}
}

func TestResultsAreListsInTheOrderOfItems(t *testing.T) {
	r := progress.Results{}
	r.Declare("never")
	r.Set("out", 2, `quoted "<&>" and 100%`)
	r.Set("out", 0, "first")
	r.Set("list", 1, `["a","b"]`)
	got := map[string]string{}
	var names []string
	var stored []v1beta1.CustomRunResult
	r.Stored(4, func(name, value string) {
		got[name] = value
		names = append(names, name)
		stored = append(stored, v1beta1.CustomRunResult{Name: name, Value: value})
	})
	want := map[string]string{
		"never": `["","","",""]`,
		"out":   `["first","","quoted \"<&>\" and 100%",""]`,
		"list":  `["","[\"a\",\"b\"]","",""]`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want, +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"list", "never", "out"}, names); diff != "" {
		t.Errorf("order (-want, +got):\n%s", diff)
	}
	again := map[string]string{}
	progress.ReadResults(stored).Stored(4, func(name, value string) { again[name] = value })
	if diff := cmp.Diff(want, again); diff != "" {
		t.Errorf("read back (-want, +got):\n%s", diff)
	}
}

func TestNoIterationsGiveEmptyLists(t *testing.T) {
	r := progress.Results{}
	r.Declare("out")
	r.Stored(0, func(name, value string) {
		if name != "out" || value != "[]" {
			t.Errorf("got %s=%s; want out=[]", name, value)
		}
	})
}
