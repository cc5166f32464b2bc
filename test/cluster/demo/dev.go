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

package demo

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/customtasks/customtasks/test/cluster"
)

// Stay brings the example's pipeline to its gate, says how to go on from there with kubectl and tkn, and goes on
// showing each change until ctx is done.
func Stay(ctx context.Context, c *cluster.Cluster, out io.Writer) error {
	f, g, err := reachGate(ctx, c, out)
	if err != nil {
		return err
	}
	f.mu.Lock()
	fmt.Fprintf(out, `
The control plane stays up until Ctrl-C. Elsewhere:

  export KUBECONFIG=%s KUBECACHEDIR=%s PATH=%s:$PATH

  tkn pipelinerun describe %s -n %s
  tkn approval approve %s -n %[5]s -m "looks good" --context %[7]s
  tkn customrun describe %[8]s -n %[5]s

The kubeconfig has a context for each of %[9]s. What happens is shown below.

`, c.Kubeconfig(cluster.Admin), filepath.Join(c.Dir(), "kubectl"), c.BinDir(), g.pipelineRun, namespace,
		g.request, cluster.PlatformTeamLead, g.customRun, strings.Join(cluster.People(), ", "))
	f.mu.Unlock()
	<-ctx.Done()
	return nil
}
