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

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// encode is a value as JSON: one line, keys sorted, whole numbers with all their digits, bytes as base64,
// durations and timestamps as CEL's string() has them.
func encode(v ref.Val) (string, error) {
	var out bytes.Buffer
	if err := write(&out, v, 0); err != nil {
		return "", err
	}
	return out.String(), nil
}

func write(out *bytes.Buffer, v ref.Val, depth int) error {
	if depth > maxDepth {
		return failed(Result, nil, "the value is nested deeper than %d lists and maps", maxDepth)
	}
	if out.Len() > MaxValue {
		return failed(Result, nil, "the value is larger than 1 MiB as JSON")
	}
	switch val := v.(type) {
	case types.Null:
		out.WriteString("null")
	case types.Bool:
		out.WriteString(strconv.FormatBool(bool(val)))
	case types.Int:
		out.WriteString(strconv.FormatInt(int64(val), 10))
	case types.Uint:
		out.WriteString(strconv.FormatUint(uint64(val), 10))
	case types.Double:
		return number(out, float64(val))
	case types.Bytes:
		return quote(out, base64.StdEncoding.EncodeToString(val))
	case *types.Optional:
		if !val.HasValue() {
			return failed(Result, nil, "an optional without a value cannot be JSON; say with orValue() what to use instead")
		}
		return write(out, val.GetValue(), depth+1)
	case traits.Lister:
		return array(out, val, depth)
	case traits.Mapper:
		return object(out, val, depth)
	default:
		text, err := plain(v)
		if err != nil {
			return err
		}
		return quote(out, text)
	}
	return nil
}

func number(out *bytes.Buffer, f float64) error {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return failed(Result, nil, "JSON has no number for %v", f)
	}
	digits, err := json.Marshal(f)
	out.Write(digits)
	return err
}

func quote(out *bytes.Buffer, s string) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil {
		return err
	}
	out.Truncate(out.Len() - 1) // the line feed
	return nil
}

func array(out *bytes.Buffer, list traits.Lister, depth int) error {
	out.WriteByte('[')
	for it, i := list.Iterator(), 0; it.HasNext() == types.True; i++ {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := write(out, it.Next(), depth+1); err != nil {
			return err
		}
	}
	out.WriteByte(']')
	return nil
}

func object(out *bytes.Buffer, entries traits.Mapper, depth int) error {
	values := map[string]ref.Val{}
	names := []string{}
	for it := entries.Iterator(); it.HasNext() == types.True; {
		key := it.Next()
		name, err := plain(key)
		if err != nil {
			return err
		}
		if _, twice := values[name]; twice {
			return failed(Result, nil, "two keys of a map are both %q as JSON", name)
		}
		values[name] = entries.Get(key)
		names = append(names, name)
	}
	slices.Sort(names)
	out.WriteByte('{')
	for i, name := range names {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := quote(out, name); err != nil {
			return err
		}
		out.WriteByte(':')
		if err := write(out, values[name], depth+1); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}

// decode is the value of a JSON text. A number without fraction and exponent is an int if it fits.
func decode(text string) (ref.Val, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, fmt.Errorf("json.decode: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("json.decode: there is more after the end of the JSON value")
	}
	value, err := adapt(tree, 0)
	if err != nil {
		return nil, fmt.Errorf("json.decode: %w", err)
	}
	return value, nil
}

// digits is the value of a number of JSON.
func digits(n json.Number) (ref.Val, error) {
	if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
		return types.Int(i), nil
	}
	f, err := n.Float64()
	if err != nil {
		return nil, fmt.Errorf("%s is too large a number", n)
	}
	return types.Double(f), nil
}
