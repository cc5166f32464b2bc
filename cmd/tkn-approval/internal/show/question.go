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

package show

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/standing"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/terminal"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/duration"
)

// page collects text; it is written in one go, so that a broken pipe is one error.
type page struct {
	strings.Builder
	now time.Time
}

// table lays out rows of cells that are plain already, indented by so much.
func (p *page) table(indent string, rows ...[]string) {
	w := tabwriter.NewWriter(&p.Builder, 0, 0, 2, ' ', 0)
	for _, cells := range rows {
		for i := range cells {
			cells[i] = terminal.Line(cells[i])
		}
		line := indent + strings.Join(cells, "\t")
		fmt.Fprintln(w, line) //nolint:errcheck // a builder takes everything
	}
	w.Flush() //nolint:errcheck,gosec // a builder takes everything
}

func (p *page) add(text string)     { fmt.Fprint(&p.Builder, text) }
func (p *page) heading(text string) { p.add("\n" + text + ":\n") }

// write gives the page out, without spaces at the ends of lines.
func (p *page) write(out io.Writer) error {
	var text strings.Builder
	for line := range strings.SplitSeq(strings.TrimRight(p.String(), "\n"), "\n") {
		text.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// at is a moment, and how far it is from now.
func (p *page) at(t metav1.Time) string {
	when := moment(t)
	if d := t.Sub(p.now); d > 0 {
		return when + " (in " + duration.HumanDuration(d) + ")"
	}
	return when + " (" + duration.HumanDuration(p.now.Sub(t.Time)) + " ago)"
}

func moment(t metav1.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }

// Question shows what a vote decides on, before the voter is asked whether to cast it.
func Question(out io.Writer, request *v1alpha1.ApprovalRequest, now time.Time) error {
	p := &page{now: now}
	rows := [][]string{{"Request:", request.Namespace + "/" + request.Name}}
	if from := origin(request); from != "" {
		rows = append(rows, []string{"For:", from})
	}
	rows = append(rows, []string{"Progress:", standing.Progress(request)}, []string{"Asks:", request.Spec.WhoDecides()})
	if deadline := request.Spec.Deadline; deadline != nil {
		rows = append(rows, []string{"Deadline:", p.at(*deadline)})
	}
	if digest := request.Spec.Digest; digest != "" {
		rows = append(rows, []string{"Digest:", short(digest)})
	}
	p.table("", rows...)
	p.subject(request)
	return p.write(out)
}

// subject is what is decided on: the message and the details.
func (p *page) subject(request *v1alpha1.ApprovalRequest) {
	if request.Spec.Message != "" {
		p.heading("Message")
		p.add(terminal.Indent(request.Spec.Message))
	}
	if len(request.Spec.Details) == 0 {
		return
	}
	p.heading("Details")
	var rows [][]string
	var long []string
	for _, name := range slices.Sorted(maps.Keys(request.Spec.Details)) {
		value := strings.TrimSpace(terminal.Text(request.Spec.Details[name]))
		if strings.Contains(value, "\n") {
			long = append(long, terminal.Line(name)+":\n"+terminal.Indent(value))
			continue
		}
		rows = append(rows, []string{name, value})
	}
	p.table("  ", rows...)
	for _, text := range long {
		p.add(terminal.Indent(text))
	}
}

// origin is what asks: "PipelineRun deploy-x7k2p (Pipeline deploy, task gate)".
func origin(request *v1alpha1.ApprovalRequest) string {
	text := ""
	if from := request.Spec.Pipeline; from != nil {
		text = "PipelineRun " + from.Run
		var parts []string
		if from.Name != "" {
			parts = append(parts, "Pipeline "+from.Name)
		}
		if from.Task != "" {
			parts = append(parts, "task "+from.Task)
		}
		if len(parts) > 0 {
			text += " (" + strings.Join(parts, ", ") + ")"
		}
	} else if request.Spec.Run.Name != "" {
		text = "CustomRun " + request.Spec.Run.Name
	}
	if request.Spec.Run.Attempt > 1 {
		text += fmt.Sprintf(", attempt %d", request.Spec.Run.Attempt)
	}
	return text
}

// short is enough of a digest to compare by eye.
func short(digest string) string {
	const shown = len("sha256:") + 12
	if len(digest) <= shown {
		return digest
	}
	return digest[:shown] + "…"
}
