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
	"errors"
	"fmt"
	"maps"
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
			return List{}, fmt.Errorf("the run has no param %q, which iterateParamStringSeparator names; give it, with what stands between the values", sentence.Clip(by))
		case p.Type == v1.ParamTypeArray || p.Type == v1.ParamTypeObject:
			return List{}, fmt.Errorf("param %q, which iterateParamStringSeparator names, must be a string", sentence.Clip(by))
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
	if looksLikeJSON(value.StringVal) {
		var parsed []json.RawMessage
		if err := json.Unmarshal([]byte(value.StringVal), &parsed); err != nil {
			return List{}, fmt.Errorf("param %q stands in brackets and is no JSON list: %w; mend it, or name a param with what stands between "+
				"its values in iterateParamStringSeparator", sentence.Clip(name), err)
		}
		if len(parsed) > limit {
			return List{}, tooMany(strconv.Itoa(len(parsed)), limit)
		}
		return ofJSON(name, fmt.Sprintf("param %q", sentence.Clip(name)), parsed)
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
			return List{}, fmt.Errorf("item %d of param %q is %s, which Tekton has not replaced: the task has no such result, or an empty one; "+
				"hand a list over whole, without [*]", i+1, sentence.Clip(name), sentence.Clip(value))
		}
	}
	return List{n: len(values), at: func(i int) Item {
		return Item{Params: v1.Params{text(name, values[i])}, Text: values[i]}
	}}, nil
}

// looksLikeJSON reports whether a string is meant as a JSON list.
func looksLikeJSON(s string) bool {
	s = strings.TrimSpace(s)
	return strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]")
}

// ofJSON are items of any type, which where says the source of. An object gives a param for each of its keys.
func ofJSON(name, where string, values []json.RawMessage) (List, error) {
	all := make([]Item, 0, len(values))
	list := List{n: len(values), gives: map[string]bool{name: true}, at: func(i int) Item { return all[i] }}
	for i, raw := range values {
		item, err := ofValue(name, raw)
		if err != nil {
			return List{}, fmt.Errorf("item %d of %s %w", i+1, where, err)
		}
		for _, p := range item.Params {
			list.gives[p.Name] = true
		}
		all = append(all, item)
	}
	return list, nil
}

// ofValue is an item. The error says what is wrong with it.
func ofValue(name string, raw json.RawMessage) (Item, error) {
	value, err := decode(raw)
	if err != nil {
		return Item{}, fmt.Errorf("is not valid JSON: %w; mend it", err)
	}
	item := Item{Text: asText(value)}
	switch value := value.(type) {
	case nil:
		return Item{}, errors.New("is null; leave it out, or give a string, a number or an object")
	case bool:
		return Item{}, fmt.Errorf("is %s without quotes, a boolean; put it in quotes", item.Text)
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			if value[key] == nil {
				return Item{}, fmt.Errorf("has null at key %q; leave the key out, or give it a value", sentence.Clip(key))
			}
			item.Params = append(item.Params, text(name+"-subvar-"+key, asText(value[key])))
		}
	default:
		item.Params = v1.Params{text(name, item.Text)}
	}
	return item, nil
}

// decode keeps numbers as they were written. What is not there is null.
func decode(raw json.RawMessage) (v any, err error) {
	if len(raw) == 0 {
		return nil, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return v, decoder.Decode(&v)
}

// asText is a string as it is, and anything else as canonical JSON: keys in order, no spaces, nothing escaped for
// HTML.
func asText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return "" // what was decoded can be encoded
	}
	return strings.TrimSuffix(out.String(), "\n")
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
