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
	"math"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// formatting refuses a text that format would make too large: a double can have 300 digits, and a precision
// adds more.
func formatting(m *meter, args []ref.Val) {
	comparison(m, args)
	format, isText := text(args, 0)
	if len(args) < 2 || !isText {
		return
	}
	const clause, precision = 64, 100 // %b of an int, and the most of library
	perByte := 1
	if strings.Contains(strings.ToLower(format), "%x") {
		perByte = 2
	}
	size := len(format) + clause*(strings.Count(format, "%")-2*strings.Count(format, "%%")-strings.Count(format, "%s")) + precision*strings.Count(format, "%.")
	m.wants(size)
	m.wants(size + perByte*m.written(args[1], 0))
}

// written is how long a value is as text, about. Of lists and maps in each other, each level is copied to
// the one around it.
func (m *meter) written(v ref.Val, depth int) int {
	const separator = 2
	n := 0
	switch val := v.(type) {
	case types.String:
		n = len(val)
	case types.Bytes:
		n = len(val)
	case types.Double:
		n = digitsOf(float64(val))
	case traits.Lister:
		for it := val.Iterator(); it.HasNext() == types.True && n <= MaxValue; {
			n += m.written(it.Next(), depth+1) + separator
		}
	case traits.Mapper:
		for it := val.Iterator(); it.HasNext() == types.True && n <= MaxValue; {
			key := it.Next()
			n += m.written(key, depth+1) + m.written(val.Get(key), depth+1) + 2*separator
		}
		m.does(n)
		m.make(n)
	default:
		n = 2 * scalarSize
	}
	return n
}

// digitsOf a double without an exponent.
func digitsOf(f float64) int {
	const significant = 20
	if f == 0 || math.IsNaN(f) || math.IsInf(f, 0) {
		return significant
	}
	return significant + int(math.Abs(math.Log10(math.Abs(f))))
}
