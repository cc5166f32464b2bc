// Copyright 2026 The Custom Tasks Authors. SPDX-License-Identifier: Apache-2.0

package main

import (
	_ "time/tzdata"

	"github.com/customtasks/customtasks/pkg/customtask"
	"github.com/customtasks/customtasks/pkg/customtask/sharedmain"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var kind = schema.GroupVersionKind{Group: "example.dev", Version: "v1", Kind: "OfficeHours"}

func main() { sharedmain.Main("office-hours", customtask.NewController(kind, newGate())) }
