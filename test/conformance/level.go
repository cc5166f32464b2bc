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

// Level says where a statement of the contract comes from.
type Level string

// The levels, the most binding one first.
const (
	Must    Level = "M" // The documentation of Tekton says MUST.
	Require Level = "R" // The PipelineRun reconciler or the API needs it.
	Should  Level = "S" // The documentation of Tekton says SHOULD.
	Own     Level = "O" // This project asks it of itself.
)

// Levels returns all levels, the most binding one first.
func Levels() []Level { return []Level{Must, Require, Should, Own} }

// levels has the level of each statement that is checked here.
var levels = map[string]Level{
	"C1": Require, "C2": Own, "C3": Require,
	"C6": Must, "C7": Require, "C8": Must, "C9": Own, "C10": Require, "C11": Should, "C12": Own,
	"C13": Should, "C14": Should, "C15": Own,
	"C16": Must, "C17": Require, "C18": Require, "C19": Require, "C20": Own, "C21": Own,
	"C22": Must, "C23": Require, "C24": Require, "C25": Require,
	"C26": Should, "C27": Require, "C28": Own, "C30": Require,
	"C31": Must, "C32": Require, "C33": Require, "C34": Require, "C35": Require, "C36": Require,
	"C37": Must, "C38": Require, "C39": Require,
	"C41": Should, "C42": Require, "C43": Should, "C44": Own, "C45": Require,
	"C47": Own, "C51": Own,
	"C54": Require, "C55": Require,
	"C57": Require, "C58": Require,
	"C59": Require, "C60": Require,
	"C63": Own,
}
