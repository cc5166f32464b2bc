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
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// stage gives a case a namespace where everything is recorded, plays it, and has the namespace removed. It returns
// what came of the case, and the histories of its runs.
func (s *suite) stage(ctx context.Context, c Case, restarts *restarts) (Outcome, []history) {
	started := time.Now()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sc := &scene{ctx: ctx, suite: s, profile: s.profile, exempt: map[types.UID]bool{}, actors: map[string]*Entry{}, needs: map[string]needs{}}
	if restarts != nil {
		defer restarts.leave()
		sc.restart = restarts.await
	}
	sc.play(func(sc *scene) {
		sc.prepare()
		go sc.act(ctx)
		c.run(sc)
	})
	outcome := sc.outcome(c)
	outcome.Seconds = time.Since(started).Seconds()
	histories := sc.histories(c)
	if sc.namespace != "" {
		s.deleteNamespace(context.WithoutCancel(ctx), sc.namespace)
	}
	return outcome, histories
}

// prepare makes the namespace, what the profile wants in it, and the observers.
func (s *scene) prepare() {
	var err error
	s.namespace, err = s.suite.createNamespace(s.ctx)
	s.must(err, "preparing the case")
	s.runs, err = observe(s.ctx, s.resource(customRuns), nil)
	s.must(err, "watching CustomRuns")
	for _, child := range s.profile.Children {
		resource, err := s.suite.resourceOf(child.APIVersion, child.Kind)
		s.must(err, "children")
		observer, err := observe(s.ctx, s.resource(resource), s.runs)
		s.must(err, "watching children of kind %s", child.Kind)
		s.children = append(s.children, observer)
	}
	for _, object := range s.profile.Objects {
		s.apply(object)
	}
}

// outcome is what the report has of the case.
func (s *scene) outcome(c Case) Outcome {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := Outcome{Number: c.Number, Level: c.Level, Title: c.Title, Result: Passed, Expected: s.expected, Seen: s.seen}
	if s.subject != nil {
		if versions := s.subject.versions(); len(versions) > 0 {
			o.CustomRun = versions[len(versions)-1].yaml()
			if o.Seen == "" {
				o.Seen = "run " + s.subject.name + ": " + versions[len(versions)-1].describe()
			}
		}
	}
	if len(s.problems) > 0 {
		o.Result, o.Seen = Failed, strings.Join(s.problems, "; ")
	}
	return o
}
