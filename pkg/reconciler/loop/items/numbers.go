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

package items

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/customtasks/customtasks/internal/sentence"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
)

// numbers counts from the param from to the param to, inclusive, by the param step.
func numbers(name string, params v1.Params, limit int) (List, error) {
	from, err := number(params, "from", nil)
	if err != nil {
		return List{}, err
	}
	to, err := number(params, "to", nil)
	if err != nil {
		return List{}, err
	}
	one := int64(1)
	step, err := number(params, "step", &one)
	if err != nil {
		return List{}, err
	}
	if step == 0 {
		return List{}, fmt.Errorf(`param "step" is 0; it must be a positive or a negative number`)
	}
	n := steps(from, to, step)
	if n.Cmp(big.NewInt(int64(limit))) > 0 {
		return List{}, tooMany(n.String(), limit)
	}
	return List{n: int(n.Int64()), used: []string{"from", "to", "step"}, gives: map[string]bool{name: true}, at: func(i int) Item {
		value := strconv.FormatInt(from+int64(i)*step, 10)
		return Item{Params: v1.Params{text(name, value)}, Text: value}
	}}, nil
}

// steps is how many numbers there are, also where an int could not hold it; none if step leads away from to.
func steps(from, to, step int64) *big.Int {
	if step > 0 && from > to || step < 0 && from < to {
		return big.NewInt(0)
	}
	distance := new(big.Int).Sub(big.NewInt(to), big.NewInt(from))
	n := distance.Quo(distance, big.NewInt(step))
	return n.Add(n, big.NewInt(1))
}

func number(params v1.Params, name string, otherwise *int64) (int64, error) {
	value, ok := find(params, name)
	switch {
	case !ok && otherwise != nil:
		return *otherwise, nil
	case !ok:
		return 0, fmt.Errorf("the run has no param %q; give it, as a whole number", name)
	case value.Type == v1.ParamTypeArray || value.Type == v1.ParamTypeObject:
		return 0, fmt.Errorf("param %q must be a whole number", name)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(value.StringVal), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("param %q is %q; it must be a whole number", name, sentence.Clip(value.StringVal))
	}
	return n, nil
}
