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
	"unicode/utf8"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// plain is the text of a value that stands alone.
func plain(v ref.Val) (string, error) {
	switch val := v.(type) {
	case nil:
		return "", failed(Result, nil, "there is no value")
	case types.String:
		return string(val), nil
	case types.Bytes:
		if !utf8.Valid(val) {
			return "", failed(Result, nil, "the bytes are not UTF-8; base64.encode makes a text of them")
		}
		return string(val), nil
	case *types.Optional:
		if !val.HasValue() {
			return "", failed(Result, nil, "the optional has no value; say with orValue() what to use instead")
		}
		return plain(val.GetValue())
	case types.Null:
		return "null", nil
	case traits.Lister, traits.Mapper:
		return encode(v)
	}
	text, ok := v.ConvertToType(types.StringType).(types.String)
	if !ok {
		return "", failed(Result, nil, "a value of type %s has no text", typeName(v))
	}
	return string(text), nil
}
