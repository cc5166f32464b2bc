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
	"context"
	"maps"
	"slices"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/cluster"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/standing"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/terminal"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// completePending completes the names of requests that take votes, but for those that are there already.
func (p *Plugin) completePending(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	return p.completeNames(cmd, args, standing.Open)
}

// completeAll completes the names of all requests.
func (p *Plugin) completeAll(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	return p.completeNames(cmd, args, func(*v1alpha1.ApprovalRequest) bool { return true })
}

func (p *Plugin) completeNames(cmd *cobra.Command, args []string, wanted func(*v1alpha1.ApprovalRequest) bool) ([]string, cobra.ShellCompDirective) {
	c, err := p.connectBriefly()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	list, err := c.Approvals.ApprovalRequests(c.Namespace).List(cmd.Context(), metav1.ListOptions{})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for i := range list.Items {
		request := &list.Items[i]
		there := func(arg string) bool { return plainName(arg) == request.Name }
		if wanted(request) && !slices.ContainsFunc(args, there) {
			out = append(out, cobra.CompletionWithDesc(request.Name, terminal.Clip(request.Spec.Message, 50)))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeInputs completes --input with the inputs of the requests that are named.
func (p *Plugin) completeInputs(cmd *cobra.Command) {
	completeFlag(cmd, "input", func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		const directive = cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
		c, err := p.connectBriefly()
		if err != nil {
			return nil, directive
		}
		var out []string
		for _, name := range args {
			request, err := read(cmd.Context(), c, plainName(name))
			if err != nil {
				continue
			}
			for _, in := range request.Spec.Inputs {
				out = append(out, cobra.CompletionWithDesc(in.Name+"=", terminal.Clip(in.Description, 50)))
			}
		}
		return out, directive
	})
}

// completeConnection completes the flags that say what to connect to, with what the kubeconfig has, and the
// namespace with those of the cluster.
func (p *Plugin) completeConnection(root *cobra.Command) {
	for flag, known := range map[string]func(*clientcmdapi.Config) []string{
		"context": func(c *clientcmdapi.Config) []string { return slices.Sorted(maps.Keys(c.Contexts)) },
		"cluster": func(c *clientcmdapi.Config) []string { return slices.Sorted(maps.Keys(c.Clusters)) },
		"user":    func(c *clientcmdapi.Config) []string { return slices.Sorted(maps.Keys(c.AuthInfos)) },
	} {
		completeFlag(root, flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return known(p.kubeconfig()), cobra.ShellCompDirectiveNoFileComp
		})
	}
	completeFlag(root, "namespace", func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return p.namespaces(cmd.Context()), cobra.ShellCompDirectiveNoFileComp
	})
}

// kubeconfig is an empty one if it cannot be read.
func (p *Plugin) kubeconfig() *clientcmdapi.Config {
	config, err := p.flags.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return clientcmdapi.NewConfig()
	}
	return &config
}

// namespaces are those of the cluster; to somebody who may not list them, those that the kubeconfig names.
func (p *Plugin) namespaces(ctx context.Context) []string {
	names := map[string]bool{}
	if c, err := p.connectBriefly(); err == nil {
		if list, err := c.Namespaces.Namespaces().List(ctx, metav1.ListOptions{}); err == nil {
			for i := range list.Items {
				names[list.Items[i].Name] = true
			}
			return slices.Sorted(maps.Keys(names))
		}
	}
	for _, known := range p.kubeconfig().Contexts {
		if known.Namespace != "" {
			names[known.Namespace] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// completeFlag has a function complete the values of a flag.
func completeFlag(cmd *cobra.Command, flag string, complete cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // there is no such flag, or it is completed already
	}
}

// connectBriefly connects for a person who waits with a finger on the Tab key.
func (p *Plugin) connectBriefly() (*cluster.Cluster, error) {
	if timeout := p.flags.Timeout; timeout != nil && *timeout == "0" {
		*timeout = "3s"
	}
	return p.Connect()
}
