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
	"strconv"
	"testing"
)

func TestTwoClustersNeverShareAPort(t *testing.T) {
	seen := map[string]bool{}
	for range 2 {
		b, err := claimPorts()
		if err != nil {
			t.Fatalf("claimPorts: %v", err)
		}
		t.Cleanup(func() { b.release() })
		for range 20 {
			port, err := b.port()
			if err != nil {
				t.Fatalf("port: %v", err)
			}
			if seen[port] {
				t.Errorf("port %s was given twice", port)
			}
			seen[port] = true
		}
	}
}

func TestPortInUseIsSkipped(t *testing.T) {
	b, err := claimPorts()
	if err != nil {
		t.Fatalf("claimPorts: %v", err)
	}
	t.Cleanup(func() { b.release() })
	taken, err := listenLocal(b.next)
	if err != nil {
		t.Fatalf("listening: %v", err)
	}
	defer taken.Close()
	want := strconv.Itoa(b.next + 1)
	if got, err := b.port(); err != nil || got != want {
		t.Errorf("port() = %s, %v; want %s, the first that is free", got, err, want)
	}
}

func TestBlockRunsOut(t *testing.T) {
	b, err := claimPorts()
	if err != nil {
		t.Fatalf("claimPorts: %v", err)
	}
	t.Cleanup(func() { b.release() })
	b.next = b.end
	if got, err := b.port(); err == nil {
		t.Errorf("port() of a used-up block = %s, want an error", got)
	}
}
