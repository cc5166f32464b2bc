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
	"errors"
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

// suite is one run of the cases against one kind.
type suite struct {
	profile     Profile
	options     Options
	dynamic     dynamic.Interface
	mapper      meta.RESTMapper
	environment []string
	clock       clock

	mu         sync.Mutex
	namespaces []string
	histories  []history
	outcomes   []Outcome
}

// Run checks the kind of the profile on a cluster and reports on every case that Options.Only chooses. It makes
// namespaces of its own, removes them, and returns when they are gone, also when ctx ends early: the cases that have
// not ended by then are reported as failed. An error means that the kind could not be checked at all, as when no
// controller answers, or no case is left to run.
func Run(ctx context.Context, config *rest.Config, profile Profile, options Options) (Report, error) {
	s, done, err := newSuite(config, profile, options)
	if err != nil {
		return Report{}, err
	}
	defer done()
	chosen, err := s.plan()
	if err != nil {
		return newReport(profile, s.outcomes), err
	}
	if err := s.checkScopes(); err != nil {
		return Report{}, err
	}
	err = s.answers(ctx)
	if err == nil {
		s.runAll(ctx, chosen)
		s.judgeHistories()
	}
	// The namespaces go even if ctx has ended.
	cleanCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
	defer cancel()
	outcome := s.removeNamespaces(cleanCtx)
	if err != nil {
		return Report{}, errors.Join(err, outcome.err())
	}
	if options.Only == nil || outcome.Result == Failed {
		s.add(outcome)
	}
	return newReport(profile, s.outcomes), s.nothingRan()
}

// nothingRan is an error if no case had anything to say of the controller.
func (s *suite) nothingRan() error {
	if len(s.outcomes) == 0 {
		return errors.New("no case has a number and title like that; -list shows them")
	}
	for _, o := range s.outcomes {
		if o.Result != Skipped {
			return nil
		}
	}
	first := s.outcomes[0]
	return fmt.Errorf("nothing was checked, as every case that was chosen is skipped: %s %s: %s", first.Number, first.Title, first.Seen)
}

func newSuite(config *rest.Config, profile Profile, options Options) (*suite, func(), error) {
	config = rest.CopyConfig(config)
	if config.QPS == 0 {
		config.QPS, config.Burst = 200, 400
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, nil, fmt.Errorf("making a client: %w", err)
	}
	discoverer, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, nil, fmt.Errorf("making a client: %w", err)
	}
	environment, done, err := commandEnvironment(config)
	if err != nil {
		return nil, nil, err
	}
	return &suite{
		profile:     profile,
		options:     options.complete(),
		dynamic:     client,
		mapper:      restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(discoverer)),
		environment: environment,
	}, done, nil
}

// answers makes sure that there is something to check: a controller gives a first run a condition.
func (s *suite) answers(ctx context.Context) error {
	created := false
	outcome, _ := s.stage(ctx, Case{run: func(sc *scene) {
		run := sc.start("answers", s.profile.Runs.Succeeds)
		created = true
		run.judged()
	}}, nil)
	switch {
	case outcome.Result != Failed:
	case ctx.Err() != nil:
		return fmt.Errorf("the suite was stopped before a first run had a condition: %w", context.Cause(ctx))
	case !created:
		return fmt.Errorf("making a first run: %s", outcome.Seen)
	default:
		return fmt.Errorf("no controller of %s in %s seems to be at work: %s", s.profile.Kind, s.profile.APIVersion, outcome.Seen)
	}
	return nil
}

// chosen are the cases that are to run.
type chosen struct {
	// calm ones leave the controller alone, and restarting ones do not.
	calm, restarting []Case
	// judging is set if histories are to be judged.
	judging bool
}

// plan chooses the cases and reports on those that do not apply. That none is left is an error.
func (s *suite) plan() (chosen, error) {
	var plan chosen
	for _, c := range Cases() {
		if !s.options.chosen(c) {
			continue
		}
		switch reason := c.Skip(s.profile); {
		case reason != "":
			s.add(c.skipped(reason))
		case c.restarts && s.restartHook() == nil:
			s.add(c.skipped("the profile has no restart command"))
		case c.restarts:
			plan.restarting = append(plan.restarting, c)
		case c.check != nil:
			plan.judging = true
		default:
			plan.calm = append(plan.calm, c)
		}
	}
	if plan.judging || len(plan.calm) > 0 || len(plan.restarting) > 0 {
		return plan, nil
	}
	return plan, s.nothingRan()
}

// runAll runs the cases: first those that leave the controller alone, then all that restart it, together.
func (s *suite) runAll(ctx context.Context, plan chosen) {
	if plan.judging {
		// Histories need runs, also if no other case was chosen.
		plan.calm = append([]Case{samples()}, plan.calm...)
	}
	s.together(ctx, plan.calm, s.options.Parallel, nil)
	if n := len(plan.restarting); n > 0 {
		s.together(ctx, plan.restarting, n, newRestarts(n, func() error { return s.restart(ctx) }))
	}
}

// together runs cases in parallel.
func (s *suite) together(ctx context.Context, cases []Case, parallel int, restarts *restarts) {
	var group sync.WaitGroup
	slots := make(chan struct{}, parallel)
	for _, c := range cases {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			outcome, histories := s.stage(ctx, c, restarts)
			s.mu.Lock()
			s.histories = append(s.histories, histories...)
			s.mu.Unlock()
			if c.Number != "" || outcome.Result == Failed {
				s.add(outcome)
			}
		})
	}
	group.Wait()
}

func (s *suite) add(outcome Outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outcomes = append(s.outcomes, outcome)
	s.options.Progress(outcome)
}

// judgeHistories lets each check of histories look at every run of every case.
func (s *suite) judgeHistories() {
	for _, c := range Cases() {
		if c.check != nil && s.options.chosen(c) && c.Skip(s.profile) == "" {
			s.add(c.judge(s.histories))
		}
	}
}
