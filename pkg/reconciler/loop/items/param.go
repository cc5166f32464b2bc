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
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/customtasks/customtasks/internal/sentence"
	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
)

// fromParam takes the items from the run's param that iterateParam names.
func fromParam(loop v1alpha1.Loop, params v1.Params, separator string, limit int) (List, error) {
	name := loop.IterateParam
	value, ok := find(params, name)
	if !ok {
		return List{}, fmt.Errorf("the run has no param %q; give it, as an array or a string", sentence.Clip(name))
	}
	chosen, used := "", []string{name}
	if by := loop.IterateParamStringSeparator; by != "" {
		used = append(used, by)
		p, ok := find(params, by)
		switch {
		case !ok:
			return List{}, fmt.Errorf("the run has no param %q, which iterateParamStringSeparator names to hold the separator", sentence.Clip(by))
		case p.Type == v1.ParamTypeArray || p.Type == v1.ParamTypeObject:
			return List{}, fmt.Errorf("param %q must be a string", sentence.Clip(by))
		}
		chosen = p.StringVal
	}
	list, err := values(name, value, chosen, separator, limit)
	list.used = used
	return list, err
}

// values of a param: an array as it is, a string by the separator that the run chose, else as a JSON list,
// else by the kind's own separator.
func values(name string, value v1.ParamValue, chosen, separator string, limit int) (List, error) {
	switch {
	case value.Type == v1.ParamTypeObject:
		return List{}, fmt.Errorf("param %q is an object; give it as an array or a string", sentence.Clip(name))
	case value.Type == v1.ParamTypeArray:
		return ofStrings(name, value.ArrayVal, limit)
	case strings.TrimSpace(value.StringVal) == "":
		return List{}, nil
	case chosen != "":
		return split(name, value.StringVal, chosen, limit)
	}
	if parsed, ok := jsonList(value.StringVal); ok {
		if len(parsed) > limit {
			return List{}, tooMany(strconv.Itoa(len(parsed)), limit)
		}
		return ofJSON(name, parsed)
	}
	return split(name, value.StringVal, separator, limit)
}

func split(name, value, separator string, limit int) (List, error) {
	value = strings.TrimSuffix(value, "\n")
	if n := strings.Count(value, separator) + 1; n > limit {
		return List{}, tooMany(strconv.Itoa(n), limit)
	}
	return ofStrings(name, strings.Split(value, separator), limit)
}

func ofStrings(name string, values []string, limit int) (List, error) {
	if len(values) > limit {
		return List{}, tooMany(strconv.Itoa(len(values)), limit)
	}
	for i, value := range values {
		if strings.HasPrefix(value, "$(tasks.") && strings.HasSuffix(value, ")") {
			return List{}, fmt.Errorf("item %d is %s, which Tekton has not replaced: the task has no such result, or an empty one; "+
				"hand a list over whole, without [*]", i+1, sentence.Clip(value))
		}
	}
	return List{n: len(values), at: func(i int) Item {
		return Item{Params: v1.Params{text(name, values[i])}, Text: values[i]}
	}}, nil
}

// jsonList reports whether a string is a JSON list.
func jsonList(s string) ([]json.RawMessage, bool) {
	var out []json.RawMessage
	if !strings.HasPrefix(strings.TrimSpace(s), "[") || json.Unmarshal([]byte(s), &out) != nil {
		return nil, false
	}
	return out, true
}

// ofJSON are items of any type. An object gives a param for each of its keys.
func ofJSON(name string, values []json.RawMessage) (List, error) {
	all := make([]Item, 0, len(values))
	for i, raw := range values {
		item, err := ofValue(name, raw)
		if err != nil {
			return List{}, fmt.Errorf("item %d %w", i+1, err)
		}
		all = append(all, item)
	}
	return List{n: len(all), at: func(i int) Item { return all[i] }}, nil
}

func ofValue(name string, raw json.RawMessage) (Item, error) {
	whole, err := asText(raw)
	if err != nil {
		return Item{}, err
	}
	if !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		return Item{Params: v1.Params{text(name, whole)}, Text: whole}, nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return Item{}, fmt.Errorf("is not valid JSON: %w", err)
	}
	item := Item{Text: whole}
	for key, field := range fields {
		value, err := asText(field)
		if err != nil {
			return Item{}, err
		}
		item.Params = append(item.Params, text(name+"-subvar-"+key, value))
	}
	slices.SortFunc(item.Params, func(a, b v1.Param) int { return strings.Compare(a.Name, b.Name) })
	return item, nil
}

// asText is a string as it is, and anything else as canonical JSON, with numbers as they were written.
func asText(raw json.RawMessage) (string, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return "", fmt.Errorf("is not valid JSON: %w", err)
	}
	switch v := v.(type) {
	case nil:
		return "", fmt.Errorf("is null; give a string, a number or an object")
	case string:
		return v, nil
	default:
		return marshal(v)
	}
}

func marshal(v any) (string, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return "", fmt.Errorf("encoding an item: %w", err)
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

func find(params v1.Params, name string) (v1.ParamValue, bool) {
	for _, p := range params {
		if p.Name == name {
			return p.Value, true
		}
	}
	return v1.ParamValue{}, false
}

func tooMany(n string, limit int) error {
	return fmt.Errorf("there are %s items; at most %d are allowed", n, limit)
}
