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

package approval

import (
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/lru"
)

// remembered is of how many votes it is remembered whether their answers are valid.
const remembered = 4096

// answers says which approvals have valid answers. Admission has checked them; the count does not rely on
// that, and does it once for each vote: neither a vote nor what a request asks ever changes.
type answers struct{ checked *lru.Cache }

func newAnswers() answers { return answers{checked: lru.New(remembered)} }

type bothUIDs struct{ request, vote types.UID }

func (a answers) valid(request *v1alpha1.ApprovalRequest, vote *v1alpha1.ApprovalDecision) bool {
	key := bothUIDs{request.UID, vote.UID}
	if known, ok := a.checked.Get(key); ok {
		return known.(bool)
	}
	_, err := request.Spec.Answers(vote.Spec.Inputs)
	a.checked.Add(key, err == nil)
	return err == nil
}
