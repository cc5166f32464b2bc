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

// Package expression compiles, checks and evaluates CEL expressions that nobody has to trust.
//
//	env, err := expression.New(expression.Var("params", expression.Map(expression.Dyn)))
//	program, err := env.Compile(`params.replicas.size() > 2`)
//	value, err := program.Eval(ctx, map[string]any{"params": map[string]any{"replicas": []string{"a"}}})
//	ok, err := value.Bool()
//
// The language is CEL with its standard library and the extensions for strings, lists, sets, math,
// base64, regular expressions, optional values, bindings and comprehensions over two variables, and with
// json.encode and json.decode. An expression has no clock, no randomness and no input but its variables:
// it gives the same value each time.
//
// What is given as the value of a variable is data and never compiled.
//
// # Limits
//
// An expression ends within limits whoever wrote it; the constants say which. Three things are bounded,
// because none of them bounds the others: the cost, which is the number of steps (CEL's own count,
// estimated before, counted while evaluating); the size of values, since a few steps can double a string
// many times; and the work of single functions, which no count of steps sees. The time on the clock is
// bounded last, for what the others may have missed.
package expression
