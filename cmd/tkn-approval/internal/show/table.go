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

// Package show prints requests for people. All that comes from the cluster is made plain first.
package show

import (
	"time"

	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/standing"
	"github.com/customtasks/customtasks/cmd/tkn-approval/internal/terminal"
	"github.com/customtasks/customtasks/pkg/apis/approval/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/duration"
)

// widest is how much of a text a narrow table shows.
const widest = 60

const none = "<none>"

// Table is one row for each request. wide adds columns and cuts nothing.
func Table(requests []v1alpha1.ApprovalRequest, now time.Time, namespaces, wide bool) *metav1.Table {
	columns := []string{"Name", "State", "Progress", "Asks", "PipelineRun", "Age", "Deadline"}
	if namespaces {
		columns = append([]string{"Namespace"}, columns...)
	}
	if wide {
		columns = append(columns, "Message", "Policy", "Started-By")
	}
	table := &metav1.Table{}
	for _, name := range columns {
		table.ColumnDefinitions = append(table.ColumnDefinitions, metav1.TableColumnDefinition{Name: name, Type: "string"})
	}
	for i := range requests {
		table.Rows = append(table.Rows, metav1.TableRow{Cells: row(&requests[i], now, namespaces, wide)})
	}
	return table
}

func row(request *v1alpha1.ApprovalRequest, now time.Time, namespaces, wide bool) []any {
	most := widest
	if wide {
		most = 1 << 20
	}
	var cells []any
	add := func(text string) {
		if text = terminal.Clip(text, most); text == "" {
			text = none
		}
		cells = append(cells, text)
	}
	if namespaces {
		add(request.Namespace)
	}
	spec := request.Spec
	// A name is never cut: it is what the other commands take.
	cells = append(cells, terminal.Line(request.Name))
	add(string(standing.State(request)))
	add(standing.Progress(request))
	add(spec.WhoDecides())
	var run, policy, starter string
	if spec.Pipeline != nil {
		run = spec.Pipeline.Run
	}
	add(run)
	add(age(request, now))
	add(due(request, now))
	if !wide {
		return cells
	}
	if spec.Policy != nil {
		policy = spec.Policy.Kind + "/" + spec.Policy.Name
	}
	if spec.StartedBy != nil {
		starter = spec.StartedBy.Username
	}
	add(spec.Message)
	add(policy)
	add(starter)
	return cells
}

func age(request *v1alpha1.ApprovalRequest, now time.Time) string {
	if request.CreationTimestamp.IsZero() {
		return "<unknown>"
	}
	return duration.HumanDuration(now.Sub(request.CreationTimestamp.Time))
}

// due is how much time there is to decide, of a request that is pending and has a deadline.
func due(request *v1alpha1.ApprovalRequest, now time.Time) string {
	deadline := request.Spec.Deadline
	switch {
	case deadline == nil || standing.State(request).Final():
		return ""
	case now.After(deadline.Time):
		return "passed"
	}
	return "in " + duration.HumanDuration(deadline.Sub(now))
}
