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

package conformance

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"time"
)

// shell runs a command with sh -c, in a process group of its own, and returns what it wrote. When ctx ends, the whole
// group is killed. What the command leaves in the background goes on, as a controller that was started again must, unless
// the caller waits for the group.
func shell(ctx context.Context, command string, environment []string) (string, group, error) {
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Env = append(os.Environ(), environment...)
	cmd.WaitDelay = 5 * time.Second
	group := newGroup(cmd)
	cmd.Cancel = func() error {
		group.kill()
		return nil
	}
	err := cmd.Run()
	return strings.TrimSpace(out.String()), group, err
}
