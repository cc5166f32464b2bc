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

package expression

import "time"

// What an expression may use. Over a limit, Compile or Eval returns an [*Error] of class Cost, Size or
// Time.
const (
	// MaxLength of the text of an expression, in bytes.
	MaxLength = 16 << 10
	// MaxCost is the number of steps of one evaluation: 1 for a name and a call, more for lists, maps and
	// text. Figure and prices are those of expressions in Kubernetes.
	MaxCost = 1_000_000
	// MaxValue is the size of any value that a function or a literal makes, in bytes, about. What a
	// value contains twice counts twice.
	MaxValue = 1 << 20
	// MaxMemory is the size of all values that one evaluation makes, kept or not, in bytes, about.
	MaxMemory = 16 << 20
	// MaxTime is the time on the clock of one evaluation. It is looked at every 100 steps.
	MaxTime = 5 * time.Second

	// maxWork is what functions may do whose work grows faster than their input, in comparisons of a
	// byte, an element or a step of a regular expression, over one evaluation.
	maxWork = 50_000_000
	// maxPattern is the length of a regular expression in bytes: x{1000} is a thousand instructions.
	maxPattern = 1 << 10
	// maxMatches is the size of what one call remembers of the matches of a regular expression, in bytes.
	maxMatches = 16 << 20
	// maxInstructions is how long the program of a regular expression may be.
	maxInstructions = 20_000
	// maxDepth is how deep lists and maps may be nested in each other.
	maxDepth = 100
	// maxOperations is how many operators, calls, lists and maps an expression may have, with those that its
	// macros stand for, of which map has four.
	maxOperations = 1000
	// maxTypes is how many parts a type in an expression may have: 1 for an int, 2 for a list of ints.
	maxTypes = 48
	// maxKnownType is how many of them the type of a variable may have that another expression gave.
	maxKnownType = 12
	// maxNesting is how deep the text of an expression may be nested.
	maxNesting = 250
	// checkEvery is how many steps pass between two looks at the clock.
	checkEvery = 100
)
