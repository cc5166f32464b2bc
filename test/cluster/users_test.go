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

package cluster

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
)

func TestTokenFileIsWhatTheAPIServerReads(t *testing.T) {
	tokens := newTokens()
	rows, err := csv.NewReader(strings.NewReader(tokenFile(tokens))).ReadAll()
	if err != nil {
		t.Fatalf("reading the token file: %v", err)
	}
	groups := map[string][]string{}
	seen := map[string]bool{}
	for _, row := range rows {
		if len(row) != 4 {
			t.Fatalf("a row has %d fields, want token, user, uid and groups: %q", len(row), row)
		}
		if row[0] == "" || row[0] != tokens[row[1]] || seen[row[0]] {
			t.Errorf("the token of %s is %q, want one of its own", row[1], row[0])
		}
		seen[row[0]] = true
		if row[3] != "" {
			groups[row[1]] = strings.Split(row[3], ",")
		}
	}
	for _, name := range People() {
		if want := Groups(name); !slices.Equal(groups[name], want) {
			t.Errorf("%s is in the groups %q, want %q", name, groups[name], want)
		}
	}
	if !slices.Contains(groups[Admin], "system:masters") {
		t.Errorf("the admin is in the groups %q, want system:masters among them", groups[Admin])
	}
	for _, name := range People() {
		if name != Admin && slices.Contains(groups[name], "system:masters") {
			t.Errorf("%s is a cluster administrator", name)
		}
	}
}

func TestTokensDifferBetweenClusters(t *testing.T) {
	if newTokens()[Alice] == newTokens()[Alice] {
		t.Error("two clusters gave alice the same token")
	}
}
