// Copyright 2026 The Custom Tasks Authors. SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"testing"

	"github.com/customtasks/customtasks/pkg/customtask/customtasktest"
	"github.com/tektoncd/pipeline/pkg/apis/pipeline/v1beta1"
)

func hours(open, zone string) *v1beta1.CustomRun {
	return customtasktest.Run("gate", kind, customtasktest.Spec(fmt.Sprintf(`{"open": %q, "zone": %q}`, open, zone)))
}

func harness(t testing.TB) *customtasktest.Harness { return customtasktest.NewFrom(t, kind, newGate) }

func TestConformance(t *testing.T) {
	customtasktest.Conformance(t, customtasktest.Kind{
		New:       harness,
		Succeeds:  customtasktest.Scenario{Run: hours("9-17", "UTC")},
		NeverEnds: hours("never", "UTC"),
		Invalid:   map[string]*v1beta1.CustomRun{"open": hours("soon", "UTC"), "zone": hours("9-17", "Atlantis")},
	})
}

func TestItOpensInTheMorning(t *testing.T) {
	h := harness(t) // where it is 03:04 UTC
	h.Create(hours("9-17", "Europe/Berlin"))
	wait, _ := h.Settle("gate")
	h.Advance(wait)
	h.Settle("gate")
	if at := h.Get("gate").Status.Results[0].Value; at != "2026-01-02T09:00:00+01:00" {
		t.Errorf("it opened at %s", at)
	}
}
