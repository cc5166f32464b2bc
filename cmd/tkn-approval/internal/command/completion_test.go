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

package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestComplete(t *testing.T) {
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	text := "{kind: Config, clusters: [{name: c}], users: [{name: v}, {name: u}], contexts: [{name: two, context: {namespace: mine}}, {name: one}]}"
	if err := os.WriteFile(kubeconfig, []byte(text), 0o600); err != nil {
		t.Fatalf("writing the kubeconfig: %v", err)
	}
	for name, row := range map[string]struct {
		who  string
		args []string
		want []string
	}{
		"pending names": {"alice", []string{"approve", ""}, []string{
			"asking\tDeploy to production?", "fresh\tDeploy to production?", "half\tDeploy to production?", "ruled\tDeploy to production?", ":4",
		}},
		"names that are not there yet":    {"alice", []string{"reject", "asking", "fresh", "half", ""}, []string{"ruled\tDeploy to production?", ":4"}},
		"names of another namespace":      {"alice", []string{"withdraw", "-n", "other", ""}, []string{"elsewhere\tDeploy to production?", ":4"}},
		"decided names to describe":       {"alice", []string{"describe", "ruled", "fresh", "half", "asking", "e"}, []string{"expired\tDeploy to production?", ":4"}},
		"inputs":                          {"alice", []string{"approve", "asking", "--input", "t"}, []string{"ticket=\tThe ticket of the change", ":6"}},
		"forms":                           {"alice", []string{"list", "-o", "w"}, []string{"wide", ":4"}},
		"no names to list":                {"alice", []string{"list", ""}, []string{":4"}},
		"names that are there as ar/NAME": {"alice", []string{"reject", "ar/asking", "fresh", "half", ""}, []string{"ruled\tDeploy to production?", ":4"}},
		"contexts":                        {"alice", []string{"list", "--context", ""}, []string{"one", "two", ":4"}},
		"contexts after an equals":        {"alice", []string{"list", "--context=t"}, []string{"one", "two", ":4"}},
		"clusters":                        {"alice", []string{"list", "--cluster", "c"}, []string{"c", ":4"}},
		"users":                           {"alice", []string{"approve", "half", "--user", ""}, []string{"u", "v", ":4"}},
		"namespaces":                      {"alice", []string{"approve", "-n", ""}, []string{"other", "team", ":4"}},
		"namespaces of the kubeconfig, if others may not be listed": {"mallory", []string{"approve", "-n", ""}, []string{"mine", ":4"}},
		"commands to have explained":                                {"alice", []string{"help", "w"}, []string{"withdraw\tTake your approval of requests back", ":4"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession(row.who, world()...)
			t.Setenv("KUBECONFIG", kubeconfig)
			if code := s.Run(append([]string{"__complete"}, row.args...)); code != ExitDone {
				t.Fatalf("exit %d: %s", code, s.err)
			}
			var got []string
			typed := row.args[len(row.args)-1]
			for _, line := range strings.Split(strings.TrimSpace(s.out.String()), "\n") {
				// The script of the shell leaves out what does not begin with what was typed.
				if strings.HasPrefix(line, typed) || strings.HasPrefix(typed, "--") || strings.HasPrefix(line, ":") {
					got = append(got, line)
				}
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("completed otherwise (-want, +got):\n%s", diff)
			}
		})
	}
}

// TestCompletionInBash has bash itself complete with the script, for the command and for tkn.
func TestCompletionInBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	s := newSession("alice")
	if code := s.Run([]string{"completion", "bash"}); code != ExitDone {
		t.Fatalf("exit %d: %s", code, s.err)
	}
	dir := t.TempDir()
	plugin := "#!/bin/sh\n[ \"$1 $2 $3\" = '__complete approve -n' ] || exit 1\nprintf 'fresh\\n:4\\n'\n"
	for name, text := range map[string]string{"script": s.out.String(), "tkn-approval": plugin} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatalf("writing %s: %v", name, err)
		}
	}
	for name, row := range map[string]struct{ line, want string }{
		"tkn-approval":    {"tkn-approval approve -n team fr", "fresh"},
		"tkn approval":    {"tkn approval approve -n team fr", "fresh"},
		"tkn's own words": {"tkn task sta", "of tkn"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), bash, "--norc", "-c", `
				_get_comp_words_by_ref() {
					cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
				}
				__start_tkn() { COMPREPLY=("of tkn"); }
				. ./script
				COMP_LINE=$LINE_TYPED COMP_POINT=${#LINE_TYPED} COMP_WORDS=($LINE_TYPED) COMP_TYPE=9
				COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
				complete -p ${COMP_WORDS[0]} | sed 's/.*-F //; s/ .*//' > function
				$(cat function) 2>/dev/null
				echo "${COMPREPLY[*]}"`)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "LINE_TYPED="+row.line, "PATH="+dir+":"+os.Getenv("PATH"))
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("bash: %v\n%s", err, out)
			}
			if got := strings.TrimSpace(string(out)); got != row.want {
				t.Errorf("bash completes to %q, want %q", got, row.want)
			}
		})
	}
}
