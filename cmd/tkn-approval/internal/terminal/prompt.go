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

package terminal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrNoAnswer is returned when the person hangs up instead of answering.
var ErrNoAnswer = errors.New("there was no answer")

// Prompt asks a person. Make it with NewPrompt.
type Prompt struct {
	in  *bufio.Reader
	out io.Writer
}

// NewPrompt asks on out and reads the answers from in. The caller has seen to it that a person is there.
func NewPrompt(in io.Reader, out io.Writer) *Prompt {
	return &Prompt{in: bufio.NewReader(in), out: out}
}

// Say prints what the questions are about.
func (p *Prompt) Say(text string) {
	fmt.Fprint(p.out, text) //nolint:errcheck // a terminal that takes nothing gives no answer either
}

// Confirm reports whether the answer is y or yes. Anything else is no.
func (p *Prompt) Confirm(question string) (bool, error) {
	answer, err := p.Ask(question + " [y/N] ")
	if err != nil {
		return false, err
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes", nil
}

// Ask returns one line, without its end.
func (p *Prompt) Ask(question string) (string, error) {
	p.Say(question)
	line, err := p.in.ReadString('\n')
	if err != nil {
		p.Say("\n")
		if !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("reading the answer: %w", err)
		}
		if line == "" {
			return "", ErrNoAnswer
		}
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// AskText returns lines up to one that is only a dot.
func (p *Prompt) AskText(question string) (string, error) {
	p.Say(question)
	var lines []string
	for {
		line, err := p.Ask("")
		if err != nil {
			return "", err
		}
		if line == "." {
			return strings.Join(lines, "\n"), nil
		}
		lines = append(lines, line)
	}
}
