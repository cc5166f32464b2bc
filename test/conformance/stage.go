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
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// plays is how often a case is played at most, where the record of it had a gap each time.
const plays = 3

// stage plays a case. If it fails and versions may have been missed or seen late, as the watch broke, that proves
// nothing: the case is played again. It returns what came of the case, and the histories of its runs.
func (s *suite) stage(ctx context.Context, c Case, restarts *restarts) (Outcome, []history) {
	if restarts != nil {
		defer restarts.leave()
	}
	return again(ctx, func() (Outcome, []history, bool) { return s.perform(ctx, c, restarts) })
}

// again plays a case until it proves something, or too often.
func again(ctx context.Context, perform func() (Outcome, []history, bool)) (Outcome, []history) {
	for play := 1; ; play++ {
		outcome, histories, missed := perform()
		if outcome.Result != Failed || !missed || ctx.Err() != nil {
			return outcome, histories
		}
		if play == plays {
			outcome.Seen += fmt.Sprintf("; that may not be the controller's fault, as the watch broke each of %d times", plays)
			return outcome, histories
		}
	}
}

// perform gives a case a namespace where everything is recorded, plays it once, ends what it started, and has the
// namespace removed. It also says whether versions may have been missed or seen late.
func (s *suite) perform(ctx context.Context, c Case, restarts *restarts) (Outcome, []history, bool) {
	started := time.Now()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sc := &scene{ctx: ctx, suite: s, profile: s.profile, exempt: map[types.UID]bool{}, actors: map[string]*Entry{}, needs: map[string]needs{}}
	if restarts != nil {
		sc.restart = restarts.await
	}
	sc.play(func(sc *scene) {
		sc.prepare()
		sc.background.Go(func() { sc.act(ctx) })
		c.run(sc)
	})
	cancel()
	sc.background.Wait()
	outcome := sc.outcome(c)
	outcome.Seconds = time.Since(started).Seconds()
	histories := sc.histories(c)
	if sc.namespace != "" {
		s.deleteNamespace(context.WithoutCancel(ctx), sc.namespace)
	}
	return outcome, histories, slices.ContainsFunc(sc.observers, (*observer).unsure)
}

// prepare makes the namespace, what the profile wants in it, and the observers.
func (s *scene) prepare() {
	var err error
	s.namespace, err = s.suite.createNamespace(s.ctx)
	s.must(err, "preparing the case")
	s.runs = s.observe(customRuns, "CustomRuns", nil)
	for _, child := range s.profile.Children {
		resource, err := s.suite.resourceOf(child.APIVersion, child.Kind)
		s.must(err, "children")
		s.children = append(s.children, s.observe(resource, "children of kind "+child.Kind, s.runs))
	}
	for _, object := range s.profile.Objects {
		s.apply(object)
	}
}

// observe starts to record a resource in the scene's namespace.
func (s *scene) observe(resource schema.GroupVersionResource, what string, bell *observer) *observer {
	o, err := observe(s.ctx, s.resource(resource), bell)
	s.must(err, "watching %s", what)
	s.observers = append(s.observers, o)
	return o
}

// outcome is what the report has of the case.
func (s *scene) outcome(c Case) Outcome {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := Outcome{Number: c.Number, Level: c.Level, Title: c.Title, Result: Passed, Expected: s.expected, Seen: s.seen}
	if s.subject != nil {
		if versions := s.subject.versions(); len(versions) > 0 {
			o.CustomRun = clipped(versions[len(versions)-1].yaml())
			if o.Seen == "" {
				o.Seen = "run " + s.subject.name + ": " + versions[len(versions)-1].describe()
			}
		}
	}
	switch {
	case len(s.problems) > 0:
		o.Result, o.Seen = Failed, strings.Join(s.problems, "; ")
	case s.pointless != "":
		o.Result, o.Seen = Skipped, s.pointless
	}
	return o
}

// clipLimit is how much of a run the report shows.
const clipLimit = 32 << 10

// clipped is a text without what is too long for the report.
func clipped(text string) string {
	if len(text) <= clipLimit {
		return text
	}
	return strings.ToValidUTF8(text[:clipLimit], "") + fmt.Sprintf("\n(and %d bytes more)", len(text)-clipLimit)
}
