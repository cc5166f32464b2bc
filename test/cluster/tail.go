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
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
)

const (
	// tailLines is how much of a log an error shows.
	tailLines = 20
	// lineBytes is how much of one line an error shows: some programs log whole objects and stacks on a line.
	lineBytes = 400
	// tailBytes is how much of a log's end is read to find its last lines.
	tailBytes = 64 << 10
)

// lastLines returns the last n lines that are not empty, each cut to lineBytes.
func lastLines(text string, n int) string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) == "" {
			continue
		}
		if len(line) > lineBytes {
			line = strings.ToValidUTF8(line[:lineBytes], "") + "…"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// tailFile returns the last n lines of a log file, or why it cannot be read.
func tailFile(path string, n int) string {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Sprintf("(no log: %v)", err)
	}
	defer f.Close()
	cut := false
	if info, err := f.Stat(); err == nil && info.Size() > tailBytes {
		if _, err := f.Seek(-tailBytes, io.SeekEnd); err == nil {
			cut = true
		}
	}
	data, err := io.ReadAll(f)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Sprintf("(no log: %v)", err)
	}
	if cut {
		_, data, _ = bytes.Cut(data, []byte("\n"))
	}
	return lastLines(string(data), n)
}

// tailBuffer is a writer that remembers the end of what was written.
type tailBuffer struct {
	mu  sync.Mutex
	end []byte
}

// Write keeps the last tailBytes bytes. It never fails.
func (b *tailBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.end = append(b.end, p...)
	if extra := len(b.end) - tailBytes; extra > 0 {
		b.end = append([]byte(nil), b.end[extra:]...)
	}
	return len(p), nil
}

func (b *tailBuffer) tail(n int) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return lastLines(string(b.end), n)
}
