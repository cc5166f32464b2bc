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

	"k8s.io/apimachinery/pkg/types"
)

// acts registers the command that belongs to the run of a name, or to the runs of a pipeline task of that name.
func (s *scene) acts(name string, entry *Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.actors[name] = entry
}

// act runs the commands of the profile, each as soon as an attempt of its run has started.
func (s *scene) act(ctx context.Context) {
	acted := map[types.UID]int{}
	err := s.runs.await(ctx, func() bool {
		for _, versions := range s.runs.all() {
			for _, v := range versions {
				uid := v.object.GetUID()
				if !v.running() || acted[uid] >= v.attempt() {
					continue
				}
				acted[uid] = v.attempt()
				if entry := s.actor(v); entry != nil && entry.Then != "" {
					s.background.Go(func() { s.command(ctx, entry.Then, v) })
				}
			}
		}
		return false
	})
	if err != nil && ctx.Err() == nil {
		s.problem("watching for the starts of runs: %v", err)
	}
}

// actor returns the entry that a run was made from.
func (s *scene) actor(v version) *Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	if entry, ok := s.actors[v.object.GetName()]; ok {
		return entry
	}
	return s.actors[v.object.GetLabels()["tekton.dev/pipelineTask"]]
}

// command runs one command. A failure of it fails the case, as the run then cannot end as the profile says.
func (s *scene) command(ctx context.Context, command string, v version) {
	out, group, err := shell(ctx, command, append(s.suite.environment,
		"NAMESPACE="+s.namespace,
		"NAME="+v.object.GetName(),
		"UID="+string(v.object.GetUID()),
		fmt.Sprintf("ATTEMPT=%d", v.attempt())))
	s.mu.Lock()
	tolerant := s.tolerant
	s.mu.Unlock()
	if err != nil && ctx.Err() == nil && !tolerant {
		s.problem("the profile's command for run %s: %v: %s", v.object.GetName(), err, out)
	}
	// What it left in the background ends with the case.
	group.waitOrKill(ctx)
}
