// Copyright 2026 The Custom Tasks Authors. SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/customtasks/customtasks/pkg/customtask"
	"knative.dev/pkg/apis"
)

// OfficeHours holds a pipeline until somebody is at work: Open is "9-17", say, or "never" in a freeze.
type OfficeHours struct {
	Open string `json:"open"`
	Zone string `json:"zone"`
}

func (o *OfficeHours) Validate(context.Context) *apis.FieldError {
	_, _, _, errs := o.parse()
	return errs
}

func (o *OfficeHours) parse() (from, to int, zone *time.Location, errs *apis.FieldError) {
	_, err := fmt.Sscanf(o.Open, "%d-%d", &from, &to)
	exact := err == nil && o.Open == fmt.Sprintf("%d-%d", from, to)
	if o.Open != "never" && (!exact || from < 0 || from >= to || to > 24) {
		errs = errs.Also(apis.ErrInvalidValue(o.Open, "open", `write "9-17", or "never"`))
	}
	if zone, err = time.LoadLocation(o.Zone); err != nil {
		errs = errs.Also(apis.ErrInvalidValue(o.Zone, "zone", `name a time zone, as in "Europe/Berlin"`))
	}
	return from, to, zone, errs
}

type gate struct{}

func newGate() customtask.Task[OfficeHours] { return gate{} }

func (gate) Reconcile(_ context.Context, run *customtask.Run[OfficeHours]) (customtask.Outcome, error) {
	from, to, zone, _ := run.Spec.parse()
	if run.Spec.Open == "never" {
		return customtask.Running("Closed", "closed until the run is cancelled"), nil
	}
	now := run.Now().In(zone)
	if now.Hour() >= from && now.Hour() < to {
		return customtask.Succeeded("Open", "somebody is at work").WithResult("at", now.Format(time.RFC3339)), nil
	}
	opens := time.Date(now.Year(), now.Month(), now.Day(), from, 0, 0, 0, zone)
	if opens.Before(now) {
		opens = opens.AddDate(0, 0, 1)
	}
	return customtask.Running("Closed", "closed until "+opens.Format(time.RFC3339)).After(opens.Sub(now)), nil
}
