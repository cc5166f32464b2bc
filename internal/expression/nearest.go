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

import "slices"

func sorted(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// nearest is the name that is most like another one, if any is so like it that it may have been meant.
func nearest(name string, names []string) (string, bool) {
	const longest = 64
	if len(name) > longest {
		return "", false
	}
	best, found := (len(name)+1)/3, ""
	for _, other := range names {
		if len(other) > longest {
			continue
		}
		if d := distance(name, other); d < best || d == best && found == "" && d > 0 {
			best, found = d, other
		}
	}
	return found, found != ""
}

// distance is how many letters have to be put in, left out, replaced or swapped with the next one to make one
// word of another.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			same := 1
			if a[i-1] == b[j-1] {
				same = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+same)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}
