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
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/cluster"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/standing"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	approvalclient "github.com/customtasks/customtasks/pkg/client/clientset/versioned/typed/approval/v1alpha1"
	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// listing is the command that lists.
type listing struct {
	*Plugin
	out           output
	allNamespaces bool
	all           bool
	mine          bool
	watch         bool
	// printer of what out asks for.
	printer *printer
	// cluster that is listed, and who you are there, if mine is set.
	cluster *cluster.Cluster
	you     cluster.User
}

func (p *Plugin) list() *cobra.Command {
	l := &listing{Plugin: p, out: newOutput()}
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the requests that wait for a decision",
		Long: `List the requests that wait for a decision: those of the namespace, or with -A those of all namespaces.
With --mine it is those that your approval would bring further.`,
		Example: `  tkn approval list --mine
  tkn approval list -A --watch
  tkn approval list -o name | xargs tkn approval describe`,
		Args:              nothing,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(cmd *cobra.Command, _ []string) error { return l.run(cmd.Context()) },
	}
	cmd.Flags().BoolVarP(&l.allNamespaces, "all-namespaces", "A", false, "List those of all namespaces.")
	cmd.Flags().BoolVar(&l.all, "all", false, "List those that are decided, too.")
	cmd.Flags().BoolVar(&l.mine, "mine", false, "List those that await you.")
	cmd.Flags().BoolVarP(&l.watch, "watch", "w", false, "After that, print each request that comes or changes, until you press Ctrl-C.")
	l.out.addFlags(cmd)
	return cmd
}

func (l *listing) run(ctx context.Context) error {
	if l.mine && l.all {
		return usageError{fmt.Errorf("--mine and --all do not go together: what is decided awaits nobody")}
	}
	var err error
	if l.printer, err = l.out.printer(l.Out, l.Clock, l.allNamespaces); err != nil {
		return usageError{err}
	}
	c, err := l.Connect()
	if err != nil {
		return err
	}
	l.cluster = c
	if l.mine {
		if l.you, err = c.WhoAmI(ctx); err != nil {
			return err
		}
	}
	namespace := c.Namespace
	if l.allNamespaces {
		namespace = metav1.NamespaceAll
	}
	client := c.Approvals.ApprovalRequests(namespace)
	if l.watch {
		return l.follow(ctx, client)
	}
	list, err := sorted(ctx, client)
	if err != nil {
		return err
	}
	shown := l.filter(ctx, list.Items)
	if len(shown) == 0 && !l.printer.complete() {
		_, err := io.WriteString(l.ErrOut, l.empty(namespace)+"\n")
		return err
	}
	return l.printer.all(shown)
}

// sorted lists requests, the most urgent first: pending ones, by deadline, and those without one last.
func sorted(ctx context.Context, client approvalclient.ApprovalRequestInterface) (*v1alpha1.ApprovalRequestList, error) {
	list, err := client.List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("listing approval requests: %w", err)
	}
	slices.SortStableFunc(list.Items, func(a, b v1alpha1.ApprovalRequest) int {
		return cmp.Or(
			first(!standing.State(&a).Final(), !standing.State(&b).Final()),
			first(a.Spec.Deadline != nil, b.Spec.Deadline != nil),
			deadline(&a).Compare(deadline(&b)),
			cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return list, nil
}

// first compares such that what is so comes before what is not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func deadline(request *v1alpha1.ApprovalRequest) time.Time {
	if request.Spec.Deadline == nil {
		return time.Time{}
	}
	return request.Spec.Deadline.Time
}

// wanted reports whether a request is one to list.
func (l *listing) wanted(ctx context.Context, request *v1alpha1.ApprovalRequest) bool {
	if l.mine {
		return standing.Awaits(request, l.you) && l.cluster.MayDecide(ctx, request)
	}
	return l.all || !standing.State(request).Final()
}

func (l *listing) filter(ctx context.Context, requests []v1alpha1.ApprovalRequest) []v1alpha1.ApprovalRequest {
	var out []v1alpha1.ApprovalRequest
	for i := range requests {
		if l.wanted(ctx, &requests[i]) {
			out = append(out, requests[i])
		}
	}
	return out
}

// empty says that there is nothing to list.
func (l *listing) empty(namespace string) string {
	where := "in namespace " + namespace
	if namespace == metav1.NamespaceAll {
		where = "in any namespace"
	}
	switch {
	case l.mine:
		return fmt.Sprintf("No approval requests %s await you, %s.", where, l.you.Name)
	case l.all:
		return fmt.Sprintf("No approval requests %s.", where)
	}
	return fmt.Sprintf("No pending approval requests %s.", where)
}
