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
	"os"
	"path/filepath"
	"testing"
)

func TestFindRepoRootStopsAtTheMainModule(t *testing.T) {
	root := t.TempDir()
	nested := filepath.Join(root, "test", "cluster")
	if err := os.MkdirAll(nested, 0o755); err != nil {
		t.Fatalf("making folders: %v", err)
	}
	write(t, filepath.Join(root, "go.mod"), "module "+mainModule+"\n\ngo 1.26\n")
	write(t, filepath.Join(nested, "go.mod"), "module "+mainModule+"/test/cluster\n")

	got, err := findRepoRoot(nested)
	if err != nil {
		t.Fatalf("findRepoRoot(%s): %v", nested, err)
	}
	if got != root {
		t.Errorf("findRepoRoot(%s) = %s, want %s", nested, got, root)
	}
}

func TestFindRepoRootOutsideTheRepository(t *testing.T) {
	if got, err := findRepoRoot(t.TempDir()); err == nil {
		t.Errorf("findRepoRoot outside any repository = %s, want an error", got)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatalf("writing %s: %v", path, err)
	}
}
