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
	"crypto/rand"
	"fmt"
	"strings"
)

// The people who have credentials in every cluster. Admin may do everything; the others may do what RBAC lets them,
// which at first is nothing.
const (
	Admin            = "admin"
	Alice            = "alice"
	Bob              = "bob"
	Carol            = "carol"
	Dave             = "dave"
	PlatformTeamLead = "platform-team-lead"
	SecurityLead     = "security-lead"
	Mallory          = "mallory"
)

// The control plane's own identities.
const (
	controllerManagerUser = "kube-controller-manager"
	schedulerUser         = "system:kube-scheduler"
	kwokUser              = "kwok"
)

// user is an identity that the API server knows by its token.
type user struct {
	name   string
	groups []string
	// person is set for those that a kubeconfig lists.
	person bool
}

var users = []user{
	{Admin, []string{"system:masters"}, true},
	{Alice, []string{"developers", "platform"}, true},
	{Bob, []string{"security"}, true},
	{Carol, []string{"developers"}, true},
	{Dave, []string{"platform", "security", "oidc:release:managers"}, true},
	{PlatformTeamLead, []string{"platform"}, true},
	{SecurityLead, []string{"security"}, true},
	{Mallory, nil, true},
	{controllerManagerUser, []string{"system:masters"}, false},
	{schedulerUser, nil, false},
	{kwokUser, []string{"system:masters"}, false},
}

// People returns the names that have credentials in every cluster.
func People() []string {
	var names []string
	for _, u := range users {
		if u.person {
			names = append(names, u.name)
		}
	}
	return names
}

// Groups returns the groups of a person, but for system:authenticated, which everybody is in.
func Groups(name string) []string {
	for _, u := range users {
		if u.name == name {
			return append([]string(nil), u.groups...)
		}
	}
	return nil
}

// newTokens makes a token for each user, by name.
func newTokens() map[string]string {
	tokens := map[string]string{}
	for _, u := range users {
		tokens[u.name] = rand.Text()
	}
	return tokens
}

// tokenFile is the API server's --token-auth-file: token,user,uid,"group,group".
func tokenFile(tokens map[string]string) string {
	var file strings.Builder
	for _, u := range users {
		fmt.Fprintf(&file, "%s,%s,uid-%s,%q\n", tokens[u.name], u.name, u.name, strings.Join(u.groups, ","))
	}
	return file.String()
}
