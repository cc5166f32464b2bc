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

package main

import (
	"regexp"
	"strconv"
	"strings"
	"text/template"
	"unicode"

	"sigs.k8s.io/yaml"
)

// quoting is what the templates write names with where a name could be read as something else.
var quoting = template.FuncMap{"yaml": yamlString, "gomod": goModToken}

// yamlString is a string as YAML, with quotes if it would be read as null, a bool or a number without.
func yamlString(s string) (string, error) {
	out, err := yaml.Marshal(s)
	return strings.TrimSpace(string(out)), err
}

// goModToken is a string as one token of a go.mod file.
func goModToken(s string) string {
	quoted := func(r rune) bool { return strings.ContainsRune(" \"'`()[]{},", r) || !unicode.IsPrint(r) }
	if s == "" || strings.ContainsFunc(s, quoted) || strings.Contains(s, "//") || strings.Contains(s, "/*") {
		return strconv.Quote(s)
	}
	return s
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:@%+=-][A-Za-z0-9_./:@%+=~-]*$`)

// shellWord is a string as one word of a shell.
func shellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
