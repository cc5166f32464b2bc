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

// Package exampletest lends the examples in the documentation what Go gives to tests only.
package exampletest

import (
	"context"
	"fmt"
	"testing"
)

// T stands where a test passes its own *testing.T. Whatever would fail a test panics, and so fails the
// example. A method that is not here panics too: T is no more than examples need.
type T struct{ testing.TB }

// Helper does nothing.
func (T) Helper() {}

// Cleanup does nothing: an example leaves nothing that outlives the process.
func (T) Cleanup(func()) {}

// Logf does nothing: what matters is in the example's output.
func (T) Logf(string, ...any) {}

// Context never ends.
func (T) Context() context.Context { return context.Background() }

// Errorf fails the example.
func (T) Errorf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// Error fails the example.
func (T) Error(args ...any) { panic(fmt.Sprint(args...)) }

// Fatalf fails the example.
func (T) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// Fatal fails the example.
func (T) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// FailNow fails the example.
func (T) FailNow() { panic("the example failed") }
