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
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

const (
	// The ports lie below those that the kernel gives to outgoing connections.
	firstPort  = 20000
	lastPort   = 32000
	blockPorts = 100
)

// portBlock is a range of ports that belongs to one cluster: whoever listens on its first port owns the rest. So
// two clusters never choose the same port, however close together they start, and a crash frees the range.
type portBlock struct {
	anchor net.Listener
	mu     sync.Mutex
	next   int
	end    int
}

// claimPorts takes a free block.
func claimPorts() (*portBlock, error) {
	blocks := (lastPort - firstPort) / blockPorts
	for _, i := range rand.Perm(blocks) {
		base := firstPort + i*blockPorts
		anchor, err := listenLocal(base)
		if err != nil {
			continue
		}
		return &portBlock{anchor: anchor, next: base + 1, end: base + blockPorts}, nil
	}
	return nil, fmt.Errorf("no block of %d free ports between %d and %d", blockPorts, firstPort, lastPort)
}

// port returns a port of the block that nothing listens on.
func (b *portBlock) port() (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.next < b.end {
		port := b.next
		b.next++
		if free(port) {
			return strconv.Itoa(port), nil
		}
	}
	return "", errors.New("the cluster has used up its block of ports")
}

// free says whether a program that listens on every address, or on the loopback one, could have the port.
func free(port int) bool {
	for _, addr := range []string{":" + strconv.Itoa(port), net.JoinHostPort("127.0.0.1", strconv.Itoa(port))} {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return false
		}
		l.Close()
	}
	return true
}

func (b *portBlock) release() error { return b.anchor.Close() }

func listenLocal(port int) (net.Listener, error) {
	return net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
}
