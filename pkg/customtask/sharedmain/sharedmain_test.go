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

package sharedmain

import (
	"testing"

	"k8s.io/client-go/rest"
)

func TestClientLimitsAreThoseOfABusyCluster(t *testing.T) {
	for name, row := range map[string]struct{ given, want rest.Config }{
		"unset":             {rest.Config{}, rest.Config{QPS: QPS, Burst: Burst}},
		"set by its flags":  {rest.Config{QPS: 7, Burst: 9}, rest.Config{QPS: 7, Burst: 9}},
		"with no limit set": {rest.Config{QPS: -1, Burst: -1}, rest.Config{QPS: -1, Burst: -1}},
	} {
		unlimit(&row.given)
		if row.given.QPS != row.want.QPS || row.given.Burst != row.want.Burst {
			t.Errorf("%s: %v requests a second and %d at once; want %v and %d", name, row.given.QPS, row.given.Burst, row.want.QPS, row.want.Burst)
		}
	}
}
